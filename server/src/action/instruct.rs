//! Instructions about single letters: not to send one, or to send it again. Staff put them down as facts; the
//! mailing plan goes by them, and the worker does what the plan says.

use entity::letter_instruction::{self, Kind};
use entity::mailing::{self, CourseFacts, PlannedLetter, instructed};
use entity::notice::{self, About, Status};
use entity::recipient::{Kind as Of, Recipient};
use entity::{Instant, Refusal, enquiry, learner, registration};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use worker::facts;

use super::audit::{self, Act, Actor};
use super::seats;
use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::wake::Change;

/// Which letter is not to be sent.
#[derive(Clone, Debug)]
pub enum Which {
    /// One that the ledger knows.
    Noticed(Uuid),
    /// One that may still lie ahead.
    Planned {
        /// About which registration.
        registration_id: Uuid,
        /// The rule that calls for it.
        rule: String,
        /// Which time the rule speaks.
        occurrence: String,
    },
}

/// What was stopped.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// A letter in the ledger; the worker ends it.
    Noticed(Box<notice::Model>),
    /// A letter that is not in the ledger, and will not be; with the course that it is about.
    Planned(Box<PlannedLetter>, Uuid),
}

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

/// Stops a letter about a registration, or to somebody who asked, of a course that the viewer runs. What is
/// stopped already stays so.
///
/// # Errors
/// Refuses what is not the viewer's to steer, as though it did not exist; and what was sent, is being handed
/// over, has come to its end, or would not be sent anyway, with the reason.
pub async fn cancel_notice(app: &AppState, viewer: &Viewer, which: Which) -> Result<Stopped> {
    let actor = viewer.signed_in()?;
    let txn = app.begin().await?;
    let now = app.nature.now();
    let (mut person, found, rule, occurrence) = match which {
        Which::Noticed(id) => {
            let row = steered(&txn, viewer, id).await?;
            let person = person_of(&txn, &row).await?;
            // Read again under the lock.
            let row = steered(&txn, viewer, id).await?;
            let (rule, occurrence) = (row.rule.clone(), row.occurrence.clone());
            (person, Some(row), rule, occurrence)
        }
        Which::Planned { registration_id, rule, occurrence } => {
            let unknown = || Refusal::not_found("registration");
            let mine = viewer.run_registrations().ok_or_else(unknown)?;
            let known = registration::Entity::find_by_id(registration_id)
                .filter(mine)
                .one(&txn)
                .await?
                .ok_or_else(unknown)?;
            let person = locked(&txn, Of::Registrant, known.id).await?;
            let row = notice::Entity::find()
                .filter(notice::Column::RegistrationId.eq(known.id))
                .filter(notice::Column::Rule.eq(rule.as_str()))
                .filter(notice::Column::Occurrence.eq(occurrence.as_str()))
                .one(&txn)
                .await?;
            (person, row, rule, occurrence)
        }
    };
    let course = course_facts(app, &txn, person.course_id()).await?;
    let planned = person.planned(&course, &rule, &occurrence, now);
    let stopped = person
        .instructions()
        .iter()
        .any(|said| said.kind == Kind::Stop && said.rule == rule && said.occurrence == occurrence);
    match (&found, planned) {
        (Some(row), _) => may_be_stopped(row)?,
        (None, None) => return Err(Refusal::not_found("letter").into()),
        (None, Some(planned)) => match planned.verdict {
            Err(reason) if !stopped => {
                return Err(Refusal::NoticeSettled {
                    why: format!("It will not be sent anyway: {}", reason.in_words()),
                }
                .into());
            }
            Ok(()) | Err(_) => {}
        },
    }
    if !stopped {
        let said = instruction(app, actor, &person, Kind::Stop, (&rule, &occurrence), now);
        person.instruct(said.clone());
        put_down(app, txn, actor, "cancelNotice", &person, said).await?;
    } else {
        txn.rollback().await?;
    }
    match found {
        Some(row) => Ok(Stopped::Noticed(Box::new(row))),
        None => {
            let course_id = person.course_id();
            let planned = person
                .planned(&course, &rule, &occurrence, now)
                .ok_or_else(|| Fault::Stored(format!("the letter {rule} {occurrence} is gone")))?;
            Ok(Stopped::Planned(Box::new(planned), course_id))
        }
    }
}

