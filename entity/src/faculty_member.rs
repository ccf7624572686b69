//! A person who teaches.

use sea_orm::entity::prelude::*;

/// One member of the faculty.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "faculty_member")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique, stable name for files and addresses.
    pub slug: String,
    /// Counted up with every change to the row; an edit names the version it saw.
    pub version: i32,
    /// Name without degrees.
    pub name: String,
    /// Degrees and licences, such as `MD, MPH`.
    pub credentials: Option<String>,
    /// Position held.
    pub title: Option<String>,
    /// Where the position is held.
    pub affiliation: Option<String>,
    /// Markdown.
    pub bio: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
