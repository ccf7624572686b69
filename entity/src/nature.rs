//! The only source of time, ids and randomness, handed in wherever they are wanted.
//!
//! `clippy.toml` bans the ordinary ways to get at them everywhere else, so that a test can move the clock and
//! nothing depends on today.

use std::fmt::Debug;
use std::sync::Arc;

use uuid::Uuid;

use crate::civil::Instant;

/// Where time and chance come from.
pub trait Nature: Send + Sync + Debug {
    /// The present moment.
    fn now(&self) -> Instant;

    /// Fills `bytes` with randomness fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// A new id: UUID version 7 (RFC 9562), so that ids sort by the moment of their making.
    fn id(&self) -> Uuid {
        let mut chance = [0; 10];
        self.fill(&mut chance);
        let millis = u64::try_from(self.now().as_micros() / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
    }
}

/// Nature as it is handed around.
pub type SharedNature = Arc<dyn Nature>;

/// Nature as it is: the machine's clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealNature;

impl Nature for RealNature {
    fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
        jiff::Timestamp::now().into()
    }

    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness cannot keep a secret; nothing sensible can go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the one place where chance is drawn")]
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
