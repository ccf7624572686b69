//! Professions, as the API shows them.

use async_graphql::Object;
use entity::profession;
use sea_orm::ActiveEnum;

/// A profession.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profession(profession::Profession);

impl From<profession::Profession> for Profession {
    fn from(profession: profession::Profession) -> Self {
        Self(profession)
    }
}

/// A profession as which people register; it decides the price they pay.
#[Object]
impl Profession {
    /// Its stable name for programs, in lower case, such as `nurse`; inputs and filters take it.
    async fn code(&self) -> String {
        self.0.to_value()
    }

    /// Its name for people, in English. What a course page calls it is told by `Price.label`.
    async fn name(&self) -> &str {
        self.0.label()
    }
}
