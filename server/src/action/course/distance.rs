//! How far a course moves: by days, or to a new first day.

use entity::{LocalDate, Refusal};

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
    /// The same in days, for a course that starts on `from`.
    pub fn days(self, from: LocalDate) -> Result<i32, Refusal> {
        let (days, field) = match (self.move_by_days, self.starts_on) {
            (Some(days), None) => (days, "moveByDays"),
            (None, Some(day)) => (from.days_until(day), "startsOn"),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Refusal::invalid("Say either by how many days the course moves, or on which day it starts.", &["moveByDays"]));
            }
        };
        if (-FARTHEST..=FARTHEST).contains(&days) {
            Ok(days)
        } else {
            Err(Refusal::invalid(format!("A course moves by at most {FARTHEST} days."), &[field]))
        }
    }
}
