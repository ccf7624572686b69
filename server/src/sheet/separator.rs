//! What stands between cells: said in a first line `sep=;`, as Excel writes and reads it, or else what makes
//! columns of the row that names them.

use super::{MOST_CELLS, line};

/// What is known to stand between cells. Of two that do alike the first is meant.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How much of a text is looked at, in bytes: more than the names of all columns that a row can have.
const LOOKED_AT: usize = 64 * 1024;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'t> {
    /// What stands between cells.
    pub separator: u8,
    /// The text without a line that says so.
    pub text: &'t str,
    /// How many lines of the file come before the text.
    pub lines_before: u64,
}

/// Finds the separator of a text: the one that makes most known columns of its first row, and of those most
/// cells.
pub fn find(text: &str, is_column: impl Fn(&str) -> bool) -> Found<'_> {
    if let Some((separator, rest)) = said(text) {
        return Found { separator, text: rest, lines_before: 1 };
    }
    // Lines without anything may come first.
    let written = text.trim_start_matches(['\r', '\n']);
    let beginning = written.get(..written.floor_char_boundary(LOOKED_AT)).unwrap_or(written);
    let columns = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(beginning.as_bytes());
        let header =
            reader.records().flatten().find(|record| record.iter().any(|cell| !cell.trim().is_empty()));
        let known = |header: &csv::StringRecord| {
            header.iter().take(MOST_CELLS).filter(|cell| is_column(cell)).count()
        };
        header.map_or((0, 0), |header| (known(&header), header.len()))
    };
    // The last of those that do alike wins, so the first one comes last.
    let separator = SEPARATORS.into_iter().rev().max_by_key(|separator| columns(*separator)).unwrap_or(b',');
    Found { separator, text, lines_before: 0 }
}

/// What a first line `sep=;` says, and the text behind it.
fn said(text: &str) -> Option<(u8, &str)> {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let line = text.get(..end)?;
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let sign = line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep=")).and_then(|_| line.get(4..))?;
    match sign.as_bytes() {
        [separator] if separator.is_ascii() && !separator.is_ascii_alphanumeric() && *separator != b'"' => {
            Some((*separator, line::after_end(text.get(end..)?)))
        }
        _ => None,
    }
}
