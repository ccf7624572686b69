//! Reading the file: a header that names the columns, and a row for each registration. What a row says is not judged here.

use std::fmt::Display;

use entity::email::Address;
use entity::profession::Profession;
use entity::registration::Status;
use entity::{Refusal, money};
use sea_orm::ActiveEnum;

use crate::action::free_text::does_not_print;
use crate::roster::cell::unguarded;

/// The most rows of a file.
pub const MOST_ROWS: usize = 5_000;
/// The longest cell, in characters.
const LONGEST_CELL: usize = 200;

/// The columns that are read, and those that a roster's file has beside them and nobody can set.
const READ: [&str; 7] = ["email", "name", "profession", "track", "external_id", "status", "paid"];
const PASSED_OVER: [&str; 6] = ["code", "started_at", "confirmed_at", "cancelled_at", "quote_total", "evaluated_at"];

/// A row of the file.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it begins, from 1.
    pub line: u64,
    /// What it says, or why that cannot be read.
    pub said: Result<Said, String>,
}

/// What a row says. An empty cell says nothing.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whose.
    pub email: Address,
    /// The learner's name, for one who is new here.
    pub name: Option<String>,
    /// As what the learner takes part.
    pub profession: Option<Profession>,
    /// The track, by its slug or its name.
    pub track: Option<String>,
    /// The id that the other system knows it by.
    pub external_id: Option<String>,
    /// Where it is in its life.
    pub status: Option<Status>,
    /// What was paid for it in all, in cents.
    pub paid_cents: Option<i64>,
}

/// Reads the file.
///
/// # Errors
/// Where the file as a whole cannot be read: no header, a column that is unknown or comes twice, no rows, or too many. A row that cannot be read
/// is no error: it is told with its line.
pub fn read(text: &str) -> Result<Vec<Line>, Refusal> {
    let text = text.trim_start_matches('\u{feff}');
    let no = |message: String| Refusal::invalid(message, &["csv"]);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut count = LineCount { text: text.as_bytes(), at: 0, line: 1 };
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => return Err(no(unreadable(&error))),
        None => return Err(no("The file is empty. Its first line names the columns, such as email,name,profession.".to_owned())),
    };
    let columns: Vec<String> = header.iter().map(normal).collect();
    for (place, column) in columns.iter().enumerate() {
        if columns.iter().take(place).any(|other| other == column) {
            return Err(no(format!("The column {column} comes twice.")));
        }
        if !READ.contains(&column.as_str()) && !PASSED_OVER.contains(&column.as_str()) {
            return Err(no(format!("There is no column «{column}». Known columns are {}.", READ.join(", "))));
        }
    }
    if !columns.iter().any(|column| column == "email") {
        return Err(no("The column email is missing from the first line.".to_owned()));
    }
    let mut lines = Vec::new();
    for record in records {
        if lines.len() == MOST_ROWS {
            return Err(no(format!("A file can have at most {MOST_ROWS} rows; please send several files.")));
        }
        let record = record.map_err(|error| no(unreadable(&error)))?;
        let line = count.line_at(record.position().map_or(0, csv::Position::byte));
        // What a spreadsheet leaves of rows that were emptied.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let said = if record.len() == columns.len() {
            said(&columns, &record)
        } else {
            Err(format!("The row has {} cells, and the first line names {} columns.", record.len(), columns.len()))
        };
        lines.push(Line { line, said });
    }
    if lines.is_empty() {
        return Err(no("The file has no rows below its first line.".to_owned()));
    }
    Ok(lines)
}

/// Counts lines at offsets that grow. The library, which takes the CR of a line's end for all of it, is one line behind in files that end
/// their lines with CRLF.
struct LineCount<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCount<'_> {
    /// The line of the first cell at or behind this offset.
    fn line_at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at).filter(|byte| self.at < offset || matches!(byte, b'\r' | b'\n')) {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}

fn unreadable(error: &impl Display) -> String {
    format!("The file is not CSV as RFC 4180 has it: {error}.")
}

/// A name of a column or of a value, however it is written: `External ID` is `external_id`.
fn normal(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

fn said(columns: &[String], record: &csv::StringRecord) -> Result<Said, String> {
    let cell = |name: &str| -> Result<Option<&str>, String> {
        let place = columns.iter().position(|column| column == name);
        let text = place.and_then(|place| record.get(place)).map(|cell| unguarded(cell.trim())).filter(|cell| !cell.is_empty());
        match text {
            Some(text) if text.chars().count() > LONGEST_CELL => Err(format!("{name} has more than {LONGEST_CELL} characters.")),
            Some(text) if text.chars().any(does_not_print) => Err(format!("{name} has characters that do not print.")),
            text => Ok(text),
        }
    };
    let email = cell("email")?.ok_or("email is empty.")?;
    let email = Address::parse(email).map_err(|_| format!("«{email}» is not an e-mail address."))?;
    let profession = cell("profession")?
        .map(|text| Profession::try_from_value(&normal(text)).map_err(|_| format!("«{text}» is not a profession, such as NURSE.")))
        .transpose()?;
    let status = cell("status")?
        .map(|text| Status::try_from_value(&normal(text)).map_err(|_| format!("«{text}» is not a status; write STARTED or CONFIRMED.")))
        .transpose()?;
    let paid_cents = cell("paid")?
        .map(|text| match money::parse_decimal(text) {
            Ok(cents) if cents >= 0 => Ok(cents),
            Ok(_) | Err(_) => Err(format!("«{text}» is not an amount, such as 1995.00.")),
        })
        .transpose()?;
    let text = |name: &str| cell(name).map(|text| text.map(str::to_owned));
    Ok(Said { email, name: text("name")?, profession, track: text("track")?, external_id: text("external_id")?, status, paid_cents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_however_the_columns_stand() {
        let text = "\u{feff}Profession,External ID,E-mail\r\n".replace("E-mail", "EMAIL")
            + "physician assistant,'=7,\" Ada@Example.org \"\r\n,,\r\n\"Nurse\",,nobody\r\nNURSE,8\r\n";
        let lines = read(&text).expect("a file");
        let first = lines[0].said.as_ref().expect("a row");
        assert_eq!((lines[0].line, first.profession), (2, Some(Profession::PhysicianAssistant)));
        assert_eq!((first.email.as_sent().as_str(), first.external_id.as_deref()), ("Ada@example.org", Some("=7")));
        assert_eq!((lines[1].line, lines[1].said.is_err(), lines[2].line, lines[2].said.is_err()), (4, true, 5, true));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_file_that_is_none_is_refused_as_a_whole() {
        for text in ["", "email\n", "name\nAda\n", "email,Email\na@b.org,\n", "email,fee\na@b.org,1\n"] {
            assert!(matches!(read(text), Err(Refusal::InvalidInput { message: _, path, details: _ }) if path == ["csv"]), "{text:?}");
        }
        let long = format!("email\n{}", "a@example.org\n".repeat(MOST_ROWS + 1));
        assert!(read(&long).is_err());
    }
}
