//! Amounts are in the smallest unit of their currency, and their columns say so: not every unit is a cent.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Gives the columns their names; takes that back.
#[derive(DeriveMigrationName)]
pub struct Step;

/// Table, and what its amount is of.
const AMOUNTS: [(&str, &str); 6] = [
    ("course", "processing_fee"),
    ("price", "regular"),
    ("price", "early"),
    ("quote", "total"),
    ("quote_line", "amount"),
    ("payment", "amount"),
];

async fn rename(manager: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    for (table, of) in AMOUNTS {
        ground::run(manager, &format!("alter table {table} rename column {of}_{from} to {of}_{to}")).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "cents", "minor").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, "minor", "cents").await
    }
}
