//! Texts that people type into fields of their own.

use entity::Refusal;

/// A text without spaces around it; none where nothing is left.
///
/// # Errors
/// More than `longest` characters, or control characters other than line ends and tabs.
pub fn read(typed: Option<&str>, longest: usize, path: &str) -> Result<Option<String>, Refusal> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > longest {
        return Err(Refusal::invalid(format!("Please keep this to {longest} characters."), &[path]));
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(Refusal::invalid("Please leave out control characters.", &[path]));
    }
    Ok(Some(text.to_owned()))
}

/// One line of text without spaces around it.
///
/// # Errors
/// Nothing but spaces, more than `longest` characters, or characters that do not print.
pub fn one_line(typed: &str, longest: usize, path: &str) -> Result<String, Refusal> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Refusal::invalid("Please fill this in.", &[path]));
    }
    if text.chars().count() > longest {
        return Err(Refusal::invalid(format!("Please keep this to {longest} characters."), &[path]));
    }
    if text.chars().any(does_not_print) {
        return Err(Refusal::invalid("Please give one line of text without control characters.", &[path]));
    }
    Ok(text.to_owned())
}

/// The same, where nothing may be said: none then.
///
/// # Errors
/// More than `longest` characters, or characters that do not print.
pub fn perhaps_one_line(typed: Option<&str>, longest: usize, path: &str) -> Result<Option<String>, Refusal> {
    typed.filter(|text| !text.trim().is_empty()).map(|text| one_line(text, longest, path)).transpose()
}

/// Control characters, line ends of Unicode, and the marks that make text run backwards: none belongs in a
/// name, and each can make a letter say what nobody wrote.
pub fn does_not_print(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
