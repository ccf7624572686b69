//! A course's own copy of the rules by which letters are sent; staff change the copy, never the default.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Iterable};

use crate::announcement::Professions;
use crate::letter::Letter;
use crate::{Instant, WallTime, registration, track};

/// When a rule speaks, counted from its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// On the day so many calendar days from the anchor's local date (negative: before), at a time on the
    /// clock in the course's zone.
    Days {
        /// Calendar days.
        days: i16,
        /// Time of day.
        at: WallTime,
    },
    /// So many exact minutes from the anchor (negative: before). A deadline's anchor is the first instant
    /// after its day.
    Exact {
        /// Minutes.
        minutes: i32,
    },
}

impl Offset {
    /// As it is stored: days, time of day, minutes.
    pub fn columns(self) -> (Option<i16>, Option<WallTime>, Option<i32>) {
        match self {
            Self::Days { days, at } => (Some(days), Some(at), None),
            Self::Exact { minutes } => (None, None, Some(minutes)),
        }
    }
}

/// One rule of one course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder_rule")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Stable name within the course, such as `course_starting_7d`; the ledger remembers letters under it.
    pub slug: String,
    /// Place in the list, from 1.
    pub position: i16,
    /// Which letter is sent; it says what the moment is counted from, and to whom it goes.
    pub letter: Letter,
    /// Calendar days from the anchor's local date (negative: before), together with [`Self::wall_time`].
    pub offset_days: Option<i16>,
    /// Time of day in the course's zone.
    pub wall_time: Option<WallTime>,
    /// Exact minutes from the anchor (negative: before), where it is not counted in days.
    pub offset_minutes: Option<i32>,
    /// Whether the rule is switched on.
    pub enabled: bool,
    /// What fell due before this is not sent: a new rule looks forward only.
    pub applies_from: Instant,
    /// A subject line of the office's own.
    pub subject: Option<String>,
    /// An opening paragraph of the office's own. Markdown.
    pub opening: Option<String>,
    /// To these professions alone; none: to all that the letter goes to.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub professions: Option<Professions>,
    /// To people in this track, and those who have chosen none; none: to all.
    pub track_id: Option<Uuid>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Rules whose letter this version knows: another one, newer or older, may have written others, which say
/// nothing here.
pub fn readable() -> Condition {
    Condition::all().add(Column::Letter.is_in(Letter::iter()))
}

impl Model {
    /// When the rule speaks, counted from its anchor.
    pub fn offset(&self) -> Offset {
        match (self.offset_days, self.wall_time) {
            (Some(days), Some(at)) => Offset::Days { days, at },
            (Some(_) | None, Some(_) | None) => Offset::Exact { minutes: self.offset_minutes.unwrap_or(0) },
        }
    }

    /// Whether the rule is switched on since it was `old`, or speaks of something else, at another time or to
    /// others: then it looks forward only.
    pub fn speaks_anew(&self, old: &Self) -> bool {
        (self.enabled && !old.enabled)
            || old.letter != self.letter
            || old.offset() != self.offset()
            || old.professions != self.professions
            || old.track_id != self.track_id
    }

    /// Whether the rule is meant for the person of this registration, going by profession and track.
    pub fn reaches(&self, registration: &registration::Model) -> bool {
        let in_track = track::concerns(self.track_id.as_slice(), registration.track_id);
        in_track
            && self
                .professions
                .as_ref()
                .is_none_or(|wanted| wanted.0.is_empty() || wanted.0.contains(&registration.profession))
    }
}
