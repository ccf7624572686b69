//! What staff said about single letters, applied to what the facts call for.

use super::{NotSentReason, PlannedLetter};
use crate::Instant;
use crate::letter_instruction::{Kind, Model};

/// Applies the instructions, oldest first, to the planned letters: a stopped letter is not owed; one that is
/// to be sent again is owed a further time, from the moment of the instruction on, unless the facts stand
/// against it.
pub fn apply(letters: &mut Vec<PlannedLetter>, instructions: &[Model], now: Instant) {
    let mut again = Vec::new();
    for planned in letters.iter_mut() {
        let about = |said: &&Model| planned.is(&said.rule, &said.occurrence);
        let said: Vec<&Model> = instructions.iter().filter(about).collect();
        for (count, said) in said.iter().filter(|said| said.kind == Kind::Again).enumerate() {
            again.push(once_more(planned, said.at, count + 1, now));
        }
        if said.iter().any(|said| said.kind == Kind::Stop) {
            planned.verdict = planned.verdict.and(Err(NotSentReason::StoppedByStaff));
        }
    }
    // What is to be sent again can be stopped like any other letter.
    for planned in &mut again {
        let stopped = |said: &Model| said.kind == Kind::Stop && planned.is(&said.rule, &said.occurrence);
        if instructions.iter().any(stopped) {
            planned.verdict = planned.verdict.and(Err(NotSentReason::StoppedByStaff));
        }
    }
    letters.append(&mut again);
    letters.sort_by(PlannedLetter::in_time);
}

fn once_more(planned: &PlannedLetter, at: Instant, count: usize, now: Instant) -> PlannedLetter {
    let verdict = match planned.verdict {
        // Staff have looked at it and want it sent: what speaks against a letter on its own accord does not
        // count.
        Err(
            NotSentReason::LateRegistration
            | NotSentReason::RuleTooNew
            | NotSentReason::Superseded
            | NotSentReason::StoppedByStaff,
        ) => Ok(()),
        other => other,
    };
    let late = planned.pointless_at.is_some_and(|pointless| now >= pointless);
    PlannedLetter {
        occurrence: again(&planned.occurrence, count),
        due_at: at,
        verdict: if verdict.is_ok() && late { Err(NotSentReason::Pointless) } else { verdict },
        ..planned.clone()
    }
}

/// How the ledger calls the `count`th time, from 1, that a letter is sent again.
pub fn again(occurrence: &str, count: usize) -> String {
    format!("{occurrence}{AGAIN}{count}")
}

/// Of an occurrence that is a further time, the one that it repeats; of any other, itself.
pub fn first_time(occurrence: &str) -> &str {
    occurrence.split_once(AGAIN).map_or(occurrence, |(first, _)| first)
}

/// What stands between an occurrence and the number of a further time.
pub const AGAIN: &str = ", again ";
