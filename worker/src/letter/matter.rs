//! What a letter is about: the facts that it is written from, as they are when it is written.

use std::sync::Arc;

use entity::email_change::{Cause, Side};
use entity::mailing::change::{self, Gathering};
use entity::mailing::told::{self, Told};
use entity::mailing::{self, Letter, PlannedLetter, SessionFacts, instructed};
use entity::secret::{Addressee, Unsubscribe};
use entity::{
    Instant, LocalDate, announcement, calendar, learner, organization, price, quote, quote_line,
    registration, room, track,
};
use uuid::Uuid;

/// What a letter is about.
#[derive(Clone, Debug)]
pub enum Matter {
    /// Somebody asked for a code: to sign in, or to confirm a new address.
    SignInCode {
        /// Which of the two letters it is.
        letter: Letter,
        /// The code, as it is to be typed.
        code: String,
    },
    /// Somebody's address was changed.
    EmailChange {
        /// Which of the two is told.
        side: Side,
        /// How it came to be changed.
        cause: Cause,
        /// The person's name, where the letter may bear it.
        name: Option<String>,
    },
    /// Something in the life of a registration.
    Registration(Box<RegistrationMatter>),
    /// Something to somebody who only asked about a course.
    Enquiry(Box<EnquiryMatter>),
}

/// The facts that a letter about a registration is written from.
#[derive(Clone, Debug)]
pub struct RegistrationMatter {
    /// What calls for the letter.
    pub planned: PlannedLetter,
    /// The course.
    pub course: Arc<mailing::CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its tracks, in order.
    pub tracks: Vec<track::Model>,
    /// Its rooms.
    pub rooms: Vec<room::Model>,
    /// The registration.
    pub registration: mailing::RegistrationFacts,
    /// The person.
    pub learner: learner::Model,
    /// What was quoted.
    pub quote: Option<quote::Model>,
    /// The quote's lines.
    pub quote_lines: Vec<quote_line::Model>,
    /// What was paid and not paid back, in the smallest unit of the quote's currency.
    pub paid_minor: i64,
    /// The moment of writing.
    pub now: Instant,
}

/// The facts that a letter to somebody who only asked is written from.
#[derive(Clone, Debug)]
pub struct EnquiryMatter {
    /// What calls for the letter.
    pub planned: PlannedLetter,
    /// The course.
    pub course: Arc<mailing::CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its prices, in order.
    pub prices: Vec<price::Model>,
    /// The enquiry.
    pub enquiry: mailing::EnquiryFacts,
    /// The moment of writing.
    pub now: Instant,
}

impl Matter {
    /// What a link in the letter lets its reader have no more of; none where the letter belongs to what was
    /// asked for or bought.
    pub fn unsubscribe(&self) -> Option<Unsubscribe> {
        match self {
            Self::SignInCode { .. } | Self::EmailChange { .. } => None,
            Self::Registration(matter) => {
                let who = Addressee::Learner(matter.learner.id);
                matter.planned.letter.topic().map(|topic| Unsubscribe { who, topic })
            }
            Self::Enquiry(matter) => {
                // Who is told that letters will come is told how to have none, too.
                let told = matter.planned.letter == Letter::InformationRequested && matter.consents();
                let topic = matter.planned.letter.topic().or(told.then_some(mailing::Topic::Deadlines));
                topic.map(|topic| Unsubscribe { who: Addressee::Enquiry(matter.enquiry.enquiry.id), topic })
            }
        }
    }

    /// What the letter tells of the agenda; none where it tells nothing of it.
    pub fn told(&self) -> Option<Told> {
        match self {
            Self::Registration(matter) => matter.told(),
            Self::SignInCode { .. } | Self::EmailChange { .. } | Self::Enquiry(_) => None,
        }
    }

    /// Whether the letter invites people to buy what they have not bought: such a letter has a sender and a
    /// list of its own, and bears a postal address.
    pub fn is_commercial(&self) -> bool {
        match self {
            Self::SignInCode { .. } | Self::EmailChange { .. } | Self::Registration(_) => false,
            Self::Enquiry(matter) => matter.planned.letter.topic().is_some(),
        }
    }
}

#[cfg(test)]
impl RegistrationMatter {
    pub(crate) fn course_mut(&mut self) -> &mut mailing::CourseFacts {
        Arc::make_mut(&mut self.course)
    }
}

#[cfg(test)]
impl EnquiryMatter {
    pub(crate) fn course_mut(&mut self) -> &mut mailing::CourseFacts {
        Arc::make_mut(&mut self.course)
    }
}

impl RegistrationMatter {
    /// The learner's sessions in the order of time, without breaks, meals and transitions.
    pub fn taught(&self) -> impl Iterator<Item = &SessionFacts> {
        let track = self.registration.registration.track_id;
        self.course
            .sessions
            .iter()
            .filter(move |session| session.session.kind.teaches() && session.concerns(track))
    }

