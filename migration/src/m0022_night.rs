//! The course day of a session that begins after midnight and belongs to the evening before.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds the column, and takes it away again.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, "alter table session add column day_on {date}").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, "alter table session drop column day_on").await
    }
}
