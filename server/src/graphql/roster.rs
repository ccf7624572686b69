//! Rosters in the API: lists of registrations that leave the house, and that come in.

mod input;
mod mutation;
mod object;

pub use mutation::RosterMutation;
