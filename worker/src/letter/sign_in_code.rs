//! To an address that asked to sign in, or that is to become somebody's.

use entity::mailing::Letter;
use entity::sign_in_code::LIFE_MINUTES;
use serde::Serialize;

use super::Matter;
use super::plain::line;
use super::sample;

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct SignInCode {
    /// The code, as it is to be typed.
    pub code: String,
    /// How long it is good after it was asked for. No time of day is told: nobody's zone is known before they
    /// sign in.
    pub life_minutes: i64,
}

impl SignInCode {
    /// The letter with `code`.
    pub fn of(code: &str) -> Self {
        Self { code: line(code, 64), life_minutes: LIFE_MINUTES }
    }

    /// A matter to try it with.
    pub fn sample() -> Matter {
        sample::code(Letter::SignInCode)
    }
}
