//! Why did I (not) get this? What the facts call for, held against what the ledger remembers, and told in
//! words.

use super::second_look::was_passed_over;
use super::{CourseFacts, Letter, NotSentReason, PlannedLetter};
use crate::civil::words::on_the_clock;
use crate::letter::{CourseAnchor, PersonalAnchor, Trigger};
use crate::notice::{self, Status};
use crate::{Instant, Zone};

/// How far behind its mark the sweep still looks, in minutes: what fell due before that and is not in the
/// ledger will never be.
pub const SWEPT_FOR_GOOD_MINUTES: i64 = 10;

/// What became of a letter, or will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It has fallen due and is on its way.
    Waiting,
    /// It was not sent, or will not be.
    NotSent,
    /// Its moment lies ahead, and as things stand it will be sent then.
    Planned,
    /// It was handed over, and the mail server's answer was lost.
    Unclear,
}

/// What became of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterAccount {
    /// The rule that calls for it.
    pub rule: String,
    /// Which time the rule speaks.
    pub occurrence: String,
    /// When it was, or is, to be sent.
    pub due_at: Instant,
    /// What became of it.
    pub outcome: Outcome,
    /// When that was: the mail server's yes, or the end of the notice; none while it has not come to an end.
    pub at: Option<Instant>,
    /// Why it was not, or will not be, sent.
    pub reason: Option<NotSentReason>,
}

/// What decides of a letter that is due and has no notice.
#[derive(Clone, Copy, Debug)]
pub struct Sweeping {
    /// How far the sweep has come; none where it never ran.
    pub swept_to: Option<Instant>,
    /// When the course last changed.
    pub course_changed_at: Instant,
    /// When the registration last changed.
    pub person_changed_at: Instant,
}

/// One account for each time that `letter` is called for, or was spoken of, in the order of their moments.
pub fn accounts(
    letter: Letter,
    letters: &[PlannedLetter],
    notices: &[notice::Model],
    sweeping: Sweeping,
    now: Instant,
) -> Vec<LetterAccount> {
    let notices: Vec<&notice::Model> = notices.iter().filter(|notice| notice.letter == letter).collect();
    let letters: Vec<&PlannedLetter> = letters.iter().filter(|planned| planned.letter == letter).collect();
    let same = |planned: &PlannedLetter, notice: &notice::Model| planned.is(&notice.rule, &notice.occurrence);
    let mut accounts: Vec<LetterAccount> = Vec::new();
    for planned in &letters {
        let noticed = notices.iter().find(|notice| same(planned, notice));
        accounts.push(match noticed {
            Some(notice) => of_notice(notice, Some(planned), now),
            None => of_planned(planned, sweeping, now),
        });
    }
    let gone = notices.iter().filter(|notice| !letters.iter().any(|planned| same(planned, notice)));
    accounts.extend(gone.map(|notice| of_notice(notice, None, now)));
    accounts.sort_by(|one, other| {
        (one.due_at, &one.rule, &one.occurrence).cmp(&(other.due_at, &other.rule, &other.occurrence))
    });
    accounts
}

fn of_planned(planned: &PlannedLetter, sweeping: Sweeping, now: Instant) -> LetterAccount {
    let Sweeping { swept_to, course_changed_at, person_changed_at } = sweeping;
    // A mark that lies ahead says nothing of what has not come yet.
    let passed_over =
        swept_to.is_some_and(|to| planned.due_at <= to.min(now).plus_minutes(-SWEPT_FOR_GOOD_MINUTES));
    let found = || was_passed_over(planned, course_changed_at, person_changed_at, now);
    let (outcome, reason) = match planned.verdict {
        Err(reason) => (Outcome::NotSent, Some(reason)),
        Ok(()) if planned.due_at > now => (Outcome::Planned, None),
        // What was missed is entered whenever it is found. What became due by a change alone, to a moment that
        // had passed, was not missed.
        Ok(()) if passed_over && !found() => (Outcome::NotSent, Some(NotSentReason::MomentPassed)),
        Ok(()) => (Outcome::Waiting, None),
    };
    let PlannedLetter {
        rule,
        letter: _,
        occurrence,
        due_at,
        pointless_at: _,
        day: _,
        session_ids: _,
        verdict: _,
    } = planned;
    LetterAccount {
        rule: rule.clone(),
        occurrence: occurrence.clone(),
        due_at: *due_at,
        outcome,
        at: None,
        reason,
    }
}

