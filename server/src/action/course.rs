//! The turns in the life of a course. Each is an edit of its draft, so each is checked, versioned and put on record like any
//! other; what stands here is when a turn may be taken.

pub mod archive;
pub mod cancel;
pub mod copy;
pub mod distance;
pub mod move_to;
pub mod publish;
