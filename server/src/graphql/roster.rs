//! Rosters in the API: lists of registrations that leave Lectern, and that come in.

mod input;
mod mutation;
mod object;

pub use mutation::RosterMutation;
