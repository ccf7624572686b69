//! The plan: what a course will say to a kind of learner, before anybody of that kind is looked at.

use uuid::Uuid;

use super::{
    CourseFacts, EnquiryFacts, NotSentReason, PlannedLetter, RegistrationFacts, of_enquiry, of_registration,
};
use crate::profession::Profession;
use crate::quote::Basis;
use crate::{Instant, enquiry, registration, suppression};

/// Kinds of learners, as letters tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearnerKind {
    /// Begun and not paid.
    Started,
    /// Confirmed.
    Confirmed,
    /// Asked about the course, agreed to letters about its deadlines, and has not registered.
    Enquirer,
}

impl LearnerKind {
    /// The status that makes a learner one of this kind; none for who has no registration.
    pub fn status(self) -> Option<registration::Status> {
        match self {
            Self::Started => Some(registration::Status::Started),
            Self::Confirmed => Some(registration::Status::Confirmed),
            Self::Enquirer => None,
        }
    }
}

/// Somebody of a kind, as far as letters tell people apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// As what the person takes part; of somebody who only asked, it may not be known.
    pub profession: Option<Profession>,
    /// The track.
    pub track_id: Option<Uuid>,
    /// Until when a seat is held.
    pub hold_until: Option<Instant>,
    /// Which price the quote rests on.
    pub basis: Option<Basis>,
    /// Whether the evaluation was handed in.
    pub evaluated: bool,
    /// What the person does not want letters about.
    pub unsubscribed: Vec<super::Topic>,
    /// What is kept back from the person's address, if anything is.
    pub suppressed: Option<suppression::Scope>,
}

/// The letters to come for `somebody` who has been of `kind` for long, with their verdicts as judged at
/// `now`: everything that is not said in answer to an act of the person's own.
pub fn of_somebody(
    facts: &CourseFacts,
    kind: LearnerKind,
    somebody: &Somebody,
    now: Instant,
) -> Vec<PlannedLetter> {
    let letters = match kind.status() {
        Some(status) => of_registration(facts, &registered(facts, status, somebody), now),
        None => of_enquiry(facts, &asked(facts, somebody), now),
    };
    letters.into_iter().filter(|planned| planned.due_at > now && !planned.letter.follows_an_act()).collect()
}

/// The letters to come, counted from the course's own dates or following from news that are known, for
/// anybody of `kind` who has been so for long; what concerns another kind only is left out, also where its rule
/// is switched off, and what is not to be sent to this kind carries its reason.
pub fn of_kind(facts: &CourseFacts, kind: LearnerKind, now: Instant) -> Vec<PlannedLetter> {
    let mut letters: Vec<PlannedLetter> = Vec::new();
    let unhindered = unhindered(facts);
    for somebody in suited(facts, now) {
        let could_be = of_somebody(&unhindered, kind, &somebody, now);
        for (planned, could_be) in of_somebody(facts, kind, &somebody, now).into_iter().zip(could_be) {
            let other_kind = matches!(
                could_be.verdict,
                Err(NotSentReason::NotConfirmed
                    | NotSentReason::AlreadyConfirmed
                    | NotSentReason::NotConcerned
                    | NotSentReason::Superseded)
            );
            if !other_kind && !letters.iter().any(|known| same(known, &planned)) {
                letters.push(planned);
            }
        }
    }
    letters.sort_by(PlannedLetter::in_time);
    letters
}

/// Whether two planned letters are the same at the same moment.
pub fn same(one: &PlannedLetter, other: &PlannedLetter) -> bool {
    (&one.rule, &one.occurrence, one.due_at) == (&other.rule, &other.occurrence, other.due_at)
}

/// The facts as they would be if nothing but what people are stood in the way of a letter: the course
/// published, every rule switched on.
pub fn unhindered(facts: &CourseFacts) -> CourseFacts {
    let mut facts = facts.clone();
    facts.course.status = crate::course::Status::Published;
    facts.rules.iter_mut().for_each(|rule| rule.enabled = true);
    facts
}

/// People to whom every rule and every announcement speaks, one for each way in which they choose.
fn suited(facts: &CourseFacts, now: Instant) -> Vec<Somebody> {
    let early = facts.course.early_ends_at().is_some_and(|ends| now < ends);
    let rules = facts.rules.iter().map(|rule| (rule.professions.as_ref(), rule.track_id));
    let announced = facts
        .announcements
        .iter()
        .map(|announcement| (Some(&announcement.professions), announcement.track_id));
    let mut suits = vec![(Profession::AlliedHealthOther, None)];
    for (professions, track_id) in rules.chain(announced) {
        let profession =
            professions.and_then(|wanted| wanted.0.first().copied()).unwrap_or(Profession::AlliedHealthOther);
        if !suits.contains(&(profession, track_id)) {
            suits.push((profession, track_id));
        }
    }
    let somebody = |(profession, track_id)| Somebody {
        profession: Some(profession),
        track_id,
        hold_until: Some(facts.course.registration_closes_at().max(now.plus_seconds(1))),
        basis: Some(if early { Basis::Early } else { Basis::Regular }),
        evaluated: false,
        unsubscribed: Vec::new(),
        suppressed: None,
    };
    suits.into_iter().map(somebody).collect()
}

fn long_ago() -> Instant {
    Instant::from_micros(0)
}

fn registered(facts: &CourseFacts, status: registration::Status, somebody: &Somebody) -> RegistrationFacts {
    let Somebody { profession, track_id, hold_until, basis, evaluated, unsubscribed, suppressed } = somebody;
    RegistrationFacts {
        registration: registration::Model {
            id: Uuid::nil(),
            code: String::new(),
            course_id: facts.course.id,
            learner_id: Uuid::nil(),
            known_as: None,
            external_id: None,
            profession: profession.unwrap_or(Profession::AlliedHealthOther),
            track_id: *track_id,
            status,
            started_at: long_ago(),
            hold_until: *hold_until,
            confirmed_at: (status == registration::Status::Confirmed).then(long_ago),
            cancelled_at: None,
            expired_at: None,
            entered_by: None,
            corrected_at: None,
            updated_at: long_ago(),
        },
        basis: *basis,
        registered_again: false,
        evaluated_at: evaluated.then(long_ago),
        unsubscribed: unsubscribed.clone(),
        suppressions: suppressed.map(suppression::Model::for_good).into_iter().collect(),
        instructions: Vec::new(),
        said: Vec::new(),
    }
}

fn asked(facts: &CourseFacts, somebody: &Somebody) -> EnquiryFacts {
    EnquiryFacts {
        enquiry: enquiry::Model {
            id: Uuid::nil(),
            course_id: facts.course.id,
            name: String::new(),
            email: String::new(),
            email_key: String::new(),
            profession: somebody.profession,
            question: None,
            consent_version: Some(String::new()),
            consented_at: Some(long_ago()),
            answer: None,
            answered_by: None,
            answered_at: None,
            created_at: long_ago(),
            updated_at: long_ago(),
        },
        has_registered: false,
        unsubscribed_at: None,
        suppressions: somebody.suppressed.map(suppression::Model::for_good).into_iter().collect(),
        instructions: Vec::new(),
    }
}
