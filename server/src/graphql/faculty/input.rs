//! Which members of the faculty.

use async_graphql::InputObject;

use crate::graphql::directive::{cost, max_length, of_search};

/// Which members of the faculty; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct FacultyFilter {
    /// Words, each of which must be, or begin, a word of the name, the position, or where it is held; case,
    /// accents and signs do not matter. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    pub text: Option<String>,
}
