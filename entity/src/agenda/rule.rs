//! Rules as such: from what and for whom a letter's rule counts, and whether a rule can ever speak.

use thiserror::Error;
use uuid::Uuid;

use super::moment::{self, Moment};
use super::{CourseFacts, Letter, Offset};
use crate::{Instant, reminder_rule};

/// From what a rule counts its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CountedFrom {
    /// The moment at which somebody begins to register.
    RegistrationStart,
    /// The receipt of the payment; the registration itself where the course is free.
    Confirmation,
    /// The moment at which a registration is given up.
    Cancellation,
    /// The end of the last day of the early price.
    EarlyDeadline,
    /// The end of the last day of registration.
    RegistrationDeadline,
    /// The start of the first session in which the person takes part.
    CourseStart,
    /// The start of the first session of each course day.
    DayStart,
    /// The start of each teaching session.
    SessionStart,
    /// The end of the last session.
    CourseEnd,
    /// The end of the last day of the evaluation.
    EvaluationDeadline,
    /// What the letter tells of; no rule counts from it.
    Event,
}

/// To whom the letter of a rule goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Who has begun to register and not paid.
    Started,
    /// The same, at the early price; and who asked about the course and agreed to letters about its deadlines.
    StartedEarlyOrInterested,
    /// Who has begun to register and not paid; and who asked about the course and agreed to letters about its deadlines.
    StartedOrInterested,
    /// The confirmed.
    Confirmed,
    /// The confirmed who have not evaluated.
    NotEvaluated,
    /// Who has given up a registration.
    Cancelled,
    /// Whom the event concerns; no rule says who.
    Concerned,
}

/// From what the moment of `letter` is counted.
pub fn counted_from(letter: Letter) -> CountedFrom {
    match letter {
        Letter::RegistrationStarted => CountedFrom::RegistrationStart,
        Letter::RegistrationConfirmed => CountedFrom::Confirmation,
        Letter::RegistrationCancelled => CountedFrom::Cancellation,
        Letter::EarlyFeeEnding => CountedFrom::EarlyDeadline,
        Letter::RegistrationClosing => CountedFrom::RegistrationDeadline,
        Letter::CourseStarting => CountedFrom::CourseStart,
        Letter::DayStarting => CountedFrom::DayStart,
        Letter::SessionStarting => CountedFrom::SessionStart,
        Letter::EvaluationOpen => CountedFrom::CourseEnd,
        Letter::EvaluationClosing => CountedFrom::EvaluationDeadline,
        Letter::SignInCode
        | Letter::ScheduleChanged
        | Letter::CourseCancelled
        | Letter::Announcement
        | Letter::InformationRequested
        | Letter::EnquiryAnswered => CountedFrom::Event,
    }
}

/// To whom `letter` goes.
pub fn audience(letter: Letter) -> Audience {
    match letter {
        Letter::RegistrationStarted => Audience::Started,
        Letter::EarlyFeeEnding => Audience::StartedEarlyOrInterested,
        Letter::RegistrationClosing => Audience::StartedOrInterested,
        Letter::RegistrationConfirmed | Letter::CourseStarting | Letter::DayStarting | Letter::SessionStarting => Audience::Confirmed,
        Letter::EvaluationOpen | Letter::EvaluationClosing => Audience::NotEvaluated,
        Letter::RegistrationCancelled => Audience::Cancelled,
        Letter::SignInCode
        | Letter::ScheduleChanged
        | Letter::CourseCancelled
        | Letter::Announcement
        | Letter::InformationRequested
        | Letter::EnquiryAnswered => Audience::Concerned,
    }
}

/// Why a rule can never speak.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Impossible {
    /// The letter follows an event, and goes out without a rule.
    #[error("This letter goes out by itself when there is something to tell; it cannot have a rule.")]
    NoRuleForIt,
    /// Days without a time, a time without days, or both and minutes.
    #[error("A rule says either days and a time of day, or minutes; not a part of one, and not both.")]
    HalfOffset,
    /// A letter that follows an act is to go out before it, or on another day.
    #[error("This letter follows what somebody does, which nobody knows ahead: give minutes, 0 or more.")]
    BeforeTheFact,
    /// What the letter is about is not there.
    #[error("The course has no {missing}, from which this letter is counted.")]
    NothingToCountFrom {
        /// What is missing, in words.
        missing: &'static str,
    },
    /// Whenever it speaks, it would be pointless.
    #[error("It would come too late to be of use: {because}.")]
    Pointless {
        /// What comes before it, in words.
        because: &'static str,
    },
    /// All its moments have passed.
    #[error("All its moments have passed; the last one was {last}.")]
    Past {
        /// The last moment, as the course's clock shows it, with the zone.
        last: String,
    },
}

