//! An address may be changed by an operator, who is nobody's row.

use sea_orm_migration::prelude::*;

use crate::constraint;

/// Asks for the member of staff only where nobody else can have changed an address; takes that back, as long as
/// no operator has.
#[derive(DeriveMigrationName)]
pub struct Step;

async fn by_somebody(manager: &SchemaManager<'_>, causes: &str) -> Result<(), DbErr> {
    let check = format!("cause in ({causes}) or changed_by is not null");
    constraint::replace(manager, "email_change", "email_change_by_somebody", &check).await
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        by_somebody(manager, "'own', 'exchanged', 'let_go'").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        by_somebody(manager, "'own'").await
    }
}
