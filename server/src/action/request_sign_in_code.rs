//! Somebody asks for a sign-in code.
//!
//! Whether the address belongs to a learner is never looked at, so neither the answer nor the time it takes can tell. The code itself is not
//! stored: the worker derives it from the row's id when it writes the letter.

use entity::email::Address;
use entity::sign_in_code::{self, Column, HOURLY_PER_ADDRESS, HOURLY_PER_CLIENT, LIFE_MINUTES};
use entity::{Instant, Refusal};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::turn::{self, Over};
use crate::answer::Answer;
use crate::desk::Desk;

/// A code is on its way.
#[derive(Clone, Debug)]
pub struct Requested {
    /// Where it is sent.
    pub email: String,
    /// When it dies.
    pub expires_at: Instant,
}

/// Makes a code for the address `email`, asked for by the client `client_key`.
///
/// # Errors
/// Refused where the text is no address, and where the address or the client has asked too often within the last hour. The limits are exact:
/// requests for one address, and requests from one client, wait for one another.
pub async fn request_sign_in_code(desk: &Desk, client_key: &str, email: &str) -> Answer<Requested> {
    let address = read_address(email)?;
    let email_key = address.key();
    let tx = desk.begin().await?;
    turn::wait(&tx, Over::Client(client_key)).await?;
    turn::wait(&tx, Over::Address(&email_key)).await?;
    let now = desk.nature.now();
    let recent = || sign_in_code::Entity::find().filter(Column::CreatedAt.gt(now.plus_minutes(-60)));
    let by_address = recent().filter(Column::EmailKey.eq(&email_key)).count(&tx).await?;
    let by_client = recent().filter(Column::ClientKey.eq(client_key)).count(&tx).await?;
    if by_address >= HOURLY_PER_ADDRESS || by_client >= HOURLY_PER_CLIENT {
        tx.rollback().await?;
        return Err(Refusal::RateLimited.into());
    }
    let id = desk.nature.id();
    let requested = Requested { email: address.as_sent(), expires_at: now.plus_minutes(LIFE_MINUTES) };
    let row = sign_in_code::ActiveModel {
        id: ActiveValue::Set(id),
        email: ActiveValue::Set(requested.email.clone()),
        email_key: ActiveValue::Set(email_key),
        client_key: ActiveValue::Set(client_key.to_owned()),
        code_hash: ActiveValue::Set(desk.key.sign_in_code_hash(id, &desk.key.sign_in_code(id))),
        tries: ActiveValue::Set(0),
        created_at: ActiveValue::Set(now),
        expires_at: ActiveValue::Set(requested.expires_at),
        used_at: ActiveValue::Set(None),
    };
    row.insert(&tx).await?;
    tx.commit().await?;
    desk.bell.ring(&desk.db).await;
    Ok(requested)
}

/// The address that a person typed into the field `email`.
pub(super) fn read_address(email: &str) -> Result<Address, Refusal> {
    Address::parse(email).map_err(|_| Refusal::invalid("Please enter an e-mail address, such as ada@example.org.", &["email"]))
}
