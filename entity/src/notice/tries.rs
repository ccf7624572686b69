//! What came of each try to send a letter: where it ended, and what the mail server said.

use std::fmt;

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::Instant;

/// How many tries are remembered, the last ones: more than a letter has in the four days after which it is
/// given up.
const KEPT: usize = 40;

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// When it was over.
    pub at: Instant,
    /// The step of the conversation at which it ended, as SMTP calls it; none where nobody saw its end.
    pub step: Option<String>,
    /// The reply's code, of three digits; none where no reply came.
    pub code: Option<u16>,
    /// The enhanced status code (RFC 3463), such as `5.1.1`, where the reply had one.
    pub status: Option<String>,
    /// The name under which the mail server has taken it, where it told one.
    pub queue_id: Option<String>,
    /// What was said, or what went wrong.
    pub said: String,
}

/// The tries of a letter, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tries(pub Vec<Try>);

impl Tries {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, another: Try) -> Self {
        self.0.push(another);
        let beyond = self.0.len().saturating_sub(KEPT);
        self.0.drain(..beyond);
        self
    }
}

impl fmt::Display for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "{step}: {}", self.said),
            None => f.write_str(&self.said),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::sample::at;

    #[test]
    fn the_last_tries_are_remembered() {
        let one = |said: String| Try {
            at: at("2026-05-06T13:00:00Z"),
            step: Some("RCPT".to_owned()),
            code: Some(451),
            status: None,
            queue_id: None,
            said,
        };
        let tries = (0..50).fold(Tries::default(), |tries, number| tries.with(one(format!("451 {number}"))));
        assert_eq!(tries.0.len(), KEPT);
        assert_eq!(tries.0.first().map(ToString::to_string).as_deref(), Some("RCPT: 451 10"));
        assert_eq!(tries.0.last().map(|last| last.said.as_str()), Some("451 49"));
    }
}
