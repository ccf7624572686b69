//! A file of a course that comes when nobody can register for it any more: most often last year's.

use entity::Instant;

use super::Warning;
use crate::catalogue::draft::Draft;
use crate::catalogue::draft::path::at;
use crate::catalogue::draft::ready::{bounds, closes};

/// What is to be said of a draft that is imported at `now`, if anything.
pub fn too_late(draft: &Draft, now: Instant) -> Option<Warning> {
    let warning = |path, message: &str| Some(Warning { path, message: message.to_owned() });
    if bounds(draft).1 <= now {
        warning(at![Course, EndsOn], "lies in the past: the course is over, and nobody can register for it")
    } else if closes(draft) > now {
        None
    } else if draft.registration.deadline.is_some() {
        warning(at![Registration, Deadline], "has passed, so nobody can register for the course")
    } else {
        warning(
            at![Registration, Deadline],
            "is missing, and the course has begun, so nobody can register for it",
        )
    }
}
