//! What the office does: course files, and looking after the house.

mod course_file;
mod course_life;
mod preview;
mod rehearsal;
