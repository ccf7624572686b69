//! Quotation marks that nothing ends. The reader of records takes all that follows for one cell and says
//! nothing, so a list would end early without a word.

/// Line and column of the cell whose quotation mark is not ended, both from 1. The rules are those of the
/// reader: a mark at the beginning of a cell opens it, two in a row within are one sign, and one alone ends
/// it.
pub fn left_open(text: &str, separator: u8) -> Option<(u64, u64)> {
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
            (None, letter) if letter == separator => (column, begins) = (column + 1, true),
            (None, '\r' | '\n') => (column, begins) = (1, true),
            (None, _) => begins = false,
        }
        line += u64::from(ends_line);
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::left_open;

    #[test]
    fn a_quotation_mark_that_nothing_ends_is_found() {
        for (text, place) in [
            ("a,\"b\",c\n", None),
            ("a,\"b \"\"x\"\" b\nc\"\r\n", None),
            ("a,b\"c\n\"d\"", None),
            ("a\n\"b\nc\",\"d\n", Some((3, 2))),
            ("a\r\nb,c,\"\"\"\r\nd", Some((2, 3))),
        ] {
            assert_eq!(left_open(text, b','), place, "{text:?}");
        }
    }
}
