//! Somebody signs in with a code, and with the name of the request that it was sent for.
//!
//! What stands against guessing is said in [`crate::write::code`]. A client needs no bound of its own, because
//! it can only try what it has asked for.

use entity::{Instant, Refusal, access_token, learner, secret, staff_role};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::account::enter_learner;
use crate::write::code::{end_codes, matched, use_code};
use crate::write::suppressing;
use crate::write::turn::{self, Over};

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
    suppressing::is_read(&txn, &asked.email_key, now).await?;
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
