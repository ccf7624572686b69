//! Reach: how many people a letter to come goes to, told from how many there are of each kind of somebody.

use super::plan::{LearnerKind, Somebody, of_kind, of_somebody, same, unhindered};
use super::{CourseFacts, Occasion};
use crate::Instant;

/// A letter to come, and those to whom it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The letter.
    pub occasion: Occasion,
    /// To how many people it goes, or would, were it not for the occasion's verdict.
    pub people: u64,
    /// The places, in the list that was given, of those to whom it goes.
    pub crowds: Vec<usize>,
}

/// The letters to come for people of `kind`, in the order of their moments, each with how many of the `crowds` (somebody, and how many there
/// are of the same sort) it reaches. What staff said about single letters does not count here.
pub fn planned(facts: &CourseFacts, kind: LearnerKind, crowds: &[(Somebody, u64)], now: Instant) -> Vec<Planned> {
    let nobody = |occasion: Occasion| Planned { occasion, people: 0, crowds: Vec::new() };
    let mut letters: Vec<Planned> = of_kind(facts, kind, now).into_iter().map(nobody).collect();
    // A letter that is switched off is counted as though it were on: that is what staff want to know of it.
    let unhindered = unhindered(facts);
    for (place, (somebody, count)) in crowds.iter().enumerate() {
        let occasions = of_somebody(facts, kind, somebody, now);
        let could_be = of_somebody(&unhindered, kind, somebody, now);
        for (occasion, could_be) in occasions.into_iter().zip(could_be) {
            if could_be.verdict.is_err() {
                continue;
            }
            let known = letters.iter().position(|letter| same(&letter.occasion, &occasion));
            let index = known.unwrap_or(letters.len());
            if known.is_none() {
                letters.push(nobody(occasion));
            }
            if let Some(letter) = letters.get_mut(index) {
                letter.people += count;
                letter.crowds.push(place);
            }
        }
    }
    let spoken: Vec<Occasion> = letters.iter().filter(|letter| letter.people > 0).map(|letter| letter.occasion.clone()).collect();
    // People in tracks have moments of their own; that of somebody in no track is left out where there is nobody like that.
    let replaced = |letter: &Planned| {
        let instead = |other: &Occasion| other.rule == letter.occasion.rule && other.occurrence == letter.occasion.occurrence;
        letter.people == 0 && spoken.iter().any(instead)
    };
    letters.retain(|letter| !replaced(letter));
    letters.sort_by(|one, other| one.occasion.in_time(&other.occasion));
    letters
}
