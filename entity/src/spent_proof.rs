//! Proofs of work that were handed in: each counts once. What it was spent on is remembered with it, because
//! whoever hands one in has no account by which a repeated request could be known, or many requests could be
//! counted.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// What a proof was handed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Form {
    /// An enquiry about a course.
    #[sea_orm(string_value = "enquiry")]
    Enquiry,
    /// A request for a sign-in code.
    #[sea_orm(string_value = "sign_in_code")]
    SignInCode,
}

/// One proof that is spent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spent_proof")]
pub struct Model {
    /// Fingerprint of the challenge.
    #[sea_orm(primary_key, auto_increment = false)]
    pub challenge: String,
    /// With what it was handed in.
    pub form: Form,
    /// When it was handed in.
    pub spent_at: Instant,
    /// Stands for the client that handed it in; no network address is stored.
    pub client_key: String,
    /// The e-mail address that the request gave, in lower case.
    pub email_key: String,
    /// The key that the client chose for the request, if any: once for each address.
    pub idempotency_key: Option<String>,
    /// Fingerprint of the request's input: the same key with another input is refused. Empty where requests
    /// have no keys.
    pub input_hash: String,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
