//! The columns that are read, by all the names that they are known by.

use std::collections::HashMap;

use crate::roster::file::COLUMNS;
use crate::sheet::{Problem, Row, shortened};

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The learner's address.
    Email,
    /// The learner's name.
    Name,
    /// The first part of it, where it stands in two columns.
    FirstName,
    /// The other part of it.
    LastName,
    /// As what the learner takes part.
    Profession,
    /// The track.
    Track,
    /// The registration's id in another system.
    ExternalId,
    /// Where the registration is in its life.
    Status,
    /// What was paid for it in all.
    Paid,
    /// Another column of a list that Lectern has written, which nobody can set.
    PassedOver,
}

/// Names without signs and in small letters, by what they stand for; the first is the one that messages use.
const NAMES: [(Column, &[&str]); 9] = [
    (Column::Email, &["email", "emailaddress", "mail", "mailaddress", "useremail", "emailadresse"]),
    (Column::Name, &["name", "fullname", "displayname", "learner", "participant", "attendee"]),
    (Column::FirstName, &["firstname", "givenname", "forename", "vorname"]),
    (Column::LastName, &["lastname", "familyname", "surname", "nachname"]),
    (Column::Profession, &["profession", "occupation", "professioncode"]),
    (Column::Track, &["track", "trackname"]),
    (Column::ExternalId, &["externalid", "externalreference"]),
    (Column::Status, &["status", "registrationstatus"]),
    (Column::Paid, &["paid", "amountpaid", "totalpaid"]),
];

/// As messages name the columns that are read.
const KNOWN: &str = "email, name (or first name and last name), profession, track, external_id, status, paid";

/// A name without what people put between its words.
fn bare(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Column {
    /// What a column of this name is about; none where nothing is known of it.
    pub fn named(name: &str) -> Option<Self> {
        let name = bare(name);
        let found = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column);
        found.or_else(|| COLUMNS.iter().any(|column| bare(column) == name).then_some(Self::PassedOver))
    }

    /// The column as messages name it.
    pub fn word(self) -> &'static str {
        NAMES
            .iter()
            .find(|(column, _)| *column == self)
            .and_then(|(_, names)| names.first())
            .unwrap_or(&"The column")
    }
}

/// Where the columns of a file stand.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    places: HashMap<Column, usize>,
    /// Which places have a name.
    named: Vec<bool>,
}

impl Columns {
    /// Reads the row that names them. A column without a name is one of which a spreadsheet has kept the
    /// separator; it may hold nothing.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn of(header: &Row) -> Result<Self, Vec<Problem>> {
        let mut columns = Self::default();
        let mut problems = Vec::new();
        for (place, name) in header.cells.iter().enumerate() {
            let column = u64::try_from(place + 1).unwrap_or(u64::MAX);
            columns.named.push(!name.is_empty());
            match Column::named(name) {
                _ if name.is_empty() => {}
                None => {
                    let message = format!(
                        "there is no column \"{}\"; known are {KNOWN}, and those of an exported file.",
                        shortened(name)
                    );
                    problems.push(Problem::at(header.line, column, message));
                }
                Some(Column::PassedOver) => {}
                Some(found) => {
                    if let Some(first) = columns.places.insert(found, place) {
                        let message = format!("this names {}, as column {} does.", found.word(), first + 1);
                        problems.push(Problem::at(header.line, column, message));
                    }
                }
            }
        }
        if !columns.places.contains_key(&Column::Email) {
            problems
                .push(Problem::of_line(header.line, "there is no column for the address; call one email."));
        }
        if problems.is_empty() { Ok(columns) } else { Err(problems) }
    }

    /// Where a column stands, where there is one.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places.get(&column).copied()
    }

    /// Whether a name stands at the head of this place.
    pub fn has(&self, place: usize) -> bool {
        self.named.get(place).copied().unwrap_or(false)
    }
}
