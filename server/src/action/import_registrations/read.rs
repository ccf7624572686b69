//! Reading the file: a header that names the columns, and a row for each registration. What a row says is not
//! judged here.

mod column;

use entity::Refusal;
use entity::email::Address;
use entity::money;
use entity::plain;
use entity::profession::Profession;
use entity::registration::Status;
use sea_orm::{ActiveEnum, Iterable};

use crate::roster::cell::unguarded;
use crate::sheet::{self, Problem, Row, shortened};
use column::{Column, Columns};

/// The most rows of a file.
pub const MOST_ROWS: usize = 5_000;
/// The most bytes of a file: a row of a kilobyte is a long one, also in UTF-16.
pub const LARGEST: usize = MOST_ROWS * 2 * 1024;
/// The longest cell, in characters.
const LONGEST_CELL: usize = 200;

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
    /// The learner's name.
    pub name: Option<String>,
    /// As what the learner takes part.
    pub profession: Option<Profession>,
    /// The track, by its slug or its name.
    pub track: Option<String>,
    /// The id that the other system knows it by.
    pub external_id: Option<String>,
    /// Where it is in its life.
    pub status: Option<Status>,
    /// What was paid for it in all, in the smallest unit of the course's currency.
    pub paid: Option<i64>,
}

/// Reads the file, which the input names at `path`, for a course that is paid in `currency`.
///
/// # Errors
/// Where the file as a whole cannot be read: it is no text in rows, has no header, a column that is unknown
/// or comes twice, no rows, or too many. All of that is told at once. A row that cannot be read is no error:
/// it is told with its line.
pub fn read(bytes: &[u8], path: &'static str, currency: &str) -> Result<Vec<Line>, Refusal> {
    let read = || {
        let sheet = sheet::read(bytes, MOST_ROWS, |cell| Column::named(cell).is_some())?;
        let columns = Columns::of(&sheet.header)?;
        if sheet.rows.is_empty() {
            return Err(vec![Problem::of_line(
                sheet.header.line,
                "the file has no rows below the one that names the columns.",
            )]);
        }
        let line = |row: &Row| Line { line: row.line, said: said(&columns, row, currency) };
        Ok(sheet.rows.iter().map(line).collect())
    };
    read().map_err(|problems: Vec<Problem>| sheet::refusal(&problems, path))
}

/// A name of a value, however it is written: `Physician Assistant` is `physician_assistant`.
fn normal(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

/// What a row says; everything that is wrong with it otherwise.
fn said(columns: &Columns, row: &Row, currency: &str) -> Result<Said, String> {
    let mut wrong = Vec::new();
    for (place, cell) in
        row.cells.iter().enumerate().filter(|(place, cell)| !cell.is_empty() && !columns.has(*place))
    {
        wrong.push(format!(
            "There is \"{}\" in column {}, which has no heading.",
            shortened(cell),
            place + 1
        ));
    }
    let mut cell = |column: Column| -> Option<String> {
        let text = columns
            .place(column)
            .and_then(|place| row.cells.get(place))
            .map(|cell| unguarded(cell))
            .filter(|cell| !cell.is_empty())?;
        let word = column.word();
        if text.chars().count() > LONGEST_CELL {
            wrong.push(format!("{word} has more than {LONGEST_CELL} characters."));
            None
        } else if plain::is_line(&text).is_err() {
            wrong.push(format!("{word} has characters that do not print."));
            None
        } else {
            Some(text)
        }
    };
    let [email, name, first, last] =
        [Column::Email, Column::Name, Column::FirstName, Column::LastName].map(&mut cell);
    let [profession, track, external_id] =
        [Column::Profession, Column::Track, Column::ExternalId].map(&mut cell);
    let [status, paid] = [Column::Status, Column::Paid].map(&mut cell);
    let name = match (name, first, last) {
        (Some(name), _, _) => Some(name),
        (None, None, None) => None,
        (None, first, last) => Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    };
    let mut note = |no: String| wrong.push(no);
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_CELL) {
        note(format!("The name has more than {LONGEST_CELL} characters."));
    }
    let profession = profession.and_then(|text| or_note(as_profession(&text), &mut note));
    let status = status.and_then(|text| {
        let read = Status::try_from_value(&normal(&text))
            .map_err(|_| format!("\"{text}\" is not a status; write STARTED or CONFIRMED."));
        or_note(read, &mut note)
    });
    let paid = paid.and_then(|text| {
        let read = money::read(&text, currency)
            .map_err(|no| format!("\"{text}\" is not an amount in {currency}: {no}."));
        or_note(read, &mut note)
    });
    let email = match email {
        Some(text) => or_note(
            Address::parse(&text).map_err(|_| format!("\"{text}\" is not an e-mail address.")),
            &mut note,
        ),
        None => None,
    };
    match email {
        Some(email) if wrong.is_empty() => {
            Ok(Said { email, name, profession, track, external_id, status, paid })
        }
        None if wrong.is_empty() => Err("email is empty.".to_owned()),
        Some(_) | None => Err(wrong.join(" ")),
    }
}

