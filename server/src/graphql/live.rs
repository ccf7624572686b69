//! What can be followed. Every event is the whole state of what is followed, as whoever follows it may see it
//! at that moment; so a client that has missed some has missed nothing, and one that comes again begins with
//! what is.
//!
//! A resolver answers once, with what is now, and says what it was read from ([`Watch`]). Whoever runs the
//! operation reads it anew when that may have changed, as a new operation with a viewer of its own, so that
//! no right outlives its end. Where a resolver names nothing, there is nothing to follow: it does not exist
//! for this viewer, and the stream ends after that answer.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Result, Subscription};
use futures_util::stream::{self, Once};

use super::course::{Seats, Taken};
use super::global_id::{Kind, parse};
use super::keyset::{Page, Wanted};
use super::notice::{self, Notice, NoticeFilter};
use super::refusal::OrOpaque;
use super::registration::{self, Registration};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::viewer::Viewer;
use crate::wake::Topic;

/// What an operation was read from, said by its resolvers.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Vec<Topic>>>);

impl Watch {
    /// The answer shows this.
    pub fn on(&self, topic: Topic) {
        self.list().push(topic);
    }

    /// All that the answer shows.
    pub fn topics(&self) -> Vec<Topic> {
        self.list().clone()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Topic>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is now.
pub type Now<T> = Once<Ready<T>>;

fn now<T>(state: T) -> Now<T> {
    stream::once(ready(state))
}

/// What can be followed over WebSocket or server-sent events. Each event is the whole state; the first comes
/// at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Live;

/// What can be followed over WebSocket (`graphql-transport-ws`) or as server-sent events. Each event is the
/// whole state, and the first comes at once, so a client that comes again has missed nothing.

#[Subscription(name = "Subscription")]
impl Live {
    /// The seats of a course, whenever one is taken, held or given back. Null where their number is not
    /// limited, or where there is no such course for the viewer, and then the stream ends.
    async fn seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course.")] course_id: ID,
    ) -> Result<Now<Option<Seats>>> {
        let Some(page) = course(ctx, &course_id).await? else { return Ok(now(None)) };
        let id = page.course.id;
        ctx.data::<Watch>()?.on(Topic::Seats(id));
        let Some(capacity) = page.course.capacity else { return Ok(now(None)) };
        let taken = ctx.data::<DataLoader<Taken>>()?.load_one(id).await?.unwrap_or_default();
        Ok(now(Some(Seats::of(capacity, taken.seats))))
    }

    /// A registration, whenever it changes: an own one, or one of a course that the viewer runs. Null where
    /// there is no such registration for the viewer, and then the stream ends.
    async fn registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The registration.")] id: ID,
    ) -> Result<Now<Option<Registration>>> {
        let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
        let Some((Kind::Registration, id)) = parse(&id) else { return Ok(now(None)) };
        let Some(found) = registration::seen(app, viewer, vec![id]).await.or_opaque()?.pop() else {
            return Ok(now(None));
        };
        ctx.data::<Watch>()?.on(Topic::Registration { id, course_id: found.row().course_id });
        Ok(now(Some(found)))
    }

    /// The letters of a course that fell due, newest first, whenever one is planned, sent or stopped; for
    /// staff who run the course. Null for everybody else, and then the stream ends.
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a connection are given by its specification"
    )]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course.")] course_id: ID,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<NoticeFilter>,
    ) -> Result<Now<Option<Page<Notice>>>> {
        let Some(page) = course(ctx, &course_id).await? else { return Ok(now(None)) };
        let found = notice::notices(ctx, &page, Wanted::read(first, after, last, before)?, filter).await?;
        if found.is_some() {
            ctx.data::<Watch>()?.on(Topic::Notices(page.course.id));
        }
        Ok(now(found))
    }
}

/// The course with this id, where the viewer may see it.
async fn course(ctx: &Context<'_>, id: &ID) -> Result<Option<Arc<CoursePage>>> {
    let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
    let Some((Kind::Course, id)) = parse(id) else { return Ok(None) };
    let page = app.catalogue.page(&app.db, id).await.or_opaque()?;
    Ok(page.filter(|page| viewer.sees_course(page)))
}
