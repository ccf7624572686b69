//! Codes that go to an address, and come back from whoever reads its mail: to sign in, or to show that an
//! address is the own one.
//!
//! The code itself is not stored: the worker derives it from the row's id when it writes the letter. Several
//! live codes for one address stand side by side, each good for its own request alone. A code is compared
//! with its own request alone, and a try counts against that request alone, so nobody can spoil somebody
//! else's. A try is counted, and the count committed, before the code is compared: however many try at once,
//! a request is compared with at most five texts.

use entity::sign_in_code::{
    self, Column, HOURLY_PER_ADDRESS_WITHOUT_PROOF, HOURLY_PER_CLIENT, HOURLY_PER_CLIENT_AND_ADDRESS,
    HOURLY_PER_CLIENT_WITHOUT_PROOF, LIFE_MINUTES,
};
use entity::{Instant, Refusal, spent_proof};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::account::must_not_be_merged;
use super::give_address::read_address;
use super::proof::spend_proof;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::Result;
use crate::human_check::{self, Purpose};
use crate::store::{Transaction, must_write};

/// A code is on its way.
#[derive(Clone, Debug)]
pub struct Requested {
    /// The name of the request, which is told to the asker alone and is handed in with the code.
    pub id: String,
    /// Where the code is sent.
    pub email: String,
    /// When it dies.
    pub expires_at: Instant,
}

/// The same; where the address is to become that of the learner `becomes`, the code is good for that alone,
/// and for the learner.
pub async fn request_code(
    app: &AppState,
    client_key: &str,
    email: &str,
    proof: Option<&str>,
    becomes: Option<Uuid>,
) -> Result<Requested> {
    let address = read_address(email)?;
    let email_key = address.key();
    // Looked at before anybody waits for this request.
    let proof =
        proof.map(|proof| human_check::check(app, Purpose::SignInCode(&email_key), proof, app.nature.now()));
    let txn = turn::begin(app, &[Over::Client(client_key), Over::Address(&email_key)]).await?;
    let now = app.nature.now();
    if needs_proof(&txn, client_key, &email_key, now).await? {
        let challenge =
            proof.ok_or_else(|| Refusal::HumanCheckRequired { email_key: email_key.clone() })??;
        let row = spent_proof::Model {
            challenge,
            form: spent_proof::Form::SignInCode,
            spent_at: now,
            client_key: client_key.to_owned(),
            email_key: email_key.clone(),
            idempotency_key: None,
            input_hash: String::new(),
        };
        spend_proof(&txn, row).await?;
    }
    let id = app.nature.id();
    let requested = Requested {
        id: app.key.sign_in_request(id),
        email: address.as_sent(),
        expires_at: now.plus_minutes(LIFE_MINUTES),
    };
    let row = sign_in_code::ActiveModel {
        id: ActiveValue::Set(id),
        email: ActiveValue::Set(requested.email.clone()),
        email_key: ActiveValue::Set(email_key),
        client_key: ActiveValue::Set(client_key.to_owned()),
        code_hash: ActiveValue::Set(app.key.sign_in_code_hash(id, &app.key.sign_in_code(id))),
        tries: ActiveValue::Set(0),
        created_at: ActiveValue::Set(now),
        expires_at: ActiveValue::Set(requested.expires_at),
        learner_id: ActiveValue::Set(becomes),
        used_at: ActiveValue::Set(None),
    };
    row.insert(&txn).await?;
    if let Some(learner) = becomes {
        must_not_be_merged(&txn, &[learner]).await?;
    }
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(requested)
}

/// Whether the next code costs a proof of work.
///
/// # Errors
/// Refused where there is none even for a proof.
async fn needs_proof(txn: &Transaction, client_key: &str, email_key: &str, now: Instant) -> Result<bool> {
    let recent = || sign_in_code::Entity::find().filter(Column::CreatedAt.gt(now.plus_minutes(-60)));
    let by_client = recent().filter(Column::ClientKey.eq(client_key)).count(txn).await?;
    let by_address = recent().filter(Column::EmailKey.eq(email_key)).count(txn).await?;
    let by_both = recent()
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::ClientKey.eq(client_key))
        .count(txn)
        .await?;
    if by_both >= HOURLY_PER_CLIENT_AND_ADDRESS || by_client >= HOURLY_PER_CLIENT {
        return Err(Refusal::RateLimited.into());
    }
    Ok(by_address >= HOURLY_PER_ADDRESS_WITHOUT_PROOF || by_client >= HOURLY_PER_CLIENT_WITHOUT_PROOF)
}

/// Longest text that is looked at as a code, in bytes: eight characters, and room for spaces and dashes.
const LONGEST_CODE: usize = 64;

/// The request of the name `request`, where the `code` is its own, and where it was made for this: to sign
/// in, or to confirm an address that is to become that of the learner `becomes`. A try is counted before it
/// is compared.
///
/// # Errors
/// Refused where it is not.
pub async fn matched(
    app: &AppState,
    request: &str,
    code: &str,
    becomes: Option<Uuid>,
) -> Result<sign_in_code::Model> {
    // What is no name of ours costs no look into the database.
    let request_id = app.key.read_sign_in_request(request).ok_or(Refusal::SignInCodeInvalid)?;
    let asked = count_try(app, request_id, becomes).await?;
    let right = |row: &sign_in_code::Model| {
        code.len() <= LONGEST_CODE && app.key.is_sign_in_code(row.id, code, &row.code_hash)
    };
    Ok(asked.filter(right).ok_or(Refusal::SignInCodeInvalid)?)
}

/// Counts a try against a request, where it is one that lives, in a statement that counts by itself. The
/// request; none where it does not live.
async fn count_try(
    app: &AppState,
    request_id: Uuid,
    becomes: Option<Uuid>,
) -> Result<Option<sign_in_code::Model>, DbErr> {
    must_write(&app.db).await?;
    let made_for_this = match becomes {
        Some(learner) => Column::LearnerId.eq(learner),
        None => Column::LearnerId.is_null(),
    };
    let counted = sign_in_code::Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Id.eq(request_id))
        .filter(made_for_this)
        .filter(sign_in_code::live(app.nature.now()))
        .exec_with_returning(&app.db)
        .await?;
    Ok(counted.into_iter().next())
}

/// Marks the code as used; says whether that was still possible: not where somebody else was faster. Its last
/// try may have been this one, so tries are not asked for again.
pub async fn use_code(txn: &Transaction, code: &sign_in_code::Model, now: Instant) -> Result<bool, DbErr> {
    let used = sign_in_code::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::Id.eq(code.id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(txn)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Ends the codes of an address that could still have been used.
pub async fn end_codes(txn: &Transaction, email_key: &str, now: Instant) -> Result<(), DbErr> {
    sign_in_code::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(txn)
        .await?;
    Ok(())
}
