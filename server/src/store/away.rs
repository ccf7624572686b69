//! Whether an error means that the database was not there to answer, as opposed to an answer that we did not
//! expect.

use std::io;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// What is said of somebody who would have waited for their turn in vain.
const CROWDED: &str = "so much is asked from one address that there is no turn for this in time";
/// What is said of somebody whose turn did not come in time.
const IN_VAIN: &str = "so much is asked at once that its turn did not come in time";
/// What is said of a file that somebody before us found locked.
const LOCKED: &str = "another process has locked the database file";

/// What is said of a schema that a newer release has changed.
const NEWER: &str = "a newer release of Lectern has changed this database, and this one does not write to it";

pub(super) fn crowded() -> DbErr {
    DbErr::Custom(CROWDED.to_owned())
}

pub(super) fn in_vain() -> DbErr {
    DbErr::Custom(IN_VAIN.to_owned())
}

pub(super) fn locked() -> DbErr {
    DbErr::Custom(LOCKED.to_owned())
}

pub(super) fn newer() -> DbErr {
    DbErr::Custom(NEWER.to_owned())
}

/// Whether a newer release has changed the database.
pub fn is_newer(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(why) if why == NEWER)
}

/// Whether no turn was to be had because too many from the same address wait for one.
pub fn is_crowded(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(why) if why == CROWDED)
}

/// Whether SQLite says that somebody else has the file: whatever was to be done was not begun.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    sqlite_code(error) == Some(5)
}

/// Whether SQLite says something on which it may have taken back the transaction that was open: no memory, an
/// interruption, a disk that cannot be read or written, or is full
/// (<https://www.sqlite.org/lang_transaction.html>).
pub(super) fn takes_back(error: &sqlx::Error) -> bool {
    sqlite_code(error).is_some_and(|code| [7, 9, 10, 13].contains(&code))
}

/// The primary result code of SQLite; none where it is an error of something else. PostgreSQL's have five
/// characters.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let sqlx::Error::Database(told) = error else { return None };
    let code = told.code().filter(|code| code.len() < 5)?;
    code.parse::<u32>().ok().map(|number| number & 0xff)
}

/// Why the database could not be asked, or did not answer in time, in the words of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Away {
    /// Nothing is wrong with the database: others stood before this one for as long as it could wait.
    Queue,
    /// Another process has SQLite's file.
    Locked,
    /// A newer release has changed it: whoever asks again comes to a server of that one.
    Newer,
    /// It is not there, or has no time.
    Silent,
}

impl Away {
    /// What was the matter where [`is_away`] is true.
    pub fn of(error: &DbErr) -> Self {
        match error {
            DbErr::Custom(why) if why == IN_VAIN => Self::Queue,
            DbErr::Custom(why) if why == LOCKED => Self::Locked,
            DbErr::Custom(why) if why == NEWER => Self::Newer,
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))
                if is_locked(error) =>
            {
                Self::Locked
            }
            _ => Self::Silent,
        }
    }
}

/// Whether the database could not be asked, or did not answer in time: nothing is wrong with the question,
/// and asked again later it may be answered. True when no turn or no connection was to be had, when one broke
/// or stayed silent, and when the database says that it is starting, stopping, full, locked, or that the
/// statement or the wait for a lock took longer than it may.
pub fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Custom(why) => why == IN_VAIN || why == LOCKED || why == NEWER,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            is_silent(error)
                || matches!(error.as_ref(), sqlx::Error::Database(told) if told_away(told.as_ref()))
        }
        _ => false,
    }
}

/// Whether the connection is of no more use: it broke, stayed silent, or the database says that it is about
/// to close it.
pub(super) fn is_broken(error: &sqlx::Error) -> bool {
    is_silent(error)
        || matches!(error, sqlx::Error::Database(told) if told.code().is_some_and(|code| closes(&code)))
}

/// Whether the connection was dead before the statement reached anybody, as far as can be told: it was closed
/// by the other end. Silence is no such sign, because the statement may be running.
pub(super) fn was_dead(error: &sqlx::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    match error {
        sqlx::Error::Io(error) => {
            matches!(
                error.kind(),
                BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
            )
        }
        sqlx::Error::Database(told) => told.code().is_some_and(|code| closes(&code)),
        _ => false,
    }
}

fn is_silent(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    matches!(error, Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
}

/// PostgreSQL's codes with which it ends a session: shut down by an operator, after a crash, or not up yet;
/// idle too long in a transaction.
fn closes(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03") || code.starts_with("08")
}

/// What the database itself says when it cannot serve now.
fn told_away(told: &dyn DatabaseError) -> bool {
    let Some(code) = told.code() else { return false };
    if closes(&code) {
        return true;
    }
    if code.len() == 5 {
        // PostgreSQL: too many connections; no space or memory; a lock was not to be had in time; the
        // statement was cancelled by its time limit.
        return code.starts_with("53") || matches!(code.as_ref(), "55P03" | "57014");
    }
    // SQLite: busy, locked, out of memory, an input or output error, full, cannot be opened. The lowest byte
    // is the kind.
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}
