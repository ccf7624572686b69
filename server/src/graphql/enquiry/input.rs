//! Which enquiries.

use async_graphql::InputObject;
use entity::enquiry;
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::directive::{cost, max_length, of_search};

/// Which enquiries are asked for: those that meet everything that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EnquiryFilter {
    /// True: answered by staff; false: not answered.
    answered: Option<bool>,
    /// Words, each of which must be, or begin, a word of the name, the e-mail address or the first 2,000
    /// characters of the question; case, accents and signs do not matter. At most ten words and 200
    /// characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    pub text: Option<String>,
}

impl EnquiryFilter {
    /// The filter for a query over enquiries, but for its text.
    pub fn condition(&self) -> Condition {
        use enquiry::Column::AnsweredAt;
        let Self { answered, text: _ } = self;
        let answered =
            answered.map(|answered| if answered { AnsweredAt.is_not_null() } else { AnsweredAt.is_null() });
        Condition::all().add_option(answered)
    }
}
