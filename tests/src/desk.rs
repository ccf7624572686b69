//! What the office does: course files, and looking after the house.

mod course_file;
mod faculty;
mod office;
mod organizations;
mod sessions;
