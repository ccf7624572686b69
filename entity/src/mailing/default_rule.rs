//! The rules that every course starts with.

use uuid::Uuid;

use super::Offset;
use crate::letter::Letter;
use crate::{Instant, WallTime, reminder_rule};

/// A rule that a course starts with.
#[derive(Clone, Copy, Debug)]
pub struct DefaultRule {
    /// Stable name.
    pub slug: &'static str,
    /// Which letter.
    pub letter: Letter,
    /// When.
    pub offset: Offset,
    /// Whether it is on.
    pub enabled: bool,
}

impl DefaultRule {
    /// A course's own copy, at `position`, which looks forward from `applies_from` on.
    pub fn copied(
        self,
        id: Uuid,
        course_id: Uuid,
        position: i16,
        applies_from: Instant,
    ) -> reminder_rule::Model {
        let Self { slug, letter, offset, enabled } = self;
        let (offset_days, wall_time, offset_minutes) = offset.columns();
        reminder_rule::Model {
            id,
            course_id,
            slug: slug.to_owned(),
            position,
            letter,
            offset_days,
            wall_time,
            offset_minutes,
            enabled,
            applies_from,
            subject: None,
            opening: None,
            professions: None,
            track_id: None,
        }
    }
}

const fn days(slug: &'static str, letter: Letter, days: i16) -> DefaultRule {
    DefaultRule { slug, letter, offset: Offset::Days { days, at: WallTime::NINE }, enabled: true }
}

const fn exact(slug: &'static str, letter: Letter, minutes: i32, enabled: bool) -> DefaultRule {
    DefaultRule { slug, letter, offset: Offset::Exact { minutes }, enabled }
}

/// The rules that every course starts with a copy of. What each letter is counted from, and after what it is
/// pointless, is in [`super::moment`]; to whom it goes, in [`super::entitlement`].
pub const DEFAULT_RULES: [DefaultRule; 17] = [
    exact("registration_started", Letter::RegistrationStarted, 0, true),
    exact("registration_confirmed", Letter::RegistrationConfirmed, 0, true),
    exact("registration_cancelled", Letter::RegistrationCancelled, 0, true),
    days("payment_due_3d", Letter::PaymentDue, -3),
    days("payment_due_1d", Letter::PaymentDue, -1),
    exact("registration_expired", Letter::RegistrationExpired, 0, true),
    days("early_fee_ending_7d", Letter::EarlyFeeEnding, -7),
    days("early_fee_ending_1d", Letter::EarlyFeeEnding, -1),
    days("registration_closing_7d", Letter::RegistrationClosing, -7),
    days("registration_closing_1d", Letter::RegistrationClosing, -1),
    days("course_starting_7d", Letter::CourseStarting, -7),
    days("course_starting_1d", Letter::CourseStarting, -1),
    exact("day_starting_1h", Letter::DayStarting, -60, true),
    exact("session_starting_10min", Letter::SessionStarting, -10, false),
    exact("evaluation_open_1h", Letter::EvaluationOpen, 60, true),
    days("evaluation_closing_7d", Letter::EvaluationClosing, -7),
    days("evaluation_closing_1d", Letter::EvaluationClosing, -1),
];