/// Has a letter sent again: at once, with the facts as they are, as a notice of its own.
///
/// # Errors
/// Refuses what is not the viewer's to steer, as though it did not exist; what is still on its way; and what
/// the facts stand against, with the reason.
pub async fn resend_notice(app: &AppState, viewer: &Viewer, id: Uuid) -> Result<notice::Model> {
    let actor = viewer.signed_in()?;
    let txn = app.begin().await?;
    let now = app.nature.now();
    let row = steered(&txn, viewer, id).await?;
    let mut person = person_of(&txn, &row).await?;
    let row = steered(&txn, viewer, id).await?;
    let on_its_way = || Refusal::CannotResend { why: "It is still on its way.".to_owned() };
    if row.ready_at.is_some() {
        return Err(on_its_way().into());
    }
    let (rule, first) = (row.rule.clone(), instructed::first_time(&row.occurrence).to_owned());
    let count = person
        .instructions()
        .iter()
        .filter(|said| said.kind == Kind::Again && said.rule == rule && said.occurrence == first)
        .count();
    let course = course_facts(app, &txn, person.course_id()).await?;
    if count > 0 {
        let again = instructed::again(&first, count);
        let last = notice::Entity::find()
            .filter(notice::Column::Subject.eq(person.id().to_string()))
            .filter(notice::Column::Rule.eq(rule.as_str()))
            .filter(notice::Column::Occurrence.eq(again.as_str()))
            .one(&txn)
            .await?;
        let owed = person.planned(&course, &rule, &again, now).is_some_and(|planned| planned.verdict.is_ok());
        if last.as_ref().map_or(owed, |last| last.ready_at.is_some()) {
            return Err(on_its_way().into());
        }
    }
    // The plan is asked as though it had been said already.
    let said = instruction(app, actor, &person, Kind::Again, (&rule, &first), now);
    person.instruct(said.clone());
    let again = instructed::again(&first, count + 1);
    match person
        .planned(&course, &rule, &again, now)
        .map_or(Err(mailing::NotSentReason::Moved), |planned| planned.verdict)
    {
        Ok(()) => {}
        Err(reason) => return Err(Refusal::CannotResend { why: reason.in_words().to_owned() }.into()),
    }
    put_down(app, txn, actor, "resendNotice", &person, said).await?;
    Ok(row)
}

/// The notice, where it is about a registration or an enquiry of a course that the viewer runs.
async fn steered(txn: &Transaction, viewer: &Viewer, id: Uuid) -> Result<notice::Model> {
    let unknown = || Refusal::not_found("letter");
    let scope = viewer.run_notices().ok_or_else(unknown)?;
    Ok(notice::Entity::find_by_id(id).filter(scope).one(txn).await?.ok_or_else(unknown)?)
}

/// Whom the letter is about, with what the mailing plan goes by, locked.
async fn person_of(txn: &Transaction, row: &notice::Model) -> Result<Recipient> {
    match row.about() {
        Some(About::Registration(id)) => locked(txn, Of::Registrant, id).await,
        Some(About::Enquiry(id)) => locked(txn, Of::Enquirer, id).await,
        Some(About::SignInCode(_) | About::EmailChange(_)) | None => Err(Refusal::not_found("letter").into()),
    }
}

async fn locked(txn: &Transaction, kind: Of, id: Uuid) -> Result<Recipient> {
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

async fn course_facts(app: &AppState, txn: &Transaction, course_id: Uuid) -> Result<CourseFacts> {
    let page = app.catalogue.page(txn, course_id).await?.ok_or_else(|| Refusal::not_found("course"))?;
    Ok(page.facts(facts::news_of(txn, course_id).await?))
}

/// Refuses what is no longer in the worker's power to leave unsent.
fn may_be_stopped(row: &notice::Model) -> Result<(), Refusal> {
    let why = match row.status {
        Status::Planned | Status::Claimed | Status::Retry => return Ok(()),
        Status::Unknown if row.ready_at.is_some() => return Ok(()),
        Status::Sending => "It is being handed to the mail server at this moment.",
        Status::Sent => "It was sent.",
        Status::Failed => "It was not sent: the mail server refused it.",
        Status::Unknown => "It was handed over, and the mail server's answer was lost.",
        Status::Lapsed => "It was not sent: by the time it could have been, it was no longer called for.",
        Status::Cancelled => "It was stopped before.",
        Status::Quarantined => "It was set aside, because it brought its worker down again and again.",
    };
    Err(Refusal::NoticeSettled { why: why.to_owned() })
}

fn instruction(
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
async fn put_down(
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
