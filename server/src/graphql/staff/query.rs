//! Asking who works here.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::staff_role::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::object::{Beside, StaffRole, StaffRoleKind};
use crate::app::AppState;
use crate::graphql::directive::{cost, max_length, of_list, of_search};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::{OrOpaque, searched};
use crate::listing::search::LEARNERS;
use crate::viewer::Viewer;

/// Which roles; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StaffRoleFilter {
    /// Those that let a person do this.
    role: Option<StaffRoleKind>,
    /// Those that are good for the courses of this organization alone.
    organization_id: Option<ID>,
    /// Words, each of which must be, or begin, a word of the person's name or e-mail address; case, accents
    /// and signs do not matter. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    text: Option<String>,
}

impl StaffRoleFilter {
    /// The same, for a query over roles.
    fn condition(self) -> Result<Condition> {
        let Self { role, organization_id, text } = self;
        Ok(Condition::all()
            .add_option(role.map(|role| Column::Role.eq(entity::staff_role::Role::from(role))))
            // An id of another kind names no organization.
            .add_option(
                organization_id
                    .map(|id| Column::OrganizationId.is_in(global_id::of(Kind::Organization, &id))),
            )
            .add(searched(text)?.all_of(LEARNERS, Column::LearnerId.into_expr())))
    }
}

/// Questions about who works here.
#[derive(Clone, Copy, Debug, Default)]
pub struct StaffQuery;

#[Object]
impl StaffQuery {
    /// Everybody's roles, those that were granted last first; none for who is no administrator. A person with
    /// several has several.
    #[graphql(directive = cost::apply(of_list()))]
    async fn staff_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which roles; all where nothing is said.")] filter: Option<StaffRoleFilter>,
    ) -> Result<Page<StaffRole>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        // Ids are made in the order of time.
        let sort = Sort::descending([(Expr::col((Entity, Column::Id)), Shape::Id)]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("staffRoles", &sort.shape())?;
        let filter = filter.unwrap_or_default().condition()?;
        if !viewer.is_administrator() {
            return Ok(wanted.cut(Vec::new()).connection(Some(0), |never: StaffRole| (Vec::new(), never)));
        }
        let select = Entity::find().filter(viewer.visible_staff_roles()).filter(filter);
        let total = total(ctx, || select.clone()).await?;
        let slice = wanted.fetch::<Model, _, _>(&app.db, select, &sort).await.or_opaque()?;
        let beside = Beside::of(app, slice.rows.iter().map(|(_, row)| row)).await.or_opaque()?;
        let slice = slice.filter_map(|(key, row)| Some((key, beside.role(row)?)));
        Ok(slice.connection_of(total, |role| role))
    }
}

/// Those of the roles with these ids that the viewer may see: for `node` and `nodes`.
pub async fn seen(
    app: &AppState,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> std::result::Result<Vec<StaffRole>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids))
        .filter(viewer.visible_staff_roles())
        .all(&app.db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let beside = Beside::of(app, rows.iter()).await?;
    Ok(rows.into_iter().filter_map(|row| beside.role(row)).collect())
}
