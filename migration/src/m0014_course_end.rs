//! The index by which strangers' lists are counted and sought knows the end of a course, too: registration
//! ends with it at the latest.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Makes the index anew.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, &index(", ends_at, ends_on")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, &index("")).await
    }
}

fn index(more: &str) -> String {
    format!(
        "drop index course_seen_by_all;
create index course_seen_by_all on course (
    starts_key, id, status, published_at, registration_opens_at, registration_deadline_on, time_zone, starts_at, starts_on{more}
) where status <> 'draft' and published_at is not null;"
    )
}
