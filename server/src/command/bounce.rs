//! `lectern bounce`: a mail server hands over a message that came back.

use std::io::Read;
use std::process::ExitCode;

use lectern::action::receive_bounce::{Received, receive_bounce};
use lectern::bounce::{self, read};
use lectern::config::Config;
use sea_orm::ActiveEnum;

use super::{CommandError, existing_app, say, say_error};

/// What mail servers read in the end of a program that they hand mail to (`sysexits.h`): what it got cannot be
/// read, and asking again would change nothing.
const UNREADABLE: u8 = 65;
/// The same: not now, ask again.
const NOT_NOW: u8 = 75;

/// Tells what is wrong, and that it is to be brought again.
pub fn not_now(error: &CommandError) -> ExitCode {
    say_error(error);
    ExitCode::from(NOT_NOW)
}

/// Reads one message from standard input and does what follows. It ends with 0 where it is done, or there was
/// nothing to do; with 65 where what came is no message; with 75 where it is to be brought again.
///
/// # Errors
/// None that it does not turn into the end that a mail server understands.
pub async fn bounce(config: &Config, recipient: Option<&str>) -> Result<ExitCode, CommandError> {
    let mut raw = Vec::new();
    // A byte more than is read of a message, so that a longer one is known as such.
    let most = u64::try_from(bounce::LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    if let Err(error) = std::io::stdin().lock().take(most).read_to_end(&mut raw) {
        say::warn(format_args!("lectern: standard input cannot be read: {error}"));
        return Ok(ExitCode::from(NOT_NOW));
    }
    if raw.len() > bounce::LONGEST {
        say::warn(format_args!("lectern: the message has more than {} bytes", bounce::LONGEST));
        return Ok(ExitCode::from(UNREADABLE));
    }
    let Some(arrived) = read(&raw) else {
        say::warn(format_args!("lectern: what came is no message"));
        return Ok(ExitCode::from(UNREADABLE));
    };
    let received = match existing_app(config).await {
        Ok(app) => receive_bounce(&app, arrived, recipient).await.map_err(CommandError::from),
        Err(error) => Err(error),
    };
    match received {
        Ok(Received::Nothing(why)) => say::tell(format_args!("Nothing to do: {why}.")),
        Ok(Received::Noted { kind, suppressed }) => {
            let follows =
                if suppressed { "the address is suppressed" } else { "the address is written to as before" };
            say::tell(format_args!("Noted as {}: {follows}.", kind.to_value()));
        }
        // The database is away, or not migrated yet: whoever brings it again later brings it to the right place.
        Err(error) => return Ok(not_now(&error)),
    }
    Ok(ExitCode::SUCCESS)
}
