//! What is logged.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Reads what is to be logged. The library takes any word for the name of a place in the code, of which
/// everything is logged then, so a level that is written wrong would say much, or nothing; here every place
/// needs its level.
///
/// # Errors
/// What is wrong with it.
pub fn log_filter(filter: &str) -> Result<EnvFilter, String> {
    for part in filter.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        if !part.ends_with(']') && level.parse::<LevelFilter>().is_err() {
            return Err(format!(
                "has `{part}`, which ends in no level: error, warn, info, debug, trace or off, such as `info` or `lectern=debug`"
            ));
        }
    }
    EnvFilter::builder().parse(filter).map_err(|error| format!("cannot be read: {error}"))
}
