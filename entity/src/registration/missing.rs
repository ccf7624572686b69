//! What a registration still lacks of what a certificate or a roster will need. Nobody is refused for it: it
//! is asked for, and flagged.

use super::{Model, Status};
use crate::{Instant, learner};

/// Something that a certificate or a roster needs and nobody has said yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// The learner's name.
    Name,
    /// One of the course's tracks.
    Track,
}

impl Missing {
    /// The same as it stands in a roster's file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Track => "track",
        }
    }
}

impl Model {
    /// What is missing at `now`, of a course that has tracks or has none. What is not live any more needs
    /// nothing.
    pub fn missing(&self, learner: &learner::Model, has_tracks: bool, now: Instant) -> Vec<Missing> {
        match self.status_at(now) {
            Status::Started | Status::Confirmed | Status::Waitlisted => {}
            Status::Cancelled | Status::Expired => return Vec::new(),
        }
        let name = learner.name.is_none().then_some(Missing::Name);
        let track = (has_tracks && self.track_id.is_none()).then_some(Missing::Track);
        name.into_iter().chain(track).collect()
    }
}
