//! What the office does: course files, and looking after the house.

mod announce;
mod course_file;
mod explain;
mod plan;
mod rules;
mod steer;
