//! Announcements: what staff write to the registrants of a course. A draft reaches nobody; a confirmed one
//! waits ten minutes, in which it can be stopped.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, FromJsonQueryResult, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::profession::Profession;
use crate::registration::Status;
use crate::{Instant, registration, track};

/// How long a confirmed announcement waits before it goes out, in minutes.
pub const WAIT_MINUTES: i64 = 10;
/// For how long after its moment an announcement is worth sending, in days.
pub const LIFE_DAYS: i64 = 7;

/// Statuses of registrations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Statuses(pub Vec<Status>);

/// Professions; none: all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Professions(pub Vec<Profession>);

/// Where an announcement is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Written; it reaches nobody until it is confirmed.
    Draft,
    /// Confirmed; it can be stopped.
    Waiting,
    /// It goes out, or has gone out.
    Sent,
    /// Stopped.
    Stopped,
}

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "announcement")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// One line.
    pub subject: String,
    /// What it says. Markdown.
    pub body: String,
    /// To people whose registration is in one of these states when it goes out; never none.
    #[sea_orm(column_type = "JsonBinary")]
    pub statuses: Statuses,
    /// To people of these professions; none: all.
    #[sea_orm(column_type = "JsonBinary")]
    pub professions: Professions,
    /// To people in this track, and those who have chosen none.
    pub track_id: Option<Uuid>,
    /// Who wrote it.
    pub written_by: Uuid,
    /// When it was written.
    pub created_at: Instant,
    /// When it was confirmed; none: a draft.
    pub confirmed_at: Option<Instant>,
    /// When it goes out.
    pub due_at: Option<Instant>,
    /// When it was stopped.
    pub stopped_at: Option<Instant>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it is meant for the person of this registration, as things stand at `now`.
    pub fn reaches(&self, registration: &registration::Model, now: Instant) -> bool {
        self.is_for(registration.status_at(now), registration.profession, registration.track_id)
    }

    /// Whether it is meant for registrants in `status` as a `profession` who have chosen the track `chosen`.
    pub fn is_for(&self, status: Status, profession: Profession, chosen: Option<Uuid>) -> bool {
        track::concerns(self.track_id.as_slice(), chosen)
            && self.statuses.0.contains(&status)
            && (self.professions.0.is_empty() || self.professions.0.contains(&profession))
    }

    /// The same for a query over registrations: those of the course for whom it is meant, as things stand at
    /// `now`.
    pub fn audience(&self, now: Instant) -> Condition {
        use registration::Column as Of;
        let mut statuses = Condition::any();
        for status in &self.statuses.0 {
            statuses = statuses.add(match status {
                Status::Started => {
                    let held = Condition::any().add(Of::HoldUntil.is_null()).add(Of::HoldUntil.gt(now));
                    Condition::all().add(Of::Status.eq(Status::Started)).add(held)
                }
                Status::Expired => {
                    Condition::any().add(Of::Status.eq(Status::Expired)).add(registration::overdue(now))
                }
                Status::Confirmed | Status::Waitlisted | Status::Cancelled => {
                    Condition::all().add(Of::Status.eq(*status))
                }
            });
        }
        let professions = (!self.professions.0.is_empty())
            .then(|| Of::Profession.is_in(self.professions.0.iter().copied()));
        let track =
            self.track_id.map(|track| Condition::any().add(Of::TrackId.is_null()).add(Of::TrackId.eq(track)));
        Condition::all()
            .add(Of::CourseId.eq(self.course_id))
            .add(statuses)
            .add_option(professions)
            .add_option(track)
    }

    /// Where it is in its life at `now`.
    pub fn state(&self, now: Instant) -> State {
        match (self.stopped_at, self.due_at) {
            (Some(_), _) => State::Stopped,
            (None, None) => State::Draft,
            (None, Some(due)) if now < due => State::Waiting,
            (None, Some(_)) => State::Sent,
        }
    }

    /// Whether it can still be stopped at `now`: a draft, or one that waits.
    pub fn can_be_stopped(&self, now: Instant) -> bool {
        self.stopped_at.is_none() && self.due_at.is_none_or(|due| now < due)
    }
}

/// The announcements of these courses that were confirmed, in the order in which they go out.
pub fn confirmed(course_ids: impl IntoIterator<Item = Uuid>) -> Select<Entity> {
    Entity::find()
        .filter(Column::CourseId.is_in(course_ids))
        .filter(Column::ConfirmedAt.is_not_null())
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
}
