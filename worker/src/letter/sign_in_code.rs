//! To an address that asked to sign in, or that is to become somebody's.

use entity::Instant;
use entity::mailing::Letter;
use serde::Serialize;

use super::Matter;
use super::plain::line;
use super::sample;

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct SignInCode {
    /// The code, as it is to be typed.
    pub code: String,
    /// Until when it is good, in UTC: nobody's zone is known before they sign in.
    pub good_until: String,
}

impl SignInCode {
    /// The letter with `code`, which dies at `expires_at`.
    pub fn of(code: &str, expires_at: Instant) -> Self {
        let good_until = expires_at.timestamp().strftime("%-I:%M %P UTC").to_string();
        Self {
            code: line(code, 64),
            good_until: good_until.replace(" am ", " a.m. ").replace(" pm ", " p.m. "),
        }
    }

    /// A matter to try it with.
    pub fn sample() -> Matter {
        sample::code(Letter::SignInCode)
    }
}
