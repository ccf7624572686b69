//! The bytes of files, in pieces.

use sea_orm::entity::prelude::*;

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_piece")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: Uuid,
    /// Its place in the file, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
