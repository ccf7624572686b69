//! Codes by which somebody who is signed in shows that a new address is theirs: a sign-in code that says whose address it is to become.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds and takes away whose address it is to become.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(
            manager,
            "alter table sign_in_code add column learner_id {id} constraint sign_in_code_learner_fk references learner (id) on delete cascade",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, "alter table sign_in_code drop column learner_id").await
    }
}
