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
