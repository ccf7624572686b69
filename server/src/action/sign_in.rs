//! Somebody signs in with an address and a code.
//!
//! A try is counted, and the count committed, before the code is compared: however many try at once, a code is compared with at most five
//! texts. A wrong text is compared with every live code of the address, so it counts against each of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::sign_in_code::{self, Column};
use entity::{Instant, Refusal, access_token, learner, secret, staff_role};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::enter_learner::enter_learner;
use super::request_sign_in_code::read_address;
use super::turn::{self, Over};
use crate::answer::Answer;
use crate::desk::Desk;
use crate::door::TOKEN_PREFIX;
use crate::viewer::Viewer;

/// Longest text that is looked at as a code, in bytes: eight characters, and room for spaces and dashes.
const LONGEST_CODE: usize = 64;

/// The door is open.
#[derive(Clone)]
pub struct SignedIn {
    /// The bearer token; it is told this once and kept nowhere but as a hash.
    pub token: String,
    /// When the token ends at the latest.
    pub expires_at: Instant,
    /// Who came in.
    pub learner: learner::Model,
    /// The same as somebody who asks.
    pub viewer: Viewer,
}

impl std::fmt::Debug for SignedIn {
    /// The token stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("viewer", &self.viewer).finish_non_exhaustive()
    }
}

/// Opens the door for `email` with `code`, asked by the client `client_key`. Whoever comes for the first time is entered as a learner.
///
/// Any live code of the address is good; using one ends the others.
///
/// # Errors
/// Refused where the text is no address, and where the code is wrong, used, too old or tried too often; which of these is not said.
pub async fn sign_in(desk: &Desk, client_key: &str, email: &str, code: &str) -> Answer<SignedIn> {
    let email_key = read_address(email)?.key();
    if code.len() > LONGEST_CODE {
        return Err(Refusal::SignInCodeInvalid.into());
    }
    let tried = count_try(desk, &email_key).await?;
    let right = |row: &&sign_in_code::Model| secret::same(&row.code_hash, &desk.key.sign_in_code_hash(row.id, code));
    let code = tried.iter().filter(right).max_by_key(|row| (row.created_at, row.id)).ok_or(Refusal::SignInCodeInvalid)?;

    let tx = desk.begin().await?;
    turn::wait(&tx, Over::Address(&email_key)).await?;
    let now = desk.nature.now();
    if use_code(&tx, code, now).await? != 1 {
        tx.rollback().await?;
        return Err(Refusal::SignInCodeInvalid.into());
    }
    end_other_codes(&tx, &email_key, now).await?;
    // The address of the code, not the one typed now: mail has reached the former.
    let (learner, _) = enter_learner(&tx, desk, &code.email, &email_key).await?;
    let roles = staff_role::Entity::find().filter(staff_role::Column::LearnerId.eq(learner.id)).all(&tx).await?;
    let (token_id, token, expires_at) = give_token(&tx, desk, learner.id, now).await?;
    tx.commit().await?;
    let viewer = Viewer { learner: Some(learner.clone()), roles, token_id: Some(token_id), client_key: client_key.to_owned() };
    Ok(SignedIn { token, expires_at, learner, viewer })
}

/// Counts a try against every live code of the address, in a transaction of its own; gives the codes that may be compared.
async fn count_try(desk: &Desk, email_key: &str) -> Result<Vec<sign_in_code::Model>, DbErr> {
    let tx = desk.begin().await?;
    turn::wait(&tx, Over::Address(email_key)).await?;
    let tried = sign_in_code::Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::EmailKey.eq(email_key))
        .filter(sign_in_code::live(desk.nature.now()))
        .exec_with_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(tried)
}

/// Marks the code as used; gives how many rows that changed: none where somebody else was faster. Its last try may have been this one, so
/// tries are not asked for again.
async fn use_code(tx: &DatabaseTransaction, code: &sign_in_code::Model, now: Instant) -> Result<u64, DbErr> {
    let used = sign_in_code::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::Id.eq(code.id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    Ok(used.rows_affected)
}

/// Ends the codes of the address that could still have been used.
async fn end_other_codes(tx: &DatabaseTransaction, email_key: &str, now: Instant) -> Result<(), DbErr> {
    sign_in_code::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives out a token of 256 bits: its row, the token, and when it ends at the latest.
async fn give_token(tx: &DatabaseTransaction, desk: &Desk, learner_id: Uuid, now: Instant) -> Result<(Uuid, String, Instant), DbErr> {
    let mut chance = [0; 32];
    desk.nature.fill(&mut chance);
    let token = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(chance));
    let (id, expires_at) = (desk.nature.id(), now.plus_seconds(access_token::LIFE_DAYS * 86_400));
    let row = access_token::ActiveModel {
        id: ActiveValue::Set(id),
        learner_id: ActiveValue::Set(learner_id),
        token_hash: ActiveValue::Set(secret::token_hash(&token)),
        created_at: ActiveValue::Set(now),
        last_used_at: ActiveValue::Set(now),
        expires_at: ActiveValue::Set(expires_at),
        revoked_at: ActiveValue::Set(None),
    };
    row.insert(tx).await?;
    Ok((id, token, expires_at))
}
