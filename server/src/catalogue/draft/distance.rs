//! How far a course moves: by days, or to a new first day.

use entity::LocalDate;

use super::Mistakes;
use super::path::at;

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
