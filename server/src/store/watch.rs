//! What goes on between us and the database, counted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use sea_orm::Statement;

/// Counters of one opened database, shared by all its handles.
#[derive(Debug, Default)]
pub struct Watch {
    statements: AtomicU64,
    writes: AtomicU64,
    in_use: AtomicUsize,
    most_in_use: AtomicUsize,
    listener: OnceLock<Listener>,
}

/// Somebody who is shown statements.
struct Listener(Box<dyn Fn(&Statement) + Send + Sync>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

impl Watch {
    /// How many statements have been sent; beginnings and ends of transactions are not counted.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How often something may have been written: statements that return no rows, and ends of transactions
    /// that write, each counted once it is over, whatever came of it.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::SeqCst)
    }

    /// How many connections somebody has at this moment.
    pub fn in_use(&self) -> usize {
        self.in_use.load(Ordering::SeqCst)
    }

    /// The most connections that were in use at the same time since this was asked last.
    pub fn most_in_use(&self) -> usize {
        self.most_in_use.swap(self.in_use(), Ordering::SeqCst)
    }

    /// From now on `listener` is shown every prepared statement just before it is sent. Only the first one
    /// who listens is heard.
    pub fn listen(&self, listener: impl Fn(&Statement) + Send + Sync + 'static) {
        if self.listener.set(Listener(Box::new(listener))).is_err() {
            tracing::warn!("somebody listens to statements already");
        }
    }

    pub(super) fn sent(&self, statement: &Statement) {
        self.sent_unprepared();
        if let Some(Listener(listener)) = self.listener.get() {
            listener(statement);
        }
    }

    pub(super) fn sent_unprepared(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn has_written(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn taken(&self) {
        let now = self.in_use.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_use.fetch_max(now, Ordering::SeqCst);
    }

    pub(super) fn let_go(&self) {
        self.in_use.fetch_sub(1, Ordering::SeqCst);
    }
}
