//! What staff do with the sessions of a course.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::course::Status;
use entity::{Refusal as Refused, session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::input::{AddSessionInput, UpdateSessionInput, key_of};
use crate::app::AppState;
use crate::catalogue::draft::agenda::{Disorder, Place, reorder, take};
use crate::catalogue::draft::{Edit, Needs, Open, Saved, Scope, Telling, at};
use crate::error::{self, Fault};
use crate::graphql::course::Course;
use crate::graphql::course::edit::mutation::written;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::payload::{answer, payload};
use crate::graphql::session::Session;
use crate::viewer::Viewer;

/// A session is taken out.
#[derive(Clone, Debug, InputObject)]
pub struct RemoveSessionInput {
    /// The session.
    session_id: ID,
    /// The version of its course that was looked at: `Course.version` as it was read.
    version: i32,
}

/// Sessions that start together are put in another order.
#[derive(Clone, Debug, InputObject)]
pub struct ReorderSessionsInput {
    /// The course.
    course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    version: i32,
    /// All sessions that start at one time of one day, in the order that they are to have. Everything else is in the order of time.
    session_ids: Vec<ID>,
}

payload! {
    /// What came of adding a session.
    AddSessionPayload {
        /// The new session. Null where refused.
        session: Session,
    }
}

payload! {
    /// What came of changing a session.
    UpdateSessionPayload {
        /// The session as it stands now. Null where refused.
        session: Session,
    }
}

payload! {
    /// What came of taking a session out.
    RemoveSessionPayload {
        /// The course, without the session. Null where refused.
        course: Course,
        /// The session that there was. Null where refused.
        removed_session_id: ID,
    }
}

payload! {
    /// What came of putting sessions in another order.
    ReorderSessionsPayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

/// What staff do with the sessions of a course. A change of time to a published course is told to whom it concerns, ten minutes later.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Adds a session to a course that the viewer runs. What overlaps is allowed, and told by `Course.warnings`.
    #[graphql(directive = cost::apply(of_act()))]
    async fn add_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happens, and when.")] input: AddSessionInput,
    ) -> Result<AddSessionPayload> {
        answer(add(ctx.data()?, ctx.data()?, input).await)
    }

    /// Changes a session of a course that the viewer runs, or moves it: what the input leaves out stays.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session, and what is to be different.")] input: UpdateSessionInput,
    ) -> Result<UpdateSessionPayload> {
        answer(update(ctx.data()?, ctx.data()?, input).await)
    }

    /// Takes a session out of a course that the viewer runs; one that learners have rated stays.
    #[graphql(directive = cost::apply(of_act()))]
    async fn remove_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: RemoveSessionInput,
    ) -> Result<RemoveSessionPayload> {
        answer(remove(ctx.data()?, ctx.data()?, &input).await)
    }

    /// Puts sessions that start at the same time, such as those of parallel tracks, in another order.
    #[graphql(directive = cost::apply(of_act()))]
    async fn reorder_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions, in which order.")] input: ReorderSessionsInput,
    ) -> Result<ReorderSessionsPayload> {
        answer(put_in_order(ctx.data()?, ctx.data()?, &input).await)
    }
}

/// The course of a session that is the viewer's to run.
async fn course_of(app: &AppState, viewer: &Viewer, id: &ID) -> error::Result<(Uuid, Uuid)> {
    viewer.signed_in()?;
    let no_such = || Refused::not_found("session");
    let session_id = must(Kind::Session, id, "session")?;
    let mine = viewer.run_courses().ok_or_else(no_such)?;
    let mine = entity::course::Entity::find().select_only().column(entity::course::Column::Id).filter(mine);
    let found = session::Entity::find_by_id(session_id)
        .select_only()
        .column(session::Column::CourseId)
        .filter(session::Column::CourseId.in_subquery(mine.into_query()));
    let course_id = found.into_tuple().one(&app.db).await?.ok_or_else(no_such)?;
    Ok((session_id, course_id))
}

/// The session at `place` as it stands now.
async fn session_at(app: &AppState, done: error::Result<Saved>, place: &Place) -> error::Result<Session> {
    let course = written(app, done).await?;
    let page = course.page();
    let row = page.sessions.iter().find(|row| place.key == row.session.slug);
    let found = row.and_then(|row| Session::find(page, row.session.id));
    Ok(found.ok_or_else(|| Fault::Stored(format!("session {} of course {} has gone", place.key, page.course.id)))?)
}

async fn add(app: &AppState, viewer: &Viewer, input: AddSessionInput) -> error::Result<Session> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id, "course")?;
    let edit = Edit { course_id, version: input.version, act: "addSession", needs: input.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let place = input.write(&mut open);
    session_at(app, open.save().await, &place).await
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateSessionInput) -> error::Result<Session> {
    let (session_id, course_id) = course_of(app, viewer, &input.session_id).await?;
    let edit = Edit { course_id, version: input.version, act: "updateSession", needs: input.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let place = match input.write(&mut open, session_id) {
        Ok(place) => place,
        Err(no) => return Err(open.close(no).await),
    };
    session_at(app, open.save().await, &place).await
}

async fn remove(app: &AppState, viewer: &Viewer, input: &RemoveSessionInput) -> error::Result<(Course, ID)> {
    let (session_id, course_id) = course_of(app, viewer, &input.session_id).await?;
    let edit = Edit { course_id, version: input.version, act: "removeSession", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    // What stands against a session that goes is told of the days as a whole.
    open.telling = Telling::Input(Scope { part: at![Days], all_at: Some("sessionId") });
    let key = open.page().and_then(|page| key_of(page, session_id)).map(str::to_owned);
    match key.map(|key| take(&mut open.draft, &key)) {
        Ok(Some(_)) => {}
        Ok(None) => open.refuse(Refused::not_found("session")),
        Err(no) => open.refuse(no),
    }
    if open.draft.days.is_empty() && open.draft.course.status == Status::Published {
        let message = "This is the last session of a published course, which needs at least one.";
        open.refuse(open.telling.refusal(&at![Days], message));
    }
    Ok((written(app, open.save().await).await?, global(Kind::Session, session_id)))
}

async fn put_in_order(app: &AppState, viewer: &Viewer, input: &ReorderSessionsInput) -> error::Result<Course> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id, "course")?;
    let edit = Edit { course_id, version: input.version, act: "reorderSessions", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    if let Err(no) = reordered(&mut open, &input.session_ids) {
        open.refuse(no);
    }
    written(app, open.save().await).await
}

/// Puts the sessions with these ids in this order.
fn reordered(open: &mut Open<'_>, ids: &[ID]) -> Result<(), Refused> {
    let at = |index: usize, message: &str| Refused::invalid(message, &["sessionIds", &index.to_string()]);
    let page = open.page()?;
    let mut keys = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let key = must(Kind::Session, id, "session").and_then(|id| key_of(page, id));
        keys.push(key.map_err(|_| at(index, "There is no such session in this course."))?.to_owned());
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    reorder(&mut open.draft, &keys).map_err(|disorder| match disorder {
        Disorder::Strange(index) => at(index, "This session is named twice."),
        Disorder::Apart => Refused::invalid(
            "These sessions start at different times, and time orders them. Only sessions that start together can change places.",
            &["sessionIds"],
        ),
        Disorder::Missing => Refused::invalid("Name every session that starts at this time, each once.", &["sessionIds"]),
    })
}
