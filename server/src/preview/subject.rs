//! Whom a letter is about, real or made up, with what staff are about to say already said.

use entity::mailing::{Letter, plan};
use entity::{Instant, Refusal, announcement, course, enquiry, registration};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use worker::facts::{self, Dossier};

use super::letter::{Call, PreviewLetter, Reader, Supposed};
use super::somebody::{self, Like};
use crate::action::answer_enquiry::read_answer;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::free_text;

/// The longest note on a cancellation, in characters.
const LONGEST_NOTE: usize = 20_000;

/// What calls for a letter, found.
#[derive(Clone, Debug)]
pub(super) struct Called {
    /// Slug of the rule, or the name under which the ledger remembers a letter without one.
    pub(super) rule: String,
    /// Which letter.
    letter: Letter,
    /// Whom it is meant for, beside the kind.
    meant_for: Like,
    /// The announcement that it makes, a draft as though it were confirmed now.
    pub(super) announcement: Option<announcement::Model>,
}

/// Finds what calls for the wanted letter.
///
/// # Errors
/// Refused where the course has no such rule or announcement.
pub(super) async fn called(
    app: &AppState,
    page: &CoursePage,
    wanted: &PreviewLetter,
    now: Instant,
) -> Result<Called> {
    let slug = match &wanted.call {
        Call::Rule(slug) => slug,
        Call::Announcement(id) => {
            let row =
                announced(app, page, *id, now).await?.ok_or_else(|| Refusal::not_found("announcement"))?;
            return Ok(Called::of(row));
        }
    };
    if let Some(rule) = page.rules.iter().find(|rule| rule.slug == *slug) {
        return Ok(Called {
            rule: slug.clone(),
            letter: rule.letter,
            meant_for: Like::those_of(rule),
            announcement: None,
        });
    }
    let letter = Letter::named_without_rule(slug).ok_or_else(|| Refusal::not_found("rule"))?;
    // The occurrence of an announcement's letter names the announcement.
    let named = wanted
        .occurrence
        .as_deref()
        .filter(|_| letter == Letter::Announcement)
        .and_then(|id| Uuid::try_parse(id).ok());
    let row = match named {
        Some(id) => announced(app, page, id, now).await?,
        None => None,
    };
    Ok(match row {
        Some(row) => Called::of(row),
        None => Called { rule: slug.clone(), letter, meant_for: Like::default(), announcement: None },
    })
}

/// An announcement of the course; a draft as though it were confirmed now.
async fn announced(
    app: &AppState,
    page: &CoursePage,
    id: Uuid,
    now: Instant,
) -> Result<Option<announcement::Model>> {
    let mine = announcement::Entity::find_by_id(id).filter(announcement::Column::CourseId.eq(page.course.id));
    let row = mine.one(&app.db).await?;
    Ok(row.map(|row| match row.confirmed_at {
        Some(_) => row,
        None => announcement::Model {
            confirmed_at: Some(now),
            due_at: Some(now.plus_minutes(announcement::WAIT_MINUTES)),
            ..row
        },
    }))
}

impl Called {
    fn of(row: announcement::Model) -> Self {
        Self {
            rule: Letter::Announcement.to_value(),
            letter: Letter::Announcement,
            meant_for: Like { professions: row.professions.0.clone(), track_id: row.track_id },
            announcement: Some(row),
        }
    }
}

/// Somebody of this kind who does not exist.
pub(super) async fn made_up(
    app: &AppState,
    page: &CoursePage,
    kind: plan::LearnerKind,
    call: &Called,
    now: Instant,
) -> Result<Dossier> {
    let (letter, like) = (call.letter, &call.meant_for);
    let Some(status) = kind.status() else {
        return Ok(Dossier::Enquirer(Box::new(somebody::asking(page, letter, like, now))));
    };
    let news = facts::news_of(&app.db, page.course.id).await?;
    Ok(Dossier::Registrant(Box::new(somebody::of_kind(page, news, letter, status, like, now))))
}

/// The person of a registration for this course, which the viewer runs.
///
/// # Errors
/// Refused where there is none such.
pub(super) async fn registrant(
    app: &AppState,
    viewer: &Viewer,
    page: &CoursePage,
    id: Uuid,
) -> Result<Dossier> {
    let unknown = || Refusal::not_found("registration");
    let found = registration::Entity::find_by_id(id)
        .filter(viewer.run_registrations().ok_or_else(unknown)?)
        .filter(registration::Column::CourseId.eq(page.course.id))
        .one(&app.db)
        .await?
        .ok_or_else(unknown)?;
    Ok(facts::of_registration(&app.db, found.id).await?.ok_or_else(unknown)?)
}

/// Who made an enquiry about this course, which the viewer runs.
///
/// # Errors
/// Refused where there is none such.
pub(super) async fn enquirer(
    app: &AppState,
    viewer: &Viewer,
    page: &CoursePage,
    id: Uuid,
) -> Result<Dossier> {
    let unknown = || Refusal::not_found("enquiry");
    let found = enquiry::Entity::find_by_id(id)
        .filter(viewer.run_enquiries().ok_or_else(unknown)?)
        .filter(enquiry::Column::CourseId.eq(page.course.id))
        .one(&app.db)
        .await?
        .ok_or_else(unknown)?;
    Ok(facts::of_enquiry(&app.db, found.id).await?.ok_or_else(unknown)?)
}

/// Lets happen what would call for the letter, so that staff see it before they do it: the cancellation of a
/// course that is announced, the sending of an announcement that is still a draft, and the answer to an
/// enquiry.
///
/// # Errors
/// Refused where something is supposed that the letter does not say, or that has been said already.
pub(super) fn suppose(
    dossier: &mut Dossier,
    wanted: &PreviewLetter,
    call: &Called,
    now: Instant,
) -> Result<(), Refusal> {
    let Supposed { cancellation_note, answer } = &wanted.supposed;
    // To somebody made up, nothing was ever answered.
    let answerable = call.letter == Letter::EnquiryAnswered && matches!(wanted.reader, Reader::Enquiry(_));
    let facts = dossier.course_mut();
    if call.letter == Letter::CourseCancelled && facts.course.status == course::Status::Published {
        facts.course.status = course::Status::Cancelled;
        facts.course.cancelled_at = Some(now);
        facts.course.cancellation_note =
            free_text::read(cancellation_note.as_deref(), LONGEST_NOTE, "cancellationNote")?;
    } else if cancellation_note.is_some() {
        let words = "A note can be tried with the rule course_cancelled, as long as the course is published.";
        return Err(Refusal::invalid(words, &["cancellationNote"]));
    }
    if let Some(row) = &call.announcement
        && facts.announcements.iter().all(|known| known.id != row.id)
    {
        facts.announcements.push(row.clone());
    }
    match (answer, dossier) {
        (None, Dossier::Registrant(_) | Dossier::Enquirer(_)) => Ok(()),
        (Some(answer), Dossier::Enquirer(dossier)) if answerable => {
            let row = &mut dossier.enquiry.enquiry;
            if row.answered_at.is_some() {
                return Err(Refusal::EnquiryAlreadyAnswered);
            }
            row.answer = Some(read_answer(answer)?);
            row.answered_at = Some(now);
            Ok(())
        }
        (Some(_), Dossier::Registrant(_) | Dossier::Enquirer(_)) => Err(Refusal::invalid(
            "An answer can be tried with an enquiryId and the rule enquiry_answered.",
            &["answer"],
        )),
    }
}
