//! What staff said about single letters, applied to what the facts call for.

use super::{Occasion, Reason};
use crate::Instant;
use crate::letter_instruction::{Kind, Model};

/// Applies the instructions, oldest first, to the occasions: a stopped letter is not owed; one that is to be sent again is owed a further time,
/// from the moment of the instruction on, unless the facts stand against it.
pub fn apply(occasions: &mut Vec<Occasion>, instructions: &[Model], now: Instant) {
    let mut again = Vec::new();
    for occasion in occasions.iter_mut() {
        let about = |said: &&Model| said.rule == occasion.rule && said.occurrence == occasion.occurrence;
        let said: Vec<&Model> = instructions.iter().filter(about).collect();
        for (count, said) in said.iter().filter(|said| said.kind == Kind::Again).enumerate() {
            again.push(once_more(occasion, said.at, count + 1, now));
        }
        if said.iter().any(|said| said.kind == Kind::Stop) {
            occasion.verdict = occasion.verdict.and(Err(Reason::StoppedByStaff));
        }
    }
    // What is to be sent again can be stopped like any other letter.
    for occasion in &mut again {
        let stopped = |said: &Model| said.kind == Kind::Stop && said.rule == occasion.rule && said.occurrence == occasion.occurrence;
        if instructions.iter().any(stopped) {
            occasion.verdict = occasion.verdict.and(Err(Reason::StoppedByStaff));
        }
    }
    occasions.append(&mut again);
    occasions.sort_by(Occasion::in_time);
}

fn once_more(occasion: &Occasion, at: Instant, count: usize, now: Instant) -> Occasion {
    let verdict = match occasion.verdict {
        // Staff have looked at it and want it sent: what speaks against a letter on its own accord does not count.
        Err(Reason::LateRegistration | Reason::RuleTooNew | Reason::Superseded | Reason::StoppedByStaff) => Ok(()),
        other => other,
    };
    let late = occasion.pointless_at.is_some_and(|pointless| now >= pointless);
    Occasion {
        occurrence: again(&occasion.occurrence, count),
        due_at: at,
        verdict: if verdict.is_ok() && late { Err(Reason::Pointless) } else { verdict },
        ..occasion.clone()
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
