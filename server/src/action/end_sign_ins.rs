//! Somebody's sign-ins are ended by the office, as when a device was lost: all that [`crate::write::sign_ins`]
//! knows of.

use entity::{Refusal, learner};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::write::audit::{self, Act};
use crate::write::authority::Authority;
use crate::write::give_address::read_address;
use crate::write::turn::Over;
use crate::write::{account, sign_ins};

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
    let tokens = sign_ins::end_all(&txn, app, &found).await?;
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

async fn find(db: &impl ConnectionTrait, whose: &Whose) -> Result<learner::Model> {
    let found = match whose {
        Whose::Id(id) => learner::Entity::find_by_id(*id).one(db).await?,
        Whose::Address(typed) => account::known(db, &read_address(typed)?.key()).await?,
    };
    Ok(found.ok_or_else(|| Refusal::not_found("learner"))?)
}
