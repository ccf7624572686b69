//! Cells of a file that people open in a spreadsheet.
//!
//! A spreadsheet takes a cell that begins with certain signs for a formula and runs it. What a learner typed
//! as a name must stay a name, so such a cell gets an apostrophe in front (OWASP, CSV injection), and a file
//! that comes back loses it again. The same goes for what stands behind a sign that separates cells for one
//! spreadsheet or another: where it does, quotation marks around the whole are none, and a cell begins there.

/// What begins a formula for one spreadsheet or another.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// What separates cells where it is not the comma that our files are separated by.
const SEPARATORS: [char; 3] = [';', '\t', '|'];
/// What may stand before a formula without making it none. An apostrophe is among it, so that a text that
/// looks like a guarded one is guarded once more and comes back whole.
const BEFORE: [char; 3] = [' ', '"', '\''];

/// Whether a cell that begins so is taken for a formula.
fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches(BEFORE).starts_with(FORMULA)
}

/// `text` as cells none of which is run, wherever they begin.
pub fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len() + 1);
    for part in text.split_inclusive(SEPARATORS) {
        if begins_a_formula(part) {
            guarded.push('\'');
        }
        guarded.push_str(part);
    }
    guarded
}

/// A cell as it was before it was guarded.
pub fn unguarded(cell: &str) -> String {
    let bare = |part: &str| match part.strip_prefix('\'') {
        Some(rest) if begins_a_formula(rest) => rest.to_owned(),
        Some(_) | None => part.to_owned(),
    };
    cell.split_inclusive(SEPARATORS).map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_guarded_and_comes_back_as_it_was() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
            ("Ada;=cmd|'/C calc'!A0;", "Ada;'=cmd|'/C calc'!A0;"),
            ("Ada| \"=1\"", "Ada|' \"=1\""),
            ("'=1", "''=1"),
            ("a;'=1", "a;''=1"),
        ] {
            assert_eq!(guarded(text), expected);
            assert_eq!(unguarded(&guarded(text)), text);
        }
        for plain in ["", "Ada", "O'Neil", "'quoted'", "a=b", "1995.00", "RN; FNP | CNS", ";;"] {
            assert_eq!((guarded(plain).as_str(), unguarded(plain).as_str()), (plain, plain));
        }
    }
}
