//! What courses share: organizations, people and series.

use entity::course::Format;
use entity::course_faculty;

use super::patch::Patch;
use super::text::{Month, Prose, Slug, Title, Url};

/// A series, and the place of a course in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name as people read it.
    pub title: Title,
    /// Markdown.
    pub summary: Option<Prose>,
    /// The programme that the series takes the place of.
    pub legacy: Option<Title>,
    /// How many parts it has.
    pub length: i16,
    /// Which of them the course is, from 1; of a series by itself it says nothing.
    pub position: i16,
    /// What is known of its parts, in order.
    pub parts: Vec<Part>,
}

/// What is known of a part of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Place in the series, from 1.
    pub position: i16,
    /// Name of the part.
    pub title: Title,
    /// Occasions on which it was or will be taught outside of Lectern.
    pub runs: Vec<Run>,
}

/// One run of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `YYYY-MM`.
    pub month: Month,
    /// How it was taught.
    pub format: Format,
}

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name as people read it.
    pub name: Title,
    /// Home page, https.
    pub url: Option<Url>,
}

/// What a person is to the course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Directs it.
    Director,
    /// Belongs to its faculty.
    #[default]
    Faculty,
    /// Speaks in a session and is not listed among the faculty.
    Guest,
}

impl Standing {
    /// All of them, with the word that files use.
    pub const ALL: [(&str, Self); 3] =
        [("director", Self::Director), ("faculty", Self::Faculty), ("guest", Self::Guest)];

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

/// A person who teaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacultyMember {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name without degrees.
    pub name: Title,
    /// What the person is to this course.
    pub role: Standing,
    /// Degrees and licences.
    pub credentials: Option<Title>,
    /// Position held.
    pub title: Option<Title>,
    /// Where it is held.
    pub affiliation: Option<Title>,
    /// Markdown.
    pub bio: Option<Prose>,
}

/// What is to be different about an organization; of a new one, what it is.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    /// Another slug.
    pub slug: Option<Slug>,
    /// Another name.
    pub name: Option<Title>,
    /// The home page.
    pub url: Patch<Url>,
}

impl OrganizationChange {
    /// Changes it.
    pub fn put(self, row: &mut Organization) {
        let Self { slug, name, url } = self;
        row.slug = slug.unwrap_or_else(|| row.slug.clone());
        row.name = name.unwrap_or_else(|| row.name.clone());
        url.put(&mut row.url);
    }
}

/// What is to be different about a person; of somebody new, who it is.
#[derive(Clone, Debug, Default)]
pub struct FacultyMemberChange {
    /// Another slug.
    pub slug: Option<Slug>,
    /// Another name.
    pub name: Option<Title>,
    /// Degrees and licences.
    pub credentials: Patch<Title>,
    /// Position held.
    pub title: Patch<Title>,
    /// Where it is held.
    pub affiliation: Patch<Title>,
    /// Markdown.
    pub bio: Patch<Prose>,
}

impl FacultyMemberChange {
    /// Changes them.
    pub fn put(self, row: &mut FacultyMember) {
        let Self { slug, name, credentials, title, affiliation, bio } = self;
        row.slug = slug.unwrap_or_else(|| row.slug.clone());
        row.name = name.unwrap_or_else(|| row.name.clone());
        credentials.put(&mut row.credentials);
        title.put(&mut row.title);
        affiliation.put(&mut row.affiliation);
        bio.put(&mut row.bio);
    }
}

/// What is to be different about a series; of a new one, what it is.
#[derive(Clone, Debug, Default)]
pub struct SeriesChange {
    /// Another slug.
    pub slug: Option<Slug>,
    /// Another title.
    pub title: Option<Title>,
    /// Markdown.
    pub summary: Patch<Prose>,
    /// The programme that the series takes the place of.
    pub legacy: Patch<Title>,
    /// How many parts it has.
    pub length: Option<i16>,
    /// All that is known of its parts.
    pub parts: Option<Vec<Part>>,
}

impl SeriesChange {
    /// Changes it.
    pub fn put(self, row: &mut Series) {
        let Self { slug, title, summary, legacy, length, parts } = self;
        row.slug = slug.unwrap_or_else(|| row.slug.clone());
        row.title = title.unwrap_or_else(|| row.title.clone());
        summary.put(&mut row.summary);
        legacy.put(&mut row.legacy);
        row.length = length.unwrap_or(row.length);
        row.parts = parts.unwrap_or_else(|| std::mem::take(&mut row.parts));
    }
}

impl Default for Series {
    /// One of one part, of which nothing is said yet.
    fn default() -> Self {
        Self {
            slug: Slug::default(),
            title: Title::default(),
            summary: None,
            legacy: None,
            length: 1,
            position: 1,
            parts: Vec::new(),
        }
    }
}
