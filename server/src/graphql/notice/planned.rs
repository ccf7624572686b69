//! Letters to come, as the mailing plan computes them.

use async_graphql::{Enum, Object};
use entity::mailing;
use entity::mailing::plan;
use entity::{Zone, learner};

use crate::graphql::directive::list_size;
use crate::graphql::learner::Learner;
use crate::graphql::letter::Letter;
use crate::graphql::scalar::{Date, DateTime, LocalTime};

/// Why a letter is not sent. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "mailing::NotSentReason")]
pub enum NotSentReason {
    /// Its moment lies before the person came to be one of those to whom it goes; the confirmation has said
    /// it.
    LateRegistration,
    /// The registration was cancelled.
    Cancelled,
    /// The seat was not paid for in time.
    Expired,
    /// The course will not take place.
    CourseCancelled,
    /// The course is not published, or was archived.
    CourseNotRunning,
    /// The registration is confirmed already, so there is nothing left to do.
    AlreadyConfirmed,
    /// The registration is not confirmed.
    NotConfirmed,
    /// The evaluation was handed in.
    AlreadyEvaluated,
    /// It would be about something that does not touch the person, such as an early price that the person
    /// does not have.
    NotConcerned,
    /// The rule is switched off.
    RuleOff,
    /// The rule is younger than the moment.
    RuleTooNew,
    /// What it is about was moved.
    Moved,
    /// The dates that it depends on were set when its moment had passed already.
    MomentPassed,
    /// It came too late to be of use.
    Pointless,
    /// A newer letter says the same.
    Superseded,
    /// The sign-in code was used already.
    CodeUsed,
    /// The mail server refused the message for good.
    RefusedByServer,
    /// The mail server says that the address does not exist.
    AddressRefused,
    /// The stored address cannot be written to.
    AddressInvalid,
    /// The mail server deferred it for four days.
    GaveUp,
    /// It was handed over, no answer came, and this kind is not sent again.
    OutcomeUnknown,
    /// It could not be written.
    CannotBeWritten,
    /// It crashed its worker three times.
    CrashedWorker,
    /// Staff stopped it.
    StoppedByStaff,
    /// The person does not want letters of this topic.
    Unsubscribed,
    /// The person did not agree to letters about deadlines.
    NoConsent,
    /// Who asked has registered since.
    HasRegistered,
    /// Nothing, or nothing of this kind, is sent to the address at the moment: see `Suppression`.
    AddressSuppressed,
    /// The database was restored from a backup, and staff have said that the letter counts as sent.
    CountedAsSent,
}

/// Kinds of learners, as letters tell them apart. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::LearnerKind")]
pub enum LearnerKind {
    /// Begun and not paid.
    Started,
    /// Confirmed.
    Confirmed,
    /// Asked about the course, agreed to letters about its deadlines, and has not registered.
    Enquirer,
}

/// A letter to come.
#[derive(Clone, Debug)]
pub struct PlannedLetter {
    planned: mailing::PlannedLetter,
    kind: Option<plan::LearnerKind>,
    audience: i32,
    zone: Zone,
    samples: Vec<learner::Model>,
}

impl PlannedLetter {
    /// What is planned, to so many people, of a course in `zone`.
    pub fn new(planned: mailing::PlannedLetter, audience: i32, zone: Zone) -> Self {
        Self { planned, kind: None, audience, zone, samples: Vec::new() }
    }

    /// The same as it goes to this kind of learner, with some of those to whom it goes.
    pub fn to(self, kind: plan::LearnerKind, samples: Vec<learner::Model>) -> Self {
        Self { kind: Some(kind), samples, ..self }
    }
}

/// A letter that the facts call for as they are now; nothing is sent yet, and the facts may change.
#[Object]
impl PlannedLetter {
    /// Which letter it is.
    async fn letter(&self) -> Letter {
        self.planned.letter.into()
    }

    /// To which kind of learner it goes, in a course's plan; null elsewhere.
    async fn learner_kind(&self) -> Option<LearnerKind> {
        self.kind.map(Into::into)
    }

    /// The name of the course's rule that calls for it; of a letter that no rule calls for, its own name.
    async fn rule(&self) -> &str {
        &self.planned.rule
    }

    /// Which time the rule speaks: with `rule`, what `cancelNotice` calls the letter by.
    async fn occurrence(&self) -> &str {
        &self.planned.occurrence
    }

    /// The day on which it is to be sent, in the course's zone.
    async fn due_on(&self) -> Date {
        Date(self.planned.due_at.date_in(&self.zone))
    }

    /// The time on the clock at which it is to be sent, in the course's zone.
    async fn due_time(&self) -> LocalTime {
        LocalTime(self.planned.due_at.in_zone(&self.zone).time().into())
    }

    /// Up to three of those to whom it goes, in a course's plan; empty elsewhere, and for letters to people
    /// who have no account.
    #[graphql(directive = list_size::apply(5))]
    async fn sample_recipients(&self) -> Vec<Learner> {
        self.samples.iter().cloned().map(Learner).collect()
    }

    /// When it is to be sent.
    async fn due_at(&self) -> DateTime {
        DateTime(self.planned.due_at)
    }

    /// From when on it would no longer be of use, and is not sent; null where there is no such moment.
    async fn pointless_at(&self) -> Option<DateTime> {
        self.planned.pointless_at.map(DateTime)
    }

    /// The course day that it is about; null where it is not about one.
    async fn day(&self) -> Option<Date> {
        self.planned.day.map(Date)
    }

    /// To how many people it goes, or would, were it not for the reason. In a course's plan they are counted
    /// as they are now, by status, hold, price, profession, track, evaluation handed in and letters
    /// unsubscribed from; what staff have stopped for single people is not taken off.
    async fn audience(&self) -> i32 {
        self.audience
    }

    /// Why it will not be sent; null where it will.
    async fn reason(&self) -> Option<NotSentReason> {
        self.planned.verdict.err().map(Into::into)
    }
    /// The reason as a full sentence; null where it will be sent.
    async fn reason_in_words(&self) -> Option<&str> {
        self.planned.verdict.err().map(mailing::NotSentReason::in_words)
    }
}
