//! What staff say of people who teach.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};

use crate::catalogue::draft::{FacultyMember, FacultyMemberChange, Field, Mistakes, Needs, Open, Standing, at};
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named};
use crate::graphql::scalar::Markdown;

/// A person who teaches: a new one, or changes to one. What is left out stays as it is; null takes away what may be missing.
#[derive(Clone, Debug, InputObject)]
pub struct UpsertFacultyMemberInput {
    /// The person; left out: a new one is entered, with a slug and a name.
    pub id: Option<ID>,
    /// The version of the person that was looked at, `FacultyMember.version` as it was read; needed where `id` is given.
    pub version: Option<i32>,
    /// Unique name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. Another slug is another address.
    slug: Option<String>,
    /// Name without degrees; up to 300 characters.
    name: Option<String>,
    /// Degrees and licences, such as `MD, MPH`; up to 300 characters.
    credentials: MaybeUndefined<String>,
    /// Position held; up to 300 characters.
    title: MaybeUndefined<String>,
    /// Where the position is held; up to 300 characters.
    affiliation: MaybeUndefined<String>,
    /// Who the person is, at length; up to 20,000 characters.
    bio: MaybeUndefined<Markdown>,
}

/// Two entries of one person become one.
#[derive(Clone, Debug, InputObject)]
pub struct MergeFacultyMembersInput {
    /// The entry that stays, as it is.
    pub keep_id: ID,
    /// The version of it that was looked at: `FacultyMember.version` as it was read.
    pub keep_version: i32,
    /// The entry that goes.
    pub merge_id: ID,
    /// The version of it that was looked at: `FacultyMember.version` as it was read.
    pub merge_version: i32,
}

/// Who directs and who belongs to the faculty of a course.
#[derive(Clone, Debug, InputObject)]
pub struct SetCourseFacultyInput {
    /// The course.
    pub course_id: ID,
    /// The version of it that was looked at: `Course.version` as it was read.
    pub version: i32,
    /// The people, in the order of the course page; each once.
    faculty: Vec<CourseFacultyInput>,
}

/// Somebody's part in a course.
#[derive(Clone, Debug, InputObject)]
pub struct CourseFacultyInput {
    /// The person: an id, or a slug.
    member_id: ID,
    /// The part.
    role: CourseFacultyRole,
}

/// The part that a person has in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::course_faculty::Role")]
pub enum CourseFacultyRole {
    /// Directs it.
    Director,
    /// Belongs to its faculty.
    Faculty,
}

impl UpsertFacultyMemberInput {
    /// What is to be different, and what of it cannot be; somebody new needs a slug and a name.
    pub fn read(self) -> (FacultyMemberChange, Mistakes) {
        let Self { id, version: _, slug, name, credentials, title, affiliation, bio } = self;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        for (field, missing) in [(Field::Slug, slug.is_none()), (Field::Name, name.is_none())] {
            if id.is_none() && missing {
                read.wrong(field, "Somebody new needs a slug and a name.");
            }
        }
        let change = FacultyMemberChange {
            slug: read.some_text(Field::Slug, slug),
            name: read.some_text(Field::Name, name),
            credentials: read.patch_text(Field::Credentials, credentials),
            title: read.patch_text(Field::Title, title),
            affiliation: read.patch_text(Field::Affiliation, affiliation),
            bio: read.patch_text(Field::Bio, bio.map_value(|text| text.0)),
        };
        (change, mistakes)
    }
}

impl SetCourseFacultyInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        let faculty = self.faculty.iter().map(|row| named(Kind::FacultyMember, &row.member_id)).collect();
        Needs { faculty, ..Needs::default() }
    }

    /// Writes it into a course.
    pub fn write(self, open: &mut Open<'_>) {
        let mut listed: Vec<FacultyMember> = Vec::new();
        for (index, CourseFacultyInput { member_id, role }) in self.faculty.into_iter().enumerate() {
            let standing = match role {
                CourseFacultyRole::Director => Standing::Director,
                CourseFacultyRole::Faculty => Standing::Faculty,
            };
            let path = at![Faculty, index, Member];
            let Some(found) = open.faculty_member(&named(Kind::FacultyMember, &member_id), standing, path.clone()) else { continue };
            if listed.iter().any(|row| row.slug == found.slug) {
                open.mistakes.add(path, "This person is named twice.");
            } else {
                listed.push(found);
            }
        }
        let guests = open.draft.faculty.drain(..).filter(|row| !listed.iter().any(|kept| kept.slug == row.slug));
        let guests: Vec<_> = guests.map(|row| FacultyMember { role: Standing::Guest, ..row }).collect();
        open.draft.faculty = listed.into_iter().chain(guests).collect();
    }
}
