//! Cells of a file that people open in a spreadsheet.
//!
//! A spreadsheet takes a cell that begins with certain signs for a formula and runs it. What a learner typed
//! as a name must stay a name, so such a cell gets an apostrophe in front (OWASP, CSV injection), and a file
//! that comes back loses it again.

/// Whether a cell that begins so is taken for a formula by one spreadsheet or another.
fn begins_a_formula(text: &str) -> bool {
    matches!(
        text.chars().next(),
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    )
}

/// `text` as a cell that is never run.
pub fn guarded(text: &str) -> String {
    if begins_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// A cell as it was before it was guarded.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| begins_a_formula(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_guarded_and_comes_back_as_it_was() {
        for formula in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=HYPERLINK(\"https://evil.example\")"]
        {
            assert_eq!(guarded(formula), format!("'{formula}"));
            assert_eq!(unguarded(&guarded(formula)), formula);
        }
        for plain in ["", "Ada", "O'Neil", "'quoted'", "a=b", "1995.00"] {
            assert_eq!((guarded(plain).as_str(), unguarded(plain)), (plain, plain));
        }
    }
}
