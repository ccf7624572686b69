//! The ledger: what was said to whom, and the queue of what is about to be.
//!
//! ```text
//! planned ─▶ claimed ─▶ sending ─▶ sent
//!    ▲          │          ├─▶ retry ─▶ claimed …
//!    └─ (moved) ┤          ├─▶ failed
//!               ▼          └─▶ unknown ─▶ claimed (once more, where the letter's kind allows it)
//!            lapsed            quarantined (crashed three times)      cancelled (by staff)
//! ```
//! A row is ready when `ready_at` has come: for a planned one that is the moment to send it, for a claimed
//! one the end of the lease under which a worker holds it. Every write after the claim names the fencing
//! number; a worker whose number is old changes nothing.

pub mod tries;

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Iterable};

use crate::Instant;
use crate::letter::{AnswerLost, Letter, NotSentReason};
use crate::mailing::told::Told;
use crate::secret::fingerprint;
pub use tries::{Tries, Try};

/// How long a claim lasts without being renewed, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// How long to wait before a letter whose outcome is unknown is sent once more, in minutes.
pub const UNKNOWN_WAIT_MINUTES: i64 = 10;
/// Crashes after which a letter is quarantined.
pub const MAX_CRASHES: i16 = 3;
/// What having failed before adds to a notice's place in the queue: more than any urgency.
const TRIED: i16 = 10;
/// The places in the queue of what somebody waits for at this moment: never tried, and tried before.
pub const AWAITED: [i16; 2] = [0, TRIED];
/// Days after which a letter that is only ever deferred is given up.
pub const GIVE_UP_DAYS: i64 = 4;
/// Waits between attempts that were deferred (a 4xx answer), in minutes; the last one repeats.
const BACK_OFF_MINUTES: [i64; 8] = [1, 5, 15, 30, 60, 120, 240, 360];

/// Where a notice is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Status {
    /// Due, and waiting for a worker.
    Planned,
    /// In a worker's hands, nothing sent yet.
    Claimed,
    /// Its content is being handed to the mail server.
    Sending,
    /// Accepted by the mail server (reply 250).
    Sent,
    /// Deferred by the mail server; it will be tried again.
    Retry,
    /// Refused for good.
    Failed,
    /// Handed over, and no answer came.
    Unknown,
    /// No longer called for.
    Lapsed,
    /// Stopped by staff.
    Cancelled,
    /// Set aside because it crashed its worker again and again.
    Quarantined,
}

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A registration.
    Registration(Uuid),
    /// An enquiry.
    Enquiry(Uuid),
    /// A sign-in code.
    SignInCode(Uuid),
    /// A change of somebody's address.
    EmailChange(Uuid),
}

/// One letter to one person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The rule that called for it; with the next three, its identity: said once.
    pub rule: String,
    /// Who is told: a learner's id, or an address in lower case.
    pub recipient: String,
    /// What about: the id of a registration, of an enquiry, of a sign-in code or of a change of an address.
    pub subject: String,
    /// Which time: the day of the anchor, or the fact that it follows.
    pub occurrence: String,
    /// Which letter.
    pub letter: Letter,
    /// The course it is about.
    pub course_id: Option<Uuid>,
    /// The registration it is about.
    pub registration_id: Option<Uuid>,
    /// The enquiry it is about.
    pub enquiry_id: Option<Uuid>,
    /// The sign-in code it carries.
    pub sign_in_code_id: Option<Uuid>,
    /// The change of an address that it tells of.
    pub email_change_id: Option<Uuid>,
    /// Where it is in its life.
    pub status: Status,
    /// Why it was not sent; on one that is still open, that the answer to an earlier try was lost.
    pub reason: Option<NotSentReason>,
    /// Lower goes first.
    pub priority: i16,
    /// When the mailing plan called for it.
    pub due_at: Instant,
    /// From when on it is not worth sending.
    pub pointless_at: Option<Instant>,
    /// When a worker may take it; none once its life is over.
    pub ready_at: Option<Instant>,
    /// How often a mail server was asked to take it, and took or deferred it.
    pub attempts: i16,
    /// How often a worker died over it.
    pub crashes: i16,
    /// Fencing number: counted up with every claim.
    pub fence: i64,
    /// The worker that holds it, or held it last.
    pub claimed_by: Option<String>,
    /// Message-ID (RFC 5322) without the angle brackets, one for life.
    pub message_id: String,
    /// Date header, set at the first attempt, one for life.
    pub dated_at: Option<Instant>,
    /// The address of the last attempt.
    pub sent_to: Option<String>,
    /// What it tells of the agenda, as of the last attempt; none where it tells nothing of it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub told: Option<Told>,
    /// The mail server's last answer, or what went wrong on the way to it.
    pub smtp_reply: Option<String>,
    /// What came of each try; none where there was none, or none was remembered yet.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub tries: Option<Tries>,
    /// When it was entered.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When the mail server accepted it.
    pub sent_at: Option<Instant>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Notices that a worker may take at `now`: due ones, and those whose worker let its lease run out.
