//! What staff do with the sessions of a course.

use async_graphql::{Context, ID, InputObject, Object, Result};
use entity::course::Status;
use entity::{Refusal as Refused, session};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::input::{AddSessionInput, UpdateSessionInput, input_path, key_of};
use crate::app::AppState;
use crate::course_file::agenda::{Disorder, Place, reorder, take};
use crate::course_file::{Edit, Imported, Needs, edit};
use crate::error::{self, Fault};
use crate::graphql::course::Course;
use crate::graphql::course::edit::at::none_such;
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

/// The end of an edit of one session, with the paths of mistakes in the words of its input.
fn in_input(done: error::Result<Imported>, place: &Place) -> error::Result<Imported> {
    done.map_err(|no| match no {
        error::Error::Refused(refusal) => error::Error::Refused(refusal.told_at(|path| input_path(path, place))),
        error::Error::Fault(fault) => error::Error::Fault(fault),
    })
}

/// The session at `place` as it stands now.
async fn session_at(app: &AppState, done: error::Result<Imported>, place: &Place) -> error::Result<Session> {
    let course = written(app, in_input(done, place)).await?;
    let page = course.page();
    let row = page.sessions.iter().find(|row| row.session.slug == place.key);
    let found = row.and_then(|row| Session::find(page, row.session.id));
    Ok(found.ok_or_else(|| Fault::Stored(format!("session {} of course {} has gone", place.key, page.course.id)))?)
}

async fn add(app: &AppState, viewer: &Viewer, input: AddSessionInput) -> error::Result<Session> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id, "course")?;
    let act = Edit { course_id, version: input.version, act: "addSession", needs: input.needs() };
    let mut place = Place::default();
    let done = edit(app, viewer, act, |stored, file| {
        place = input.write(stored, file)?;
        Ok(())
    });
    let done = done.await;
    session_at(app, done, &place).await
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateSessionInput) -> error::Result<Session> {
    let (session_id, course_id) = course_of(app, viewer, &input.session_id).await?;
    let act = Edit { course_id, version: input.version, act: "updateSession", needs: input.needs() };
    let mut place = Place::default();
    let done = edit(app, viewer, act, |stored, file| {
        place = input.write(stored, file, session_id)?;
        Ok(())
    });
    let done = done.await;
    session_at(app, done, &place).await
}

async fn remove(app: &AppState, viewer: &Viewer, input: &RemoveSessionInput) -> error::Result<(Course, ID)> {
    let (session_id, course_id) = course_of(app, viewer, &input.session_id).await?;
    let act = Edit { course_id, version: input.version, act: "removeSession", needs: Needs::default() };
    let done = edit(app, viewer, act, |stored, file| {
        take(file, key_of(stored, session_id)?).ok_or_else(|| Refused::not_found("session"))?;
        if file.days.is_empty() && file.course.status == Status::Published {
            return Err(Refused::invalid("This is the last session of a published course, which needs at least one.", &["sessionId"]));
        }
        Ok(())
    });
    let done = done.await.map_err(|no| match no {
        // What stands against a session that goes is told of the agenda as a whole.
        error::Error::Refused(refusal) => error::Error::Refused(
            refusal.told_at(|path| if path.first().is_some_and(|first| first == "days") { vec!["sessionId".to_owned()] } else { path }),
        ),
        error::Error::Fault(fault) => error::Error::Fault(fault),
    });
    Ok((written(app, done).await?, global(Kind::Session, session_id)))
}

async fn put_in_order(app: &AppState, viewer: &Viewer, input: &ReorderSessionsInput) -> error::Result<Course> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id, "course")?;
    let act = Edit { course_id, version: input.version, act: "reorderSessions", needs: Needs::default() };
    let unknown = |index: usize| none_such("session in this course", &["sessionIds", &index.to_string()]);
    let done = edit(app, viewer, act, |stored, file| {
        let mut keys = Vec::new();
        for (index, id) in input.session_ids.iter().enumerate() {
            let key = must(Kind::Session, id, "session").and_then(|id| key_of(stored, id));
            keys.push(key.map_err(|_| unknown(index))?);
        }
        reorder(file, &keys).map_err(|disorder| match disorder {
            Disorder::Strange(index) => Refused::invalid("This session is named twice.", &["sessionIds", &index.to_string()]),
            Disorder::Apart => Refused::invalid(
                "These sessions start at different times, and time orders them. Only sessions that start together can change places.",
                &["sessionIds"],
            ),
            Disorder::Missing => Refused::invalid("Name every session that starts at this time, each once.", &["sessionIds"]),
        })
    });
    written(app, done.await).await
}
