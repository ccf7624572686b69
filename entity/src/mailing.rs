//! The policy of letters on one screen: which letter, to whom, counted from what, spoken when, pointless
//! after.
//!
//! The future is computed: [`of_registration`] is a pure function from facts to every letter they call for,
//! with its moment and, for what is not to be sent, the reason. The sweep, the check just before sending, the
//! learner's upcoming letters and the staff's plan all ask it. How the moments are found is in [`moment`];
//! who is entitled is in [`entitlement`]; what no rule calls for is in [`news`]; what people who only asked
//! get is in [`enquirer`]; what somebody was last told in [`told`]; how the agenda stood before it
//! was changed in `past`; what is about an account in [`account`]; what staff said about single letters is in
//! [`instructed`]; which addresses get nothing, or less, in [`suppressed`]; which rules make sense is in [`rule`]; what the sweep has passed over in [`second_look`]; what
//! became of a letter, in words, is in [`explain`].

pub mod account;
pub mod change;
pub mod default_rule;
pub mod enquirer;
pub mod entitlement;
pub mod explain;
pub mod facts;
pub mod instructed;
pub mod moment;
pub mod news;
mod past;
pub mod plan;
pub mod reach;
pub mod rule;
#[cfg(test)]
mod sample;
pub mod second_look;
pub mod suppressed;
#[cfg(test)]
mod tests;
pub mod told;

pub use account::{of_email_change, of_sign_in_code};
pub use default_rule::{DEFAULT_RULES, DefaultRule};
pub use enquirer::of_enquiry;
pub use facts::{CourseFacts, EnquiryFacts, News, RegistrationFacts, SessionFacts};

use std::cmp::Ordering;

use uuid::Uuid;

use crate::letter::Trigger;
pub use crate::letter::{Letter, NotSentReason, Topic};
pub use crate::reminder_rule::Offset;
use crate::{Instant, LocalDate, Zone};
use moment::Moment;

/// A letter that the facts call for, or would, were it not for the reason given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLetter {
    /// Slug of the rule; for a letter that no rule calls for, its own name (see [`Letter::without_rule`]).
    pub rule: String,
    /// Which letter.
    pub letter: Letter,
    /// Which time the rule speaks: the local day of the anchor, or the name of the fact. Part of the notice's
    /// identity, so that what moves to another day is spoken of again, and what moves within the day is not.
    pub occurrence: String,
    /// When to send it.
    pub due_at: Instant,
    /// From when on it is not worth sending.
    pub pointless_at: Option<Instant>,
    /// The course day it is about, where it is about one.
    pub day: Option<LocalDate>,
    /// The sessions it is about, where it is about some.
    pub session_ids: Vec<Uuid>,
    /// Whether it is owed, or why not.
    pub verdict: Result<(), NotSentReason>,
}

impl PlannedLetter {
    /// Whether it is the letter that `rule` calls for, the time it speaks of `occurrence`: what the ledger
    /// remembers it by.
    pub fn is(&self, rule: &str, occurrence: &str) -> bool {
        self.rule == rule && self.occurrence == occurrence
    }

    /// The letter of `rule` at `moment`.
    pub fn of(rule: &str, letter: Letter, moment: Moment, verdict: Result<(), NotSentReason>) -> Self {
        let Moment { occurrence, due_at, pointless_at, day, session_ids } = moment;
        Self { rule: rule.to_owned(), letter, occurrence, due_at, pointless_at, day, session_ids, verdict }
    }

    /// The same, of which the ledger has had a notice since it was due: what was changed after that does not
    /// unsay it.
    #[must_use]
    pub fn in_ledger(mut self) -> Self {
        if self.verdict == Err(NotSentReason::MomentPassed) {
            self.verdict = Ok(());
        }
        self
    }

    /// The order of their moments; total.
    pub fn in_time(&self, other: &Self) -> Ordering {
        (self.due_at, &self.rule, &self.occurrence).cmp(&(other.due_at, &other.rule, &other.occurrence))
    }
}

