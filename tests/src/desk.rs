//! What the office does: course files, rosters, calendars, and looking after the house.

mod audit;
mod calendar;
mod course_file;
mod export;
mod roster;
mod roster_import;
