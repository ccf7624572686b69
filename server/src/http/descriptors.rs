//! How many connections the process has file descriptors for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::limits::client::Limits;

/// Descriptors that are kept for everything but clients, besides those of the database: the log, the runtime,
/// the listener, mail, files.
const KEPT: u64 = 64;
/// Descriptors that one connection to the database takes: one on PostgreSQL; the database, its log and its
/// index on SQLite; and one to spare.
const PER_DATABASE_CONNECTION: u64 = 4;
/// With fewer connections than these nobody is served well.
const FEWEST: u64 = 16;

/// More connections are asked for than the process has descriptors for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{connections} connections need {needed} open files, and this process may have {allowed} (see `ulimit -n`)"
)]
pub struct TooFew {
    connections: u64,
    needed: u64,
    allowed: u64,
}

/// Raises the limit on open files as far as `connections` ask for it (or the default number, where nobody
/// said) and the system allows, and says how many connections there is room for.
///
/// # Errors
/// There is no room for so many as were asked for, or for so few that serving makes no sense.
pub fn room(connections: Option<usize>, database_connections: u32) -> Result<usize, TooFew> {
    let kept = KEPT + PER_DATABASE_CONNECTION * u64::from(database_connections);
    let wanted = connections.unwrap_or(Limits::default().connections) as u64;
    let needed = wanted + kept;
    let before = getrlimit(Resource::Nofile);
    let mut allowed = before.current.unwrap_or(u64::MAX);
    if allowed < needed {
        let raised = before.maximum.unwrap_or(u64::MAX).min(needed);
        if setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: before.maximum }).is_ok() {
            allowed = raised;
        }
    }
    fit(connections.map(|connections| connections as u64), wanted, kept, allowed)
}

fn fit(asked: Option<u64>, wanted: u64, kept: u64, allowed: u64) -> Result<usize, TooFew> {
    let fits = wanted.min(allowed.saturating_sub(kept));
    let least = asked.unwrap_or(FEWEST);
    if fits < least {
        return Err(TooFew { connections: least, needed: least + kept, allowed });
    }
    Ok(usize::try_from(fits).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_the_rest_of_the_house() {
        assert_eq!(fit(None, 4096, 104, 1024), Ok(920));
        assert_eq!(fit(None, 4096, 104, 65_536), Ok(4096));
        assert_eq!(fit(Some(500), 500, 104, 1024), Ok(500));
        assert!(fit(None, 4096, 104, 110).is_err(), "six connections are no service");
        let error = fit(Some(9000), 9000, 104, 1024).expect_err("too many");
        assert_eq!(
            error.to_string(),
            "9000 connections need 9104 open files, and this process may have 1024 (see `ulimit -n`)"
        );
    }
}
