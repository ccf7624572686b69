//! Where a course is taught in person.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds the columns, and takes them away again.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await
    }
}

const UP: &str = r"
alter table course add column venue_name text constraint course_venue_name_form check (venue_name is null or length(venue_name) between 1 and 300);
";

const DOWN: &str = r"
alter table course drop column venue_name;
";