pub fn ready(now: Instant) -> Condition {
    Condition::all().add(Column::ReadyAt.is_not_null()).add(Column::ReadyAt.lte(now))
}

/// Notices that have not come to an end.
pub fn open() -> Condition {
    Condition::all().add(Column::ReadyAt.is_not_null())
}

/// The Message-ID (RFC 5322), without angle brackets, of the notice with this identity (rule, recipient,
/// subject, occurrence): the same whoever enters it, and whenever, so that a copy that a restored backup sends
/// is known as one by whoever has the first.
pub fn message_id(identity: [&str; 4], host: &str) -> String {
    let name = fingerprint(identity.join("\n"));
    format!("{}@{host}", name.get(..32).unwrap_or(&name))
}

/// Notices that this version can read: another one, newer or older, may have written letters, reasons and
/// states that this one does not know. Whoever lists notices asks for these, so that one of the others costs
/// itself alone.
pub fn readable() -> Condition {
    let known_reason =
        Condition::any().add(Column::Reason.is_null()).add(Column::Reason.is_in(NotSentReason::iter()));
    Condition::all()
        .add(Column::Letter.is_in(Letter::iter()))
        .add(Column::Status.is_in(Status::iter()))
        .add(known_reason)
}

/// When to try again after the attempt number `attempts` (from 1) was deferred at `now`; `chance` in 0..=255
/// spreads the moment by a fifth to either side. None when it is time to give up.
pub fn next_attempt(due_at: Instant, attempts: i16, chance: u8, now: Instant) -> Option<Instant> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(BACK_OFF_MINUTES.len() - 1);
    let seconds = BACK_OFF_MINUTES[place] * 60;
    let jitter = seconds * (i64::from(chance) * 40 / 255 - 20) / 100;
    let next = now.plus_seconds(seconds + jitter);
    (next < due_at.plus_seconds(GIVE_UP_DAYS * 86_400)).then_some(next)
}

/// What a worker does with a notice that it has just claimed, going by what the last holder left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterClaim {
    /// Nothing has been sent: send it.
    Send,
    /// The last holder died while the mail server had the content: send it once more.
    SendOnceMore,
    /// The same, but it is not to be sent again; nobody will ever know.
    Unknowable,
    /// It has crashed too many workers.
    Quarantine,
}

/// What follows when the mail server has deferred a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterDeferral {
    /// Try again then.
    Again(Instant),
    /// The next try would come too late to be of use.
    Pointless,
    /// It was deferred for so long that nobody will try again.
    GiveUp,
}

impl Model {
    /// What the letter is about; none where the row names nothing.
    pub fn about(&self) -> Option<About> {
        let registration = self.registration_id.map(About::Registration);
        let person = registration.or(self.enquiry_id.map(About::Enquiry));
        person
            .or(self.sign_in_code_id.map(About::SignInCode))
            .or(self.email_change_id.map(About::EmailChange))
    }