/// Every letter that the facts about a registration call for, past and to come, in the order of their
/// moments, as judged at `now`.
pub fn of_registration(facts: &CourseFacts, person: &RegistrationFacts, now: Instant) -> Vec<PlannedLetter> {
    let mut letters: Vec<PlannedLetter> = facts
        .rules
        .iter()
        .flat_map(|rule| {
            moment::of_rule(facts, rule, person, now).into_iter().map(move |moment| {
                let verdict = entitlement::judge(facts, rule, person, &moment, now);
                PlannedLetter::of(&rule.slug, rule.letter, moment, verdict)
            })
        })
        .collect();
    change::wait_for_gatherings(&mut letters, facts, person);
    in_order(&mut letters, now);
    nearest_end(&mut letters, &facts.course.time_zone);
    letters.extend(news::of_person(facts, person, now));
    instructed::apply(&mut letters, &person.instructions, now);
    suppressed::apply(&mut letters, &person.suppressions, now);
    letters
}

/// Sorts the letters of one person, and lets the last one of several speak for all.
fn in_order(letters: &mut [PlannedLetter], now: Instant) {
    letters.sort_by(PlannedLetter::in_time);
    supersede(letters, now);
}

/// Of several letters of one kind about one thing that are due by `now`, the last one says it all: when a
/// worker was away for long, nobody gets «in a week» and «tomorrow» in one burst.
fn supersede(letters: &mut [PlannedLetter], now: Instant) {
    for index in 0..letters.len() {
        let (earlier, later) = letters.split_at_mut(index + 1);
        let Some(planned) = earlier.last_mut() else { continue };
        let newer = |other: &PlannedLetter| {
            other.letter == planned.letter && other.occurrence == planned.occurrence && other.due_at <= now
        };
        if planned.verdict.is_ok() && later.iter().any(|other| newer(other) && other.verdict.is_ok()) {
            planned.verdict = Err(NotSentReason::Superseded);
        }
    }
}

/// Where a letter about the end of the hold falls on one day with one about a deadline, the one whose end is
/// nearest goes and says the others; where they end together, the deadline's.
fn nearest_end(letters: &mut [PlannedLetter], zone: &Zone) {
    let of_hold = |planned: &PlannedLetter| planned.letter.spec().trigger == Trigger::HoldEnd;
    let about_an_end = |planned: &PlannedLetter| {
        use crate::letter::Audience::{Started, StartedEarlyOrEnquirer, StartedOrEnquirer};
        let spec = planned.letter.spec();
        let unpaid = matches!(spec.audience, Started | StartedEarlyOrEnquirer | StartedOrEnquirer);
        unpaid && matches!(spec.trigger, Trigger::HoldEnd | Trigger::Date(_)) && planned.verdict.is_ok()
    };
    let mut days: Vec<LocalDate> = letters
        .iter()
        .filter(|planned| of_hold(planned) && about_an_end(planned))
        .map(|planned| planned.due_at.date_in(zone))
        .collect();
    days.dedup();
    for day in days {
        let mut together: Vec<&mut PlannedLetter> = letters
            .iter_mut()
            .filter(|planned| about_an_end(planned) && planned.due_at.date_in(zone) == day)
            .collect();
        together.sort_by_key(|planned| (planned.pointless_at, of_hold(planned)));
        for planned in together.into_iter().skip(1) {
            planned.verdict = Err(NotSentReason::Superseded);
        }
    }
}

/// When the rules of the course that are counted from the ends of holds speak, of those that are switched on,
/// each once.
pub fn counted_from_holds(facts: &CourseFacts) -> Vec<Offset> {
    let mut offsets: Vec<Offset> = Vec::new();
    for rule in
        facts.rules.iter().filter(|rule| rule.enabled && rule.letter.spec().trigger == Trigger::HoldEnd)
    {
        if !offsets.contains(&rule.offset()) {
            offsets.push(rule.offset());
        }
    }
    offsets
}

/// Every moment at which a rule of the course that is counted from the course's own dates falls due for
/// anybody, or at which there are news of the course, sorted, each once.
///
/// The sweep keeps these in memory and looks at the registrations of a course only when one of them has come.
pub fn timetable(facts: &CourseFacts) -> Vec<Instant> {
    let mut tracks: Vec<Option<Uuid>> =
        facts.sessions.iter().flat_map(|session| session.track_ids.iter().copied().map(Some)).collect();
    tracks.push(None);
    tracks.sort_unstable();
    tracks.dedup();
    let mut moments: Vec<Instant> = facts
        .rules
        .iter()
        .filter(|rule| rule.enabled)
        .flat_map(|rule| tracks.iter().flat_map(|track| moment::of_course(facts, rule, *track)))
        .map(|moment| moment.due_at)
        .chain(news::moments(facts))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}
