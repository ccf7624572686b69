//! The access matrix: who sees and does what, in one table. [`crate::viewer`] holds the rules in SQL and in
//! code; the table says which of them guards what. It is printed as `ACCESS.md`, and a test walks the whole
//! schema against it: what stands in the schema and not here fails.

mod print;
mod table;

pub use print::print;
pub use table::{ACTS, QUESTIONS, ROUTES, STREAMS, TYPES, WITHIN};

/// Who may. Whoever is named by one of several may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody who has come as far; signed in or not.
    Anybody,
    /// Everybody, once a course that shows it is announced (`Viewer::visible_courses`).
    Announced,
    /// Whoever is signed in (`Viewer::signed_in`).
    SignedIn,
    /// The learner whom it is about (`Viewer::visible_registrations`).
    Learner,
    /// Learners who are confirmed for the course.
    Confirmed,
    /// Staff of an organization that offers the course (`Viewer::runs_course`, `Viewer::run_…`), and the
    /// office.
    Runs,
    /// Staff of the organization that it is about, and the office.
    Represents,
    /// Staff of any organization (`Viewer::is_staff`), and the office.
    Staff,
    /// Staff of all organizations, and administrators (`Reach::Everything`).
    Office,
    /// Administrators (`Viewer::is_administrator`).
    Administrators,
}

/// What everybody else gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Else {
    /// Nobody is left.
    Nothing,
    /// Null.
    Null,
    /// An empty list.
    Empty,
    /// A refusal: `UNAUTHENTICATED` for who is not signed in, and this code for everybody else.
    Refused(Denial),
    /// The same, with a code of its own for staff, who may do it elsewhere.
    RefusedStaff(Denial, Denial),
}

/// The refusals with which access is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// There is no such thing.
    NotFound,
    /// The account may not do this at all.
    Forbidden,
    /// What the input says is not the viewer's to say.
    InvalidInput,
}

/// Fields, questions or acts with one rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Who may.
    pub who: &'static [Who],
    /// What everybody else gets.
    pub otherwise: Else,
    /// Their names, between spaces.
    pub names: &'static str,
}

/// A type whose objects are not everybody's.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name of the type.
    pub name: &'static str,
    /// For whom an object of it exists: by its id, within others, and in lists with their counts, filters and
    /// orders.
    pub exists: &'static [Who],
    /// Its fields, for those for whom the object exists.
    pub fields: &'static [Rule],
}

/// An address other than the API's.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The path.
    pub path: &'static str,
    /// Who may.
    pub who: &'static str,
    /// What everybody else gets.
    pub otherwise: &'static str,
}

impl Who {
    /// The same in a word or two.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Announced => "anybody once announced",
            Self::SignedIn => "the signed-in",
            Self::Learner => "the learner",
            Self::Confirmed => "the confirmed",
            Self::Runs => "staff who run the course",
            Self::Represents => "staff of the organization",
            Self::Staff => "staff",
            Self::Office => "the office",
            Self::Administrators => "administrators",
        }
    }
}

impl Denial {
    /// The code of the refusal in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Forbidden => "FORBIDDEN",
            Self::InvalidInput => "INVALID_INPUT",
        }
    }
}

impl Rule {
    /// Its names, one by one.
    pub fn each(&self) -> impl Iterator<Item = &'static str> {
        self.names.split_whitespace()
    }
}

/// The rule of `name` among `rules`.
pub fn rule(rules: &'static [Rule], name: &str) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.each().any(|known| known == name))
}

/// The type of this name, where it has rules of its own.
pub fn kind(name: &str) -> Option<&'static Kind> {
    TYPES.iter().find(|kind| kind.name == name)
}

/// Whether anybody may ask this question.
pub fn is_open_question(name: &str) -> bool {
    rule(QUESTIONS, name).is_some_and(|rule| rule.who == [Who::Anybody])
}

/// Whether anybody may see this field of whatever anybody can find: of what is in the catalogue, once it is
/// announced, and of what stands within.
pub fn is_open_field(type_name: &str, field: &str) -> bool {
    let Some(kind) = kind(type_name) else { return is_within(type_name) };
    let open = |rule: &Rule| rule.who == [Who::Anybody] && rule.each().any(|known| known == field);
    kind.exists.contains(&Who::Announced) && (field == "__typename" || kind.fields.iter().any(open))
}

/// Whether a type has no rule of its own: whoever sees what holds it sees all of it. Pages, their edges, and
/// payloads are such types.
pub fn is_within(name: &str) -> bool {
    ["Connection", "Edge", "Payload"].iter().any(|ending| name.ends_with(ending))
        || WITHIN.split_whitespace().any(|known| known == name)
}
