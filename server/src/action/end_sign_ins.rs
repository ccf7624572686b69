//! Somebody's sign-ins are ended by the office, as when a device was lost: all tokens, the codes that are on
//! their way, and the addresses of files that the person has taken out. Every process asks for a token's row
//! each time, so all of them know at once.

use entity::{Refusal, export_ticket, learner};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Act};
use super::authority::Authority;
use super::request_sign_in_code::read_address;
use super::turn::Over;
use super::{enter_learner, sign_in, sign_out};
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;

/// Whose sign-ins are ended.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Those of this learner.
    Id(Uuid),
    /// Those of whoever has this address, as somebody typed it.
    Address(String),
}

/// Sign-ins that were ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Whose they were.
    pub learner: learner::Model,
    /// How many tokens were ended.
    pub tokens: u64,
}

/// Ends somebody's sign-ins; the person can sign in anew.
///
/// # Errors
/// Refused to whoever is no administrator, and where there is no such person.
pub async fn end_sign_ins(app: &AppState, by: Authority<'_>, whose: &Whose) -> Result<Ended> {
    let actor = by.actor()?;
    let found = find(&app.db, whose).await?;
    // Whoever is about to sign in with a code waits for the same turn.
    let txn = by.begin(app, &[Over::Address(&found.email_key)]).await?;
    let tokens = end_all(&txn, app, &found).await?;
    let act = Act {
        name: "endSignIns",
        subject_type: "learner",
        subject_id: found.id,
        course_id: None,
        before: None,
        after: Some(json!({ "email": found.email, "tokens": tokens })),
    };
    audit::record(&txn, app, actor, act).await?;
    txn.commit().await?;
    Ok(Ended { learner: found, tokens })
}

/// Ends everything by which the learner is let in without a new sign-in; gives how many tokens that were.
pub(super) async fn end_all(txn: &Transaction, app: &AppState, learner: &learner::Model) -> Result<u64> {
    let now = app.nature.now();
    let tokens = sign_out::end_tokens(txn, learner.id, None, now).await?;
    sign_in::end_codes(txn, &learner.email_key, now).await?;
    export_ticket::Entity::delete_many()
        .filter(export_ticket::Column::LearnerId.eq(learner.id))
        .exec(txn)
        .await?;
    Ok(tokens)
}

async fn find(db: &impl ConnectionTrait, whose: &Whose) -> Result<learner::Model> {
    let found = match whose {
        Whose::Id(id) => learner::Entity::find_by_id(*id).one(db).await?,
        Whose::Address(typed) => enter_learner::known(db, &read_address(typed)?.key()).await?,
    };
    Ok(found.ok_or_else(|| Refusal::not_found("learner"))?)
}