/// The value; what is wrong is noted otherwise.
fn or_note<T>(read: Result<T, String>, note: &mut impl FnMut(String)) -> Option<T> {
    read.map_err(note).ok()
}

/// A profession by its word, by its label, or by a part of its label that no other one has: `RN`.
fn as_profession(text: &str) -> Result<Profession, String> {
    let bare = |text: &str| {
        text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let typed = bare(text);
    let is_part = |profession: &Profession| {
        profession.label().split(['/', '(', ')']).any(|part| !typed.is_empty() && bare(part) == typed)
    };
    let alone = || {
        let mut found = Profession::iter().filter(is_part);
        found.next().filter(|_| found.next().is_none())
    };
    let word = Profession::try_from_value(&normal(text)).ok();
    word.or_else(|| Profession::iter().find(|profession| bare(profession.label()) == typed))
        .or_else(alone)
        .ok_or_else(|| format!("\"{text}\" is not a profession, such as NURSE."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Line> {
        read(text.as_bytes(), "csv", "USD").unwrap_or_else(|no| panic!("{no:?}"))
    }

    fn problems(bytes: &[u8]) -> Vec<String> {
        let no = read(bytes, "fileId", "USD").expect_err("no list");
        assert!(matches!(&no, Refusal::InvalidInput { path, .. } if path == &["fileId"]), "{no:?}");
        no.details().iter().map(|detail| detail.message.clone()).collect()
    }

    #[test]
    fn rows_are_read_however_the_columns_stand_and_are_called() {
        let text = "\u{feff}Profession,External ID,E-Mail Address,Last Name,First name,\r\n\
            physician assistant,'=7,\" Ada@Example.org \",Lee,Ada,\r\n,,,\r\n\"Nurse (RN/APRN)\",,nobody,,\r\nNURSE,8\r\n";
        let lines = lines(text);
        let first = lines[0].said.as_ref().expect("a row");
        assert_eq!(
            (lines[0].line, first.profession, first.name.as_deref()),
            (2, Some(Profession::PhysicianAssistant), Some("Ada Lee"))
        );
        assert_eq!(
            (first.email.as_sent().as_str(), first.external_id.as_deref()),
            ("Ada@example.org", Some("=7"))
        );
        assert_eq!(
            (lines[1].line, lines[1].said.clone().err().as_deref()),
            (4, Some("\"nobody\" is not an e-mail address."))
        );
        assert_eq!((lines[2].line, lines[2].said.clone().err().as_deref()), (5, Some("email is empty.")));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn professions_are_read_as_they_are_labelled() {
        for (text, profession) in [
            ("Nurse (RN / APRN)", Profession::Nurse),
            ("rn", Profession::Nurse),
            ("MD", Profession::Physician),
            ("Physician (MD/DO)", Profession::Physician),
            ("PA", Profession::PhysicianAssistant),
            ("Fellow", Profession::ResidentFellow),
            ("social-worker", Profession::SocialWorker),
            ("Allied Health Professional/Other", Profession::AlliedHealthOther),
        ] {
            assert_eq!(as_profession(text), Ok(profession), "{text}");
        }
        for text in ["Health", "Social", "R", "()"] {
            assert!(as_profession(text).is_err(), "{text}");
        }
    }

    #[test]
    fn everything_wrong_with_a_row_is_told_at_once() {
        let read = lines("email,status,paid,profession\nnobody,GONE,lots,WIZARD,and more\n");
        let told = read[0].said.clone().expect_err("a row with mistakes");
        for part in ["\"nobody\"", "\"GONE\"", "\"lots\"", "\"WIZARD\"", "\"and more\" in column 5"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn amounts_are_read_as_both_sides_of_the_sea_write_them() {
        for (text, paid) in [
            ("1995", 199_500),
            ("\"1.995,00\"", 199_500),
            ("\"1,995.00\"", 199_500),
            ("\"1995,5\"", 199_550),
            ("USD 10.00", 1_000),
            ("$10", 1_000),
        ] {
            let read = lines(&format!("email,paid\na@example.org,{text}\n"));
            assert_eq!(read[0].said.as_ref().map(|said| said.paid), Ok(Some(paid)), "{text}");
        }
    }

    #[test]
    fn everything_wrong_with_the_columns_is_told_at_once() {
        let told = problems(b"fee;Name;nonsense;name\nx;y;z;w\n");
        assert_eq!(told.len(), 4, "{told:#?}");
        for (told, part) in told.iter().zip([
            "column 1: there is no column \"fee\"",
            "column 3: there is no column \"nonsense\"",
            "column 4: this names name, as column 2",
            "no column for the address",
        ]) {
            assert!(told.starts_with("Line 1") && told.contains(part), "{told}: {part}");
        }
    }

    #[test]
    fn a_file_that_is_none_is_refused_as_a_whole() {
        for text in ["", "email\n", "name\nAda\n", "email,Email\na@b.org,\n", "email,fee\na@b.org,1\n"] {
            assert!(!problems(text.as_bytes()).is_empty(), "{text:?}");
        }
        let long = format!("email\n{}", "a@example.org\n".repeat(MOST_ROWS + 1));
        assert!(problems(long.as_bytes())[0].contains("at most 5000 rows"));
    }
}
