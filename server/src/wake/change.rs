//! What has changed, for those who follow something: said within the process, and to other processes on
//! PostgreSQL.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Something has changed, and whoever follows it reads it anew. It says what, never how: a hint that is lost
/// or comes twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The page of a course, or who runs it.
    Course(Uuid),
    /// A registration.
    Registration {
        /// Which.
        id: Uuid,
        /// Of which course.
        course_id: Uuid,
    },
    /// Registrations of a course, several at once.
    Registrations(Uuid),
    /// The letters of a course; of any, where none is named.
    Notices(Option<Uuid>),
    /// Anything: something was said that was not heard.
    Anything,
}

/// What somebody follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The seats of a course.
    Seats(Uuid),
    /// A registration.
    Registration {
        /// Which.
        id: Uuid,
        /// Of which course.
        course_id: Uuid,
    },
    /// The letters of a course.
    Notices(Uuid),
}

impl Topic {
    /// Whether a change may show in it.
    pub fn shows(self, change: Change) -> bool {
        let (Self::Seats(course) | Self::Notices(course) | Self::Registration { course_id: course, .. }) =
            self;
        match change {
            Change::Anything => true,
            Change::Course(changed) => changed == course,
            Change::Registration { id: changed, course_id } => match self {
                Self::Seats(_) => course_id == course,
                Self::Registration { id, .. } => changed == id,
                Self::Notices(_) => false,
            },
            Change::Registrations(changed) => match self {
                Self::Seats(_) | Self::Registration { .. } => changed == course,
                Self::Notices(_) => false,
            },
            Change::Notices(changed) => match self {
                Self::Notices(_) => changed.is_none_or(|changed| changed == course),
                Self::Seats(_) | Self::Registration { .. } => false,
            },
        }
    }
}

/// As it is said to other processes.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Course(id) => write!(f, "course {id}"),
            Self::Registration { id, course_id } => write!(f, "registration {id} {course_id}"),
            Self::Registrations(course_id) => write!(f, "registrations {course_id}"),
            Self::Notices(Some(course_id)) => write!(f, "notices {course_id}"),
            Self::Notices(None) => f.write_str("notices"),
            Self::Anything => f.write_str("anything"),
        }
    }
}

/// What another process has said. What a newer release says and this one does not know may be anything.
impl FromStr for Change {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split(' ').collect();
        let known = |word: &str| Uuid::try_parse(word).ok();
        let read = match words[..] {
            ["course", id] => known(id).map(Self::Course),
            ["registration", id, course] => {
                known(id).zip(known(course)).map(|(id, course_id)| Self::Registration { id, course_id })
            }
            ["registrations", course] => known(course).map(Self::Registrations),
            ["notices", course] => known(course).map(|course| Self::Notices(Some(course))),
            ["notices"] => Some(Self::Notices(None)),
            _ => None,
        };
        Ok(read.unwrap_or(Self::Anything))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COURSE: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);
    const REGISTRATION: Uuid = Uuid::from_u128(3);

    #[test]
    fn what_is_said_is_heard() {
        for change in [
            Change::Course(COURSE),
            Change::Registration { id: REGISTRATION, course_id: COURSE },
            Change::Registrations(COURSE),
            Change::Notices(Some(COURSE)),
            Change::Notices(None),
            Change::Anything,
        ] {
            assert_eq!(change.to_string().parse(), Ok(change));
        }
        for unknown in ["", "course", "course x", "registration 1", "weather fine"] {
            assert_eq!(unknown.parse(), Ok(Change::Anything), "{unknown}");
        }
    }

    #[test]
    fn a_change_shows_in_what_it_is_about_and_nowhere_else() {
        let registration = Topic::Registration { id: REGISTRATION, course_id: COURSE };
        let topics = [Topic::Seats(COURSE), registration, Topic::Notices(COURSE)];
        for (change, shows) in [
            (Change::Anything, [true, true, true]),
            (Change::Course(COURSE), [true, true, true]),
            (Change::Course(OTHER), [false, false, false]),
            (Change::Registration { id: REGISTRATION, course_id: COURSE }, [true, true, false]),
            (Change::Registration { id: OTHER, course_id: COURSE }, [true, false, false]),
            (Change::Registration { id: OTHER, course_id: OTHER }, [false, false, false]),
            (Change::Registrations(COURSE), [true, true, false]),
            (Change::Registrations(OTHER), [false, false, false]),
            (Change::Notices(Some(COURSE)), [false, false, true]),
            (Change::Notices(None), [false, false, true]),
            (Change::Notices(Some(OTHER)), [false, false, false]),
        ] {
            assert_eq!(topics.map(|topic| topic.shows(change)), shows, "{change}");
        }
    }
}
