//! Addresses of learners that were changed. The old one stays on record, and both are told.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// How an address came to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Cause {
    /// The learner changed it.
    Own,
    /// Staff corrected it.
    Corrected,
    /// Staff put two accounts of the person together: the old one is that of the merged account, and the new
    /// one that of the kept.
    Merged,
    /// It changed places with that of an account which was merged into this one, by whoever asked: the person
    /// signs in with either, as before.
    Exchanged,
    /// The old one, of an account that was merged, opens nothing any more; the new one is that of the kept
    /// account, which stays what it was.
    LetGo,
}

/// One change of one learner's address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_change")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose address it is.
    pub learner_id: Uuid,
    /// The address as it was.
    pub old_email: String,
    /// The same in lower case.
    pub old_email_key: String,
    /// The address as it became.
    pub new_email: String,
    /// The same in lower case.
    pub new_email_key: String,
    /// How it came to be changed.
    pub cause: Cause,
    /// The member of staff who changed it; none: the learner, or an operator.
    pub changed_by: Option<Uuid>,
    /// When.
    pub changed_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// One of the two addresses, each of which is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The address as it was.
    Old,
    /// The address as it became.
    New,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Old, Self::New];

    /// What the ledger calls the letter to it.
    pub const fn occurrence(self) -> &'static str {
        match self {
            Self::Old => "old address",
            Self::New => "new address",
        }
    }

    /// The side of the letter that the ledger calls so.
    pub fn of(occurrence: &str) -> Option<Self> {
        Self::BOTH.into_iter().find(|side| side.occurrence() == occurrence)
    }
}

impl Model {
    /// The address on a side, as mail is sent to it.
    pub fn email(&self, side: Side) -> &str {
        match side {
            Side::Old => &self.old_email,
            Side::New => &self.new_email,
        }
    }

    /// The same in lower case.
    pub fn email_key(&self, side: Side) -> &str {
        match side {
            Side::Old => &self.old_email_key,
            Side::New => &self.new_email_key,
        }
    }
}
