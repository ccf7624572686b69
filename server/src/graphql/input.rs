//! What an input says, read into values that check themselves. What cannot be read of a draft is noted at its
//! place in the draft, and something harmless stands there until all mistakes are told.

use std::str::FromStr;

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::Refusal;
use uuid::Uuid;

use super::global_id::{self, Kind};
use crate::catalogue::draft::{Field, Mistakes, Name, Patch, Path};

/// Reads inputs; every mistake is noted.
#[derive(Debug)]
pub struct Reader<'m> {
    mistakes: &'m mut Mistakes,
    place: Path,
}

impl<'m> Reader<'m> {
    /// Reads fields that stand within `place` of the draft.
    pub fn at(place: Path, mistakes: &'m mut Mistakes) -> Self {
        Self { mistakes, place }
    }

    /// Where a field stands in the draft.
    pub fn path(&self, field: Field) -> Path {
        self.place.at(field)
    }

    /// Notes a mistake in a field.
    pub fn wrong(&mut self, field: Field, message: &str) {
        self.mistakes.add(self.path(field), message);
    }

    /// A value; none where it could not be read.
    pub fn value<T>(&mut self, field: Field, read: Result<T, String>) -> Option<T> {
        self.mistakes.note(self.path(field), read)
    }

    /// A text.
    pub fn text<T: FromStr<Err = String> + Default>(&mut self, field: Field, text: &str) -> T {
        self.mistakes.read(self.path(field), text.parse())
    }

    /// A text that may be left out, and then is not said.
    pub fn some_text<T: FromStr<Err = String>>(
        &mut self,
        field: Field,
        text: Option<impl AsRef<str>>,
    ) -> Option<T> {
        text.and_then(|text| self.value(field, text.as_ref().parse()))
    }

    /// What is said of a value that may be missing.
    pub fn patch<T, U>(
        &mut self,
        field: Field,
        said: MaybeUndefined<T>,
        read: impl FnOnce(T) -> Result<U, String>,
    ) -> Patch<U> {
        match said {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(value) => self.value(field, read(value)).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// What is said of a text that may be missing.
    pub fn patch_text<T: FromStr<Err = String>>(
        &mut self,
        field: Field,
        said: MaybeUndefined<impl AsRef<str>>,
    ) -> Patch<T> {
        self.patch(field, said, |text| text.as_ref().parse())
    }

    /// A list that may be left out, and then is not said; null is an empty one. Every element is read at its
    /// place.
    pub fn list<T, U>(
        &mut self,
        field: Field,
        said: MaybeUndefined<Vec<T>>,
        mut read: impl FnMut(Reader<'_>, T) -> U,
    ) -> Option<Vec<U>> {
        let list = self.path(field);
        let values = self::said(said)?;
        let element = |(index, value)| read(Reader { place: list.at(index), mistakes: self.mistakes }, value);
        Some(values.into_iter().enumerate().map(element).collect())
    }

    /// The same for texts.
    pub fn texts<T: FromStr<Err = String> + Default>(
        &mut self,
        field: Field,
        said: MaybeUndefined<Vec<String>>,
    ) -> Option<Vec<T>> {
        self.list(field, said, |reader, text| reader.mistakes.read(reader.place, text.parse()))
    }

    /// What stands here itself.
    pub fn here<T>(self, read: Result<T, String>) -> Option<T> {
        self.mistakes.note(self.place, read)
    }
}

/// A list that may be left out, and then is not said; null is an empty one.
pub fn said<T>(list: MaybeUndefined<Vec<T>>) -> Option<Vec<T>> {
    match list {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(values) => Some(values),
    }
}

/// A thing as an input names it: by its id, or else by its slug.
pub fn named(kind: Kind, id: &ID) -> Name {
    global_id::of(kind, id).map_or_else(|| Name::Slug(id.to_string()), Name::Id)
}

/// The track of a course that an input names in `trackId`, if any.
///
/// # Errors
/// What is no track's id is refused as what is none of the course's tracks.
pub fn track(id: Option<ID>) -> Result<Option<Uuid>, Refusal> {
    id.map(|id| {
        global_id::of(Kind::Track, &id)
            .ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]))
    })
    .transpose()
}

/// The key by which a request that is sent twice acts once.
#[derive(Clone, Debug, InputObject)]
pub struct OnceInput {
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

impl OnceInput {
    /// The key, if one was given.
    pub fn key(self) -> Option<String> {
        self.idempotency_key
    }
}
