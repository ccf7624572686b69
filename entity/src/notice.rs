//! The ledger: what was said to whom, and the queue of what is about to be.
//!
//! ```text
//! planned ─▶ claimed ─▶ sending ─▶ sent
//!    ▲          │          ├─▶ retry ─▶ claimed …
//!    └─ (moved) ┤          ├─▶ failed
//!               ▼          └─▶ unknown ─▶ claimed (once more, where the letter's kind allows it)
//!            lapsed            quarantined (crashed three times)      cancelled (by staff)
//! ```
//! A row is ready when `ready_at` has come: for a planned one that is the moment to send it, for a claimed one the end of the lease under
//! which a worker holds it. Every write after the claim names the fencing number; a worker whose number is old changes nothing.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;
use crate::agenda::{Letter, Reason};

/// How long a claim lasts without being renewed, in seconds.
pub const LEASE_SECONDS: i64 = 60;
/// How long to wait before a letter whose outcome is unknown is sent once more, in minutes.
pub const UNKNOWN_WAIT_MINUTES: i64 = 10;
/// Crashes after which a letter is quarantined.
pub const MAX_CRASHES: i16 = 3;
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
    /// What about: the id of a registration or of a sign-in code.
    pub subject: String,
    /// Which time: the day of the anchor, or the fact that it follows.
    pub occurrence: String,
    /// Which letter.
    pub letter: Letter,
    /// The course it is about.
    pub course_id: Option<Uuid>,
    /// The registration it is about.
    pub registration_id: Option<Uuid>,
    /// The sign-in code it carries.
    pub sign_in_code_id: Option<Uuid>,
    /// Where it is in its life.
    pub status: Status,
    /// Why it was not sent.
    pub reason: Option<Reason>,
    /// Lower goes first.
    pub priority: i16,
    /// When the agenda called for it.
    pub due_at: Instant,
    /// From when on it is not worth sending.
    pub pointless_at: Option<Instant>,
    /// When a worker may take it; none once its life is over.
    pub ready_at: Option<Instant>,
    /// How often its content was handed to a mail server.
    pub attempts: i16,
    /// How often a worker died over it.
    pub crashes: i16,
    /// Fencing number: counted up with every claim.
    pub fence: i64,
    /// The worker that holds it, or held it last.
    pub claimed_by: Option<String>,
    /// Message-ID (RFC 5322), one for life.
    pub message_id: String,
    /// Date header, set at the first attempt, one for life.
    pub dated_at: Option<Instant>,
    /// The address of the last attempt.
    pub sent_to: Option<String>,
    /// The mail server's last answer, or what went wrong on the way to it.
    pub smtp_reply: Option<String>,
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

/// When to try again after the attempt number `attempts` (from 1) was deferred at `now`; `chance` in 0..=255 spreads the moment by a fifth
/// to either side. None when it is time to give up.
pub fn next_attempt(due_at: Instant, attempts: i16, chance: u8, now: Instant) -> Option<Instant> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(BACK_OFF_MINUTES.len() - 1);
    let seconds = BACK_OFF_MINUTES[place] * 60;
    let jitter = seconds * (i64::from(chance) * 40 / 255 - 20) / 100;
    let next = now.plus_seconds(seconds + jitter);
    (next < due_at.plus_seconds(GIVE_UP_DAYS * 86_400)).then_some(next)
}
