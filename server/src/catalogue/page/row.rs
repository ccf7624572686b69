//! A course page: everything about a course that is the same for everybody, read at one version.

use std::sync::Arc;

use entity::mailing::News;
use entity::mailing::{CourseFacts, SessionFacts};
use entity::{
    LocalDate, audience, competency, course, course_faculty, course_tag, credit_offer, credit_part,
    credit_requirement, faculty_member, objective, organization, price, reminder_rule, room, series,
    series_part, series_run, session, session_faculty, statement, track,
};
use uuid::Uuid;

/// Everything about a course that is the same for everybody.
#[derive(Clone, Debug)]
pub struct CoursePage {
    /// The course.
    pub course: course::Model,
    /// Objectives in order.
    pub objectives: Vec<objective::Model>,
    /// Domains and topics, each kind in order.
    pub tags: Vec<course_tag::Model>,
    /// Audiences in order.
    pub audiences: Vec<audience::Model>,
    /// Competencies, group by group, in order.
    pub competencies: Vec<competency::Model>,
    /// Who offers the course, in order.
    pub offered_by: Vec<Arc<organization::Model>>,
    /// Who accredits the course, in order.
    pub accredited_by: Vec<Arc<organization::Model>>,
    /// Its faculty in order: everyone listed for the course, directors among them.
    pub faculty: Vec<FacultyRow>,
    /// Tracks in order.
    pub tracks: Vec<Arc<track::Model>>,
    /// Rooms in order.
    pub rooms: Vec<room::Model>,
    /// Sessions in the order of the agenda.
    pub sessions: Vec<SessionRow>,
    /// Prices in order.
    pub prices: Vec<price::Model>,
    /// Credit in order.
    pub credits: Vec<CreditRow>,
    /// The current version of every statement, in order.
    pub statements: Vec<statement::Model>,
    /// Reminder rules in order.
    pub rules: Vec<reminder_rule::Model>,
    /// The series it belongs to.
    pub series: Option<Arc<SeriesRow>>,
}

/// A person of the course's faculty.
#[derive(Clone, Debug)]
pub struct FacultyRow {
    /// The part the person has.
    pub role: course_faculty::Role,
    /// The person.
    pub member: Arc<faculty_member::Model>,
}

/// A session with its tracks and speakers.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The session.
    pub session: session::Model,
    /// Its tracks in the course's order; none: for everyone.
    pub tracks: Vec<Arc<track::Model>>,
    /// Who speaks, in the order of the agenda.
    pub faculty: Vec<(session_faculty::Role, Arc<faculty_member::Model>)>,
}

/// An offer of credit with its parts and requirements.
#[derive(Clone, Debug)]
pub struct CreditRow {
    /// The offer.
    pub offer: credit_offer::Model,
    /// Parts in order; they may overlap.
    pub parts: Vec<credit_part::Model>,
    /// Requirements in order.
    pub requirements: Vec<credit_requirement::Model>,
}

/// A series with its parts and their runs.
#[derive(Clone, Debug)]
pub struct SeriesRow {
    /// The series.
    pub series: series::Model,
    /// Parts in order, each with its runs in order.
    pub parts: Vec<(series_part::Model, Vec<series_run::Model>)>,
}

impl SessionRow {
    /// Whether a learner in the track `chosen` takes part; one who has chosen none takes part in everything.
    pub fn concerns(&self, chosen: Option<Uuid>) -> bool {
        let tracks: Vec<Uuid> = self.tracks.iter().map(|track| track.id).collect();
        track::concerns(&tracks, chosen)
    }
}

impl CoursePage {
    /// A page of which nothing is known but the course itself.
    pub(super) fn head(course: course::Model) -> Self {
        Self {
            course,
            objectives: Vec::new(),
            tags: Vec::new(),
            audiences: Vec::new(),
            competencies: Vec::new(),
            offered_by: Vec::new(),
            accredited_by: Vec::new(),
            faculty: Vec::new(),
            tracks: Vec::new(),
            rooms: Vec::new(),
            sessions: Vec::new(),
            prices: Vec::new(),
            credits: Vec::new(),
            statements: Vec::new(),
            rules: Vec::new(),
            series: None,
        }
    }

    /// What the mailing plan goes by. The page does not hold the course's news; who goes by them reads them
    /// first (see [`worker::facts`]).
    pub fn facts(&self, news: News) -> CourseFacts {
        let News { changes, announcements } = news;
        CourseFacts {
            course: self.course.clone(),
            sessions: self
                .sessions
                .iter()
                .map(|row| SessionFacts {
                    session: row.session.clone(),
                    track_ids: row.tracks.iter().map(|track| track.id).collect(),
                })
                .collect(),
            rules: self.rules.clone(),
            changes,
            announcements,
        }
    }

    /// The organizations whose staff run the course.
    pub fn organization_ids(&self) -> Vec<Uuid> {
        self.offered_by.iter().map(|organization| organization.id).collect()
    }

    /// The sessions that teach a learner in `track`, in the order of the agenda: those that can be rated.
    pub fn taught(&self, track: Option<Uuid>) -> impl Iterator<Item = &SessionRow> {
        self.sessions.iter().filter(move |row| row.session.kind.teaches() && row.concerns(track))
    }

    /// Whether anybody may see the course.
    pub fn is_public(&self) -> bool {
        self.course.status != course::Status::Draft && self.course.published_at.is_some()
    }

    /// The room of a session, where it is in one.
    pub fn room_of(&self, session: &session::Model) -> Option<&room::Model> {
        session.room_id.and_then(|id| self.rooms.iter().find(|room| room.id == id))
    }

    /// The local day of a session.
    pub fn date_of(&self, session: &session::Model) -> LocalDate {
        session.day(&self.course.time_zone)
    }
}
