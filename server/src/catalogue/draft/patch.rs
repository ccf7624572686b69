//! What an edit says of a value that may be missing.

/// A change to a value that may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Changes the value in its place.
    pub fn put(self, place: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *place = None,
            Self::Set(value) => *place = Some(value),
        }
    }

    /// The same of another value.
    pub fn map<U>(self, other: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(other(value)),
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// What is not said stays.
    fn from(said: Option<T>) -> Self {
        said.map_or(Self::Keep, Self::Set)
    }
}

/// Changes a value that is always there, where another one was said.
pub fn replace<T>(said: Option<T>, place: &mut T) {
    if let Some(value) = said {
        *place = value;
    }
}
