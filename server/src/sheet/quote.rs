//! What the reader of records would stumble over without a word: quotation marks that nothing ends, because it
//! takes all that follows for one cell, and rows of so many cells that holding one takes more than the file.

/// The most cells of a row, empty ones at its end included: as many as a spreadsheet has columns.
const WIDEST: u64 = 16_384;

/// Where a text is no rows of cells, all from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The line and the column of a cell whose quotation mark is not ended.
    LeftOpen(u64, u64),
    /// The line with more cells than there are columns anywhere.
    TooWide(u64),
}

/// The first flaw of a text. The rules are those of the reader: a mark at the beginning of a cell opens it, two
/// in a row within are one sign, and one alone ends it.
pub fn flaw(text: &str, separator: u8) -> Option<Flaw> {
    let separator = char::from(separator);
    let (mut line, mut column) = (1, 1);
    let mut opened: Option<(u64, u64)> = None;
    let mut begins = true;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends_line = letter == '\n' || (letter == '\r' && letters.peek() != Some(&'\n'));
        match (opened, letter) {
            (Some(_), '"') => {
                if letters.next_if_eq(&'"').is_none() {
                    opened = None;
                }
            }
            (Some(_), _) => {}
            (None, '"') if begins => (opened, begins) = (Some((line, column)), false),
            (None, letter) if letter == separator => {
                (column, begins) = (column + 1, true);
                if column > WIDEST {
                    return Some(Flaw::TooWide(line));
                }
            }
            (None, '\r' | '\n') => (column, begins) = (1, true),
            (None, _) => begins = false,
        }
        line += u64::from(ends_line);
    }
    opened.map(|(line, column)| Flaw::LeftOpen(line, column))
}

#[cfg(test)]
mod tests {
    use super::{Flaw, WIDEST, flaw};

    #[test]
    fn a_quotation_mark_that_nothing_ends_is_found() {
        for (text, place) in [
            ("a,\"b\",c\n", None),
            ("a,\"b \"\"x\"\" b\nc\"\r\n", None),
            ("a,b\"c\n\"d\"", None),
            ("a\n\"b\nc\",\"d\n", Some(Flaw::LeftOpen(3, 2))),
            ("a\r\nb,c,\"\"\"\r\nd", Some(Flaw::LeftOpen(2, 3))),
        ] {
            assert_eq!(flaw(text, b','), place, "{text:?}");
        }
    }

    #[test]
    fn a_row_ends_where_no_spreadsheet_has_a_column() {
        let cells = usize::try_from(WIDEST).unwrap_or(usize::MAX);
        assert_eq!(flaw(&format!("a\n{}\n", ",".repeat(cells - 1)), b','), None);
        assert_eq!(flaw(&format!("a\n{}\n", ",".repeat(cells)), b','), Some(Flaw::TooWide(2)));
    }
}
