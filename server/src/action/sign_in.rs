//! Somebody signs in with a code, and with the name of the request that it was sent for.
//!
//! A code is compared with its own request alone, and a try counts against that request alone, so nobody can
//! spoil somebody else's. A try is counted, and the count committed, before the code is compared: however
//! many try at once, a request is compared with at most five texts. A client needs no bound of its own,
//! because it can only try what it has asked for.

use entity::sign_in_code::{self, Column};
use entity::{Instant, Refusal, access_token, learner, secret, staff_role};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::enter_learner::enter_learner;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::Result;
use crate::store::{Transaction, must_write};
use crate::viewer::Viewer;

/// Longest text that is looked at as a code, in bytes: eight characters, and room for spaces and dashes.
const LONGEST_CODE: usize = 64;

/// Who signed in, and by what.
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

/// Signs in with the `code` that was sent for the request of the name `request`, for whoever asks. Whoever
/// comes for the first time is entered as a learner. Using a code ends the others of its address.
///
/// # Errors
/// Refused where the code is not the request's, and where the request is unknown, used, too old or tried too
/// often; which of these is not said.
pub async fn sign_in(app: &AppState, asker: &Viewer, request: &str, code: &str) -> Result<SignedIn> {
    let asked = matched(app, request, code, None).await?;
    let txn = turn::begin(app, &[Over::Address(&asked.email_key)]).await?;
    let now = app.nature.now();
    if !use_code(&txn, &asked, now).await? {
        txn.rollback().await?;
        return Err(Refusal::SignInCodeInvalid.into());
    }
    end_codes(&txn, &asked.email_key, now).await?;
    let (learner, _) = enter_learner(&txn, app, &asked.email, &asked.email_key).await?;
    let learner = note(&txn, learner, now).await?;
    let roles =
        staff_role::Entity::find().filter(staff_role::Column::LearnerId.eq(learner.id)).all(&txn).await?;
    let (token_id, token, expires_at) = give_token(&txn, app, learner.id, now).await?;
    txn.commit().await?;
    let viewer = Viewer {
        learner: Some(learner.clone()),
        roles,
        token_id: Some(token_id),
        client: asker.client,
        ..Viewer::default()
    };
    Ok(SignedIn { token, expires_at, learner, viewer })
}

/// The request of the name `request`, where the `code` is its own, and where it was made for this: to sign
/// in, or to confirm an address that is to become that of the learner `becomes`. A try is counted before it
/// is compared.
///
/// # Errors
/// Refused where it is not.
pub(super) async fn matched(
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
pub(super) async fn use_code(
    txn: &Transaction,
    code: &sign_in_code::Model,
    now: Instant,
) -> Result<bool, DbErr> {
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
pub(super) async fn end_codes(txn: &Transaction, email_key: &str, now: Instant) -> Result<(), DbErr> {
    sign_in_code::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(txn)
        .await?;
    Ok(())
}

/// Writes down that somebody has signed in to the account, where nobody had before; gives it as it is then.
async fn note(txn: &Transaction, learner: learner::Model, now: Instant) -> Result<learner::Model, DbErr> {
    if learner.signed_in_at.is_some() {
        return Ok(learner);
    }
    learner::Entity::update_many()
        .col_expr(learner::Column::SignedInAt, Expr::val(now))
        .filter(learner::Column::Id.eq(learner.id))
        .exec(txn)
        .await?;
    Ok(learner::Model { signed_in_at: Some(now), ..learner })
}

/// Gives out a token: its row, the token, and when it ends at the latest.
async fn give_token(
    txn: &Transaction,
    app: &AppState,
    learner_id: Uuid,
    now: Instant,
) -> Result<(Uuid, String, Instant), DbErr> {
    let mut chance = [0; 24];
    app.nature.fill(&mut chance);
    let token = app.key.token(chance);
    let (id, expires_at) = (app.nature.id(), now.plus_seconds(access_token::LIFE_DAYS * 86_400));
    let row = access_token::ActiveModel {
        id: ActiveValue::Set(id),
        learner_id: ActiveValue::Set(learner_id),
        token_hash: ActiveValue::Set(secret::token_hash(&token)),
        created_at: ActiveValue::Set(now),
        last_used_at: ActiveValue::Set(now),
        expires_at: ActiveValue::Set(expires_at),
        revoked_at: ActiveValue::Set(None),
    };
    row.insert(txn).await?;
    Ok((id, token, expires_at))
}
