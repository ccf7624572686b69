//! One letter, as it would be sent.

use std::sync::Arc;

use entity::agenda::{self, CourseFacts, Letter, Occasion, plan};
use entity::{Instant, LocalDate, Refusal, announcement, course, registration};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;
use worker::facts::{self, Dossier};

use super::{Preview, somebody};
use crate::answer::{Answer, Fault};
use crate::catalogue::CoursePage;
use crate::desk::Desk;
use crate::viewer::Viewer;

/// Which letter is to be shown.
#[derive(Clone, Debug)]
pub struct PreviewLetter {
    /// The course.
    pub course_id: Uuid,
    /// Slug of the rule that calls for the letter.
    pub rule: String,
    /// To whom it would go.
    pub reader: Reader,
    /// Only about this course day, local; any where it is not said.
    pub day: Option<LocalDate>,
    /// Only this time that the rule speaks, as [`Occasion::occurrence`] names it; any where it is not said.
    pub occurrence: Option<String>,
}

/// To whom a letter would go.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// A made-up person of this kind.
    Kind(plan::LearnerKind),
    /// The person of this registration.
    Registration(Uuid),
}

/// A letter as it would be sent, or would be, were it not for the occasion's verdict.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// What calls for it, with its moment and the verdict as of now.
    pub occasion: Occasion,
    /// Subject line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// The calendar that goes with it (RFC 5545).
    pub calendar: Option<String>,
}

impl Preview {
    /// Shows a letter of a course that the viewer runs. Of the times that its rule speaks and that are asked for, it is the next to come, or
    /// the last one where all are past. It is written as of its moment, or as of now where that is past.
    ///
    /// # Errors
    /// Refused where there is no such course, rule or registration, where the viewer does not run the course, and where nothing calls for the
    /// letter.
    pub async fn letter(&self, desk: &Desk, viewer: &Viewer, wanted: &PreviewLetter) -> Answer<Previewed> {
        let page = desk.catalogue.page(wanted.course_id).await?.ok_or_else(|| Refusal::not_found("course"))?;
        viewer.must_run(&page, "course")?;
        let rule = page.rules.iter().find(|rule| rule.slug == wanted.rule).map(|rule| rule.letter);
        let letter = rule.or_else(|| Letter::without_rule(&wanted.rule)).ok_or_else(|| Refusal::not_found("rule"))?;
        let now = desk.nature.now();
        let mut dossier = match wanted.reader {
            Reader::Kind(kind) => {
                let news = crate::facts::news(&desk.db, &[page.course.id]).await?.remove(&page.course.id);
                let status = kind.status().ok_or(Refusal::LetterNotCalledFor)?;
                somebody::of_kind(&page, news.unwrap_or_default(), letter, status, now)
            }
            Reader::Registration(id) => known(desk, viewer, &page, id).await?,
        };
        suppose(desk, Arc::make_mut(&mut dossier.course), letter, wanted.occurrence.as_deref(), now).await?;
        let occasion = chosen(&dossier, wanted, now).ok_or(Refusal::LetterNotCalledFor)?;
        let matter = dossier.matter(occasion.clone(), now.max(occasion.due_at));
        let written = self.writer.write(&matter).map_err(|error| Fault::Stored(error.to_string()))?;
        Ok(Previewed {
            occasion,
            subject: written.subject,
            text: written.text,
            html: written.html,
            calendar: written.calendar.map(|calendar| calendar.ics),
        })
    }
}

/// The facts of a registration for this course, which the viewer runs.
async fn known(desk: &Desk, viewer: &Viewer, page: &CoursePage, id: Uuid) -> Answer<Dossier> {
    let unknown = || Refusal::not_found("registration");
    let found = registration::Entity::find_by_id(id)
        .filter(viewer.run_registrations().ok_or_else(unknown)?)
        .filter(registration::Column::CourseId.eq(page.course.id))
        .one(&desk.db)
        .await?
        .ok_or_else(unknown)?;
    Ok(facts::of_registration(&desk.db, found.id).await?.ok_or_else(unknown)?)
}

/// Lets happen what would call for the letter, so that staff see it before they do it: the cancellation of a course that is announced, and the
/// sending of an announcement that is still a draft.
async fn suppose(desk: &Desk, facts: &mut CourseFacts, letter: Letter, occurrence: Option<&str>, now: Instant) -> Result<(), DbErr> {
    if letter == Letter::CourseCancelled && facts.course.status == course::Status::Published {
        facts.course.status = course::Status::Cancelled;
        facts.course.cancelled_at = Some(now);
    }
    let draft = occurrence.filter(|_| letter == Letter::Announcement).and_then(|id| Uuid::try_parse(id).ok());
    if let Some(id) = draft
        && let Some(row) = announcement::Entity::find_by_id(id)
            .filter(announcement::Column::CourseId.eq(facts.course.id))
            .filter(announcement::Column::ConfirmedAt.is_null())
            .one(&desk.db)
            .await?
    {
        facts.announcements.push(announcement::Model { confirmed_at: Some(now), due_at: Some(now), stopped_at: None, ..row });
    }
    Ok(())
}

/// The occasion that is asked for.
fn chosen(dossier: &Dossier, wanted: &PreviewLetter, now: Instant) -> Option<Occasion> {
    let mut occasions: Vec<Occasion> = agenda::of_registration(&dossier.course, &dossier.registration, now)
        .into_iter()
        .filter(|occasion| occasion.rule == wanted.rule)
        .filter(|occasion| wanted.day.is_none_or(|day| occasion.day == Some(day)))
        .filter(|occasion| wanted.occurrence.as_ref().is_none_or(|occurrence| *occurrence == occasion.occurrence))
        .collect();
    match occasions.iter().position(|occasion| occasion.due_at > now) {
        Some(next) => Some(occasions.swap_remove(next)),
        None => occasions.pop(),
    }
}
