//! Domains and topics, the words by which a course is found.

use sea_orm::entity::prelude::*;

/// What kind of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// A domain of practice that the course teaches.
    Domain,
    /// A topic of the programme.
    Topic,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "course_tag")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Domain or topic.
    pub kind: Kind,
    /// Place in the list of its kind, from 1.
    pub position: i16,
    /// The word.
    pub name: String,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
