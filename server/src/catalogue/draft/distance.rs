//! How far a course moves: by days, or to a new first day.

use entity::LocalDate;

use super::field::Field;
use super::mistake::{Mistakes, Scope, Telling};
use super::path::{Path, at};

/// The farthest that a course is moved, in days.
const FARTHEST: i32 = 36_500;

/// How far to move: exactly one of the two says it.
#[derive(Clone, Copy, Debug)]
pub struct Distance {
    /// By how many days, negative: back.
    pub move_by_days: Option<i32>,
    /// To which first day.
    pub starts_on: Option<LocalDate>,
}

impl Distance {
    /// Where the input says it.
    pub fn place(self) -> Path {
        if self.starts_on.is_some() { at![Course, StartsOn] } else { at![Course, MoveByDays] }
    }

    /// The words of the input, which speaks of no session: whatever a move brings about is told where the
    /// distance is.
    pub fn telling(self) -> Telling {
        let field = if self.starts_on.is_some() { Field::StartsOn } else { Field::MoveByDays };
        Telling::Input(Scope { part: at![Days], all_at: Some(field.in_input()) })
    }

    /// The same in days, for a course that starts on `from`; none where it cannot be, which is noted.
    pub fn days(self, from: LocalDate, mistakes: &mut Mistakes) -> Option<i32> {
        let (days, path) = match (self.move_by_days, self.starts_on) {
            (Some(days), None) => (days, at![Course, MoveByDays]),
            (None, Some(day)) => (from.days_until(day), at![Course, StartsOn]),
            (Some(_), Some(_)) | (None, None) => {
                let message = "Say either by how many days the course moves, or on which day it starts.";
                mistakes.add(at![Course, MoveByDays], message);
                return None;
            }
        };
        if (-FARTHEST..=FARTHEST).contains(&days) {
            return Some(days);
        }
        mistakes.add(path, format!("A course moves by at most {FARTHEST} days."));
        None
    }
}
