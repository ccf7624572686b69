//! What a course file says, read and typed. Plain data: references are slugs, dates and times are the course's own.

mod offer;

use entity::course::{Format, Status};
use entity::profession::Profession;
use entity::{LocalDate, WallTime, Zone, course_faculty, session, session_faculty};

pub use offer::{CompetencyGroup, Credit, CreditPart, Fees, Price, Requirement, Rule, Statement, default_rules};

/// What sort of offer a course is where nobody says.
pub const KIND: &str = "Continuing Education";
/// For how many days a seat is held where nobody says.
pub const PAYMENT_DAYS: i16 = 14;

/// Everything about one course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseFile {
    /// The course itself.
    pub course: Course,
    /// When and how people register.
    pub registration: Registration,
    /// What it costs.
    pub fees: Fees,
    /// The series it belongs to.
    pub series: Option<Series>,
    /// Organizations that the file speaks of.
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

/// `[course]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Unique, stable name.
    pub slug: String,
    /// Name as people read it.
    pub title: String,
    /// What sort of offer it is.
    pub kind: String,
    /// Where it is in its life; an import publishes, and leaves cancelling to staff.
    pub status: Status,
    /// Why it will not take place, where it is cancelled. Markdown.
    pub cancellation_note: Option<String>,
    /// How it is taught.
    pub format: Format,
    /// Length in words.
    pub length: Option<String>,
    /// The zone of every date and time in the file.
    pub time_zone: Zone,
    /// First day.
    pub starts_on: LocalDate,
    /// Last day.
    pub ends_on: LocalDate,
    /// Last day of the evaluation.
    pub evaluation_deadline: Option<LocalDate>,
    /// One or two sentences. Plain text.
    pub summary: Option<String>,
    /// Markdown.
    pub overview: Option<String>,
    /// The centre that develops it.
    pub centre: Option<String>,
    /// Where people write with questions.
    pub contact_email: Option<String>,
    /// Credit in one line.
    pub credit_headline: Option<String>,
    /// Slugs of the organizations that offer it.
    pub offered_by: Vec<String>,
    /// Slugs of the organizations that accredit it.
    pub accredited_by: Vec<String>,
    /// Objectives in order. Plain text.
    pub objectives: Vec<String>,
    /// Domains in order.
    pub domains: Vec<String>,
    /// Topics in order.
    pub topics: Vec<String>,
    /// Who should take part.
    pub audiences: Vec<Audience>,
}

/// `[registration]`.
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
    pub site: Option<String>,
}

/// One row of `course.audiences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The group as the course page names it.
    pub name: String,
    /// As what its members register.
    pub profession: Profession,
}

/// `[series]`: the series, and the place of this course in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Unique, stable name.
    pub slug: String,
    /// Name as people read it.
    pub title: String,
    /// Markdown.
    pub summary: Option<String>,
    /// The programme that the series takes the place of.
    pub legacy: Option<String>,
    /// How many parts it has.
    pub length: i16,
    /// Which of them this course is, from 1.
    pub position: i16,
    /// What is known of its parts.
    pub parts: Vec<Part>,
}

/// One `[[series.parts]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Place in the series, from 1.
    pub position: i16,
    /// Name of the part.
    pub title: String,
    /// Occasions on which it was or will be taught outside of Lectern.
    pub runs: Vec<Run>,
}

/// One run of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `YYYY-MM`.
    pub month: String,
    /// How it was taught.
    pub format: Format,
}

/// One `[[organizations]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Unique, stable name.
    pub slug: String,
    /// Name as people read it.
    pub name: String,
    /// Home page, https.
    pub url: Option<String>,
}

/// What a person is to the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Directs it.
    Director,
    /// Belongs to its faculty.
    Faculty,
    /// Speaks in a session and is not listed among the faculty.
    Guest,
}

impl Standing {
    /// All of them, with the word that files use.
    pub const ALL: [(&str, Self); 3] = [("director", Self::Director), ("faculty", Self::Faculty), ("guest", Self::Guest)];

    /// The part in the course that this is stored as; a guest has none.
    pub fn role(self) -> Option<course_faculty::Role> {
        match self {
            Self::Director => Some(course_faculty::Role::Director),
            Self::Faculty => Some(course_faculty::Role::Faculty),
            Self::Guest => None,
        }
    }

    /// The word that files use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::Faculty => "faculty",
            Self::Guest => "guest",
        }
    }
}

/// One `[[faculty]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacultyMember {
    /// Unique, stable name.
    pub slug: String,
    /// Name without degrees.
    pub name: String,
    /// What the person is to this course.
    pub role: Standing,
    /// Degrees and licences.
    pub credentials: Option<String>,
    /// Position held.
    pub title: Option<String>,
    /// Where it is held.
    pub affiliation: Option<String>,
    /// Markdown.
    pub bio: Option<String>,
}

/// One `[[tracks]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Stable name within the course.
    pub slug: String,
    /// Name as people read it.
    pub name: String,
}

/// One `[[days]]`.
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
    pub key: String,
    /// Start, on the day that it stands under.
    pub start: WallTime,
    /// End.
    pub end: WallTime,
    /// The day of the end, where that is another than the day of the start.
    pub ends_on: Option<LocalDate>,
    /// What happens.
    pub kind: session::Kind,
    /// Name as people read it.
    pub title: String,
    /// Slugs of its tracks; none: for everyone.
    pub tracks: Vec<String>,
    /// Who speaks, in order.
    pub faculty: Vec<Speaker>,
    /// Where the confirmed join, https.
    pub join_url: Option<String>,
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Slug of the person.
    pub member: String,
    /// As what.
    pub role: session_faculty::Role,
}
