//! Bearer tokens: opaque to the client, stored hashed.

use sea_orm::entity::prelude::*;

/// Days after which a token ends, however much it is used.
pub const LIFE_DAYS: i64 = 90;
/// Days without use after which a token ends.
pub const IDLE_DAYS: i64 = 14;

/// One signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub learner_id: Uuid,
    /// Hash of the token; the token itself is with the client alone.
    pub token_hash: String,
    /// When it was given out.
    pub created_at: crate::Instant,
    /// When it was last used, to within an hour.
    pub last_used_at: crate::Instant,
    /// When it ends at the latest.
    pub expires_at: crate::Instant,
    /// When it was signed out.
    pub revoked_at: Option<crate::Instant>,
}

impl Model {
    /// Whether the token is still good.
    pub fn is_live(&self, now: crate::Instant) -> bool {
        self.revoked_at.is_none()
            && now < self.expires_at
            && now < self.last_used_at.plus_seconds(IDLE_DAYS * 86_400)
    }
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
