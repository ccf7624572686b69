//! Asking which addresses are suppressed. Whose they are is decided in SQL.

use async_graphql::{Context, InputObject, Object, Result};
use entity::Instant;
use entity::email::Address;
use entity::suppression::{Column, Entity, Model, in_force};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::object::Suppression;
use crate::app::AppState;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::OrOpaque;
use crate::viewer::Viewer;

/// Which suppressions; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SuppressionFilter {
    /// Those of this address, whatever its case.
    email: Option<String>,
    /// True: those that keep letters back now; false: those that have expired or were lifted.
    in_force: Option<bool>,
}

impl SuppressionFilter {
    /// The same, for a query over suppressions.
    fn condition(self, now: Instant) -> Condition {
        let Self { email, in_force: wanted } = self;
        // What is no address is nobody's.
        let key = email.map(|typed| Address::parse(&typed).ok().map(|address| address.key()));
        let holds = wanted.map(|wanted| if wanted { in_force(now) } else { in_force(now).not() });
        Condition::all().add_option(key.map(|key| Column::EmailKey.is_in(key))).add_option(holds)
    }
}

/// Questions about suppressed addresses.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuppressionQuery;

#[Object]
impl SuppressionQuery {
    /// The addresses to which nothing, or less, is or was sent, of people who have registered for, or asked
    /// about, courses that the viewer runs, the last ones first; none for who is not staff. Staff of all
    /// organizations and administrators see all.
    #[graphql(directive = cost::apply(of_list()))]
    async fn suppressions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<SuppressionFilter>,
    ) -> Result<Page<Suppression>> {
        let app = ctx.data::<AppState>()?;
        // Ids are made in the order of time.
        let sort = Sort::descending([(Expr::col((Entity, Column::Id)), Shape::Id)]);
        let wanted = Wanted::read(first, after, last, before)?.shaped("suppressions", &sort.shape())?;
        let Some(scope) = ctx.data::<Viewer>()?.run_suppressions() else {
            return Ok(wanted.cut(Vec::new()).connection(Some(0), |never: Suppression| (Vec::new(), never)));
        };
        let select =
            Entity::find().filter(scope).filter(filter.unwrap_or_default().condition(app.nature.now()));
        let total = total(ctx, || select.clone()).await?;
        let slice = wanted.fetch::<Model, _, _>(&app.db, select, &sort).await.or_opaque()?;
        Ok(slice.connection_of(total, Suppression))
    }
}

/// Those of the suppressions with these ids that the viewer may see: for `node` and `nodes`.
///
/// # Errors
/// A failing database.
pub async fn seen(
    app: &AppState,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> std::result::Result<Vec<Suppression>, DbErr> {
    let Some(scope) = viewer.run_suppressions() else { return Ok(Vec::new()) };
    let rows = Entity::find().filter(Column::Id.is_in(ids)).filter(scope).all(&app.db).await?;
    Ok(rows.into_iter().map(Suppression).collect())
}
