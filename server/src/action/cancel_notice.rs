//! A letter is not to be sent: staff put it down as a fact ([`crate::write::instruction`]).

use entity::letter_instruction::Kind;
use entity::mailing::PlannedLetter;
use entity::notice::{self, Status};
use entity::recipient::Kind as Of;
use entity::{Refusal, registration};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::viewer::Viewer;
use crate::write::instruction::{course_facts, instruction, locked, person_of, put_down, steered};

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
                .filter(notice::readable())
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
