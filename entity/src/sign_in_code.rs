//! Sign-in codes: sent by mail, good once and for ten minutes.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// How long a code is good, in minutes.
pub const LIFE_MINUTES: i64 = 10;
/// Tries after which a code is dead.
pub const MAX_TRIES: i16 = 5;
/// Codes an address can ask for within an hour.
pub const HOURLY_PER_ADDRESS: u64 = 5;
/// Codes a client can ask for within an hour.
pub const HOURLY_PER_CLIENT: u64 = 30;

/// One code asked for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_code")]
pub struct Model {
    /// Primary key; the code is derived from it and the house's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Where it is sent.
    pub email: String,
    /// The same in lower case.
    pub email_key: String,
    /// Stands for the client that asked; no address is stored.
    pub client_key: String,
    /// Hash of the code.
    pub code_hash: String,
    /// How often it was tried.
    pub tries: i16,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it dies.
    pub expires_at: Instant,
    /// When it was used, or ended because another code of the address was.
    pub used_at: Option<Instant>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the code can still be used.
    pub fn is_live(&self, now: Instant) -> bool {
        self.used_at.is_none() && self.tries < MAX_TRIES && now < self.expires_at
    }
}

/// Codes that can still be used at `now`.
pub fn live(now: Instant) -> Condition {
    Condition::all().add(Column::UsedAt.is_null()).add(Column::Tries.lt(MAX_TRIES)).add(Column::ExpiresAt.gt(now))
}
