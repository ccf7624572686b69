//! An announcement is drafted; it reaches nobody until it is confirmed ([`crate::write::announcing`]).

use entity::announcement::{self, Professions, Statuses};
use entity::profession::Profession;
use entity::registration::Status;
use entity::{Refusal, track};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::announcing::{count, put_on_record, running};
use crate::write::free_text;
use crate::write::mistakes::Mistakes;

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
/// Refuses a course that is not the viewer's to run, as though it did not exist; one that is not published; an
/// input with mistakes, all of which are told with those found when it was read; and an announcement that
/// would reach nobody.
pub async fn announce(
    app: &AppState,
    viewer: &Viewer,
    (input, mut mistakes): (Announce, Mistakes),
) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let needs = |what: &str, field| Refusal::invalid(format!("An announcement needs a {what}."), &[field]);
    let subject = free_text::perhaps_one_line(Some(&input.subject), LONGEST_SUBJECT, "subject")
        .and_then(|subject| subject.ok_or_else(|| needs("subject", "subject")));
    let subject = mistakes.read(subject);
    let body = free_text::read(Some(&input.body), LONGEST_BODY, "body")
        .and_then(|body| body.ok_or_else(|| needs("text", "body")));
    let body = mistakes.read(body);
    let statuses = once_each(input.statuses);
    let live = |status: &Status| match status {
        Status::Started | Status::Confirmed | Status::Waitlisted => true,
        Status::Cancelled | Status::Expired => false,
    };
    if statuses.is_empty() || !statuses.iter().all(live) {
        let message = "An announcement goes to people with a live registration: name one or more of STARTED, CONFIRMED and WAITLISTED.";
        mistakes.note::<()>(Err(Refusal::invalid(message, &["statuses"])));
    }

    let txn = app.begin().await?;
    let course = running(&txn, viewer, input.course_id).await?;
    if let Some(track_id) = input.track_id {
        let known = track::Entity::find_by_id(track_id)
            .filter(track::Column::CourseId.eq(course.id))
            .count(&txn)
            .await?;
        if known == 0 {
            mistakes.note::<()>(Err(Refusal::invalid("This course has no such track.", &["trackId"])));
        }
    }
    mistakes.none()?;
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

fn once_each<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in list {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}
