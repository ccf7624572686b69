//! Rules as such: when one speaks to anybody, and whether it ever can.

use thiserror::Error;
use uuid::Uuid;

use super::moment::{self, Moment};
use super::{CourseFacts, Offset};
use crate::civil::words::on_the_clock;
use crate::letter::{CourseAnchor, PersonalAnchor, Trigger};
use crate::{Instant, reminder_rule};

/// Why a rule can never speak.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Impossible {
    /// The letter follows an event, and goes out without a rule.
    #[error("This e-mail is sent automatically when something happens, so it cannot have a rule.")]
    NoRuleForIt,
    /// Days without a time, a time without days, or both and minutes.
    #[error("Give either days and a time of day, or minutes.")]
    HalfOffset,
    /// A letter that follows an act is to go out before it, or on another day.
    #[error("Give 0 or more minutes: this e-mail follows what a person does.")]
    BeforeTheAct,
    /// What the letter is about is not there.
    #[error("The course has no {missing}, which this e-mail depends on.")]
    NothingToCountFrom {
        /// What is missing, in words.
        missing: &'static str,
    },
    /// Whenever it speaks, it would be pointless.
    #[error("It would arrive too late to be useful: {because}.")]
    Pointless {
        /// What comes before it, in words.
        because: &'static str,
    },
    /// All its moments have passed.
    #[error("This e-mail could no longer be sent: it was last due at {last}.")]
    Past {
        /// The last moment, as the course's clock shows it, with the zone.
        last: String,
    },
}

/// Whether `rule` can still speak to anybody if it is as it is from `now` on; who is there to be spoken to is
/// another question.
///
/// # Errors
/// Why it never can.
pub fn can_fire(facts: &CourseFacts, rule: &reminder_rule::Model, now: Instant) -> Result<(), Impossible> {
    let is_whole = match (rule.offset_days, rule.wall_time, rule.offset_minutes) {
        (Some(_), Some(_), None) | (None, None, Some(_)) => true,
        (Some(_) | None, Some(_) | None, Some(_) | None) => false,
    };
    match rule.letter.spec().trigger {
        Trigger::Act(_) | Trigger::Date(_) | Trigger::HoldEnd if !is_whole => Err(Impossible::HalfOffset),
        Trigger::Act(act) => after_the_act(facts, rule, act, now),
        Trigger::Date(date) => by_date(facts, rule, date, now),
        Trigger::HoldEnd => before_hold_ends(facts, rule, now),
        Trigger::Request(_) | Trigger::News(_) => Err(Impossible::NoRuleForIt),
    }
}

/// When `rule` can speak to anybody, counted from the course's own dates, each moment once, in order; none
/// for letters that follow an act.
pub fn moments(facts: &CourseFacts, rule: &reminder_rule::Model) -> Vec<Moment> {
    let tracks: Vec<Option<Uuid>> = match rule.track_id {
        Some(track) => vec![Some(track), None],
        None => {
            let mut tracks: Vec<Option<Uuid>> = facts
                .sessions
                .iter()
                .flat_map(|session| session.track_ids.iter().copied().map(Some))
                .collect();
            tracks.push(None);
            tracks.sort_unstable();
            tracks.dedup();
            tracks
        }
    };
    let mut moments: Vec<Moment> =
        tracks.iter().flat_map(|track| moment::of_course(facts, rule, *track)).collect();
    moments.sort_by(|one, other| (one.due_at, &one.occurrence).cmp(&(other.due_at, &other.occurrence)));
    moments.dedup_by(|one, other| one.due_at == other.due_at && one.occurrence == other.occurrence);
    moments
}

fn after_the_act(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    act: PersonalAnchor,
    now: Instant,
) -> Result<(), Impossible> {
    let minutes = match rule.offset() {
        Offset::Exact { minutes } if minutes >= 0 => i64::from(minutes),
        Offset::Exact { minutes: _ } | Offset::Days { days: _, at: _ } => {
            return Err(Impossible::BeforeTheAct);
        }
    };
    // What is the earliest that somebody can do it is now.
    let spoken = now.plus_minutes(minutes);
    let course = &facts.course;
    let (ends, because) = match act {
        PersonalAnchor::RegistrationStart => (course.hold_until(now), "by then the seat is no longer held"),
        PersonalAnchor::Confirmation => (course.last_instant(), "by then the course is over"),
        PersonalAnchor::Expiry => (course.first_instant(), "by then the course has begun"),
        PersonalAnchor::Cancellation => (
            now.plus_seconds(moment::CANCELLATION_DAYS * 86_400),
            "by then the cancellation lies a month behind",
        ),
    };
    if spoken >= ends { Err(Impossible::Pointless { because }) } else { Ok(()) }
}

fn before_hold_ends(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    now: Instant,
) -> Result<(), Impossible> {
    let closes_at = facts.course.registration_closes_at();
    let Moment { due_at, .. } = moment::of_hold(facts, rule, closes_at);
    if due_at >= closes_at {
        return Err(Impossible::Pointless { because: "the seat is no longer held by then" });
    }
    // No hold ends later than registration.
    if due_at > now {
        Ok(())
    } else {
        Err(Impossible::Past { last: on_the_clock(due_at, &facts.course.time_zone) })
    }
}

fn by_date(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    date: CourseAnchor,
    now: Instant,
) -> Result<(), Impossible> {
    let (missing, because) = match date {
        CourseAnchor::EarlyDeadline => ("early deadline", "the early deadline has passed by then"),
        CourseAnchor::RegistrationDeadline => ("registration deadline", "registration has closed by then"),
        CourseAnchor::CourseStart => ("session that teaches", "the course has begun by then"),
        CourseAnchor::DayStart => ("session that teaches", "the first session of the day is over by then"),
        CourseAnchor::SessionStart => ("session that teaches", "the session has begun by then"),
        CourseAnchor::CourseEnd => ("end", "the evaluation has closed by then"),
        CourseAnchor::EvaluationDeadline => ("evaluation deadline", "the evaluation has closed by then"),
    };
    let moments = moments(facts, rule);
    if moments.is_empty() {
        return Err(Impossible::NothingToCountFrom { missing });
    }
    let useful =
        moments.iter().filter(|moment| moment.pointless_at.is_none_or(|pointless| moment.due_at < pointless));
    let Some(last) = useful.map(|moment| moment.due_at).max() else {
        return Err(Impossible::Pointless { because });
    };
    if last > now {
        Ok(())
    } else {
        Err(Impossible::Past { last: on_the_clock(last, &facts.course.time_zone) })
    }
}

#[cfg(test)]
mod tests;