fn of_notice(notice: &notice::Model, planned: Option<&PlannedLetter>, now: Instant) -> LetterAccount {
    let verdict = planned.map_or(Err(NotSentReason::Moved), |planned| planned.clone().in_ledger().verdict);
    let due_at = planned.map_or(notice.due_at, |planned| planned.due_at);
    let ended = Some(notice.updated_at);
    let (due_at, outcome, at, reason) = match notice.status {
        Status::Sent => (notice.due_at, Outcome::Sent, notice.sent_at, None),
        Status::Unknown if notice.ready_at.is_none() => {
            (notice.due_at, Outcome::Unclear, ended, Some(NotSentReason::OutcomeUnknown))
        }
        Status::Claimed | Status::Sending => (due_at, Outcome::Waiting, None, None),
        // It is judged again before it is sent.
        Status::Planned | Status::Retry | Status::Unknown => match verdict {
            Ok(()) if due_at > now => (due_at, Outcome::Planned, None, None),
            Ok(()) => (due_at, Outcome::Waiting, None, None),
            Err(reason) => (due_at, Outcome::NotSent, None, Some(reason)),
        },
        // What was dropped because its day had moved away is planned again when the day comes back.
        Status::Lapsed
            if notice.reason == Some(NotSentReason::Moved)
                && notice.attempts == 0
                && verdict.is_ok()
                && due_at > now =>
        {
            (due_at, Outcome::Planned, None, None)
        }
        Status::Failed | Status::Lapsed | Status::Cancelled | Status::Quarantined => {
            (notice.due_at, Outcome::NotSent, ended, notice.reason)
        }
    };
    LetterAccount {
        rule: notice.rule.clone(),
        occurrence: notice.occurrence.clone(),
        due_at,
        outcome,
        at,
        reason,
    }
}

impl LetterAccount {
    /// The account in words, with its moments on the clock of `zone`, for staff.
    pub fn in_words(&self, zone: &Zone, now: Instant) -> String {
        let due = on_the_clock(self.due_at, zone);
        match (self.outcome, self.reason) {
            (Outcome::Sent, _) => {
                format!("It was sent at {}.", on_the_clock(self.at.unwrap_or(self.due_at), zone))
            }
            (Outcome::Waiting, _) => format!("It was due at {due} and is being sent."),
            (Outcome::Planned, _) => format!("It will be sent at {due}."),
            (Outcome::Unclear, _) => {
                format!("It was due at {due}. {}", NotSentReason::OutcomeUnknown.in_words())
            }
            (Outcome::NotSent, Some(reason)) if self.due_at > now => {
                format!("It will not be sent at {due}. {}", reason.in_words())
            }
            (Outcome::NotSent, Some(reason)) => format!("It was not sent at {due}. {}", reason.in_words()),
            (Outcome::NotSent, None) => {
                format!(
                    "It was not sent at {due}. The person was not among those who receive it at that time."
                )
            }
        }
    }
}

/// All accounts of `letter` in one sentence or two, for staff.
pub fn summary(facts: &CourseFacts, letter: Letter, accounts: &[LetterAccount]) -> String {
    let rules = || facts.rules.iter().filter(|rule| rule.letter == letter);
    if accounts.is_empty() {
        return match letter.spec().trigger {
            Trigger::Request(nobody_asked) => nobody_asked,
            Trigger::News(nothing_happened) => nothing_happened,
            Trigger::Act(_) | Trigger::Date(_) | Trigger::HoldEnd if rules().next().is_none() => {
                "The course has no rule for this e-mail, so no one receives it."
            }
            Trigger::Act(act) => not_done(act),
            Trigger::Date(date) => missing(date),
            Trigger::HoldEnd => not_done(PersonalAnchor::RegistrationStart),
        }
        .to_owned();
    }
    let of = |outcome: Outcome| accounts.iter().filter(|account| account.outcome == outcome).count();
    let counts = [
        (of(Outcome::Sent), "sent"),
        (of(Outcome::Waiting), "being sent"),
        (of(Outcome::Planned), "planned"),
        (of(Outcome::NotSent), "not sent"),
        (of(Outcome::Unclear), "sent without an answer"),
    ];
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    let off = letter.without_rule().is_none() && rules().all(|rule| !rule.enabled);
    let off = if off { " Every rule for this e-mail is switched off." } else { "" };
    format!("This e-mail: {}.{off}", told.join(", "))
}

fn not_done(act: PersonalAnchor) -> &'static str {
    match act {
        PersonalAnchor::RegistrationStart => "No seat has been held for this person while payment was open.",
        PersonalAnchor::Confirmation => "The registration was never confirmed.",
        PersonalAnchor::Cancellation => "The registration was never canceled.",
        PersonalAnchor::Expiry => "No seat held for this person has expired.",
    }
}

fn missing(date: CourseAnchor) -> &'static str {
    match date {
        CourseAnchor::EarlyDeadline => "The course has no early deadline, which this e-mail depends on.",
        CourseAnchor::RegistrationDeadline => {
            "The course has no registration deadline, which this e-mail depends on."
        }
        CourseAnchor::CourseStart | CourseAnchor::DayStart | CourseAnchor::SessionStart => {
            "The course has no sessions for this person."
        }
        CourseAnchor::CourseEnd | CourseAnchor::EvaluationDeadline => {
            "The date that this e-mail depends on is not known."
        }
    }
}

#[cfg(test)]
mod tests;
