//! No table of tries at signing in: each is counted by the request that it is about, and no client is locked out for those of others.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Drops the table; takes that back, without the tries of the last hour.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::drop_tables(manager, &["sign_in_try"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await
    }

    /// On SQLite, too, the step and its record are written together or not at all.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const DOWN: &str = r"
create table sign_in_try (
    id {id} not null,
    client_key text not null,
    tried_at {instant} not null,
    constraint sign_in_try_pk primary key (id)
);
create index sign_in_try_by_client on sign_in_try (client_key, tried_at);
create index sign_in_try_by_age on sign_in_try (tried_at);
";
