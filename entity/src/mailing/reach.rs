//! Reach: how many people a letter to come goes to, told from how many there are of each kind of somebody.

use super::plan::{LearnerKind, Somebody, of_kind, of_somebody, same, unhindered};
use super::{CourseFacts, PlannedLetter};
use crate::Instant;

/// A letter to come, and those to whom it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The letter.
    pub planned: PlannedLetter,
    /// To how many people it goes, or would, were it not for the letter's verdict.
    pub people: u64,
    /// The places, in the list that was given, of those to whom it goes.
    pub crowds: Vec<usize>,
}

/// The letters to come for people of `kind`, in the order of their moments, each with how many of the
/// `crowds` (somebody, and how many there are of the same sort) it reaches. What staff said about single
/// letters does not count here.
pub fn of_letters(
    facts: &CourseFacts,
    kind: LearnerKind,
    crowds: &[(Somebody, u64)],
    now: Instant,
) -> Vec<Reach> {
    let nobody = |planned: PlannedLetter| Reach { planned, people: 0, crowds: Vec::new() };
    let mut letters: Vec<Reach> = of_kind(facts, kind, now).into_iter().map(nobody).collect();
    // A letter that is switched off is counted as though it were on: that is what staff want to know of it.
    let unhindered = unhindered(facts);
    for (place, (somebody, count)) in crowds.iter().enumerate() {
        let theirs = of_somebody(facts, kind, somebody, now);
        let could_be = of_somebody(&unhindered, kind, somebody, now);
        for (planned, could_be) in theirs.into_iter().zip(could_be) {
            if could_be.verdict.is_err() {
                continue;
            }
            let known = letters.iter().position(|letter| same(&letter.planned, &planned));
            let index = known.unwrap_or(letters.len());
            if known.is_none() {
                letters.push(nobody(planned));
            }
            if let Some(letter) = letters.get_mut(index) {
                letter.people += count;
                letter.crowds.push(place);
            }
        }
    }
    let spoken: Vec<PlannedLetter> =
        letters.iter().filter(|letter| letter.people > 0).map(|letter| letter.planned.clone()).collect();
    // People in tracks have moments of their own; that of somebody in no track is left out where there is
    // nobody like that.
    let replaced = |letter: &Reach| {
        let instead = |other: &PlannedLetter| other.is(&letter.planned.rule, &letter.planned.occurrence);
        letter.people == 0 && spoken.iter().any(instead)
    };
    letters.retain(|letter| !replaced(letter));
    letters.sort_by(|one, other| one.planned.in_time(&other.planned));
    letters
}
