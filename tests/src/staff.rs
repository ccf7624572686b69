//! What the office does: course files, rosters, calendars, and looking after the data.

mod agendas;
mod announce;
mod audit;
mod calendar;
mod census;
mod course_file;
mod course_life;
mod enquiry;
mod explain;
mod export;
mod faculty;
mod files;
mod lists;
mod money;
pub mod office;
mod organizations;
mod places;
mod plan;
mod preview;
mod rehearsal;
mod roster;
mod roster_import;
mod roster_sheet;
mod rules;
mod sessions;
mod steer;
mod whole_life;
