//! Files that staff send, to be named by a mutation: rosters, reports, bank files.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// For how many days a file is kept.
pub const KEPT_DAYS: i64 = 7;
/// For how many hours what has arrived of a file is kept that has not arrived whole.
pub const HALF_KEPT_HOURS: i64 = 1;
/// The most bytes of a file.
pub const LARGEST: u64 = 20 * 1024 * 1024;
/// The most bytes that are kept of one person's files together.
pub const LARGEST_TOGETHER: i64 = 200 * 1024 * 1024;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who sent it, and alone may name it.
    pub learner_id: Uuid,
    /// Its bytes, as far as they have arrived.
    pub size: i64,
    /// Whether all of it has arrived. Until then it is no file for anybody.
    pub whole: bool,
    /// When it was sent.
    pub created_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// From when on it is kept no more.
    pub fn expires_at(&self) -> Instant {
        self.created_at.plus_seconds(KEPT_DAYS * 86_400)
    }
}

/// Files that `learner_id` can name at `now`.
pub fn of(learner_id: Uuid, now: Instant) -> Condition {
    Condition::all()
        .add(Column::LearnerId.eq(learner_id))
        .add(Column::Whole.eq(true))
        .add(Column::CreatedAt.gt(now.plus_seconds(-KEPT_DAYS * 86_400)))
}
