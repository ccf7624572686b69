//! Announcing: staff write to the registrants of a course. First a draft, which reaches nobody; then, by a
//! second call, the word that it may go out; then ten minutes in which it can be stopped.

use entity::announcement::{self, Professions, State, Statuses, WAIT_MINUTES};
use entity::profession::Profession;
use entity::registration::{self, Status};
use entity::{Instant, Refusal, course, learner, track};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Act, Actor};
use super::{free_text, seats};
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;
/// The longest body, in characters.
const LONGEST_BODY: usize = 20_000;

/// An announcement as staff write it.
#[derive(Clone, Debug)]
pub struct Announce {
    /// The course.
    pub course_id: Uuid,
    /// One line.
    pub subject: String,
    /// Markdown.
    pub body: String,
    /// To people whose registration is in one of these states.
    pub statuses: Vec<Status>,
    /// To people of these professions; none: all.
    pub professions: Vec<Profession>,
    /// To people in this track, and those who have chosen none; none: all.
    pub track_id: Option<Uuid>,
}

/// Drafts an announcement to the registrants of a course that the viewer runs.
///
/// # Errors
/// Refuses a course that is not the viewer's to run, as though it did not exist; one that is not published; a
/// text that is empty, too long or holds control characters; and an announcement that would reach nobody.
pub async fn announce(app: &AppState, viewer: &Viewer, input: Announce) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let subject = free_text::perhaps_one_line(Some(&input.subject), LONGEST_SUBJECT, "subject")?;
    let subject =
        subject.ok_or_else(|| Refusal::invalid("An announcement needs a subject.", &["subject"]))?;
    let body = free_text::read(Some(&input.body), LONGEST_BODY, "body")?;
    let body = body.ok_or_else(|| Refusal::invalid("An announcement needs a text.", &["body"]))?;
    let statuses = once_each(input.statuses);
    let live = |status: &Status| match status {
        Status::Started | Status::Confirmed | Status::Waitlisted => true,
        Status::Cancelled | Status::Expired => false,
    };
    if statuses.is_empty() || !statuses.iter().all(live) {
        let message = "An announcement goes to people with a live registration: name one or more of STARTED, CONFIRMED and WAITLISTED.";
        return Err(Refusal::invalid(message, &["statuses"]).into());
    }

    let txn = app.begin().await?;
    let course = running(&txn, viewer, input.course_id).await?;
    if let Some(track_id) = input.track_id {
        let known = track::Entity::find_by_id(track_id)
            .filter(track::Column::CourseId.eq(course.id))
            .count(&txn)
            .await?;
        if known == 0 {
            return Err(Refusal::invalid("This course has no such track.", &["trackId"]).into());
        }
    }
    let now = app.nature.now();
    let row = announcement::Model {
        id: app.nature.id(),
        course_id: course.id,
        subject,
        body,
        statuses: Statuses(statuses),
        professions: Professions(once_each(input.professions)),
        track_id: input.track_id,
        written_by: author.id,
        created_at: now,
        confirmed_at: None,
        due_at: None,
        stopped_at: None,
    };
    if count(&txn, &row, now).await? == 0 {
        return Err(Refusal::NobodyToTell.into());
    }
    announcement::Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
    put_on_record(&txn, app, author, "announce", &row).await?;
    txn.commit().await?;
    Ok(row)
}

/// Lets a draft go out ten minutes from now, if it goes to as many people as its author has seen.
///
/// # Errors
/// Refuses what is not a draft of a course that the viewer runs, a course that is no longer published, and a
/// count that no longer holds.
pub async fn confirm(
    app: &AppState,
    viewer: &Viewer,
    id: Uuid,
    recipient_count: i32,
) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let txn = app.begin().await?;
    let course = running(&txn, viewer, found(&txn, viewer, id).await?.course_id).await?;
    // Read again under the course's lock, so that two calls at once do not both find a draft.
    let row = found(&txn, viewer, id).await?;
    let now = app.nature.now();
    match row.state(now) {
        State::Draft => {}
        state @ (State::Waiting | State::Sent | State::Stopped) => return Err(settled(state).into()),
    }
    let count = count(&txn, &row, now).await?;
    if u64::try_from(recipient_count) != Ok(count) {
        return Err(Refusal::AnnouncementChanged { count }.into());
    }
    let change = announcement::ActiveModel {
        confirmed_at: Set(Some(now)),
        due_at: Set(Some(now.plus_minutes(WAIT_MINUTES))),
        ..row.into_active_model()
    };
    let row = change.update(&txn).await?;
    ring_through(&txn, &course, now).await?;
    put_on_record(&txn, app, author, "confirmAnnouncement", &row).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(row)
}

