//! Asking for organizations.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use entity::organization::{Column, Entity};
use sea_orm::sea_query::Order;
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};

use super::Organization;
use crate::desk::Desk;
use crate::graphql::course::{contains, words};
use crate::graphql::directive::max_length;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Key, Page, Shape, Wanted};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Which organizations; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OrganizationFilter {
    /// Words, in whatever case, each of which must be found in the name. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)))]
    text: Option<String>,
}

impl OrganizationFilter {
    fn condition(self, backend: DbBackend) -> Result<Condition> {
        let Self { text } = self;
        let mut all = Condition::all();
        for word in words(text.as_deref().unwrap_or_default())? {
            all = all.add(contains(Column::Name.into_expr(), word, backend));
        }
        Ok(all)
    }
}

/// The questions about organizations.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// The organization of this name; null where there is none that the viewer may see.
    async fn organization(&self, ctx: &Context<'_>, #[graphql(desc = "Its unique name.")] slug: String) -> Nullable<Organization> {
        let found = async {
            let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
            let select = Entity::find().filter(Column::Slug.eq(slug)).filter(viewer.visible_organizations());
            Ok(select.one(&desk.db).await.or_opaque()?.map(|row| Organization(Arc::new(row))))
        };
        nullable(found.await)
    }

    /// Organizations by name: for staff all, to choose from; for everybody else those that stand behind a course that they may see.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which organizations; all where nothing is said.")] filter: Option<OrganizationFilter>,
    ) -> Result<Page<Organization>> {
        let (desk, viewer) = (ctx.data::<Desk>()?, ctx.data::<Viewer>()?);
        let wanted = Wanted::read(first, after, last, before)?.shaped("organizations", &[Shape::Text, Shape::Id])?;
        let condition = filter.unwrap_or_default().condition(desk.db.get_database_backend())?;
        let select = Entity::find().filter(viewer.visible_organizations()).filter(condition);
        let total =
            if ctx.look_ahead().field("totalCount").exists() { Some(select.clone().count(&desk.db).await.or_opaque()?) } else { None };
        let columns = [(Column::Name.into_expr(), Order::Asc), (Column::Id.into_expr(), Order::Asc)];
        let found = wanted.fetch(&desk.db, select, &columns).await.or_opaque()?;
        Ok(found.connection(total, |row| (vec![Key::Text(row.name.clone()), Key::Id(row.id)], Organization(Arc::new(row)))))
    }
}
