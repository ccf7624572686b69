//! Sessions: the rows of a course's agenda.

use sea_orm::FromJsonQueryResult;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Instant, LocalDate, Zone};

/// What happens in a session.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody teaches.
    Talk,
    /// Learners practise.
    Practice,
    /// Learners meet in small groups.
    SmallGroup,
    /// Everybody together.
    Plenary,
    /// A pause.
    Break,
    /// A meal.
    Meal,
    /// Time to move from one thing to another.
    Transition,
}

impl Kind {
    /// Whether learners learn in it: breaks, meals and transitions are never announced, rated or counted.
    pub fn teaches(self) -> bool {
        match self {
            Self::Talk | Self::Practice | Self::SmallGroup | Self::Plenary => true,
            Self::Break | Self::Meal | Self::Transition => false,
        }
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Stable name within the course.
    pub slug: String,
    /// Name as people read it.
    pub title: String,
    /// What happens.
    pub kind: Kind,
    /// Start.
    pub starts_at: Instant,
    /// First instant after it.
    pub ends_at: Instant,
    /// Place among sessions that start together, from 1.
    pub position: i16,
    /// Where the confirmed join, https.
    pub join_url: Option<String>,
    /// The course day that it belongs to, where that is the day before its start: it begins after midnight
    /// and belongs to the evening.
    pub day_on: Option<LocalDate>,
    /// The room, where it is in one.
    pub room_id: Option<Uuid>,
    /// What it is about. Markdown.
    pub description: Option<String>,
    /// For whom it is, by what they know already, such as `Introductory`.
    pub level: Option<String>,
    /// The language in which it is held, as BCP 47 has it.
    pub language: Option<String>,
    /// What it is about in a few words each; nobody chooses a theme, as they do a track.
    pub themes: Option<Themes>,
}

/// The themes of a session, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Themes(pub Vec<String>);

impl Model {
    /// A talk of which nothing is said but when it takes place.
    pub fn blank(id: Uuid, course_id: Uuid, (starts_at, ends_at): (Instant, Instant)) -> Self {
        Self {
            id,
            course_id,
            slug: String::new(),
            title: String::new(),
            kind: Kind::Talk,
            starts_at,
            ends_at,
            position: 1,
            join_url: None,
            day_on: None,
            room_id: None,
            description: None,
            level: None,
            language: None,
            themes: None,
        }
    }

    /// The course day that it belongs to, in the course's `zone`: the day on which it begins, but for what
    /// begins after midnight and belongs to the evening before.
    pub fn day(&self, zone: &Zone) -> LocalDate {
        self.day_on.unwrap_or_else(|| self.starts_at.date_in(zone))
    }
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
