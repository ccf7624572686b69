//! The clock of a rehearsal: it stands until it is moved, so that a year goes by in a moment.

use std::sync::atomic::{AtomicI64, Ordering};

use entity::Instant;
use entity::nature::{Nature, SharedNature};

/// Nature with a clock that is moved by hand; chance is the real one.
#[derive(Debug)]
pub(super) struct Clock {
    micros: AtomicI64,
    real: SharedNature,
}

impl Clock {
    /// A clock that stands at `now`, with chance from `real`.
    pub(super) fn at(now: Instant, real: SharedNature) -> Self {
        Self { micros: AtomicI64::new(now.as_micros()), real }
    }

    /// Moves the clock; it never goes back.
    pub(super) fn move_to(&self, moment: Instant) {
        self.micros.fetch_max(moment.as_micros(), Ordering::SeqCst);
    }
}

impl Nature for Clock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.micros.load(Ordering::SeqCst))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.real.fill(bytes);
    }
}
