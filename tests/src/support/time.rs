//! Reading moments in stories.

use entity::Instant;

/// A moment written with its offset, such as `2026-04-01T12:00-04:00`.
pub fn at(text: &str) -> Instant {
    text.parse().unwrap_or_else(|error| panic!("{text} is not a moment: {error}"))
}
