//! What a course costs, by profession.

use sea_orm::entity::prelude::*;

use crate::course;
use crate::profession::Profession;
use crate::quote::Basis;

/// The price for one profession.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// Who pays it.
    pub profession: Profession,
    /// The profession as the course page names it.
    pub label: String,
    /// Regular price, in the smallest unit of the course's currency.
    pub regular_minor: i64,
    /// Early price, in the smallest unit of its currency; offered once the course has an early deadline.
    pub early_minor: Option<i64>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What is to be paid at `now`, and on what ground: the early price while the course's early deadline has
    /// not passed.
    ///
    /// A course may announce an early price before its early deadline is set; until then nobody can say how
    /// long the price holds, so the regular price counts.
    pub fn at(&self, course: &course::Model, now: crate::Instant) -> (Basis, i64) {
        match (self.early_minor, course.early_ends_at()) {
            (Some(early), Some(ends)) if now < ends => (Basis::Early, early),
            (Some(_) | None, Some(_) | None) => (Basis::Regular, self.regular_minor),
        }
    }
}

/// The price that `profession` pays: its own, or, where the course has no row for it, that of allied health
/// professionals and others.
pub fn for_profession(prices: &[Model], profession: Profession) -> Option<&Model> {
    let of = |wanted: Profession| prices.iter().find(|price| price.profession == wanted);
    of(profession).or_else(|| of(Profession::AlliedHealthOther))
}
