//! Somebody who does not exist, in a course that does: to whom a letter is shown where no real person is
//! named.

use std::sync::Arc;

use entity::letter::Audience;
use entity::mailing::{EnquiryFacts, Letter, RegistrationFacts};
use entity::profession::Profession;
use entity::registration::Status;
use entity::{Instant, course, enquiry, learner, price, quote, registration, reminder_rule};
use uuid::Uuid;
use worker::facts::{EnquiryDossier, RegistrationDossier};

use crate::catalogue::CoursePage;
use entity::mailing::News;

/// The name of the person.
pub(super) const NAME: &str = "Noor Haddad";
/// The address of the person, in a domain that nobody can have (RFC 2606).
pub(super) const EMAIL: &str = "noor.haddad@example.org";

/// For whom a letter is meant, beside the kind: the person is made one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Like {
    /// One of these professions; empty: any.
    pub(super) professions: Vec<Profession>,
    /// In this track; none: any.
    pub(super) track_id: Option<Uuid>,
}

impl Like {
    /// One of those for whom the rule is meant.
    pub(super) fn those_of(rule: &reminder_rule::Model) -> Self {
        Self {
            professions: rule.professions.as_ref().map(|list| list.0.clone()).unwrap_or_default(),
            track_id: rule.track_id,
        }
    }

    /// The first profession that pays for the course, of those that are meant.
    fn profession(&self, page: &CoursePage) -> Profession {
        let paying = page.prices.iter().map(|price| price.profession);
        let mut meant =
            paying.filter(|profession| self.professions.is_empty() || self.professions.contains(profession));
        meant.next().or(self.professions.first().copied()).unwrap_or(Profession::AlliedHealthOther)
    }
}

/// Where the person stands, as far as the letter that is to be shown asks for it.
struct Stand {
    status: Status,
    started_at: Instant,
    hold_until: Instant,
    confirmed_at: Option<Instant>,
    cancelled_at: Option<Instant>,
    /// When the quote was given.
    quoted_at: Instant,
}

/// The dossier of a person whose registration is in `status`, one of those whom `like` tells, else in the
/// first track. What `letter` follows has just happened; for a reminder the person has been of the kind for
/// long, as in the plan.
pub(super) fn of_kind(
    page: &CoursePage,
    news: News,
    letter: Letter,
    status: Status,
    like: &Like,
    now: Instant,
) -> RegistrationDossier {
    let course = &page.course;
    let profession = like.profession(page);
    let stand = stand(course, letter, status, now);
    let priced = price::for_profession(&page.prices, profession).map(|price| {
        // Stored nowhere, so that no row needs an id.
        let nobody = (Uuid::nil(), Uuid::nil());
        quote::draft(course, price, stand.hold_until, stand.quoted_at).rows(
            nobody,
            course,
            stand.quoted_at,
            Uuid::nil,
        )
    });
    let total_minor = priced.as_ref().map_or(0, |(quote, _)| quote.total_minor);
    let registration = registration::Model {
        id: Uuid::nil(),
        code: registration::code([0; 16]),
        course_id: course.id,
        learner_id: Uuid::nil(),
        profession,
        track_id: like.track_id.or_else(|| page.tracks.first().map(|track| track.id)),
        known_as: None,
        external_id: None,
        status: stand.status,
        started_at: stand.started_at,
        // Where nothing is to be paid, nothing is held.
        hold_until: (total_minor > 0).then_some(stand.hold_until),
        confirmed_at: stand.confirmed_at,
        cancelled_at: stand.cancelled_at,
        expired_at: None,
        entered_by: None,
        corrected_at: (letter == Letter::RegistrationCorrected).then_some(now),
        updated_at: now,
    };
    let learner = learner::Model {
        id: Uuid::nil(),
        email: EMAIL.to_owned(),
        email_key: EMAIL.to_owned(),
        name: Some(NAME.to_owned()),
        credentials: None,
        profession: Some(profession),
        time_zone: None,
        calendar_rotation: 0,
        merged_into: None,
        signed_in_at: None,
        created_at: stand.started_at,
        updated_at: stand.started_at,
    };
    let basis = priced.as_ref().map(|(quote, _)| quote.basis);
    let (quote, quote_lines) = priced.map_or((None, Vec::new()), |(quote, lines)| (Some(quote), lines));
    RegistrationDossier {
        course: Arc::new(page.facts(news)),
        offered_by: page.offered_by.iter().map(|body| body.as_ref().clone()).collect(),
        tracks: page.tracks.iter().map(|track| track.as_ref().clone()).collect(),
        rooms: page.rooms.clone(),
        registration: RegistrationFacts {
            registration,
            basis,
            registered_again: false,
            evaluated_at: None,
            unsubscribed: Vec::new(),
            suppressions: Vec::new(),
            instructions: Vec::new(),
            said: Vec::new(),
        },
        learner,
        quote,
        quote_lines,
        prices: page.prices.clone(),
        paid_minor: if stand.confirmed_at.is_some() && stand.status != Status::Started {
            total_minor
        } else {
            0
        },
    }
}

/// The dossier of a person who asked about the course and agreed to letters about its deadlines: just now
/// where `letter` is the answer of the office to that, long ago where it is about a deadline.
pub(super) fn asking(page: &CoursePage, letter: Letter, like: &Like, now: Instant) -> EnquiryDossier {
    let asked_at = if letter.follows_an_act() { now } else { Instant::from_micros(0) };
    let enquiry = enquiry::Model {
        id: Uuid::nil(),
        course_id: page.course.id,
        name: NAME.to_owned(),
        email: EMAIL.to_owned(),
        email_key: EMAIL.to_owned(),
        profession: Some(like.profession(page)),
        question: None,
        consent_version: Some(enquiry::CONSENT.version.to_owned()),
        consented_at: Some(asked_at),
        answer: None,
        answered_by: None,
        answered_at: None,
        created_at: asked_at,
        updated_at: now,
    };
    EnquiryDossier {
        course: Arc::new(page.facts(News::default())),
        offered_by: page.offered_by.iter().map(|body| body.as_ref().clone()).collect(),
        prices: page.prices.clone(),
        enquiry: EnquiryFacts {
            enquiry,
            has_registered: false,
            unsubscribed_at: None,
            suppressions: Vec::new(),
            instructions: Vec::new(),
        },
    }
}

fn stand(course: &course::Model, letter: Letter, status: Status, now: Instant) -> Stand {
    let confirmed = status == Status::Confirmed;
    let audience = letter.spec().audience;
    let (cancelled, expired) = (audience == Audience::Cancelled, audience == Audience::Expired);
    let started_at = if letter.follows_an_act() { now } else { Instant::from_micros(0) };
    // Even to somebody who is not confirmed the confirmation can be shown, together with the reason for which
    // it is not sent.
    let confirms = !expired && (confirmed || letter == Letter::RegistrationConfirmed);
    Stand {
        status: if cancelled {
            Status::Cancelled
        } else if expired {
            Status::Expired
        } else {
            status
        },
        started_at,
        hold_until: if expired {
            now
        } else if letter.follows_an_act() {
            course.hold_until(now)
        } else {
            // Who is reminded of a deadline has a seat until then.
            course.registration_closes_at().max(now.plus_seconds(1))
        },
        confirmed_at: confirms.then_some(started_at),
        cancelled_at: cancelled.then_some(now),
        // Who is told that registration closes has come after the early price.
        quoted_at: match course.early_ends_at() {
            Some(ends) if letter == Letter::RegistrationClosing => now.max(ends),
            Some(_) | None => now,
        },
    }
}
