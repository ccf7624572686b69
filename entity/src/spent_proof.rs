//! Proofs of work that were handed in: each counts once.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// One proof that is spent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spent_proof")]
pub struct Model {
    /// Fingerprint of the challenge.
    #[sea_orm(primary_key, auto_increment = false)]
    pub challenge: String,
    /// From when on the challenge is refused for its age, so that the row is no longer needed.
    pub expires_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
