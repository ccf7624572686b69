//! Tries at signing in: one row each, so that they can be counted for a client. A try that was right is taken away again, and rows older than
//! an hour count no more and make room.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// Wrong tries that a client has within an hour, whatever request they are about. Several people may stand behind one network address.
pub const HOURLY_PER_CLIENT: u64 = 100;

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_try")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Stands for the client that tried; no network address is stored.
    pub client_key: String,
    /// When.
    pub tried_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
