//! Text in rows and cells (CSV, RFC 4180, and what people call so), as spreadsheets and other programs save
//! it: the encoding and the separator are found from the bytes. What the cells mean is for others to say.
//!
//! What cannot be understood is told with its line, and its column where there is one, and everything of that
//! kind at once.

mod encoding;
mod line;
mod quote;
mod separator;

use std::fmt;

use entity::Refusal;
use entity::refusal::Detail;

/// A text that was read: its first row, which names the columns, and those below it.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The first row with something in it.
    pub header: Row,
    /// The rows below it that have something in them.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// What its cells say, without spaces around it; a line break within a cell is a space.
    pub cells: Vec<String>,
}

/// Something that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1: of cells where there are cells, of characters where it is the text itself that
    /// cannot be read.
    pub column: Option<u64>,
    /// What is wrong, and what would be right; a sentence.
    pub message: String,
}

impl Problem {
    /// A problem of a whole line.
    pub fn of_line(line: u64, message: impl Into<String>) -> Self {
        Self { line, column: None, message: message.into() }
    }

    /// A problem of a cell, or of a character of the text.
    pub fn at(line: u64, column: u64, message: impl Into<String>) -> Self {
        Self { line, column: Some(column), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, message } = self;
        match column {
            Some(column) => write!(f, "Line {line}, column {column}: {message}"),
            None => write!(f, "Line {line}: {message}"),
        }
    }
}

/// All problems of the file that an input names at `path`, as one refusal.
pub fn refusal(problems: &[Problem], path: &'static str) -> Refusal {
    let detail = |problem: &Problem| Detail {
        path: vec![path.to_owned()],
        message: problem.to_string(),
        line: u32::try_from(problem.line).ok(),
    };
    Refusal::mistakes(problems.iter().map(detail).collect())
}

/// The most cells of a row: more than any list of people has, and few enough to hold all rows of a file.
const MOST_CELLS: usize = 256;

/// Reads a file of at most `most` rows below the one that names the columns. `is_column` says whether a cell
/// names a column that is known, which tells the separator.
///
/// # Errors
/// What cannot be understood.
pub fn read(bytes: &[u8], most: usize, is_column: impl Fn(&str) -> bool) -> Result<Sheet, Vec<Problem>> {
    let text = encoding::decode(bytes).map_err(|problem| vec![problem])?;
    let separator::Found { separator, text, lines_before } = separator::find(&text, is_column);
    match quote::flaw(text, separator) {
        Some(quote::Flaw::LeftOpen(line, column)) => {
            let message = "the cell begins with a quotation mark, and no other one ends it.";
            return Err(vec![Problem::at(line + lines_before, column, message)]);
        }
        Some(quote::Flaw::TooWide(line)) => return Err(vec![too_wide(line + lines_before)]),
        None => {}
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut count = line::Count::of(text);
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                return Err(vec![Problem::of_line(
                    lines_before + 1,
                    format!("the file cannot be read: {error}."),
                )]);
            }
        }
        // What a spreadsheet leaves of rows and of columns that were emptied.
        let Some(last) = record
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.trim().is_empty())
            .map(|(place, _)| place)
            .last()
        else {
            continue;
        };
        let line = lines_before + count.line_at(record.position().map_or(0, csv::Position::byte));
        if rows.len() > most {
            return Err(vec![Problem::of_line(
                line,
                format!("a file can have at most {most} rows; please send several files."),
            )]);
        }
        if last >= MOST_CELLS {
            return Err(vec![too_wide(line)]);
        }
        rows.push(Row { line, cells: record.iter().take(MOST_CELLS).map(tidy).collect() });
    }
    let mut rows = rows.into_iter();
    match rows.next() {
        Some(header) => Ok(Sheet { header, rows: rows.collect() }),
        None => Err(vec![Problem::of_line(1, "the file is empty; its first line names the columns.")]),
    }
}

