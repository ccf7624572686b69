//! What is taken away by its age is found by its age.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Makes the indexes; takes them back.
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
create index access_token_by_end on access_token (expires_at);
create index access_token_by_revocation on access_token (revoked_at) where revoked_at is not null;
create index access_token_by_use on access_token (last_used_at);
create index export_ticket_by_end on export_ticket (expires_at);
create index registration_import_by_age on registration_import (created_at);
";

const DOWN: &str = r"
drop index registration_import_by_age;
drop index export_ticket_by_end;
drop index access_token_by_use;
drop index access_token_by_revocation;
drop index access_token_by_end;
";
