//! Changing the agenda of a course, a session at a time.

mod input;
mod mutation;

pub use mutation::SessionMutation;
