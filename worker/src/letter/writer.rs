//! The writer: brings what a letter says together with its templates, on the office's paper.

use entity::email::Address;
use entity::letter::{self, Audience, Letter, Topic};
use entity::reminder_rule;
use sea_orm::ActiveEnum;
use serde::Serialize;

use super::enquirer::EnquirerView;
use super::matter::{EnquiryMatter, Matter, RegistrationMatter};
use super::paper::{Head, Paper, Sheet, Stop, tidy};
use super::plain::{NAME_LENGTH, PublicUrl, SUBJECT_LENGTH, line};
use super::view::View;
use super::{
    Calendar, CannotWrite, Written, announcement, course_cancelled, course_starting, day_starting,
    deadline_nearing, early_fee_ending, email_changed, enquiry_answered, evaluation_closing, evaluation_open,
    information_requested, payment_due, registration_cancelled, registration_closing, registration_confirmed,
    registration_corrected, registration_expired, registration_started, schedule_changed, session_starting,
    sign_in_code,
};
use crate::calendar;

/// How the office signs its letters.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Address under which people reach Lectern, http or https, without a path of its own pages.
    pub public_url: String,
    /// Its name.
    pub office_name: String,
    /// Where people write with questions, unless the course has an office of its own.
    pub contact: String,
    /// Its postal address, lines parted by line breaks. Letters to people who have not registered are not
    /// written without it.
    pub postal_address: Option<String>,
}

/// How many characters of a letter are shown beside its subject at most.
const PREHEADER_LENGTH: usize = 140;

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Writes letters.
#[derive(Debug)]
pub struct Writer {
    paper: Paper,
    style: Letterhead,
    public_url: PublicUrl,
}

impl Writer {
    /// A writer for the office.
    ///
    /// # Errors
    /// When the public address is none, or a template has a mistake.
    pub fn new(style: Letterhead) -> Result<Self, CannotWrite> {
        Ok(Self { paper: Paper::new(&TEMPLATES)?, public_url: PublicUrl::parse(&style.public_url)?, style })
    }

    /// Writes the letter about `matter`, without a link by which its reader could have no more of its kind.
    ///
    /// # Errors
    /// When the template asks for what the letter does not say, when the matter is not one of that letter's,
    /// or when the letter needs a postal address and there is none.
    pub fn write(&self, matter: &Matter) -> Result<Written, CannotWrite> {
        self.write_stoppable(matter, None)
    }

