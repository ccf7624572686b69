//! Somebody asks for a sign-in code.
//!
//! Whether the address belongs to a learner is never looked at, so neither the answer nor the time it takes
//! can tell. The code itself is not stored: the worker derives it from the row's id when it writes the
//! letter. Several live codes for one address stand side by side, each good for its own request alone.

use entity::email::Address;
use entity::sign_in_code::{
    self, Column, HOURLY_PER_ADDRESS_WITHOUT_PROOF, HOURLY_PER_CLIENT, HOURLY_PER_CLIENT_AND_ADDRESS,
    HOURLY_PER_CLIENT_WITHOUT_PROOF, LIFE_MINUTES,
};
use entity::{Instant, Refusal, spent_proof};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::register::must_not_be_merged;
use super::spend_proof::spend_proof;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::Result;
use crate::human_check::{self, Purpose};
use crate::store::Transaction;

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

/// Makes a code for the address `email`, asked for by the client `client_key`. `proof` is a solved challenge;
/// it is looked at, and spent, only where one is needed.
///
/// # Errors
/// Refused where the text is no address; where this client has asked too often within the last hour, for this
/// address or at all; and where so many codes were asked for, for this address or by this client, that a
/// proof of work is needed and is not there or not good. The limits are exact: requests for one address, and
/// requests from one client, wait for one another.
pub async fn request_sign_in_code(
    app: &AppState,
    client_key: &str,
    email: &str,
    proof: Option<&str>,
) -> Result<Requested> {
    request_code(app, client_key, email, proof, None).await
}

/// The same; where the address is to become that of the learner `becomes`, the code is good for that alone,
/// and for the learner.
pub(super) async fn request_code(
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

/// The address that a person typed into the field `email`.
pub(super) fn read_address(email: &str) -> Result<Address, Refusal> {
    Address::parse(email)
        .map_err(|_| Refusal::invalid("Please enter an e-mail address, such as ada@example.org.", &["email"]))
}