    /// The learner's course days, each with the start of its first session and the end of its last.
    pub fn days(&self) -> Vec<(LocalDate, Instant, Instant)> {
        calendar::days(&self.course, self.registration.registration.track_id)
    }

    /// The learner's sessions that are not over, on course days that begin within a day or have begun and of
    /// which no reminder is to come any more, where the letter tells where these are joined: to the confirmed,
    /// and only of those of which they have not been told it.
    pub fn sessions_without_reminder(&self) -> Vec<&SessionFacts> {
        let now = self.now;
        let confirms = self.planned.letter == Letter::RegistrationConfirmed;
        let is_confirmed = self.registration.registration.status_at(now) == registration::Status::Confirmed;
        let changes = self.planned.letter == Letter::ScheduleChanged && is_confirmed;
        if !confirms && !changes {
            return Vec::new();
        }
        let plan = mailing::of_registration(&self.course, &self.registration, now);
        let to_come = |planned: &&PlannedLetter| {
            planned.letter == Letter::DayStarting && planned.verdict.is_ok() && planned.due_at > now
        };
        let reminded: Vec<LocalDate> =
            plan.iter().filter(to_come).filter_map(|planned| planned.day).collect();
        let near = |(date, from, to): &(LocalDate, Instant, Instant)| {
            *from <= now.plus_minutes(24 * 60) && now < *to && !reminded.contains(date)
        };
        let near: Vec<LocalDate> = self.days().into_iter().filter(near).map(|day| day.0).collect();
        let zone = &self.course.course.time_zone;
        let unheard = |id: Uuid| {
            let told = self.registration.said.iter().filter_map(|said| said.told.as_ref());
            !told.into_iter().any(|told| told.tells_link(id))
        };
        self.taught()
            .filter(|one| one.session.ends_at > now && near.contains(&one.session.day(zone)))
            .filter(|one| confirms || unheard(one.session.id))
            .collect()
    }

    /// What the letter tells of the agenda: the whole, or the sessions that it is about.
    fn told(&self) -> Option<Told> {
        let through = self.course.changes.last().map(|change| change.id);
        if told::TELL_ALL.contains(&self.planned.letter) {
            let links = self.sessions_without_reminder().iter().map(|facts| facts.session.id).collect();
            return Some(Told { through, sessions: None, links });
        }
        if !told::TELL_SOME.contains(&self.planned.letter) {
            return None;
        }
        let zone = &self.course.course.time_zone;
        let about = |facts: &&SessionFacts| {
            self.planned.session_ids.contains(&facts.session.id)
                || (self.planned.session_ids.is_empty() && self.planned.day == Some(facts.session.day(zone)))
        };
        let sessions = self.taught().filter(about).map(|facts| facts.session.id).collect();
        Some(Told { through, sessions: Some(sessions), links: Vec::new() })
    }

    /// The changes that the letter tells; none where it tells of something else.
    pub fn gathering(&self) -> Option<Gathering> {
        if self.planned.letter != Letter::ScheduleChanged {
            return None;
        }
        let since = instructed::first_time(&self.planned.occurrence);
        change::of_person(&self.course, &self.registration)
            .into_iter()
            .find(|gathering| gathering.since.to_string() == since)
    }

    /// The days that were course days before the changes that the letter tells and are none since: they are
    /// to leave the learner's calendar.
    pub fn gone_days(&self) -> Vec<(LocalDate, Instant, Instant)> {
        let days = self.days();
        let mut gone: Vec<(LocalDate, Instant, Instant)> = Vec::new();
        for (from, to) in
            self.gathering().into_iter().flat_map(|gathering| gathering.moved).filter_map(|moved| moved.old)
        {
            let date = from.date_in(&self.course.course.time_zone);
            // What began after midnight may have belonged to the evening before.
            if days.iter().any(|day| day.0 == date || (day.1..day.2).contains(&from)) {
                continue;
            }
            match gone.iter_mut().find(|day| day.0 == date) {
                Some((_, first, last)) => {
                    *first = (*first).min(from);
                    *last = (*last).max(to);
                }
                None => gone.push((date, from, to)),
            }
        }
        gone.sort_unstable();
        gone
    }

    /// The announcement that the letter makes; none where it says something else.
    pub fn announcement(&self) -> Option<&announcement::Model> {
        let id = instructed::first_time(&self.planned.occurrence);
        self.course
            .announcements
            .iter()
            .find(|one| self.planned.letter == Letter::Announcement && one.id.to_string() == id)
    }
}

impl EnquiryMatter {
    /// Whether letters about deadlines will come.
    pub fn consents(&self) -> bool {
        let enquiry = &self.enquiry;
        enquiry
            .enquiry
            .consented_at
            .is_some_and(|agreed| enquiry.unsubscribed_at.is_none_or(|stopped| stopped < agreed))
    }
}