/// Whether `rule` can still speak to anybody if it is as it is from `now` on; who is there to be spoken to is another question.
///
/// # Errors
/// Why it never can.
pub fn can_fire(facts: &CourseFacts, rule: &reminder_rule::Model, now: Instant) -> Result<(), Impossible> {
    if rule.letter.ruleless().is_some() {
        return Err(Impossible::NoRuleForIt);
    }
    match (rule.offset_days, rule.wall_time, rule.offset_minutes) {
        (Some(_), Some(_), None) | (None, None, Some(_)) => {}
        (Some(_) | None, Some(_) | None, Some(_) | None) => return Err(Impossible::HalfOffset),
    }
    if rule.letter.follows_a_fact() { after_the_fact(facts, rule, now) } else { by_date(facts, rule, now) }
}

/// When `rule` can speak to anybody, counted from the course's own dates, each moment once, in order; none for letters that follow an act.
pub fn moments(facts: &CourseFacts, rule: &reminder_rule::Model) -> Vec<Moment> {
    let tracks: Vec<Option<Uuid>> = match rule.track_id {
        Some(track) => vec![Some(track), None],
        None => {
            let mut tracks: Vec<Option<Uuid>> =
                facts.sessions.iter().flat_map(|session| session.track_ids.iter().copied().map(Some)).collect();
            tracks.push(None);
            tracks.sort_unstable();
            tracks.dedup();
            tracks
        }
    };
    let mut moments: Vec<Moment> = tracks.iter().flat_map(|track| moment::of_course(facts, rule, *track)).collect();
    moments.sort_by(|one, other| (one.due_at, &one.occurrence).cmp(&(other.due_at, &other.occurrence)));
    moments.dedup_by(|one, other| one.due_at == other.due_at && one.occurrence == other.occurrence);
    moments
}

fn after_the_fact(facts: &CourseFacts, rule: &reminder_rule::Model, now: Instant) -> Result<(), Impossible> {
    let minutes = match rule.offset() {
        Offset::Exact { minutes } if minutes >= 0 => i64::from(minutes),
        Offset::Exact { minutes: _ } | Offset::Days { days: _, at: _ } => return Err(Impossible::BeforeTheFact),
    };
    // What is the earliest that somebody can do it is now.
    let spoken = now.plus_minutes(minutes);
    let course = &facts.course;
    let (ends, because) = match counted_from(rule.letter) {
        CountedFrom::RegistrationStart => (course.hold_until(now), "by then the seat is no longer held"),
        CountedFrom::Confirmation => (course.last_instant(), "by then the course is over"),
        CountedFrom::Cancellation => (now.plus_seconds(moment::CANCELLATION_DAYS * 86_400), "by then the cancellation lies a month behind"),
        CountedFrom::EarlyDeadline
        | CountedFrom::RegistrationDeadline
        | CountedFrom::CourseStart
        | CountedFrom::DayStart
        | CountedFrom::SessionStart
        | CountedFrom::CourseEnd
        | CountedFrom::EvaluationDeadline
        | CountedFrom::Event => return Ok(()),
    };
    if spoken >= ends { Err(Impossible::Pointless { because }) } else { Ok(()) }
}

fn by_date(facts: &CourseFacts, rule: &reminder_rule::Model, now: Instant) -> Result<(), Impossible> {
    let (missing, because) = match counted_from(rule.letter) {
        CountedFrom::EarlyDeadline => ("early deadline", "the early deadline has passed by then"),
        CountedFrom::RegistrationDeadline => ("registration deadline", "registration has closed by then"),
        CountedFrom::CourseStart => ("session that teaches", "the course has begun by then"),
        CountedFrom::DayStart => ("session that teaches", "the first session of the day is over by then"),
        CountedFrom::SessionStart => ("session that teaches", "the session has begun by then"),
        CountedFrom::CourseEnd => ("end", "the evaluation has closed by then"),
        CountedFrom::EvaluationDeadline => ("evaluation deadline", "the evaluation has closed by then"),
        CountedFrom::RegistrationStart | CountedFrom::Confirmation | CountedFrom::Cancellation | CountedFrom::Event => {
            ("such moment", "it has passed by then")
        }
    };
    let moments = moments(facts, rule);
    if moments.is_empty() {
        return Err(Impossible::NothingToCountFrom { missing });
    }
    let useful = moments.iter().filter(|moment| moment.pointless_at.is_none_or(|pointless| moment.due_at < pointless));
    let Some(last) = useful.map(|moment| moment.due_at).max() else { return Err(Impossible::Pointless { because }) };
    if last > now { Ok(()) } else { Err(Impossible::Past { last: super::explain::on_the_clock(last, &facts.course.time_zone) }) }
}

#[cfg(test)]
mod tests;
