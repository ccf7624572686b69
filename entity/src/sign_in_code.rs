//! Sign-in codes, and codes by which a new address is confirmed: sent by mail, good once and for ten minutes,
//! and only together with the request that they were sent for.
//!
//! Whoever asks for a code is told the name of their request, which nobody else knows. A code is compared
//! with that request alone, and tries count against that request alone, so a stranger who asks for codes for
//! somebody's address, or tries some, ends nobody else's.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// How long a code is good, in minutes.
pub const LIFE_MINUTES: i64 = 10;
/// Tries after which a code is dead.
pub const MAX_TRIES: i16 = 5;
/// Codes that one client can ask for within an hour for one address.
pub const HOURLY_PER_CLIENT_AND_ADDRESS: u64 = 5;
/// Codes that can be asked for within an hour for one address before each further one costs a proof of work.
/// It is never refused for their number: strangers must not be able to keep somebody out.
pub const HOURLY_PER_ADDRESS_WITHOUT_PROOF: u64 = 20;
/// Codes that one client can ask for within an hour before each further one costs a proof of work.
pub const HOURLY_PER_CLIENT_WITHOUT_PROOF: u64 = 60;
/// Codes that one client can ask for within an hour at all; a whole hospital may sign in through one network
/// address.
pub const HOURLY_PER_CLIENT: u64 = 600;

/// One code asked for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_code")]
pub struct Model {
    /// Primary key; the code, and the name under which the asker knows the request, are derived from it and
    /// our key.
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
    /// Whose address it is to become, where it is no code to sign in with.
    pub learner_id: Option<Uuid>,
    /// When it was used, or ended because another code of the address was, or by the office.
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
    Condition::all()
        .add(Column::UsedAt.is_null())
        .add(Column::Tries.lt(MAX_TRIES))
        .add(Column::ExpiresAt.gt(now))
}
