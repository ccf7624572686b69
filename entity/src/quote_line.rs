//! The lines of a quote.

use sea_orm::entity::prelude::*;

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// The course itself.
    Tuition,
    /// Added at the end of registration; never paid back.
    ProcessingFee,
    /// Taken off; zero or less.
    Discount,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_line")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The quote.
    pub quote_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// What it is for.
    pub kind: Kind,
    /// The same in words.
    pub label: String,
    /// How much, in the smallest unit of the quote's currency.
    pub amount_minor: i64,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
