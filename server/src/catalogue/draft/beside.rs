//! What an edit speaks of beside its course: organizations, people and a series, by the names that an input or
//! a file has for them.

use std::sync::Arc;

use entity::{faculty_member, organization, series};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::catalogue::{SeriesRow, load};
use crate::store::Transaction;

/// What an edit speaks of that may not be on the course's page yet: read in the same transaction, so that it
/// is never written back old.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Organizations.
    pub organizations: Vec<Name>,
    /// People.
    pub faculty: Vec<Name>,
    /// A series.
    pub series: Option<Name>,
}

/// How a shared thing is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// By its row.
    Id(Uuid),
    /// By its slug.
    Slug(String),
}

impl Name {
    /// Whether this is the name of the row `id`, which is called `slug`.
    pub fn is(&self, id: Uuid, slug: &str) -> bool {
        match self {
            Self::Id(named) => *named == id,
            Self::Slug(named) => named == slug,
        }
    }
}

/// The organization of this name, where there is one.
pub async fn named_organization(
    db: &impl ConnectionTrait,
    name: &Name,
) -> Result<Option<organization::Model>, DbErr> {
    let column = match name {
        Name::Id(id) => organization::Column::Id.eq(*id),
        Name::Slug(slug) => organization::Column::Slug.eq(slug.as_str()),
    };
    organization::Entity::find().filter(column).one(db).await
}

/// What [`Needs`] asked for, as it is stored.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) organizations: Vec<organization::Model>,
    pub(super) faculty: Vec<faculty_member::Model>,
    pub(super) series: Option<Arc<SeriesRow>>,
}

impl Beside {
    /// Reads it.
    pub(super) async fn read(txn: &Transaction, needs: &Needs) -> Result<Self, DbErr> {
        let (mut organizations, mut faculty) = (Vec::new(), Vec::new());
        if !needs.organizations.is_empty() {
            let (ids, slugs) = parted(&needs.organizations);
            let named = organization::Column::Id.is_in(ids).or(organization::Column::Slug.is_in(slugs));
            organizations = organization::Entity::find().filter(named).all(txn).await?;
        }
        if !needs.faculty.is_empty() {
            let (ids, slugs) = parted(&needs.faculty);
            let named = faculty_member::Column::Id.is_in(ids).or(faculty_member::Column::Slug.is_in(slugs));
            faculty = faculty_member::Entity::find().filter(named).all(txn).await?;
        }
        let mut one = None;
        if let Some(name) = &needs.series {
            let (ids, slugs) = parted(std::slice::from_ref(name));
            let named = series::Column::Id.is_in(ids).or(series::Column::Slug.is_in(slugs));
            if let Some(row) = series::Entity::find().filter(named).one(txn).await? {
                one = load::serieses(txn, std::iter::once(row.id)).await?.remove(&row.id);
            }
        }
        Ok(Self { organizations, faculty, series: one })
    }
}

fn parted(names: &[Name]) -> (Vec<Uuid>, Vec<&str>) {
    let (mut ids, mut slugs) = (Vec::new(), Vec::new());
    for name in names {
        match name {
            Name::Id(id) => ids.push(*id),
            Name::Slug(slug) => slugs.push(slug.as_str()),
        }
    }
    (ids, slugs)
}
