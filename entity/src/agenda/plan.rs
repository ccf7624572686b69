//! The plan: what a course will say to a kind of learner, before anybody of that kind is looked at.

use uuid::Uuid;

use super::{CourseFacts, Occasion, Reason, RegistrationFacts, of_registration};
use crate::profession::Profession;
use crate::quote::Basis;
use crate::{Instant, registration};

/// Kinds of learners, as letters tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearnerKind {
    /// Begun and not paid.
    Started,
    /// Confirmed.
    Confirmed,
}

impl LearnerKind {
    /// The status that makes a learner one of this kind.
    pub fn status(self) -> registration::Status {
        match self {
            Self::Started => registration::Status::Started,
            Self::Confirmed => registration::Status::Confirmed,
        }
    }
}

/// The letters to come, counted from the course's own dates, for somebody of `kind` who has been so for long; what concerns another kind only is
/// left out, what is not to be sent to this kind carries its reason.
pub fn of_kind(facts: &CourseFacts, kind: LearnerKind, now: Instant) -> Vec<Occasion> {
    let long_ago = Instant::from_micros(0);
    let early = facts.course.early_ends_at().is_some_and(|ends| now < ends);
    let somebody = RegistrationFacts {
        registration: registration::Model {
            id: Uuid::nil(),
            code: String::new(),
            course_id: facts.course.id,
            learner_id: Uuid::nil(),
            external_id: None,
            profession: Profession::AlliedHealthOther,
            track_id: None,
            status: kind.status(),
            started_at: long_ago,
            hold_until: Some(facts.course.registration_closes_at().max(now.plus_seconds(1))),
            confirmed_at: (kind == LearnerKind::Confirmed).then_some(long_ago),
            cancelled_at: None,
            expired_at: None,
            updated_at: long_ago,
        },
        basis: Some(if early { Basis::Early } else { Basis::Regular }),
        evaluated_at: None,
        unsubscribed: Vec::new(),
        instructions: Vec::new(),
    };
    let concerns = |occasion: &Occasion| {
        let other_kind =
            matches!(occasion.verdict, Err(Reason::NotConfirmed | Reason::AlreadyConfirmed | Reason::NotConcerned | Reason::Superseded));
        occasion.due_at > now && !occasion.letter.follows_a_fact() && !other_kind
    };
    of_registration(facts, &somebody, now).into_iter().filter(concerns).collect()
}
