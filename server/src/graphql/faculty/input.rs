//! Which members of the faculty.

use async_graphql::{InputObject, Result};
use entity::faculty_member::Column;
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::graphql::course::{contains, words};
use crate::graphql::directive::max_length;

/// Which members of the faculty; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct FacultyFilter {
    /// Words, in whatever case, each of which must be found in the name, the position, or where it is held. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)))]
    text: Option<String>,
}

impl FacultyFilter {
    /// The filter for a query over the faculty.
    ///
    /// # Errors
    /// A text that is too long.
    pub fn condition(self, backend: DbBackend) -> Result<Condition> {
        let Self { text } = self;
        let mut all = Condition::all();
        for word in words(text.as_deref().unwrap_or_default())? {
            let mut any = Condition::any();
            for column in [Column::Name, Column::Title, Column::Affiliation] {
                any = any.add(contains(column.into_expr(), word, backend));
            }
            all = all.add(any);
        }
        Ok(all)
    }
}
