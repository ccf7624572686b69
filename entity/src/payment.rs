//! Money that came in for a registration.

use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;

/// How it came.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A card, charged elsewhere.
    Card,
    /// A check.
    Check,
    /// A bank transfer.
    BankTransfer,
    /// Cash.
    Cash,
    /// Any other way.
    Other,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is for.
    pub registration_id: Uuid,
    /// How much, in the smallest unit of its currency.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How it came.
    pub method: Method,
    /// The number of the check or transfer.
    pub reference: Option<String>,
    /// When it was received.
    pub received_at: crate::Instant,
    /// When it was entered here.
    pub recorded_at: crate::Instant,
    /// Who entered it.
    pub recorded_by: Uuid,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What came in for each of these registrations, as pairs of a registration's id and a sum in the smallest
/// unit of its currency; nothing of those for which nothing did.
pub fn sums(registration_ids: impl IntoIterator<Item = Uuid>) -> Select<Entity> {
    Entity::find()
        .select_only()
        .column(Column::RegistrationId)
        .column_as(Column::AmountMinor.sum().cast_as("bigint"), "paid")
        .filter(Column::RegistrationId.is_in(registration_ids))
        .group_by(Column::RegistrationId)
}
