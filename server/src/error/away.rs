//! What is logged of requests that the database did not serve: why, and at most a line a second for each
//! reason, however many requests there were.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::DbErr;

use crate::store::Away;

/// How far apart two lines of the same reason are.
const APART: Duration = Duration::from_secs(1);

/// One reason, as far as it was told.
#[derive(Debug)]
struct Told {
    last: Option<Instant>,
    /// How often it came up since.
    untold: u64,
}

impl Told {
    const NOT_YET: Self = Self { last: None, untold: 0 };

    /// It has come up. How often since the last line, where there is to be another one now.
    fn comes_up(&mut self, now: Instant) -> Option<u64> {
        self.untold += 1;
        if self.last.is_some_and(|last| now.saturating_duration_since(last) < APART) {
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.untold))
    }
}

/// Logs that a request was not served, for a reason of [`crate::store::is_away`].
pub fn tell(error: &DbErr) {
    static TOLD: Mutex<[Told; 4]> = Mutex::new([Told::NOT_YET; 4]);
    let away = Away::of(error);
    let requests =
        TOLD.lock().unwrap_or_else(PoisonError::into_inner)[away as usize].comes_up(Instant::now());
    let Some(requests) = requests else { return };
    match away {
        Away::Queue => {
            tracing::warn!(requests, "requests waited in vain for others that want the same of the database")
        }
        Away::Locked => {
            tracing::warn!(requests, "requests found the database's file locked by another process")
        }
        Away::Newer => {
            tracing::warn!(
                requests,
                "requests wanted to write, and a newer release has changed the schema: this server can be stopped"
            )
        }
        Away::Silent => tracing::warn!(requests, %error, "requests found no database"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_second_says_how_many_there_were() {
        let (mut told, start) = (Told::NOT_YET, Instant::now());
        let lines: Vec<u64> =
            (0..2_500).filter_map(|step| told.comes_up(start + Duration::from_millis(step))).collect();
        assert_eq!(lines, [1, 1_000, 1_000]);
        assert_eq!(
            told.comes_up(start + Duration::from_secs(60)),
            Some(500),
            "those before are told with the next"
        );
    }
}
