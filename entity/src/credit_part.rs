//! A part of an offer of credit, such as pharmacology within contact hours.

use sea_orm::entity::prelude::*;

/// One part. Parts may overlap: their sum may exceed the whole.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_part")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The offer.
    pub credit_offer_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// What the part is for.
    pub label: String,
    /// How much, in hundredths.
    pub amount_hundredths: crate::credit_amount::CreditAmount,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
