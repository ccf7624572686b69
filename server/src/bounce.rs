//! What comes back: reading a message that a mail server sends about one of ours, a delivery status
//! notification (RFC 3464) or a report of abuse (RFC 5965). Pure: bytes in, what they say out. What follows is
//! decided by [`entity::bounce`] and written by [`crate::action::receive_bounce`].
//!
//! Anybody can send such a message. So it is read one level deep and no deeper, every part of it up to a bound;
//! it names a letter by what only the letter's own reader can know, and says nothing of any other address.

mod mime;
mod report;
#[cfg(test)]
mod tests;

pub use report::{Arrived, Delivery, Report, Told, read};

/// The longest message that is read, in bytes: more than a mail server returns of a letter of ours.
pub const LONGEST: usize = 10 * 1024 * 1024;
