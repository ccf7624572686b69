//! Changes to the agenda of a published course: what people were told before, and what holds now. Written
//! with the change itself; the mailing plan gathers them into letters. Where a session changes its tracks, it
//! leaves the agendas of some, comes to those of others, and stays in some: one row for each of these.

use sea_orm::entity::prelude::*;
use sea_orm::{FromJsonQueryResult, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::{Instant, track};

/// Tracks, by id; none: everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct TrackIds(pub Vec<Uuid>);

/// One session that was moved, added or taken out, for everyone or in some tracks. Sessions that do not teach are not recorded: nobody is
/// called for a break.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_change")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// The session; it may be gone.
    pub session_id: Uuid,
    /// Its name at the time of the change.
    pub title: String,
    /// The tracks in which this became of it; none: everyone.
    #[sea_orm(column_type = "JsonBinary")]
    pub track_ids: TrackIds,
    /// When the change was made.
    pub at: Instant,
    /// Its start before; none: it was not there.
    pub old_starts_at: Option<Instant>,
    /// Its end before.
    pub old_ends_at: Option<Instant>,
    /// Its start since; none: it was taken out.
    pub new_starts_at: Option<Instant>,
    /// Its end since.
    pub new_ends_at: Option<Instant>,
    /// Whether the link to join it changed.
    pub link_changed: bool,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether the session takes place at another time, is new, or was taken out.
    pub fn is_moved(&self) -> bool {
        (self.old_starts_at, self.old_ends_at) != (self.new_starts_at, self.new_ends_at)
    }

    /// Whether the change concerns a learner in the track `chosen`; one who has chosen none takes part in
    /// everything.
    pub fn concerns(&self, chosen: Option<Uuid>) -> bool {
        track::concerns(&self.track_ids.0, chosen)
    }
}

/// The changes to these courses, oldest first.
pub fn of_courses(ids: impl IntoIterator<Item = Uuid>) -> Select<Entity> {
    Entity::find().filter(Column::CourseId.is_in(ids)).order_by_asc(Column::At).order_by_asc(Column::Id)
}