    /// What to do with the notice right after it was claimed. A claim leaves the status `sending` standing,
    /// so that a lost answer is seen here.
    pub fn after_claim(&self) -> AfterClaim {
        if self.crashes >= MAX_CRASHES {
            AfterClaim::Quarantine
        } else if self.status != Status::Sending {
            AfterClaim::Send
        } else if self.may_be_sent_again() {
            AfterClaim::SendOnceMore
        } else {
            AfterClaim::Unknowable
        }
    }

    /// Whether a lost answer is met with another try: only once, and only where the letter's kind allows it.
    /// That it has happened once is remembered by the reason, which an open notice otherwise does not have.
    fn may_be_sent_again(&self) -> bool {
        self.letter.spec().answer_lost == AnswerLost::SendAgain
            && self.reason != Some(NotSentReason::OutcomeUnknown)
    }

    /// When to send it once more after no answer came at `now`; none where it is not to be sent again.
    pub fn once_more_at(&self, now: Instant) -> Option<Instant> {
        let at = now.plus_minutes(UNKNOWN_WAIT_MINUTES);
        (self.may_be_sent_again() && self.pointless_at.is_none_or(|pointless| at < pointless)).then_some(at)
    }

    /// What follows when the attempt number `attempts` was deferred at `now`; `chance` spreads the moment.
    pub fn after_deferral(&self, attempts: i16, chance: u8, now: Instant) -> AfterDeferral {
        match (next_attempt(self.due_at, attempts, chance, now), self.pointless_at) {
            (Some(next), Some(pointless)) if next >= pointless => AfterDeferral::Pointless,
            (Some(next), Some(_) | None) => AfterDeferral::Again(next),
            (None, Some(_) | None) => AfterDeferral::GiveUp,
        }
    }

    /// How the notice ends when it is no longer owed: lapsed for that `reason`, cancelled where staff stopped
    /// it, unless an earlier try may have reached the reader.
    pub fn end_unsent(&self, reason: NotSentReason) -> (Status, NotSentReason) {
        match self.reason {
            Some(NotSentReason::OutcomeUnknown) => (Status::Unknown, NotSentReason::OutcomeUnknown),
            Some(_) | None if reason == NotSentReason::StoppedByStaff => (Status::Cancelled, reason),
            Some(_) | None => (Status::Lapsed, reason),
        }
    }

    /// Its place among many that are ready, after that many attempts: what was never tried goes before what
    /// has failed, and within either the more urgent first.
    pub fn place(&self, attempts: i16) -> i16 {
        let urgency = self.letter.priority();
        if attempts == 0 { urgency } else { urgency + TRIED }
    }

    /// The status in which it waits for its next try.
    pub fn waiting(&self) -> Status {
        if self.attempts == 0 { Status::Planned } else { Status::Retry }
    }
}

#[cfg(test)]
mod tests;

/// A notice for unit tests.
#[cfg(test)]
pub(crate) mod sample {
    use uuid::Uuid;

    use super::{Model, Status};
    use crate::course::sample::at;
    use crate::letter::Letter;

    /// A notice of May 6, 2026, without a past; what a test is about, it says itself.
    pub fn notice(letter: Letter, status: Status) -> Model {
        Model {
            id: Uuid::from_u128(1),
            rule: "rule".to_owned(),
            recipient: "somebody".to_owned(),
            subject: "something".to_owned(),
            occurrence: "once".to_owned(),
            letter,
            course_id: None,
            registration_id: None,
            enquiry_id: None,
            sign_in_code_id: None,
            email_change_id: None,
            status,
            reason: None,
            priority: letter.priority(),
            due_at: at("2026-05-06T13:00:00Z"),
            pointless_at: Some(at("2026-05-06T14:00:00Z")),
            ready_at: None,
            attempts: 0,
            crashes: 0,
            fence: 1,
            claimed_by: None,
            message_id: "1@example.org".to_owned(),
            dated_at: None,
            sent_to: None,
            told: None,
            smtp_reply: None,
            tries: None,
            created_at: at("2026-05-06T13:00:00Z"),
            updated_at: at("2026-05-06T13:00:00Z"),
            sent_at: None,
        }
    }
}
