//! Answers kept, so that a request sent twice acts once.

use sea_orm::entity::prelude::*;

/// How long an answer is kept, in days.
pub const KEPT_DAYS: i64 = 31;

/// One answer to one key of one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who asked.
    pub learner_id: Uuid,
    /// The key that the client chose.
    pub idempotency_key: String,
    /// The mutation.
    pub operation: String,
    /// Fingerprint of the input: the same key with another input is refused.
    pub input_hash: String,
    /// What was answered.
    pub answer: Json,
    /// When.
    pub created_at: crate::Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
