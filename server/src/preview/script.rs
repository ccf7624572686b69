//! What is rehearsed: who takes part, what is moved meanwhile, and whether the course is cancelled.

use std::fmt;
use std::str::FromStr;

use entity::{LocalDate, Refusal};

use crate::catalogue::draft::{Day, Draft};

/// The farthest that a day can be moved, in days.
const FARTHEST_DAYS: i32 = 366;
/// The most moves of one rehearsal.
pub const MOST_MOVES: usize = 50;

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Registers as soon as registration is open, and pays at once.
    Confirmed,
    /// Registers as soon as registration is open, and never pays.
    Started,
    /// Registers and pays at noon of this local day.
    Late(LocalDate),
    /// Asks for information, agrees to letters about the deadlines, and does not register.
    Enquirer,
}

impl Role {
    /// Everybody who is rehearsed, one after the other, where nobody is named.
    pub const CAST: [Self; 3] = [Self::Confirmed, Self::Started, Self::Enquirer];

    /// Whether the person registers, rather than only asks.
    pub(super) fn registers(self) -> bool {
        match self {
            Self::Confirmed | Self::Started | Self::Late(_) => true,
            Self::Enquirer => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confirmed => f.write_str("somebody who registers and pays"),
            Self::Started => f.write_str("somebody who registers and never pays"),
            Self::Late(day) => write!(f, "somebody who registers and pays late, on {day}"),
            Self::Enquirer => {
                f.write_str("somebody who asks, agrees to e-mails about the deadlines, and does not register")
            }
        }
    }
}

/// A text that is no part of a script, with what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAScript(&'static str);

impl FromStr for Role {
    type Err = NotAScript;

    /// Reads `confirmed`, `started`, `enquirer` or `late:2026-05-05`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown =
            NotAScript("expected confirmed, started, enquirer, or late: with a day, such as late:2026-05-05");
        match text {
            "confirmed" => Ok(Self::Confirmed),
            "started" => Ok(Self::Started),
            "enquirer" => Ok(Self::Enquirer),
            _ => text.strip_prefix("late:").and_then(|day| day.parse().ok()).map(Self::Late).ok_or(unknown),
        }
    }
}

/// Which day of a course, as it was before anything was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourseDay {
    /// By its number, from 1.
    Number(usize),
    /// By its local date.
    Date(LocalDate),
}

/// A day of the course is moved, with all its sessions; times on the clock stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The day.
    pub day: CourseDay,
    /// By so many days; negative: to an earlier day.
    pub by_days: i32,
    /// When that is done: at noon of this local day; none: three days before the day that is moved.
    pub on: Option<LocalDate>,
}

impl FromStr for Move {
    type Err = NotAScript;

    /// Reads `1:+7d`, `2026-05-13:-1d` or `2:+1d@2026-05-10`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || {
            NotAScript(
                "expected DAY:+1d or DAY:-1d, perhaps with @DATE, where DAY is the number of a course day or its date",
            )
        };
        let (what, on) = match text.split_once('@') {
            Some((what, on)) => (what, Some(on.parse().map_err(|_| unknown())?)),
            None => (text, None),
        };
        let (day, by) = what.split_once(':').ok_or_else(unknown)?;
        let day = match day.parse::<usize>() {
            Ok(number) => CourseDay::Number(number),
            Err(_) => CourseDay::Date(day.parse().map_err(|_| unknown())?),
        };
        let by = by.strip_suffix('d').filter(|by| by.starts_with(['+', '-'])).ok_or_else(unknown)?;
        Ok(Self { day, by_days: by.parse().map_err(|_| unknown())?, on })
    }
}

impl Move {
    /// The day of `draft` that is meant.
    ///
    /// # Errors
    /// Refused where the course has no such day, and where it would be moved too far.
    pub(super) fn day_of<'a>(&self, draft: &'a Draft) -> Result<&'a Day, Refusal> {
        if self.by_days.abs() > FARTHEST_DAYS {
            return Err(Refusal::invalid(
                format!("A day can be moved by at most {FARTHEST_DAYS} days."),
                &["moves"],
            ));
        }
        let found = match self.day {
            CourseDay::Number(number) => number.checked_sub(1).and_then(|index| draft.days.get(index)),
            CourseDay::Date(date) => draft.days.iter().find(|day| day.date == date),
        };
        found.ok_or_else(|| {
            let days: Vec<String> = draft.days.iter().map(|day| day.date.to_string()).collect();
            let days = if days.is_empty() { "none yet".to_owned() } else { days.join(", ") };
            Refusal::invalid(
                format!("The course has no such day to be moved. Its days are: {days}."),
                &["moves"],
            )
        })
    }
}

/// What is rehearsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Who takes part.
    pub role: Role,
    /// What is moved, in any order.
    pub moves: Vec<Move>,
    /// The course is cancelled at noon of this local day; none: it takes place.
    pub cancelled_on: Option<LocalDate>,
    /// Slug of the track that the person takes; the first where it is not said and the course has tracks.
    pub track: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_moves_are_read_as_people_type_them() {
        let day = |text: &str| text.parse::<LocalDate>().expect("a day");
        assert_eq!("confirmed".parse(), Ok(Role::Confirmed));
        assert_eq!("late:2026-05-05".parse(), Ok(Role::Late(day("2026-05-05"))));
        for wrong in ["late", "late:", "late:soon", "Confirmed", ""] {
            assert!(wrong.parse::<Role>().is_err(), "{wrong}");
        }
        for (text, moved) in [
            ("1:+7d", Move { day: CourseDay::Number(1), by_days: 7, on: None }),
            ("2026-05-13:-1d", Move { day: CourseDay::Date(day("2026-05-13")), by_days: -1, on: None }),
            ("2:+1d@2026-05-10", Move { day: CourseDay::Number(2), by_days: 1, on: Some(day("2026-05-10")) }),
        ] {
            assert_eq!(text.parse(), Ok(moved));
        }
        for wrong in ["1", "1:1d", "1:+1", "x:+1d", "1:+1d@soon", "1:+1d@"] {
            assert!(wrong.parse::<Move>().is_err(), "{wrong}");
        }
    }
}
