//! How far the sweep has come: everything that fell due before has been looked at.

use sea_orm::entity::prelude::*;

/// The one row's key.
pub const ID: i16 = 1;

/// The mark; a single row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sweep_mark")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Everything due up to here has been looked at; it only moves forward.
    pub swept_to: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
