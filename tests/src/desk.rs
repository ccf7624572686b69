//! What the office does: course files, rosters, calendars, and looking after the house.

mod audit;
mod calendar;
mod course_file;
mod course_life;
mod enquiry;
mod export;
mod faculty;
mod office;
mod organizations;
mod preview;
mod rehearsal;
mod roster;
mod roster_import;
mod sessions;
