//! Texts that people type into fields of their own. What no text may hold is said by [`entity::plain`].

use entity::{Refusal, plain};

/// Paragraphs of text without spaces around them; none where nothing is left.
///
/// # Errors
/// More than `longest` characters, or what paragraphs cannot hold.
pub fn read(typed: Option<&str>, longest: usize, path: &str) -> Result<Option<String>, Refusal> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > longest {
        return Err(Refusal::invalid(format!("Please keep this to {longest} characters."), &[path]));
    }
    if plain::is_paragraphs(text).is_err() {
        return Err(Refusal::invalid("Please leave out control characters.", &[path]));
    }
    Ok(Some(text.to_owned()))
}

/// One line of text without spaces around it.
///
/// # Errors
/// Nothing but spaces, more than `longest` characters, or what a line cannot hold.
pub fn one_line(typed: &str, longest: usize, path: &str) -> Result<String, Refusal> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Refusal::invalid("Please fill this in.", &[path]));
    }
    if text.chars().count() > longest {
        return Err(Refusal::invalid(format!("Please keep this to {longest} characters."), &[path]));
    }
    if plain::is_line(text).is_err() {
        let message = "Please give one line of text without characters that cannot be displayed.";
        return Err(Refusal::invalid(message, &[path]));
    }
    Ok(text.to_owned())
}

/// The same, where nothing may be said: none then.
///
/// # Errors
/// More than `longest` characters, or what a line cannot hold.
pub fn perhaps_one_line(typed: Option<&str>, longest: usize, path: &str) -> Result<Option<String>, Refusal> {
    typed.filter(|text| !text.trim().is_empty()).map(|text| one_line(text, longest, path)).transpose()
}
