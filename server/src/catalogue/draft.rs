//! The write model of the catalogue: everything that changes a course, an organization, a person or a series
//! goes through here.
//!
//! A [`Draft`] is a course as somebody wants it. Its values check themselves on the way in ([`text`],
//! [`number`]), what must hold between them is checked in one place ([`mod@check`]), and mistakes stand at
//! typed paths ([`Path`]) that a course file tells by its lines and an edit by the fields of its input.
//! [`Open`] is the only way in, for imports, edits, copies and moves alike: it locks, reads, is changed, and
//! is saved: checked, compared with what is stored, written, put on record and told.

pub mod agenda;
pub mod alone;
mod apply;
pub mod arrange;
mod beside;
mod change;
pub mod check;
mod commitment;
mod course;
mod diff;
mod distance;
mod elsewhere;
pub mod facts;
mod faculty;
mod field;
mod import;
mod mistake;
pub mod number;
mod offer;
mod open;
mod past;
mod patch;
mod path;
mod ready;
mod registration;
mod room;
mod save;
mod scope;
mod session;
mod shared;
mod shift;
mod shipped;
pub mod showing;
mod stored;
pub mod text;
mod thing;
pub mod track;
mod warn;

use entity::course::Format;
use entity::{LocalDate, Zone};

pub use beside::{Name, Needs, named_organization};
pub use change::DraftChange;
pub use course::{Course, CourseChange, KIND};
pub use diff::{Change, Changes};
pub use distance::Distance;
pub use faculty::set_faculty;
pub use field::Field;
pub use import::{Manner, find, import, import_by, import_from, plan};
pub use mistake::{Mistake, Mistakes, Scope, Telling, Wrong, sentence};
pub use offer::{
    Audience, CompetencyGroup, Credit, CreditPart, Fees, OfferChange, Price, PriceWanted, Requirement, Rule,
    Statement, default_rules,
};
pub use open::{Edit, Open};
pub use patch::Patch;
pub(crate) use path::at;
pub use path::{Path, Segment};
pub use ready::{publishable, stays_publishable};
pub use registration::{PAYMENT_DAYS, Registration, RegistrationChange};
pub use room::Room;
pub use save::{Removed, Saved, changing};
pub use scope::course_of_session;
pub use session::{Day, NewSession, Session, SessionChange, Speaker};
pub use shared::{
    FacultyMember, FacultyMemberChange, Organization, OrganizationChange, Part, Run, Series, SeriesChange,
    Standing,
};
pub use shift::{move_by_days, move_sessions, moved_to_open};
pub use shipped::give_rules;
use text::{Currency, Slug, Title};
pub use track::{Track, TrackWanted};
pub use warn::{Warning, warnings};

/// Everything about one course. References are slugs, dates and times are the course's own.
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
    /// Rooms in which sessions are held.
    pub rooms: Vec<Room>,
    /// Days with their sessions, in order; sessions in the order of their start.
    pub days: Vec<Day>,
    /// Kinds of credit.
    pub credits: Vec<Credit>,
    /// Competencies, group by group.
    pub competencies: Vec<CompetencyGroup>,
    /// Statements that the course page carries.
    pub statements: Vec<Statement>,
    /// Reminder rules. None: a new course starts with a copy of the default rules, a stored one keeps those
    /// it has.
    pub reminder_rules: Option<Vec<Rule>>,
}

impl Draft {
    /// A course of which nothing is said but what it cannot be without; it lasts from the first of the days
    /// to the last.
    pub fn new(
        slug: Slug,
        title: Title,
        format: Format,
        time_zone: Zone,
        days: (LocalDate, LocalDate),
        currency: Currency,
    ) -> Self {
        Self {
            course: Course::new(slug, title, format, time_zone, days),
            registration: Registration::default(),
            fees: Fees { currency, processing_fee: None, prices: Vec::new() },
            series: None,
            organizations: Vec::new(),
            faculty: Vec::new(),
            tracks: Vec::new(),
            rooms: Vec::new(),
            days: Vec::new(),
            credits: Vec::new(),
            competencies: Vec::new(),
            statements: Vec::new(),
            reminder_rules: None,
        }
    }

    /// Whether the person with this slug has a part in some session.
    pub fn speaks(&self, slug: &Slug) -> bool {
        self.days
            .iter()
            .flat_map(|day| &day.sessions)
            .flat_map(|session| &session.faculty)
            .any(|speaker| speaker.member == *slug)
    }
}
