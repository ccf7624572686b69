//! Nature in stories: a clock that is moved by hand, and chance that is the same in every run.

use std::sync::Mutex;

use entity::Instant;
use entity::nature::Nature;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct MovableNature {
    now: Mutex<Instant>,
    state: Mutex<u64>,
}

impl MovableNature {
    /// A clock that stands at `now`.
    pub fn at(now: Instant) -> Self {
        Self { now: Mutex::new(now), state: Mutex::new(0x9e37_79b9_7f4a_7c15) }
    }

    /// The same moment, from which on chance goes the same way.
    pub fn again(&self) -> Self {
        Self { now: Mutex::new(self.now()), state: Mutex::new(*self.state.lock().expect("chance")) }
    }

    /// Moves the clock; it never goes back.
    pub fn move_to(&self, moment: Instant) {
        let mut now = self.now.lock().expect("clock");
        assert!(moment >= *now, "the clock cannot go back from {now} to {moment}");
        *now = moment;
    }
}

impl Nature for MovableNature {
    fn now(&self) -> Instant {
        *self.now.lock().expect("clock")
    }

    /// SplitMix64: not fit for secrets, fit for stories.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().expect("chance");
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
    }
}
