//! Through what pages are read.
//!
//! A page in memory is everybody's, so it matters what whoever read it could see: a transaction may see what
//! is never committed, and a snapshot what is no longer so. Each kind of connection says which it is, and
//! [`super::Catalogue`] keeps what it may.

use entity::Instant;
use sea_orm::ConnectionTrait;

use crate::store::{Database, Transaction};

/// A connection that pages can be read through.
pub trait Source: ConnectionTrait {
    /// What is seen there.
    fn sight(&self) -> Sight;
}

/// What is seen through a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every statement sees what is committed when it begins, and no connection is held between statements:
    /// the pool.
    Latest,
    /// What was committed when a read-only transaction was opened, which was no earlier than this mark; its
    /// connection is held.
    AsOf(Mark),
    /// What a transaction has written itself, which may yet be taken back; its connection is held. What is
    /// read is not kept.
    Own,
}

/// A moment in the life of a catalogue: [`super::Catalogue::mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How many changes had been heard of.
    pub(super) changes: u64,
    /// When it was.
    pub(super) at: Instant,
}

impl Mark {
    /// Before anything was heard of: for who reads no pages.
    pub(crate) fn beginning() -> Self {
        Self { changes: 0, at: Instant::from_micros(0) }
    }
}

impl Source for Database {
    fn sight(&self) -> Sight {
        self.snapshot().map_or(Sight::Latest, Sight::AsOf)
    }
}

impl Source for Transaction {
    fn sight(&self) -> Sight {
        Sight::Own
    }
}
