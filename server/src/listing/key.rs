//! Sort keys: what a row is ordered by, part for part, and the cursors that hold them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::{Instant, LocalDate};
use sea_orm::sea_query::Value;
use sea_orm::{DbErr, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A part of a sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A text.
    Text(String),
    /// A moment.
    At(Instant),
    /// A day.
    On(LocalDate),
    /// An id.
    Id(Uuid),
    /// A place in a list held in memory.
    Place(i64),
}

/// What a part of a sort key must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A moment.
    At,
    /// A day.
    On,
    /// An id.
    Id,
    /// A place in a list.
    Place,
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(text) => text.into(),
            Key::At(at) => at.into(),
            Key::On(on) => on.into(),
            Key::Id(id) => id.into(),
            Key::Place(place) => place.into(),
        }
    }
}

impl Key {
    /// What it is.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Text(_) => Shape::Text,
            Self::At(_) => Shape::At,
            Self::On(_) => Shape::On,
            Self::Id(_) => Shape::Id,
            Self::Place(_) => Shape::Place,
        }
    }
}

impl Shape {
    /// Reads a part of a key from the column called `name` of a row.
    pub(super) fn read(self, row: &QueryResult, name: &str) -> Result<Key, DbErr> {
        Ok(match self {
            Self::Text => Key::Text(row.try_get("", name)?),
            Self::At => Key::At(row.try_get("", name)?),
            Self::On => Key::On(row.try_get("", name)?),
            Self::Id => Key::Id(row.try_get("", name)?),
            Self::Place => Key::Place(row.try_get("", name)?),
        })
    }
}

/// Where a client has come to in a list: the sort key of a row, and which list it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String, pub Vec<Key>);

impl Cursor {
    /// The cursor as clients are given it: opaque to them.
    pub fn encode(of: &str, key: &[Key]) -> String {
        // A key is plain data; if it could not be written the cursor would be empty and be refused when it
        // comes back.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(of, key)).unwrap_or_default())
    }

    /// A cursor that comes back; none where it is not one of ours.
    pub fn decode(text: &str) -> Option<Self> {
        crate::json::read(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}
