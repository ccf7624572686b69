//! Which sessions.

use async_graphql::{ID, InputObject};
use entity::{session, session_track, track};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbErr, Iterable};
use uuid::Uuid;

use super::{Session, SessionKind};
use crate::app::AppState;
use crate::graphql::global_id::{Kind, of};
use crate::graphql::scalar::{Date, DateTime};
use crate::listing::condition::on_local_day;

/// Which sessions; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionFilter {
    /// What happens.
    kind: Option<SessionKind>,
    /// Taught in this track. Sessions for everyone name no track, and are not among them;
    /// `attendedFromTrackId` has both.
    track_id: Option<ID>,
    /// Whoever has chosen this track takes part: taught in it, or for everyone.
    attended_from_track_id: Option<ID>,
    /// Begins on this day, in the zone of its course; what begins after midnight begins on the day after its
    /// course day.
    date: Option<Date>,
    /// Begins at this moment or later.
    starts_from: Option<DateTime>,
    /// Begins before this moment.
    starts_to: Option<DateTime>,
    /// Belongs to this course.
    course_id: Option<ID>,
    /// True: only what is taught, no breaks, meals or transitions.
    teaching_only: Option<bool>,
}

/// The row that an id names; an id of another kind names none, and so no session is found by it.
fn named(kind: Kind, id: &ID) -> Uuid {
    of(kind, id).unwrap_or_else(Uuid::nil)
}

/// The ids of sessions that are placed in tracks.
fn placements() -> SelectStatement {
    Query::select().column(session_track::Column::SessionId).from(session_track::Entity).take()
}

impl SessionFilter {
    /// Whether it takes a session that is at hand.
    pub fn takes(&self, session: &Session) -> bool {
        let Self {
            kind,
            track_id,
            attended_from_track_id,
            date,
            starts_from,
            starts_to,
            course_id,
            teaching_only,
        } = self;
        let row = &session.row().session;
        kind.is_none_or(|kind| session::Kind::from(kind) == row.kind)
            && track_id
                .as_ref()
                .is_none_or(|id| session.row().tracks.iter().any(|track| track.id == named(Kind::Track, id)))
            && attended_from_track_id.as_ref().is_none_or(|id| session.concerns_track(named(Kind::Track, id)))
            && date.as_ref().is_none_or(|date| session.begins_on() == date.0)
            && starts_from.as_ref().is_none_or(|from| row.starts_at >= from.0)
            && starts_to.as_ref().is_none_or(|to| row.starts_at < to.0)
            && course_id.as_ref().is_none_or(|id| row.course_id == named(Kind::Course, id))
            && (teaching_only != &Some(true) || row.kind.teaches())
    }

    /// The same for a query over sessions.
    ///
    /// # Errors
    /// A failing database.
    pub async fn condition(self, app: &AppState) -> Result<Condition, DbErr> {
        use session::Column;
        let Self {
            kind,
            track_id,
            attended_from_track_id,
            date,
            starts_from,
            starts_to,
            course_id,
            teaching_only,
        } = self;
        let mut all = Condition::all();
        let taught = |track: Uuid| placements().and_where(session_track::Column::TrackId.eq(track)).take();
        if let Some(id) = track_id {
            all = all.add(Column::Id.in_subquery(taught(named(Kind::Track, &id))));
        }
        if let Some(id) = attended_from_track_id {
            let id = named(Kind::Track, &id);
            let of_course = || {
                Query::select()
                    .column(track::Column::CourseId)
                    .from(track::Entity)
                    .and_where(track::Column::Id.eq(id))
                    .take()
            };
            let of_session = Query::select()
                .column(Column::Id)
                .from(session::Entity)
                .and_where(Column::CourseId.in_subquery(of_course()))
                .take();
            let placed =
                placements().and_where(session_track::Column::SessionId.in_subquery(of_session)).take();
            let attended = Condition::any()
                .add(Column::Id.in_subquery(taught(id)))
                .add(Column::Id.not_in_subquery(placed));
            all = all.add(Column::CourseId.in_subquery(of_course())).add(attended);
        }
        if let Some(date) = date {
            all = all.add(on_local_day(&app.db, date.0).await?);
        }
        if teaching_only == Some(true) {
            all = all.add(Column::Kind.is_in(session::Kind::iter().filter(|kind| kind.teaches())));
        }
        Ok(all
            .add_option(kind.map(|kind| Column::Kind.eq(session::Kind::from(kind))))
            .add_option(starts_from.map(|from| Column::StartsAt.gte(from.0)))
            .add_option(starts_to.map(|to| Column::StartsAt.lt(to.0)))
            .add_option(course_id.map(|id| Column::CourseId.eq(named(Kind::Course, &id)))))
    }
}
