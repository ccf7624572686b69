//! Sessions that wait for the next letter: few, and not for long. No session is in two hands, and one whose
//! last step did not come to its end is not put here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::session::Session;

/// How long a session may wait. Mail servers are patient for minutes; a letter that comes by then is better
/// served by a new one.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many sessions wait at most.
const PLACES: usize = 32;
/// How many letters go over one session; some servers do not take more.
const LETTERS: u32 = 100;

/// The sessions that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Idle {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    sessions: Vec<(Session, Instant)>,
    /// Whether somebody sends home those who have waited too long.
    is_watched: bool,
}

impl Idle {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session that has waited least, where one is waiting.
    pub(super) fn take(&self) -> Option<Session> {
        self.waiting().sessions.pop().map(|(session, _)| session)
    }

    /// Lets a session wait, or says good-bye to it.
    pub(super) fn put(&self, session: Session) {
        let mut waiting = self.waiting();
        if session.letters >= LETTERS || waiting.sessions.len() >= PLACES {
            drop(waiting);
            return leave(session);
        }
        waiting.sessions.push((session, Instant::now()));
        if !std::mem::replace(&mut waiting.is_watched, true) {
            tokio::spawn(self.clone().watch());
        }
    }

    /// Sends sessions home until none waits.
    async fn watch(self) {
        loop {
            let _ = timeout(PATIENCE / 2, std::future::pending::<()>()).await;
            if !self.sends_home() {
                return;
            }
        }
    }

    /// Says good-bye to sessions that have waited too long; says whether any wait still.
    fn sends_home(&self) -> bool {
        let mut waiting = self.waiting();
        let sessions = std::mem::take(&mut waiting.sessions);
        let (stale, fresh): (Vec<_>, Vec<_>) =
            sessions.into_iter().partition(|(_, since)| since.elapsed() >= PATIENCE);
        stale.into_iter().for_each(|(session, _)| leave(session));
        waiting.is_watched = !fresh.is_empty();
        waiting.sessions = fresh;
        waiting.is_watched
    }
}

/// Says good-bye in a task of its own: nobody waits for it.
pub(super) fn leave(mut session: Session) {
    tokio::spawn(async move { session.says_goodbye().await });
}
