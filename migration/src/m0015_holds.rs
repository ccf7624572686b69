//! The holds that are open, by their end: whoever looks for those that have ended reads no others.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Makes the index.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, "create index registration_held on registration (hold_until, course_id) where status = 'started'").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, "drop index registration_held").await
    }
}
