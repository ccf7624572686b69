//! Payloads: what a mutation answers with, and a question that can be refused as a mutation is.
//!
//! A payload has the thing first, as an object; then what was removed, where something was; then the refusal.
//! Where it was done the refusal is null; where it was refused everything else is. Every payload is declared
//! by `payload!`, so that all of them keep to this.

use super::refusal::{Refusal, opaque};
use crate::error;

/// Declares a payload, and how it is made: of its one field, of all its fields together, or, where they are
/// parted by `|`, of any one of them. The field `refusal` comes last by itself, and a payload is made of a
/// refusal, too; there is no other way to make one.
macro_rules! payload {
    ($(#$doc:tt)+ $name:ident { $($(#$told:tt)+ $field:ident: $thing:ty),+ $(,)? }) => {
        $crate::graphql::payload::payload!(@declare $(#$doc)+ $name { $($(#$told)+ $field: $thing,)+ });
        $crate::graphql::payload::payload!(@together $name { $($field: $thing),+ });
    };
    ($(#$doc:tt)+ $name:ident { $($(#$told:tt)+ $field:ident: $thing:ty)|+ }) => {
        $crate::graphql::payload::payload!(@declare $(#$doc)+ $name { $($(#$told)+ $field: $thing,)+ });
        $($crate::graphql::payload::payload!(@together $name { $field: $thing });)+
    };
    (@declare $(#$doc:tt)+ $name:ident { $($(#$told:tt)+ $field:ident: $thing:ty,)+ }) => {
        $(#$doc)+
        #[derive(Clone, Debug, async_graphql::SimpleObject)]
        pub struct $name {
            $($(#$told)+ $field: Option<$thing>,)+
            /// Why not. Null where done.
            refusal: Option<$crate::graphql::refusal::Refusal>,
        }

        impl $name {
            fn nothing() -> Self {
                Self { $($field: None,)+ refusal: None }
            }
        }

        impl From<$crate::graphql::refusal::Refusal> for $name {
            fn from(refusal: $crate::graphql::refusal::Refusal) -> Self {
                Self { refusal: Some(refusal), ..Self::nothing() }
            }
        }
    };
    (@together $name:ident { $field:ident: $thing:ty }) => {
        impl From<$thing> for $name {
            fn from($field: $thing) -> Self {
                Self { $field: Some($field), ..Self::nothing() }
            }
        }
    };
    (@together $name:ident { $($field:ident: $thing:ty),+ }) => {
        impl From<($($thing,)+)> for $name {
            fn from(($($field,)+): ($($thing,)+)) -> Self {
                Self { $($field: Some($field),)+ ..Self::nothing() }
            }
        }
    };
}

pub(crate) use payload;

/// Turns the end of an action into a payload: with the thing, or with the refusal; a fault becomes an error.
///
/// # Errors
/// The fault, as clients see it.
pub fn answer<T, P: From<T> + From<Refusal>>(ended: error::Result<T>) -> async_graphql::Result<P> {
    match ended {
        Ok(thing) => Ok(thing.into()),
        Err(error::Error::Refused(no)) => Ok(Refusal::from(no).into()),
        Err(error::Error::Fault(fault)) => Err(opaque(&fault)),
    }
}
