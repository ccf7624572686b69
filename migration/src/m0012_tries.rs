//! No table of tries at signing in: each is counted by the request that it is about, and no client is locked out for those of others.

use sea_orm_migration::prelude::*;

use crate::ground;
use crate::m0009_sign_in_try::TRIES;

/// Drops the table; takes that back, without the tries of the last hour.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::drop_tables(manager, &["sign_in_try"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, TRIES).await
    }
}
