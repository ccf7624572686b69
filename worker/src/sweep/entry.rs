//! Entering notices into the ledger, many in one statement, each once.

use std::collections::HashSet;

use entity::email_change::{self, Side};
use entity::mailing::{self, NotSentReason, PlannedLetter};
use entity::notice::{self, ActiveModel, Column, Entity, Status};
use entity::recipient::Recipient;
use entity::{Instant, sign_in_code};
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::round::Round;

/// How many rows go into one statement: both databases limit the number of values in one.
const ROWS_AT_A_TIME: usize = 500;

/// A notice to be.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    id: Uuid,
    recipient: String,
    subject: Uuid,
    course_id: Option<Uuid>,
    registration_id: Option<Uuid>,
    enquiry_id: Option<Uuid>,
    sign_in_code_id: Option<Uuid>,
    email_change_id: Option<Uuid>,
    planned: PlannedLetter,
    host: String,
    now: Instant,
}

impl Entry {
    /// For somebody to whom letters about a course go.
    pub(super) fn of<D>(round: &Round<'_, D>, person: &Recipient, planned: PlannedLetter) -> Self {
        let id = round.nature.id();
        let (registration_id, enquiry_id) = match person {
            Recipient::Registrant(_) => (Some(person.id()), None),
            Recipient::Enquirer(_) => (None, Some(person.id())),
        };
        Self {
            id,
            recipient: person.key(),
            subject: person.id(),
            course_id: Some(person.course_id()),
            registration_id,
            enquiry_id,
            sign_in_code_id: None,
            email_change_id: None,
            planned,
            host: round.host.to_owned(),
            now: round.now,
        }
    }

    /// For the address that asked for a code.
    pub(super) fn of_code<D>(
        round: &Round<'_, D>,
        code: &sign_in_code::Model,
        planned: PlannedLetter,
    ) -> Self {
        let id = round.nature.id();
        Self {
            id,
            recipient: code.email_key.clone(),
            subject: code.id,
            course_id: None,
            registration_id: None,
            enquiry_id: None,
            sign_in_code_id: Some(code.id),
            email_change_id: None,
            planned,
            host: round.host.to_owned(),
            now: round.now,
        }
    }

    /// For one of the two addresses of somebody whose address was changed.
    pub(super) fn of_email_change<D>(round: &Round<'_, D>, change: &email_change::Model, side: Side) -> Self {
        let id = round.nature.id();
        Self {
            id,
            recipient: change.email_key(side).to_owned(),
            subject: change.id,
            course_id: None,
            registration_id: None,
            enquiry_id: None,
            sign_in_code_id: None,
            email_change_id: Some(change.id),
            planned: mailing::of_email_change(change, side, round.now),
            host: round.host.to_owned(),
            now: round.now,
        }
    }

    fn row(self) -> ActiveModel {
        let Self {
            id,
            recipient,
            subject,
            course_id,
            registration_id,
            enquiry_id,
            sign_in_code_id,
            email_change_id,
            planned,
            host,
            now,
        } = self;
        let PlannedLetter { rule, letter, occurrence, due_at, pointless_at, day: _, session_ids: _, verdict } =
            planned;
        let message_id = notice::message_id([&rule, &recipient, &subject.to_string(), &occurrence], &host);
        let (status, reason, ready_at) = match verdict {
            Ok(()) => (Status::Planned, None, Some(due_at)),
            Err(reason) => (Status::Lapsed, Some(reason), None),
        };
        ActiveModel {
            id: Set(id),
            rule: Set(rule),
            recipient: Set(recipient),
            subject: Set(subject.to_string()),
            occurrence: Set(occurrence),
            letter: Set(letter),
            course_id: Set(course_id),
            registration_id: Set(registration_id),
            enquiry_id: Set(enquiry_id),
            sign_in_code_id: Set(sign_in_code_id),
            email_change_id: Set(email_change_id),
            status: Set(status),
            reason: Set(reason),
            priority: Set(letter.priority()),
            due_at: Set(due_at),
            pointless_at: Set(pointless_at),
            ready_at: Set(ready_at),
            attempts: Set(0),
            crashes: Set(0),
            fence: Set(0),
            claimed_by: Set(None),
            message_id: Set(message_id),
            dated_at: Set(None),
            sent_to: Set(None),
            told: Set(None),
            smtp_reply: Set(None),
            tries: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
            sent_at: Set(None),
        }
    }
}

/// Enters what the ledger does not hold yet; says how many rows were planned and how many were recorded as
/// lapsed.
pub(super) async fn enter(db: &impl ConnectionTrait, entries: Vec<Entry>) -> Result<(u64, u64), DbErr> {
    let mut said = HashSet::new();
    let (owed, late): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .filter(|entry| {
            said.insert((entry.planned.rule.clone(), entry.subject, entry.planned.occurrence.clone()))
        })
        .partition(|entry| entry.planned.verdict.is_ok());
    Ok((
        insert(db, owed, planned_again()).await?,
        insert(db, late, said_once().do_nothing().to_owned()).await?,
    ))
}

/// Ends the notice of this letter where it still waits for its moment or for another try: staff have stopped
/// it.
pub(super) async fn stop(
    db: &impl ConnectionTrait,
    subject: Uuid,
    planned: &PlannedLetter,
    now: Instant,
) -> Result<(), DbErr> {
    let change = ActiveModel {
        status: Set(Status::Cancelled),
        reason: Set(Some(NotSentReason::StoppedByStaff)),
        ready_at: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    Entity::update_many()
        .set(change)
        .filter(Column::Subject.eq(subject.to_string()))
        .filter(Column::Rule.eq(planned.rule.as_str()))
        .filter(Column::Occurrence.eq(planned.occurrence.as_str()))
        .filter(Column::Status.is_in([Status::Planned, Status::Retry]))
        .exec(db)
        .await
        .map(drop)
}

async fn insert(
    db: &impl ConnectionTrait,
    entries: Vec<Entry>,
    on_conflict: OnConflict,
) -> Result<u64, DbErr> {
    let mut rows = entries.into_iter().map(Entry::row).peekable();
    let mut entered = 0;
    while rows.peek().is_some() {
        let some: Vec<ActiveModel> = rows.by_ref().take(ROWS_AT_A_TIME).collect();
        entered +=
            Entity::insert_many(some).on_conflict(on_conflict.clone()).exec_without_returning(db).await?;
    }
    Ok(entered)
}

/// The ledger's unique key.
fn said_once() -> OnConflict {
    OnConflict::columns([Column::Rule, Column::Recipient, Column::Subject, Column::Occurrence])
}

/// What was said stays said; only what was dropped because its day had moved away, and was never sent, is
/// planned again when the day comes back.
fn planned_again() -> OnConflict {
    let dropped = Column::Status
        .eq(Status::Lapsed)
        .and(Column::Reason.eq(NotSentReason::Moved))
        .and(Column::Attempts.eq(0));
    said_once()
        .update_columns([
            Column::Status,
            Column::Reason,
            Column::DueAt,
            Column::PointlessAt,
            Column::ReadyAt,
            Column::UpdatedAt,
        ])
        .action_and_where(dropped)
        .to_owned()
}
