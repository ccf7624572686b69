//! A person with an address. Staff are learners with a role.

use sea_orm::entity::prelude::*;

/// The longest name of a person, and the longest list of credentials, in characters.
pub const LONGEST_NAME: usize = 200;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "learner")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Address as mail is sent to it.
    pub email: String,
    /// Address in lower case: one person's, once.
    pub email_key: String,
    /// Name as it should stand on letters and certificates.
    pub name: Option<String>,
    /// Degrees and licences.
    pub credentials: Option<String>,
    /// Profession, offered when registering.
    pub profession: Option<crate::profession::Profession>,
    /// The learner's own zone, shown beside the course's.
    pub time_zone: Option<crate::Zone>,
    /// The number in the address of the person's calendar; the next one makes a new address and ends the old.
    pub calendar_rotation: i32,
    /// The account that this one was merged into, where it is one of two of a person. It stays, so that what
    /// names it names somebody.
    pub merged_into: Option<Uuid>,
    /// When somebody first signed in to the account; none: nobody ever has, so nobody but those who entered
    /// it knows it.
    pub signed_in_at: Option<crate::Instant>,
    /// When the person first signed in or was entered.
    pub created_at: crate::Instant,
    /// When the row last changed.
    pub updated_at: crate::Instant,
}

impl Model {
    /// What stands in the place of [`Self::email_key`] where the address of a merged account no longer leads
    /// to anything. It is no address, because it has a space.
    pub fn let_go_key(id: Uuid) -> String {
        format!("merged {id}")
    }

    /// Whether the account is reached by its address: signing in with it opens the account, or the one that
    /// it was merged into.
    pub fn is_reached(&self) -> bool {
        self.email_key != Self::let_go_key(self.id)
    }
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