    /// Writes the letter about `matter`, with a link by which its reader can have no more of its kind;
    /// `token` is that of [`Matter::unsubscribe`], made by our key, which the writer does not know.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_stoppable(&self, matter: &Matter, token: Option<&str>) -> Result<Written, CannotWrite> {
        let stop_url = token.map(|token| self.public_url.unsubscribe(token));
        match matter {
            Matter::SignInCode { letter, code } => {
                self.about_account(*letter, None, &sign_in_code::SignInCode::of(code))
            }
            Matter::EmailChange { side, cause, name } => self.about_account(
                Letter::EmailChanged,
                name.as_deref(),
                &email_changed::EmailChanged::of(*side, *cause),
            ),
            Matter::Registration(registration) => {
                self.about_registration(&View::new(registration, &self.public_url), stop_url)
            }
            Matter::Enquiry(_) if matter.is_commercial() && self.postal_address().is_empty() => {
                Err(CannotWrite::NoPostalAddress)
            }
            Matter::Enquiry(enquiry) => {
                self.about_enquiry(&EnquirerView::new(enquiry, &self.public_url), stop_url)
            }
        }
    }

    /// Writes a letter about an account, which belongs to no course.
    fn about_account<L: Serialize>(
        &self,
        letter: Letter,
        name: Option<&str>,
        says: &L,
    ) -> Result<Written, CannotWrite> {
        let because = format!("{} {}.", letter.spec().because, line(&self.style.office_name, NAME_LENGTH));
        let head = self.head(name, &self.style.contact, because);
        self.fill(&letter.to_value(), head, says, None)
    }

    fn about_registration(&self, view: &View<'_>, stop_url: Option<String>) -> Result<Written, CannotWrite> {
        let letter = view.matter.planned.letter;
        let wrong = || CannotWrite::WrongMatter(letter);
        let head = self.head_to_learner(view.matter, stop_url);
        match letter {
            Letter::SignInCode
            | Letter::EmailChangeCode
            | Letter::EmailChanged
            | Letter::InformationRequested
            | Letter::EnquiryAnswered => Err(wrong()),
            Letter::RegistrationStarted => {
                self.tell(view, head, &registration_started::RegistrationStarted::of(view))
            }
            Letter::RegistrationConfirmed => {
                self.tell(view, head, &registration_confirmed::RegistrationConfirmed::of(view))
            }
            Letter::RegistrationCancelled => {
                self.tell(view, head, &registration_cancelled::RegistrationCancelled::of(view))
            }
            Letter::PaymentDue => self.tell(view, head, &payment_due::PaymentDue::of(view)),
            Letter::RegistrationExpired => {
                self.tell(view, head, &registration_expired::RegistrationExpired::of(view))
            }
            Letter::ScheduleChanged => {
                self.tell(view, head, &schedule_changed::ScheduleChanged::of(view).ok_or_else(wrong)?)
            }
            Letter::RegistrationCorrected => {
                self.tell(view, head, &registration_corrected::RegistrationCorrected::of(view))
            }
            Letter::CourseCancelled => self.tell(view, head, &course_cancelled::CourseCancelled::of(view)),
            Letter::Announcement => {
                self.tell(view, head, &announcement::Announcement::of(view).ok_or_else(wrong)?)
            }
            Letter::EarlyFeeEnding => self.tell(view, head, &early_fee_ending::EarlyFeeEnding::of(view)),
            Letter::RegistrationClosing => {
                self.tell(view, head, &registration_closing::RegistrationClosing::of(view))
            }
            Letter::CourseStarting => self.tell(view, head, &course_starting::CourseStarting::of(view)),
            Letter::DayStarting => self.tell(view, head, &day_starting::DayStarting::of(view)),
            Letter::SessionStarting => self.tell(view, head, &session_starting::SessionStarting::of(view)),
            Letter::EvaluationOpen => self.tell(view, head, &evaluation_open::EvaluationOpen::of(view)),
            Letter::EvaluationClosing => {
                self.tell(view, head, &evaluation_closing::EvaluationClosing::of(view))
            }
        }
    }

    fn about_enquiry(
        &self,
        view: &EnquirerView<'_>,
        stop_url: Option<String>,
    ) -> Result<Written, CannotWrite> {
        let letter = view.matter.planned.letter;
        let wrong = || CannotWrite::WrongMatter(letter);
        let head = self.head_to_enquirer(view, stop_url.clone());
        match letter.spec().audience {
            Audience::Enquirer if letter == Letter::InformationRequested => self.fill(
                "information_requested",
                head,
                &information_requested::InformationRequested::of(view, stop_url),
                None,
            ),
            Audience::Enquirer => self.fill(
                "enquiry_answered",
                head,
                &enquiry_answered::EnquiryAnswered::of(view).ok_or_else(wrong)?,
                None,
            ),
            Audience::StartedEarlyOrEnquirer | Audience::StartedOrEnquirer => {
                let name = format!("{}_to_enquirer", letter.to_value());
                self.fill(&name, head, &deadline_nearing::DeadlineNearing::of(view), own_subject(view.rule()))
            }
            Audience::Started
            | Audience::Confirmed
            | Audience::NotEvaluated
            | Audience::Cancelled
            | Audience::Expired
            | Audience::Concerned
            | Audience::Address => Err(wrong()),
        }
    }

    /// Writes a letter to the learner of `view`, with the calendar that goes with it.
    fn tell<L: Serialize>(&self, view: &View<'_>, head: Head, says: &L) -> Result<Written, CannotWrite> {
        let letter = view.matter.planned.letter;
        let calendar = self.calendar(view);
        let head = Head { in_calendar: calendar.is_some(), ..head };
        let written = self.fill(&letter.to_value(), head, says, own_subject(view.rule()))?;
        Ok(Written { calendar, ..written })
    }

    /// The calendar that goes with the letter: to who is confirmed; and only who once got the days gets a
    /// file that takes them out.
    fn calendar(&self, view: &View<'_>) -> Option<Calendar> {
        let taken_out = match view.matter.planned.letter.spec().calendar {
            letter::Calendar::Nothing => return None,
            letter::Calendar::Days => None,
            letter::Calendar::NoDays(why) => Some(why),
        };
        view.matter.registration.registration.confirmed_at?;
        calendar::of_days(view, &self.style, taken_out)
    }

    fn head_to_learner(&self, matter: &RegistrationMatter, stop_url: Option<String>) -> Head {
        let course = &matter.course.course;
        let letter = matter.planned.letter;
        let contact = course.contact_email.as_deref().unwrap_or(&self.style.contact);
        let because = format!("{} {}.", letter.spec().because, line(&course.title, NAME_LENGTH));
        let rule = matter.course.rules.iter().find(|rule| rule.slug == matter.planned.rule);
        let head = self.head(matter.learner.name.as_deref(), contact, because);
        Head { opening: opening(rule), stop: stop(letter, stop_url), ..head }
    }

    fn head_to_enquirer(&self, view: &EnquirerView<'_>, stop_url: Option<String>) -> Head {
        let EnquiryMatter { planned, course, .. } = view.matter;
        let contact = course.course.contact_email.as_deref().unwrap_or(&self.style.contact);
        let agreed =
            if planned.letter.topic().is_some() { " and agreed to e-mails about its deadlines" } else { "" };
        let because = format!(
            "someone asked about {} from this address{agreed}.",
            line(&course.course.title, NAME_LENGTH)
        );
        // The name is whatever a stranger typed; see `enquirer`.
        let head = self.head(None, contact, because);
        Head { opening: opening(view.rule()), stop: stop(planned.letter, stop_url), ..head }
    }

    fn head(&self, name: Option<&str>, contact: &str, because: String) -> Head {
        let name = name.map(|name| line(name, NAME_LENGTH)).filter(|name| !name.is_empty());
        let office_name = line(&self.style.office_name, NAME_LENGTH);
        Head {
            subject: String::new(),
            heading: String::new(),
            preheader: String::new(),
            greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Dear {name},")),
            opening: None,
            because,
            office_name,
            contact: line(contact, NAME_LENGTH),
            postal_address: self.postal_address(),
            stop: None,
            in_calendar: false,
        }
    }

    fn postal_address(&self) -> Vec<String> {
        let rows = self
            .style
            .postal_address
            .iter()
            .flat_map(|address| address.lines())
            .map(|row| line(row, NAME_LENGTH));
        rows.filter(|row| !row.is_empty()).collect()
    }

    /// Fills in the templates in the folder `name`.
    fn fill<L: Serialize>(
        &self,
        name: &str,
        head: Head,
        says: &L,
        own_subject: Option<String>,
    ) -> Result<Written, CannotWrite> {
        let mut sheet = Sheet { head, says };
        // The first line says how things stand, the second one with what.
        let told = self.paper.fill(&format!("{name}/subject.txt"), &sheet)?;
        let mut told = told.lines().map(|row| line(row, SUBJECT_LENGTH)).filter(|row| !row.is_empty());
        sheet.head.heading = told.next().unwrap_or_default();
        let subject = told.fold(sheet.head.heading.clone(), |state, about| format!("{state}: {about}"));
        sheet.head.subject = line(&own_subject.unwrap_or(subject), SUBJECT_LENGTH);
        let text = tidy(&self.paper.fill(&format!("{name}/body.txt"), &sheet)?);
        // What lists of messages show beside the subject: the first sentence after the greeting.
        let first = text.lines().skip(1).find(|row| !row.is_empty());
        sheet.head.preheader = line(first.unwrap_or_default(), PREHEADER_LENGTH);
        let html = self.paper.fill(&format!("{name}/body.html"), &sheet)?;
        let Head { subject, stop, contact, .. } = sheet.head;
        Ok(Written {
            subject,
            text,
            html,
            calendar: None,
            unsubscribe_url: stop.map(|stop| stop.url),
            reply_to: Address::parse(&contact).ok(),
        })
    }
}

/// The office's own opening of a rule's letters.
fn opening(rule: Option<&reminder_rule::Model>) -> Option<String> {
    rule.and_then(|rule| rule.opening.clone()).filter(|own| !own.trim().is_empty())
}

/// The office's own subject line of a rule's letters.
fn own_subject(rule: Option<&reminder_rule::Model>) -> Option<String> {
    rule.and_then(|rule| rule.subject.as_deref())
        .map(|own| line(own, SUBJECT_LENGTH))
        .filter(|own| !own.is_empty())
}

/// How to have no more letters like this one, where one may.
fn stop(letter: Letter, url: Option<String>) -> Option<Stop> {
    let words = match letter.topic()? {
        Topic::Deadlines => "Stop e-mails about deadlines",
        Topic::Reminders => "Stop reminders",
        Topic::Evaluations => "Stop e-mails about evaluations",
    };
    url.map(|url| Stop { words, url })
}
