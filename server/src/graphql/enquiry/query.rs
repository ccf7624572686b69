//! Finding enquiries, and asking for a challenge. Whose enquiries they are is decided in SQL.

use async_graphql::{Context, ID, Object, Result};
use entity::enquiry;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::input::EnquiryFilter;
use super::object::Enquiry;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::human_check::HumanCheckChallenge;
use crate::graphql::keyset::{Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::{OrOpaque, searched};
use crate::human_check::{self, Purpose};
use crate::listing::search::ENQUIRIES;
use crate::viewer::Viewer;

/// Questions about enquiries.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnquiryQuery;

#[Object]
impl EnquiryQuery {
    /// A proof of work to be done before one asks about this course: good once, for ten minutes, and for
    /// nothing else. Null where there is no such course that the viewer may see, or where it takes no
    /// enquiries.
    async fn enquiry_challenge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course that is to be asked about.")] course_id: ID,
    ) -> Nullable<HumanCheckChallenge> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let Some(id) = global_id::of(Kind::Course, &course_id) else { return Ok(None) };
            let page =
                app.catalogue.page(&app.db, id).await.or_opaque()?.filter(|page| viewer.sees_course(page));
            let Some(page) = page.filter(|page| enquiry::taken_for(&page.course, app.nature.now()).is_ok())
            else {
                return Ok(None);
            };
            let issued = human_check::issue(app, Purpose::Enquiry(page.course.id)).or_opaque()?;
            HumanCheckChallenge::try_from(issued).map(Some).or_opaque()
        })
        .await
    }

    /// The enquiries about all courses that the viewer runs, newest first; none for who is not staff.
    #[graphql(directive = cost::apply(of_list()))]
    async fn enquiries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<EnquiryFilter>,
    ) -> Result<Page<Enquiry>> {
        let wanted = Wanted::read(first, after, last, before)?;
        match ctx.data::<Viewer>()?.run_enquiries() {
            Some(scope) => page_of(ctx, scope, wanted, filter).await,
            None => Ok(wanted.cut(Vec::new()).connection(Some(0), |never: Enquiry| (Vec::new(), never))),
        }
    }
}

/// The enquiries about a course, newest first, for `Course.enquiries`; none unless the viewer runs it.
pub(super) async fn of_course(
    ctx: &Context<'_>,
    page: &CoursePage,
    wanted: Wanted,
    filter: Option<EnquiryFilter>,
) -> Result<Option<Page<Enquiry>>> {
    if !ctx.data::<Viewer>()?.runs_course(page) {
        return Ok(None);
    }
    page_of(ctx, Condition::all().add(enquiry::Column::CourseId.eq(page.course.id)), wanted, filter)
        .await
        .map(Some)
}

/// Those of the enquiries with these ids that are about a course that the viewer runs: for `node` and
/// `nodes`.
///
/// # Errors
/// A failing database.
pub async fn seen(
    app: &AppState,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> std::result::Result<Vec<Enquiry>, DbErr> {
    let Some(scope) = viewer.run_enquiries() else { return Ok(Vec::new()) };
    let rows =
        enquiry::Entity::find().filter(enquiry::Column::Id.is_in(ids)).filter(scope).all(&app.db).await?;
    Ok(Enquiry::together(rows))
}

/// A page of the enquiries within `scope`, newest first: ids are made in the order of time.
async fn page_of(
    ctx: &Context<'_>,
    scope: Condition,
    wanted: Wanted,
    filter: Option<EnquiryFilter>,
) -> Result<Page<Enquiry>> {
    let app = ctx.data::<AppState>()?;
    let filter = filter.unwrap_or_default();
    let id = Expr::col((enquiry::Entity, enquiry::Column::Id));
    let found = searched(filter.text.clone())?.find(&app.db, ENQUIRIES, id.clone()).await.or_opaque()?;
    let select = enquiry::Entity::find().filter(scope).filter(filter.condition());
    let total = total(ctx, || select.clone().filter(found.count)).await?;
    let sort = Sort::descending([(id, Shape::Id)]);
    let slice = wanted
        .shaped("enquiries", &sort.shape())?
        .fetch(&app.db, select.filter(found.page), &sort)
        .await
        .or_opaque()?;
    Ok(slice.map(Enquiry::together).connection_of(total, |node| node))
}
