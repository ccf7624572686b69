//! What a command says, to people and to the programs behind it.
//!
//! The macros of the standard library panic where standard output or standard error cannot be written: a full
//! disk, a pipe whose reader has gone. Here, what merely tells of a deed is lost then and changes nothing,
//! and what was asked for is a failure of the command.

use std::io::{self, Write};
use std::thread;

use super::CommandError;

/// Tells a person of what was done or comes next; where nobody can be told, that is all.
pub(super) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Tells a person something while the process does something else, which does not wait for it: a pipe whose
/// reader is asleep would hold it up for ever. It is said by a thread of its own, which ends with the
/// process.
pub(super) fn tell_aside(text: String) {
    let said = thread::Builder::new().name("say".to_owned()).spawn(move || tell(text));
    if let Err(error) = said {
        tracing::warn!(%error, "there is no thread to greet with");
    }
}

/// Warns the person at the keyboard; where nobody can be warned, that is all.
pub(super) fn warn(line: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes what was asked for to standard output, to its last byte.
///
/// # Errors
/// Where it cannot be written: half an export must not look like a whole one.
pub(super) fn hand_over(text: &str) -> Result<(), CommandError> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(CommandError::Output)
}
