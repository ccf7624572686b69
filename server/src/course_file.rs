//! A course as a file: what a course office writes by hand, imports, exports and keeps. This is a codec, from
//! TOML to a [`Draft`] and back, and nothing else: what a draft may say is in [`crate::catalogue::draft`];
//! how to write a file stands in `server/sample/README.md`.
//!
//! Reading collects every mistake with its line: those of single values, and those between them.

mod course;
mod lines;
mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use lines::Mistake;

use crate::catalogue::draft::{Draft, arrange, check, stays_publishable};

/// The sample course, as it ships with the binary.
pub const SAMPLE: &str = include_str!("../sample/core-practice-of-palliative-care.toml");

/// Reads a course file.
///
/// # Errors
/// Every mistake in it, in the order of lines. Where the text is not TOML at all, mistakes in the rest are
/// still told as far as the rest can be read.
pub fn parse(text: &str) -> Result<Draft, Vec<Mistake>> {
    let (document, faults) = toml::de::DeTable::parse_recoverable(text);
    let mut lines = lines::Lines::of(text);
    for fault in &faults {
        lines.broken(fault.span().unwrap_or(0..0).start, fault.message());
    }
    let (mut draft, mut mistakes, lines) = read::draft(lines, document.get_ref());
    if faults.is_empty() {
        check::course(&draft, &mut mistakes);
        stays_publishable(&draft, None, &mut mistakes);
    }
    let mistakes = lines.told(mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    arrange::arrange(&mut draft);
    Ok(draft)
}

/// Writes a course file: always the same text for the same course, and one that [`parse`] reads back as it
/// was.
pub fn print(draft: &Draft) -> String {
    write::draft(draft)
}
