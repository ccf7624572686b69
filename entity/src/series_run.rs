//! An occasion on which a part of a series was or will be taught outside of Lectern.

use sea_orm::entity::prelude::*;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "series_run")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The part.
    pub series_part_id: Uuid,
    /// Place among the part's runs, from 1.
    pub position: i16,
    /// Year and month, `YYYY-MM`.
    pub month: String,
    /// How it was taught.
    pub format: crate::course::Format,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
