//! Entitlement: to whom a letter goes, and for which reason it does not.

use super::moment::Moment;
use super::{CourseFacts, Letter, NotSentReason, RegistrationFacts};
use crate::letter::{Audience, Trigger};
use crate::quote::Basis;
use crate::registration::Status;
use crate::{Instant, reminder_rule};

/// For how long after an act a changed rule still speaks of it, in minutes: as far as the sweep looks back.
const ACT_GRACE_MINUTES: i64 = 10;

/// How long after somebody has started to register nothing is said about the end of the hold, in minutes:
/// what starts a registration says it.
const NOTHING_NEW_MINUTES: i64 = 24 * 60;

/// Whether `person` is owed the letter of `rule` at `moment`, as judged at `now`.
pub fn judge(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    person: &RegistrationFacts,
    moment: &Moment,
    now: Instant,
) -> Result<(), NotSentReason> {
    if !rule.enabled {
        return Err(NotSentReason::RuleOff);
    }
    let audience = rule.letter.spec().audience;
    // To whom it goes when a hold has ended is known before: who has not paid by then.
    let by = if audience == Audience::Expired { now.max(moment.due_at) } else { now };
    let entitled_at = entitled(audience, person, by)?;
    // Once a course is cancelled or put away, only cancellations are spoken of.
    if rule.letter != Letter::RegistrationCancelled {
        facts.runs()?;
    }
    if !rule.reaches(&person.registration) {
        return Err(NotSentReason::NotConcerned);
    }
    if rule.letter.topic().is_some_and(|topic| person.unsubscribed.contains(&topic)) {
        return Err(NotSentReason::Unsubscribed);
    }
    // A rule cannot reach back behind its own making, and a reminder not behind the person's coming.
    // What follows an act may still be on its way to the ledger while its rule is being changed.
    let grace = if rule.letter.follows_an_act() { ACT_GRACE_MINUTES } else { 0 };
    if moment.due_at.plus_minutes(grace) < rule.applies_from {
        return Err(NotSentReason::RuleTooNew);
    }
    let known_until = if rule.letter.spec().trigger == Trigger::HoldEnd {
        entitled_at.plus_minutes(NOTHING_NEW_MINUTES)
    } else {
        entitled_at
    };
    if moment.due_at < known_until && !rule.letter.follows_an_act() {
        return Err(NotSentReason::LateRegistration);
    }
    if audience.invites_enquirers()
        && person.registration.hold_until.is_some_and(|until| moment.due_at >= until)
    {
        return Err(NotSentReason::Expired);
    }
    if moment.pointless_at.is_some_and(|pointless| now >= pointless) {
        return Err(NotSentReason::Pointless);
    }
    Ok(())
}

/// Since when the person is one of the `audience`, or why the person is not.
fn entitled(audience: Audience, person: &RegistrationFacts, now: Instant) -> Result<Instant, NotSentReason> {
    let registration = &person.registration;
    let status = registration.status_at(now);
    match audience {
        // No rule calls for these: see `news` and `enquirer`.
        Audience::Concerned | Audience::Enquirer | Audience::Address => Err(NotSentReason::NotConcerned),
        Audience::Started | Audience::StartedOrEnquirer | Audience::StartedEarlyOrEnquirer => match status {
            Status::Started
                if audience == Audience::StartedEarlyOrEnquirer && person.basis != Some(Basis::Early) =>
            {
                Err(NotSentReason::NotConcerned)
            }
            Status::Started => Ok(registration.started_at),
            Status::Confirmed => Err(NotSentReason::AlreadyConfirmed),
            Status::Waitlisted => Err(NotSentReason::NotConcerned),
            Status::Cancelled => Err(NotSentReason::Cancelled),
            Status::Expired => Err(NotSentReason::Expired),
        },
        Audience::Cancelled => match status {
            Status::Cancelled => Ok(registration.cancelled_at.unwrap_or(registration.updated_at)),
            Status::Started | Status::Confirmed | Status::Waitlisted | Status::Expired => {
                Err(NotSentReason::NotConcerned)
            }
        },
        Audience::Expired => match status {
            Status::Expired if person.registered_again => Err(NotSentReason::HasRegistered),
            Status::Expired => Ok(registration.hold_until.unwrap_or(registration.updated_at)),
            Status::Confirmed => Err(NotSentReason::AlreadyConfirmed),
            Status::Started | Status::Waitlisted | Status::Cancelled => Err(NotSentReason::NotConcerned),
        },
        Audience::Confirmed | Audience::NotEvaluated => match status {
            Status::Confirmed if audience == Audience::NotEvaluated && person.evaluated_at.is_some() => {
                Err(NotSentReason::AlreadyEvaluated)
            }
            Status::Confirmed => Ok(registration.confirmed_at.unwrap_or(registration.started_at)),
            Status::Started | Status::Waitlisted => Err(NotSentReason::NotConfirmed),
            Status::Cancelled => Err(NotSentReason::Cancelled),
            Status::Expired => Err(NotSentReason::Expired),
        },
    }
}
