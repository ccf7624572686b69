//! Writing down who did what, in the transaction that did it.

use entity::{audit, learner};
use sea_orm::prelude::Json;
use sea_orm::{ActiveModelTrait, ActiveValue, DbErr};
use uuid::Uuid;

use crate::app::AppState;
use crate::store::Transaction;

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A person who is signed in.
    Person(&'a learner::Model),
    /// Something without an account, in words, such as `command line`.
    Other(&'a str),
}

/// What was done, and to what.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// Named as the mutation or the command is.
    pub name: &'a str,
    /// Table of what was acted on.
    pub subject_type: &'a str,
    /// Row of what was acted on.
    pub subject_id: Uuid,
    /// The course it belongs to.
    pub course_id: Option<Uuid>,
    /// What changed, as it was.
    pub before: Option<Json>,
    /// What changed, as it became.
    pub after: Option<Json>,
}

/// Adds one row to the audit trail; it counts if `txn` does.
pub async fn record(txn: &Transaction, app: &AppState, actor: Actor<'_>, act: Act<'_>) -> Result<(), DbErr> {
    let (actor_id, actor) = match actor {
        Actor::Person(learner) => match &learner.name {
            Some(name) => (Some(learner.id), format!("{name} <{}>", learner.email)),
            None => (Some(learner.id), learner.email.clone()),
        },
        Actor::Other(words) => (None, words.to_owned()),
    };
    let Act { name, subject_type, subject_id, course_id, before, after } = act;
    let row = audit::ActiveModel {
        id: ActiveValue::Set(app.nature.id()),
        at: ActiveValue::Set(app.nature.now()),
        actor_id: ActiveValue::Set(actor_id),
        actor: ActiveValue::Set(actor),
        act: ActiveValue::Set(name.to_owned()),
        subject_type: ActiveValue::Set(subject_type.to_owned()),
        subject_id: ActiveValue::Set(subject_id),
        course_id: ActiveValue::Set(course_id),
        before: ActiveValue::Set(before),
        after: ActiveValue::Set(after),
    };
    row.insert(txn).await?;
    Ok(())
}
