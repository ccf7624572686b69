//! A course as it is written. References are slugs, dates and times are the course's own.

use entity::course::{Format, Status};
use entity::profession::Profession;
use entity::{LocalDate, WallTime, Zone, session, session_faculty};

use super::offer::{CompetencyGroup, Credit, Fees, Rule, Statement};
use super::shared::{FacultyMember, Organization, Series};
use super::text::{Email, Host, Paragraph, Prose, Slug, Title, Url};

/// What sort of offer a course is where nobody says.
pub const KIND: &str = "Continuing Education";
/// For how many days a seat is held where nobody says.
pub const PAYMENT_DAYS: i16 = 14;

/// Everything about one course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The course itself.
    pub course: Course,
    /// When and how people register.
    pub registration: Registration,
    /// What it costs.
    pub fees: Fees,
    /// The series it belongs to.
    pub series: Option<Series>,
    /// Organizations that the draft speaks of.
    pub organizations: Vec<Organization>,
    /// People who teach, in the order of the course page.
    pub faculty: Vec<FacultyMember>,
    /// Parallel tracks.
    pub tracks: Vec<Track>,
    /// Days with their sessions, in order; sessions in the order of their start.
    pub days: Vec<Day>,
    /// Kinds of credit.
    pub credits: Vec<Credit>,
    /// Competencies, group by group.
    pub competencies: Vec<CompetencyGroup>,
    /// Statements that the course page carries.
    pub statements: Vec<Statement>,
    /// Reminder rules. None: a new course starts with a copy of the default rules, a stored one keeps those it has.
    pub reminder_rules: Option<Vec<Rule>>,
}

/// The course itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name as people read it.
    pub title: Title,
    /// What sort of offer it is.
    pub kind: Title,
    /// Where it is in its life.
    pub status: Status,
    /// Why it will not take place, where it is cancelled. Markdown.
    pub cancellation_note: Option<Prose>,
    /// How it is taught.
    pub format: Format,
    /// Length in words.
    pub length: Option<Title>,
    /// The zone of every date and time of the draft.
    pub time_zone: Zone,
    /// First day.
    pub starts_on: LocalDate,
    /// Last day.
    pub ends_on: LocalDate,
    /// Last day of the evaluation.
    pub evaluation_deadline: Option<LocalDate>,
    /// One or two sentences. Plain text.
    pub summary: Option<Paragraph>,
    /// Markdown.
    pub overview: Option<Prose>,
    /// The centre that develops it.
    pub centre: Option<Title>,
    /// Where people write with questions.
    pub contact_email: Option<Email>,
    /// Credit in one line.
    pub credit_headline: Option<Title>,
    /// Slugs of the organizations that offer it.
    pub offered_by: Vec<Slug>,
    /// Slugs of the organizations that accredit it.
    pub accredited_by: Vec<Slug>,
    /// Objectives in order. Plain text.
    pub objectives: Vec<Paragraph>,
    /// Domains in order.
    pub domains: Vec<Title>,
    /// Topics in order.
    pub topics: Vec<Title>,
    /// Who should take part.
    pub audiences: Vec<Audience>,
}

/// When and how people register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// When it opens, on the course's clock; none: as soon as the course is published.
    pub opens: Option<jiff::civil::DateTime>,
    /// Last day of the early price.
    pub early_deadline: Option<LocalDate>,
    /// Last day to register; none: until the course starts.
    pub deadline: Option<LocalDate>,
    /// For how many days a seat is held for somebody who has not paid.
    pub payment_days: i16,
    /// Seats; none: unlimited.
    pub capacity: Option<i32>,
    /// Host name of the only site whose registrations count.
    pub site: Option<Host>,
}

/// A group of people who should take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The group as the course page names it.
    pub name: Title,
    /// As what its members register.
    pub profession: Profession,
}

/// A parallel track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Stable name within the course.
    pub slug: Slug,
    /// Name as people read it.
    pub name: Title,
}

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: LocalDate,
    /// What happens.
    pub sessions: Vec<Session>,
}

/// One session of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Stable name within the course.
    pub key: Slug,
    /// Start, on the day that it stands under.
    pub start: WallTime,
    /// End.
    pub end: WallTime,
    /// The day of the end, where that is another than the day of the start.
    pub ends_on: Option<LocalDate>,
    /// What happens.
    pub kind: session::Kind,
    /// Name as people read it.
    pub title: Title,
    /// Slugs of its tracks; none: for everyone.
    pub tracks: Vec<Slug>,
    /// Who speaks, in order.
    pub faculty: Vec<Speaker>,
    /// Where the confirmed join, https.
    pub join_url: Option<Url>,
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Slug of the person.
    pub member: Slug,
    /// As what.
    pub role: session_faculty::Role,
}

impl Draft {
    /// Whether the person with this slug has a part in some session.
    pub fn speaks(&self, slug: &Slug) -> bool {
        self.days.iter().flat_map(|day| &day.sessions).flat_map(|session| &session.faculty).any(|speaker| speaker.member == *slug)
    }
}
