//! What is said of a document that is larger than it may be.

use super::fault::{RequestError, TOO_COMPLEX};

/// The fields of which a document may run one: each writes a letter or tries a code.
pub const AUTHENTICATING: [&str; 4] = ["requestSignInCode", "signIn", "requestEmailChange", "changeEmail"];

/// The most bytes that variables may come to when each is counted as often as the document uses it: four full
/// request bodies.
pub const MAX_VARIABLE_BYTES: u64 = 1024 * 1024;

/// A limit, and by how much a document exceeds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// [`characters`](crate::limits::document::Limits::characters).
    #[error("The document has {found} characters; at most {most} are allowed.")]
    Characters {
        /// As many as there are.
        found: usize,
        /// As many as there may be.
        most: usize,
    },
    /// [`nesting`](crate::limits::document::Limits::nesting) of brackets.
    #[error("The document nests brackets {found} deep; at most {most} are allowed.")]
    Brackets {
        /// As deep as they are.
        found: usize,
        /// As deep as they may be.
        most: usize,
    },
    /// [`fragments`](crate::limits::document::Limits::fragments).
    #[error("The document defines {found} fragments; at most {most} are allowed.")]
    Fragments {
        /// As many as there are.
        found: usize,
        /// As many as there may be.
        most: usize,
    },
    /// [`depth`](crate::limits::document::Limits::depth).
    #[error("The document goes {found} fields deep; at most {most} are allowed.")]
    Depth {
        /// As deep as it is.
        found: usize,
        /// As deep as it may be.
        most: usize,
    },
    /// [`nesting`](crate::limits::document::Limits::nesting) of selections.
    #[error("The document nests fields and fragments {found} deep; at most {most} are allowed.")]
    Nesting {
        /// As deep as they are.
        found: usize,
        /// As deep as they may be.
        most: usize,
    },
    /// [`fields`](crate::limits::document::Limits::fields).
    #[error(
        "The document names {found} fields, those of fragments counted wherever they are used; at most {most} are allowed."
    )]
    Fields {
        /// As many as there are.
        found: u64,
        /// As many as there may be.
        most: u64,
    },
    /// [`cost`](crate::limits::document::Limits::cost).
    #[error(
        "The answer could hold {found} values; at most {most} are allowed. Ask for smaller pages, or for less of each row."
    )]
    Cost {
        /// As many as there could be.
        found: u64,
        /// As many as there may be.
        most: u64,
    },
    /// [`cost`](crate::limits::document::Limits::cost), of a document that is judged before anybody asks for
    /// it.
    #[error(
        "With the largest pages that its variables allow, the answer could hold {found} values; at most {most} are allowed. Give pages a fixed size, or ask for less of each row."
    )]
    CostAtMost {
        /// As many as there could be.
        found: u64,
        /// As many as there may be.
        most: u64,
    },
    /// One field that writes a letter with a code, or tries one.
    #[error(
        "The document has {found} of the fields `requestSignInCode`, `signIn`, `requestEmailChange` and `changeEmail`; at most 1 is allowed."
    )]
    Authenticating {
        /// As many as there are.
        found: usize,
    },
    /// A mebibyte of variables, each counted as often as it is used.
    #[error(
        "The variables come to {found} bytes, each counted as often as it is used; at most {most} are allowed."
    )]
    Variables {
        /// As many as there are.
        found: u64,
        /// As many as there may be.
        most: u64,
    },
}

impl From<TooMuch> for RequestError {
    fn from(much: TooMuch) -> Self {
        Self::new(TOO_COMPLEX, much.to_string())
    }
}

/// Refuses what exceeds a limit.
pub fn within<T: PartialOrd + Copy>(
    found: T,
    most: T,
    refusal: impl FnOnce(T, T) -> TooMuch,
) -> Result<(), RequestError> {
    if found > most { Err(refusal(found, most).into()) } else { Ok(()) }
}
