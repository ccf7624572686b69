//! One letter, as it would be sent.

use entity::course::Status;
use entity::mailing::{PlannedLetter, instructed, plan};
use entity::secret::{Addressee, Unsubscribe};
use entity::{Instant, LocalDate, Refusal, announcement};
use uuid::Uuid;
use worker::facts::Dossier;
use worker::letter::CannotWrite;

use super::Preview;
use super::subject;
use crate::app::AppState;
use crate::error::{Error, Fault, Result};
use crate::viewer::Viewer;

/// Which letter is to be shown.
#[derive(Clone, Debug)]
pub struct PreviewLetter {
    /// The course.
    pub course_id: Uuid,
    /// What calls for the letter.
    pub call: Call,
    /// To whom it would go.
    pub reader: Reader,
    /// Only about this course day, local; any where it is not said.
    pub day: Option<LocalDate>,
    /// Only this time that the rule speaks, as [`PlannedLetter::occurrence`] names it; any where it is not
    /// said.
    pub occurrence: Option<String>,
    /// What is supposed beside the facts.
    pub supposed: Supposed,
}

/// What calls for a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The rule with this slug, or the name of a letter without a rule.
    Rule(String),
    /// This announcement; a draft, too.
    Announcement(Uuid),
}

/// To whom a letter would go.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// A made-up person of this kind.
    Kind(plan::LearnerKind),
    /// The person of this registration.
    Registration(Uuid),
    /// Who made this enquiry.
    Enquiry(Uuid),
}

/// What staff are about to say, and want to see first.
#[derive(Clone, Debug, Default)]
pub struct Supposed {
    /// Why the course will not take place. Markdown.
    pub cancellation_note: Option<String>,
    /// The answer to the enquiry. Markdown.
    pub answer: Option<String>,
}

/// A letter as it would be sent, or would be, were it not for its verdict.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// What calls for it, with its moment and the verdict as of now.
    pub planned: PlannedLetter,
    /// Subject line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// The calendar that goes with it (RFC 5545).
    pub calendar: Option<String>,
    /// Where its reader could have no more of its kind, as its header would name it (RFC 2369), with a link
    /// that works for nobody; none where one cannot.
    pub list_unsubscribe: Option<String>,
    /// The announcement that it makes, a draft as though it were confirmed now; none where it says something
    /// else.
    pub announcement: Option<announcement::Model>,
}

impl Preview {
    /// Shows a letter of a course that the viewer runs. Of the times that its rule speaks and that are asked
    /// for, it is the next to come, or the last one where all are past. It is written as of its moment, or as
    /// of now where that is past.
    ///
    /// # Errors
    /// Refused where there is no such course, rule, announcement, registration or enquiry, where the viewer
    /// does not run the course, where something is supposed that the letter does not say, where nothing calls
    /// for the letter, and where it needs a postal address and the office has none.
    pub async fn letter(&self, app: &AppState, viewer: &Viewer, wanted: &PreviewLetter) -> Result<Previewed> {
        let page = app
            .catalogue
            .page(&app.db, wanted.course_id)
            .await?
            .ok_or_else(|| Refusal::not_found("course"))?;
        viewer.must_run(&page, "course")?;
        let now = app.nature.now();
        let call = subject::called(app, &page, wanted, now).await?;
        let mut dossier = match wanted.reader {
            Reader::Kind(kind) => subject::made_up(app, &page, kind, &call, now).await?,
            Reader::Registration(id) => subject::registrant(app, viewer, &page, id).await?,
            Reader::Enquiry(id) => subject::enquirer(app, viewer, &page, id).await?,
        };
        subject::suppose(&mut dossier, wanted, &call, now)?;
        let planned = chosen(&dossier, wanted, &call.rule, now).ok_or(Refusal::LetterNotCalledFor)?;
        // Why it is silent is known by now; what it says is what it will say once the course is published.
        let course = &mut dossier.course_mut().course;
        if course.status == Status::Draft {
            course.status = Status::Published;
        }
        let matter = dossier.matter(planned.clone(), now.max(planned.due_at));
        let token = matter.unsubscribe().map(|link| app.key.unsubscribe_token(nobodys(link)));
        let written = self.writer.write_stoppable(&matter, token.as_deref()).map_err(unwritten)?;
        Ok(Previewed {
            planned,
            subject: written.subject,
            text: written.text,
            html: written.html,
            calendar: written.calendar.map(|calendar| calendar.ics),
            list_unsubscribe: written.unsubscribe_url,
            announcement: call.announcement,
        })
    }
}

/// A link that looks like the reader's and works for nobody: whoever looks at a letter would have the reader's
/// own in hand otherwise.
fn nobodys(link: Unsubscribe) -> Unsubscribe {
    let who = match link.who {
        Addressee::Learner(_) => Addressee::Learner(Uuid::nil()),
        Addressee::Enquiry(_) => Addressee::Enquiry(Uuid::nil()),
    };
    Unsubscribe { who, ..link }
}

/// What staff can mend is told to them; all else is a mistake of ours.
fn unwritten(why: CannotWrite) -> Error {
    match why {
        CannotWrite::NoPostalAddress => {
            let words = "This e-mail needs a postal address, and none is set: it cannot be sent until POSTAL_ADDRESS is.";
            Refusal::invalid(words, &["rule"]).into()
        }
        CannotWrite::PublicUrl(_) | CannotWrite::Template(_) | CannotWrite::WrongMatter(_) => {
            Fault::Stored(why.to_string()).into()
        }
    }
}

/// The letter that is asked for.
fn chosen(dossier: &Dossier, wanted: &PreviewLetter, rule: &str, now: Instant) -> Option<PlannedLetter> {
    let announcement = match &wanted.call {
        Call::Announcement(id) => Some(id.to_string()),
        Call::Rule(_) => None,
    };
    let mut letters: Vec<PlannedLetter> = dossier
        .plan(now)
        .into_iter()
        .filter(|planned| planned.rule == rule)
        .filter(|planned| wanted.day.is_none_or(|day| planned.day == Some(day)))
        .filter(|planned| {
            wanted.occurrence.as_ref().is_none_or(|occurrence| *occurrence == planned.occurrence)
        })
        .filter(|planned| {
            announcement.as_ref().is_none_or(|id| instructed::first_time(&planned.occurrence) == id)
        })
        .collect();
    match letters.iter().position(|planned| planned.due_at > now) {
        Some(next) => Some(letters.swap_remove(next)),
        None => letters.pop(),
    }
}
