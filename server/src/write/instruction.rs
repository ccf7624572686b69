//! Instructions about single letters: not to send one, or to send it again. Staff put them down as facts; the
//! mailing plan goes by them, and the worker does what the plan says.

use entity::letter_instruction::{self, Kind};
use entity::mailing::CourseFacts;
use entity::notice::{self, About};
use entity::recipient::{Kind as Of, Recipient};
use entity::{Instant, Refusal, enquiry, learner, registration};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use worker::facts;

use super::audit::{self, Act, Actor};
use super::seats;
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::wake::Change;

/// Lets the sweep see that something was said of the person.
async fn touch(person: &Recipient, txn: &Transaction, now: Instant) -> Result<(), DbErr> {
    match person {
        Recipient::Registrant(person) => {
            let row = &person.registration;
            let change = registration::ActiveModel {
                id: Set(row.id),
                updated_at: Set(row.changed_at(now)),
                ..Default::default()
            };
            registration::Entity::update(change).exec(txn).await.map(drop)
        }
        Recipient::Enquirer(person) => {
            let row = &person.enquiry;
            let change = enquiry::ActiveModel {
                id: Set(row.id),
                updated_at: Set(row.changed_at(now)),
                ..Default::default()
            };
            enquiry::Entity::update(change).exec(txn).await.map(drop)
        }
    }
}

/// The notice, where it is about a registration or an enquiry of a course that the viewer runs.
///
/// # Errors
/// Refused where it is not, as though there were none.
pub async fn steered(txn: &Transaction, viewer: &Viewer, id: Uuid) -> Result<notice::Model> {
    let unknown = || Refusal::not_found("letter");
    let scope = viewer.run_notices().ok_or_else(unknown)?;
    Ok(notice::Entity::find_by_id(id)
        .filter(scope)
        .filter(notice::readable())
        .one(txn)
        .await?
        .ok_or_else(unknown)?)
}

/// Whom the letter is about, with what the mailing plan goes by, locked.
///
/// # Errors
/// Refused where it is about a sign-in code or an address: nobody steers those.
pub async fn person_of(txn: &Transaction, row: &notice::Model) -> Result<Recipient> {
    match row.about() {
        Some(About::Registration(id)) => locked(txn, Of::Registrant, id).await,
        Some(About::Enquiry(id)) => locked(txn, Of::Enquirer, id).await,
        Some(About::SignInCode(_) | About::EmailChange(_)) | None => Err(Refusal::not_found("letter").into()),
    }
}

/// The registrant or the enquirer of this row, with what the mailing plan goes by, locked.
///
/// # Errors
/// Refused where there is no such row.
pub async fn locked(txn: &Transaction, kind: Of, id: Uuid) -> Result<Recipient> {
    let locked = match kind {
        Of::Registrant => {
            let row = seats::lock_registration(txn, id).await?;
            facts::of_registrations(txn, vec![row]).await?.pop().map(Recipient::from)
        }
        Of::Enquirer => {
            let row = enquiry::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(txn).await?;
            facts::of_enquiries(txn, row.into_iter().collect()).await?.pop().map(Recipient::from)
        }
    };
    Ok(locked.ok_or_else(|| Refusal::not_found("letter"))?)
}

/// What the mailing plan goes by of a course.
///
/// # Errors
/// Refused where there is no such course.
pub async fn course_facts(app: &AppState, txn: &Transaction, course_id: Uuid) -> Result<CourseFacts> {
    let page = app.catalogue.page(txn, course_id).await?.ok_or_else(|| Refusal::not_found("course"))?;
    Ok(page.facts(facts::news_of(txn, course_id).await?))
}

/// What the actor says of the letter that a rule calls for at an occurrence.
pub fn instruction(
    app: &AppState,
    actor: &learner::Model,
    person: &Recipient,
    kind: Kind,
    (rule, occurrence): (&str, &str),
    now: Instant,
) -> letter_instruction::Model {
    letter_instruction::Model {
        id: app.nature.id(),
        subject_id: person.id(),
        rule: rule.to_owned(),
        occurrence: occurrence.to_owned(),
        kind,
        at: now,
        said_by: actor.id,
    }
}

/// Puts down what was said, with the act `name`, and has the worker look.
pub async fn put_down(
    app: &AppState,
    txn: Transaction,
    actor: &learner::Model,
    name: &str,
    person: &Recipient,
    said: letter_instruction::Model,
) -> Result<(), DbErr> {
    letter_instruction::Entity::insert(said.clone().into_active_model()).exec_without_returning(&txn).await?;
    touch(person, &txn, said.at).await?;
    record(&txn, app, actor, name, person, (&said.rule, &said.occurrence)).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    app.wake.changed(&app.db, Change::Notices(Some(person.course_id()))).await;
    Ok(())
}

async fn record(
    txn: &Transaction,
    app: &AppState,
    actor: &learner::Model,
    name: &str,
    person: &Recipient,
    (rule, occurrence): (&str, &str),
) -> Result<(), DbErr> {
    let subject_type = match person {
        Recipient::Registrant(_) => "registration",
        Recipient::Enquirer(_) => "enquiry",
    };
    let after = Some(json!({ "rule": rule, "occurrence": occurrence }));
    let act = Act {
        name,
        subject_type,
        subject_id: person.id(),
        course_id: Some(person.course_id()),
        before: None,
        after,
    };
    audit::record(txn, app, Actor::Person(actor), act).await
}
