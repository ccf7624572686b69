//! An organization that offers courses, or accredits them.

use sea_orm::entity::prelude::*;

/// One organization.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique, stable name for files and addresses.
    pub slug: String,
    /// Counted up with every change to the row; an edit names the version it saw.
    pub version: i32,
    /// Name as people read it.
    pub name: String,
    /// Home page, https.
    pub url: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
