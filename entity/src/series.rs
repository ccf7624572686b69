//! A series of courses that build on one another.

use sea_orm::entity::prelude::*;

/// One series.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "series")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique, stable name for files and addresses.
    pub slug: String,
    /// Counted up with every change to the row; an edit names the version it saw.
    pub version: i32,
    /// Name as people read it.
    pub title: String,
    /// What the series is about, and whether its parts require one another. Markdown.
    pub summary: Option<String>,
    /// The earlier programme that this series takes the place of.
    pub legacy_title: Option<String>,
    /// How many parts the series has.
    pub length: i16,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