/// Stops an announcement before it goes out; a draft is put away.
///
/// # Errors
/// Refuses what is not of a course that the viewer runs, and what has gone out or was stopped.
pub async fn stop(app: &AppState, viewer: &Viewer, id: Uuid) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let txn = app.begin().await?;
    let course = seats::lock_course(&txn, found(&txn, viewer, id).await?.course_id).await?;
    let row = found(&txn, viewer, id).await?;
    let now = app.nature.now();
    if !row.can_be_stopped(now) {
        return Err(settled(row.state(now)).into());
    }
    let row = announcement::ActiveModel { stopped_at: Set(Some(now)), ..row.into_active_model() }
        .update(&txn)
        .await?;
    ring_through(&txn, &course, now).await?;
    put_on_record(&txn, app, author, "stopAnnouncement", &row).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(row)
}

/// To how many people it would go at `now`; nobody is loaded to be counted.
async fn count(db: &impl ConnectionTrait, row: &announcement::Model, now: Instant) -> Result<u64, DbErr> {
    registration::Entity::find().filter(row.audience(now)).count(db).await
}

/// The course, locked, where the viewer runs it and it has registrants to write to.
async fn running(txn: &Transaction, viewer: &Viewer, course_id: Uuid) -> Result<course::Model> {
    let mine = viewer.run_courses().ok_or_else(|| Refusal::not_found("course"))?;
    let found = course::Entity::find_by_id(course_id).filter(mine).count(txn).await?;
    if found == 0 {
        return Err(Refusal::not_found("course").into());
    }
    let course = seats::lock_course(txn, course_id).await?;
    if course.is_cancelled() {
        return Err(Refusal::CourseCancelled.into());
    }
    match course.status {
        course::Status::Published => Ok(course),
        course::Status::Cancelled | course::Status::Archived => Err(Refusal::CourseArchived.into()),
        course::Status::Draft => {
            Err(Refusal::invalid("This course is a draft; nobody is registered for it.", &["courseId"])
                .into())
        }
    }
}

async fn found(txn: &Transaction, viewer: &Viewer, id: Uuid) -> Result<announcement::Model> {
    let unknown = || Refusal::not_found("announcement");
    let mine = viewer.run_courses().ok_or_else(unknown)?;
    let mine = Query::select().column(course::Column::Id).from(course::Entity).cond_where(mine).take();
    let row = announcement::Entity::find_by_id(id)
        .filter(announcement::Column::CourseId.in_subquery(mine))
        .one(txn)
        .await?;
    Ok(row.ok_or_else(unknown)?)
}

fn settled(state: State) -> Refusal {
    let words = match state {
        State::Draft => "This announcement is a draft.",
        State::Waiting => {
            "This announcement was confirmed before; it goes out at its moment, and can be stopped until then."
        }
        State::Sent => "This announcement has gone out.",
        State::Stopped => "This announcement was stopped.",
    };
    Refusal::AnnouncementSettled { words: words.to_owned() }
}

/// Lets the sweep see that the course has news: its moment of change moves, its page and so its version do
/// not.
async fn ring_through(txn: &Transaction, course: &course::Model, now: Instant) -> Result<(), DbErr> {
    let changed_at = course.changed_at(now);
    let change =
        course::ActiveModel { id: Set(course.id), updated_at: Set(changed_at), ..Default::default() };
    course::Entity::update(change).exec(txn).await.map(drop)
}

async fn put_on_record(
    txn: &Transaction,
    app: &AppState,
    author: &learner::Model,
    name: &str,
    row: &announcement::Model,
) -> Result<(), DbErr> {
    let after = json!({
        "subject": row.subject,
        "statuses": row.statuses,
        "professions": row.professions,
        "track": row.track_id,
        "confirmed_at": row.confirmed_at,
        "due_at": row.due_at,
        "stopped_at": row.stopped_at,
    });
    let act = Act {
        name,
        subject_type: "announcement",
        subject_id: row.id,
        course_id: Some(row.course_id),
        before: None,
        after: Some(after),
    };
    audit::record(txn, app, Actor::Person(author), act).await
}

fn once_each<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in list {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