fn too_wide(line: u64) -> Problem {
    Problem::of_line(line, format!("a row can have at most {MOST_CELLS} cells."))
}

/// A cell as a message quotes it, so that no message is as long as the file.
pub fn shortened(cell: &str) -> String {
    const QUOTED: usize = 40;
    if cell.chars().count() <= QUOTED {
        cell.to_owned()
    } else {
        cell.chars().take(QUOTED).chain(['…']).collect()
    }
}

/// A cell in one line, without spaces around it. Tabs and other signs stay, for whoever judges them.
fn tidy(cell: &str) -> String {
    cell.split(['\r', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(cell: &str) -> bool {
        ["email", "name", "paid"].contains(&cell.trim().to_lowercase().as_str())
    }

    fn cells(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let sheet = read(bytes, 10, known).unwrap_or_else(|problems| panic!("{problems:?}"));
        std::iter::once(sheet.header).chain(sheet.rows).map(|row| (row.line, row.cells)).collect()
    }

    #[test]
    fn rows_are_found_with_their_lines_whatever_ends_them() {
        let expected = [
            (2, vec!["email", "name"]),
            (3, vec!["a@example.org", "Ada Lee"]),
            (6, vec!["b@example.org", ""]),
        ]
        .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect::<Vec<_>>()));
        for end in ["\n", "\r\n", "\r"] {
            for separator in [",", ";", "\t", "|"] {
                let text = format!(
                    "{end}email{separator}name{end}a@example.org{separator}\"Ada{end} Lee\"{end}{separator}{end}b@example.org{separator}{end}"
                );
                assert_eq!(cells(text.as_bytes()), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn a_first_line_may_say_the_separator() {
        for (text, line) in [
            ("sep=;\r\nemail;name\r\na@example.org;x,y\r\n", 2),
            ("SEP=|\nemail|name\na@example.org|x,y\n", 2),
            ("\"sep=;\"\nemail;name\na@example.org;x,y", 2),
        ] {
            let read = cells(text.as_bytes());
            assert_eq!((read[0].0, read[1].1[1].as_str()), (line, "x,y"), "{text}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_makes_columns() {
        assert_eq!(
            cells(b"\"Lee, Ada, RN\";email;paid\nx;a@example.org;1,50\n")[1].1,
            ["x", "a@example.org", "1,50"]
        );
        assert_eq!(cells(b"email\na@example.org\n")[1].1, ["a@example.org"]);
    }

    #[test]
    fn what_is_no_text_in_rows_is_told_with_its_place() {
        for (bytes, told) in [
            (&b""[..], "Line 1: the file is empty"),
            (b"\n\r\n", "Line 1: the file is empty"),
            (
                b"email,name\na@example.org,\"Ada\nb@example.org,Bob\n",
                "Line 2, column 2: the cell begins with a quotation mark",
            ),
            (b"PK\x03\x04rest", "Line 1: this is a workbook"),
            (
                b"email\n\"\xc3\xa4\xc3\xb6\"\nx\xff\n",
                "Line 3, column 2: the text is UTF-8, but for what stands here",
            ),
        ] {
            let problems = read(bytes, 10, known).expect_err("no sheet");
            assert!(problems[0].to_string().starts_with(told), "{problems:?}");
        }
        assert_eq!(read("email\n".repeat(12).as_bytes(), 10, known).expect_err("too long")[0].line, 12);
        // Emptied columns are nothing; one far out is no list of people.
        assert_eq!(
            read(format!("email{}", ",".repeat(1_000_000)).as_bytes(), 10, known).expect_err("too wide")[0]
                .line,
            1
        );
        let wide = |last: &str| format!("email\na@example.org{}{last}\n", ",".repeat(2_000));
        assert_eq!(cells(wide("").as_bytes())[1].1[0], "a@example.org");
        assert_eq!(read(wide("z").as_bytes(), 10, known).expect_err("too wide")[0].line, 2);
    }
}
