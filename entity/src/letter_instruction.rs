//! What staff said about one letter to one person: not to send it, or to send it again. Facts like all
//! others: the mailing plan goes by them, so nobody has to reach into the ledger.

use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// Not to send it.
    Stop,
    /// To send it, or to send it once more.
    Again,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_instruction")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The registration or the enquiry that the letter is about.
    pub subject_id: Uuid,
    /// The rule that calls for the letter.
    pub rule: String,
    /// Which time the rule speaks.
    pub occurrence: String,
    /// What is to be done.
    pub kind: Kind,
    /// When it was said.
    pub at: Instant,
    /// Who said it.
    pub said_by: Uuid,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What was said about letters to these registrations or enquiries, oldest first.
pub fn about(subject_ids: impl IntoIterator<Item = Uuid>) -> Select<Entity> {
    Entity::find()
        .filter(Column::SubjectId.is_in(subject_ids))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
}
