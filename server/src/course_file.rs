//! A course as a file: what a course office writes by hand, imports, exports and keeps.
//!
//! Reading collects every mistake with its line; importing compares the file with what is stored, in words that people read, and writes the
//! difference in one transaction. Checking does all of that and takes it back. What a file may say is in [`mod@format`]; how to write one stands
//! in `server/sample/README.md`.

pub mod agenda;
pub mod apart;
mod apply;
mod arrange;
mod check;
mod difference;
mod edit;
pub mod format;
mod import;
mod judge;
mod notes;
mod read;
mod ready;
mod scope;
mod shift;
pub mod showing;
mod stored;
#[cfg(test)]
mod tests;
mod things;
mod transact;
mod value;
mod warn;
mod write;

pub use difference::{Change, Changes};
pub use edit::{Edit, Name, Needs, Stored, create, edit, try_out};
pub use format::CourseFile;
pub use import::{export, import, import_by, plan};
pub use judge::{detail, judge, segments};
pub use notes::Mistake;
pub use ready::publishable;
pub use shift::{move_by_days, move_sessions, moved_to_open};
pub use stored::course_file as stored_file;
pub use stored::{faculty_member as stored_member, organization as stored_organization, series as stored_series};
pub use transact::{Imported, begin, settle};
pub use warn::{Warning, warnings};

/// The sample course, as it ships with the binary.
pub const SAMPLE: &str = include_str!("../sample/core-practice-of-palliative-care.toml");

/// Reads a course file.
///
/// # Errors
/// Every mistake in it, in the order of lines. Where the text is not TOML at all, mistakes in the rest are still told as far as the rest can
/// be read.
pub fn parse(text: &str) -> Result<CourseFile, Vec<Mistake>> {
    let (document, faults) = toml::de::DeTable::parse_recoverable(text);
    let notes = notes::Notes::new(text);
    for fault in &faults {
        notes.broken(fault.span().unwrap_or(0..0).start, fault.message());
    }
    let mut file = read::course_file(&notes, document.get_ref());
    if faults.is_empty() {
        check::all(&notes, &file);
    }
    let mistakes = notes.into_mistakes();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    arrange::arrange(&mut file);
    Ok(file)
}

/// Writes a course file: always the same text for the same course, and one that [`parse`] reads back as it was.
pub fn print(file: &CourseFile) -> String {
    write::course_file(file)
}
