//! To the old and to the new address of somebody whose address was changed. Neither is told the other: nobody
//! can say who reads the old one.

use entity::email_change::{Cause, Side};
use serde::Serialize;

use super::Matter;
use super::sample;

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct EmailChanged {
    /// Whether it goes to the address as it was.
    pub to_old: bool,
    /// Whether staff changed it; else the person did.
    pub by_office: bool,
    /// Whether it is another one because two accounts were merged.
    pub merged: bool,
    /// Whether it changed places with that of the person's merged account, so that both are still good.
    pub exchanged: bool,
    /// Whether the old one was that of a merged account and opens nothing any more.
    pub let_go: bool,
}

impl EmailChanged {
    /// The letter to the address on this side.
    pub fn of(side: Side, cause: Cause) -> Self {
        Self {
            to_old: side == Side::Old,
            by_office: cause == Cause::Corrected,
            merged: cause == Cause::Merged,
            exchanged: cause == Cause::Exchanged,
            let_go: cause == Cause::LetGo,
        }
    }

    /// A matter to try it with.
    pub fn sample() -> Matter {
        sample::email_change()
    }
}
