//! Finding registrations. Whose they are is decided in SQL.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Object, Result};
use entity::registration::{self, Status};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::input::{RegistrationFilter, RegistrationOrder};
use super::loader::ViewerRegistrations;
use super::object::Registration;
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Key, Page, Shape, Sort, Wanted, total};
use crate::graphql::refusal::{OrOpaque, bad_argument};
use crate::graphql::session::Session;
use crate::roster;
use crate::viewer::Viewer;

/// Questions about registrations.
#[derive(Clone, Copy, Debug, Default)]
pub struct RegistrationQuery;

#[Object]
impl RegistrationQuery {
    /// The registration with this code: an own one, or one of a course that the viewer runs; else null.
    async fn registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the learner reads out; lower case and spaces around it do not matter.")] code: String,
    ) -> Nullable<Registration> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let row = registration::Entity::find()
                .filter(registration::Column::Code.eq(code.trim().to_uppercase()))
                .filter(viewer.visible_registrations())
                .one(&app.db)
                .await
                .or_opaque()?;
            Ok(row.map(Registration::from))
        })
        .await
    }

    /// The registrations of all courses that the viewer runs; none for who is not staff.
    #[graphql(directive = cost::apply(of_list()))]
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a connection are given by its specification"
    )]
    async fn registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<RegistrationFilter>,
        #[graphql(desc = "In which order; newest first where it is not given.")] order_by: Option<
            RegistrationOrder,
        >,
    ) -> Result<Page<Registration>> {
        let wanted = Wanted::read(first, after, last, before)?;
        match ctx.data::<Viewer>()?.run_registrations() {
            Some(scope) => page_of(ctx, scope, wanted, filter, order_by).await,
            None => Ok(nothing(&wanted)),
        }
    }
}

/// The registrations of the learner who is signed in as `learner_id`, newest first: for
/// `Viewer.registrations`.
pub async fn of_viewer(
    ctx: &Context<'_>,
    learner_id: Uuid,
    wanted: Wanted,
    filter: Option<RegistrationFilter>,
) -> Result<Page<Registration>> {
    page_of(ctx, Condition::all().add(registration::Column::LearnerId.eq(learner_id)), wanted, filter, None)
        .await
}

/// The registrations of a course, for `Course.registrations`; none unless the viewer runs it.
pub async fn of_course(
    ctx: &Context<'_>,
    page: &CoursePage,
    wanted: Wanted,
    filter: Option<RegistrationFilter>,
    order: Option<RegistrationOrder>,
) -> Result<Option<Page<Registration>>> {
    if !ctx.data::<Viewer>()?.runs_course(page) {
        return Ok(None);
    }
    page_of(
        ctx,
        Condition::all().add(registration::Column::CourseId.eq(page.course.id)),
        wanted,
        filter,
        order,
    )
    .await
    .map(Some)
}

/// The viewer's own registration for a course, for `Course.viewerRegistration`: the live one, or else the
/// newest.
pub async fn of_viewer_for_course(ctx: &Context<'_>, course_id: Uuid) -> Result<Option<Registration>> {
    ctx.data::<DataLoader<ViewerRegistrations>>()?.load_one(course_id).await
}

/// Those of the registrations with these ids that the viewer may see: for `node` and `nodes`.
pub async fn seen(
    app: &AppState,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> std::result::Result<Vec<Registration>, DbErr> {
    let rows = registration::Entity::find()
        .filter(registration::Column::Id.is_in(ids))
        .filter(viewer.visible_registrations())
        .all(&app.db)
        .await?;
    Ok(Registration::together(rows))
}

/// The teaching sessions to come of all courses for which the learner `learner_id` is confirmed, in the order
/// of time, for `Viewer.upcomingSessions`: those of the learner's track, as long as they have not ended.
pub async fn upcoming_sessions(ctx: &Context<'_>, learner_id: Uuid, wanted: Wanted) -> Result<Page<Session>> {
    let app = ctx.data::<AppState>()?;
    let now = app.nature.now();
    let confirmed = registration::Entity::find()
        .filter(registration::Column::LearnerId.eq(learner_id))
        .filter(registration::Column::Status.eq(Status::Confirmed))
        .all(&app.db)
        .await
        .or_opaque()?;
    let course_ids: Vec<Uuid> = confirmed.iter().map(|registration| registration.course_id).collect();
    let pages = app.catalogue.pages(&app.db, &course_ids).await.or_opaque()?;
    let mut sessions: Vec<Session> = Vec::new();
    for page in pages.iter().filter(|page| page.course.status == entity::course::Status::Published) {
        let track = confirmed
            .iter()
            .find(|registration| registration.course_id == page.course.id)
            .and_then(|registration| registration.track_id);
        let coming = page.taught(track).filter(|row| row.session.ends_at > now);
        sessions.extend(coming.filter_map(|row| Session::find(page, row.session.id)));
    }
    let key =
        |session: &Session| vec![Key::At(session.row().session.starts_at), Key::Id(session.row().session.id)];
    sessions.sort_by_key(key);
    let total = u64::try_from(sessions.len()).ok();
    Ok(wanted
        .shaped("upcomingSessions", &[Shape::At, Shape::Id])?
        .pick(sessions.into_iter(), key)
        .connection(total, |session| (key(&session), session)))
}

/// No registrations.
fn nothing(wanted: &Wanted) -> Page<Registration> {
    wanted.cut(Vec::new()).connection(Some(0), |never: Registration| (Vec::new(), never))
}

/// A page of the registrations within `scope`, newest first where no order is given: ids are made in the
/// order of time.
async fn page_of(
    ctx: &Context<'_>,
    scope: Condition,
    wanted: Wanted,
    filter: Option<RegistrationFilter>,
    order: Option<RegistrationOrder>,
) -> Result<Page<Registration>> {
    let app = ctx.data::<AppState>()?;
    let filter = filter.unwrap_or_default().read().map_err(|no| bad_argument(no.to_string()))?;
    let select = registration::Entity::find().filter(scope).filter(filter.condition(app.nature.now()));
    let total = total(ctx, || select.clone()).await?;
    let (name, sort) = match order.map(|order| order.read()) {
        None => (
            "registrations",
            Sort::descending([(Expr::col((registration::Entity, registration::Column::Id)), Shape::Id)]),
        ),
        Some(order) => {
            let name = match order.field {
                roster::Field::StartedAt => "registrations by STARTED_AT",
                roster::Field::LearnerName => "registrations by LEARNER_NAME",
                roster::Field::Code => "registrations by CODE",
                roster::Field::ConfirmedAt => "registrations by CONFIRMED_AT",
            };
            (name, order.sort())
        }
    };
    let slice = wanted.shaped(name, &sort.shape())?.fetch(&app.db, select, &sort).await.or_opaque()?;
    Ok(slice.map(Registration::together).connection_of(total, |node| node))
}
