//! Entitlement: to whom a letter goes, and for which reason it does not.

use super::moment::Moment;
use super::{CourseFacts, Letter, Reason, RegistrationFacts};
use crate::quote::Basis;
use crate::registration::Status;
use crate::{Instant, reminder_rule};

/// For how long after an act a changed rule still speaks of it, in minutes: as far as the sweep looks back.
const FACT_GRACE_MINUTES: i64 = 10;

/// Whether `person` is owed the letter of `rule` at `moment`, as judged at `now`.
pub fn judge(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    person: &RegistrationFacts,
    moment: &Moment,
    now: Instant,
) -> Result<(), Reason> {
    if !rule.enabled {
        return Err(Reason::RuleOff);
    }
    let entitled_at = entitled(rule.letter, person, now)?;
    // Once a course is cancelled or put away, only cancellations are spoken of.
    if rule.letter != Letter::RegistrationCancelled {
        facts.runs()?;
    }
    if !rule.reaches(&person.registration) {
        return Err(Reason::NotConcerned);
    }
    if rule.letter.topic().is_some_and(|topic| person.unsubscribed.contains(&topic)) {
        return Err(Reason::Unsubscribed);
    }
    // A rule cannot reach back behind its own making, and a reminder not behind the person's coming.
    // What follows an act may still be on its way to the ledger while its rule is being changed.
    let grace = if rule.letter.follows_a_fact() { FACT_GRACE_MINUTES } else { 0 };
    if moment.due_at.plus_minutes(grace) < rule.applies_from {
        return Err(Reason::RuleTooNew);
    }
    if moment.due_at < entitled_at && !rule.letter.follows_a_fact() {
        return Err(Reason::LateRegistration);
    }
    if unpaid(rule.letter) && person.registration.hold_until.is_some_and(|until| moment.due_at >= until) {
        return Err(Reason::Expired);
    }
    if moment.pointless_at.is_some_and(|pointless| now >= pointless) {
        return Err(Reason::Pointless);
    }
    Ok(())
}

/// Since when the person is one of those to whom `letter` goes, or why the person is not.
fn entitled(letter: Letter, person: &RegistrationFacts, now: Instant) -> Result<Instant, Reason> {
    let registration = &person.registration;
    let status = registration.status_at(now);
    match letter {
        // No rule calls for these: see `news` and `enquirer`.
        Letter::SignInCode
        | Letter::ScheduleChanged
        | Letter::CourseCancelled
        | Letter::Announcement
        | Letter::InformationRequested
        | Letter::EnquiryAnswered => Err(Reason::NotConcerned),
        Letter::RegistrationStarted | Letter::RegistrationClosing | Letter::EarlyFeeEnding => match status {
            Status::Started if letter == Letter::EarlyFeeEnding && person.basis != Some(Basis::Early) => Err(Reason::NotConcerned),
            Status::Started => Ok(registration.started_at),
            Status::Confirmed => Err(Reason::AlreadyConfirmed),
            Status::Waitlisted => Err(Reason::NotConcerned),
            Status::Cancelled => Err(Reason::Cancelled),
            Status::Expired => Err(Reason::Expired),
        },
        Letter::RegistrationCancelled => match status {
            Status::Cancelled => Ok(registration.cancelled_at.unwrap_or(registration.updated_at)),
            Status::Started | Status::Confirmed | Status::Waitlisted | Status::Expired => Err(Reason::NotConcerned),
        },
        Letter::RegistrationConfirmed
        | Letter::CourseStarting
        | Letter::DayStarting
        | Letter::SessionStarting
        | Letter::EvaluationOpen
        | Letter::EvaluationClosing => match status {
            Status::Confirmed if evaluates(letter) && person.evaluated_at.is_some() => Err(Reason::AlreadyEvaluated),
            Status::Confirmed => Ok(registration.confirmed_at.unwrap_or(registration.started_at)),
            Status::Started | Status::Waitlisted => Err(Reason::NotConfirmed),
            Status::Cancelled => Err(Reason::Cancelled),
            Status::Expired => Err(Reason::Expired),
        },
    }
}

fn unpaid(letter: Letter) -> bool {
    matches!(letter, Letter::EarlyFeeEnding | Letter::RegistrationClosing)
}

fn evaluates(letter: Letter) -> bool {
    matches!(letter, Letter::EvaluationOpen | Letter::EvaluationClosing)
}
