//! What staff say of people who teach.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use entity::Refusal;

use crate::course_file::format::{self, CourseFile, Standing};
use crate::course_file::{Needs, Stored};
use crate::graphql::course::edit::at::none_such;
use crate::graphql::course::edit::describe::{named, set};
use crate::graphql::global_id::Kind;
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
    /// Writes it into a person.
    ///
    /// # Errors
    /// A new person without a slug or a name.
    pub fn write(self, row: &mut format::FacultyMember) -> Result<(), Refusal> {
        let Self { id, version: _, slug, name, credentials, title, affiliation, bio } = self;
        for (field, missing) in [("slug", slug.is_none()), ("name", name.is_none())] {
            if id.is_none() && missing {
                return Err(Refusal::invalid("Somebody new needs a slug and a name.", &[field]));
            }
        }
        row.slug = slug.unwrap_or_else(|| row.slug.clone());
        row.name = name.unwrap_or_else(|| row.name.clone());
        set(&mut row.credentials, credentials, |text| text);
        set(&mut row.title, title, |text| text);
        set(&mut row.affiliation, affiliation, |text| text);
        set(&mut row.bio, bio, |text| text.0);
        Ok(())
    }
}

impl SetCourseFacultyInput {
    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        let faculty = self.faculty.iter().map(|row| named(Kind::FacultyMember, &row.member_id)).collect();
        Needs { faculty, ..Needs::default() }
    }

    /// Writes it into a course.
    ///
    /// # Errors
    /// Somebody who is not there, or is named twice.
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile) -> Result<(), Refusal> {
        let mut listed: Vec<format::FacultyMember> = Vec::new();
        for (index, CourseFacultyInput { member_id, role }) in self.faculty.into_iter().enumerate() {
            let standing = match role {
                CourseFacultyRole::Director => Standing::Director,
                CourseFacultyRole::Faculty => Standing::Faculty,
            };
            let place = index.to_string();
            let path = ["faculty", &place, "memberId"];
            let found = stored.faculty_member(&named(Kind::FacultyMember, &member_id), standing);
            let found = found.ok_or_else(|| none_such("faculty member", &path))?;
            if listed.iter().any(|row| row.slug == found.slug) {
                return Err(Refusal::invalid("This person is named twice.", &path));
            }
            listed.push(found);
        }
        let guests = file.faculty.drain(..).filter(|row| !listed.iter().any(|kept| kept.slug == row.slug));
        let guests: Vec<_> = guests.map(|row| format::FacultyMember { role: Standing::Guest, ..row }).collect();
        file.faculty = listed.into_iter().chain(guests).collect();
        Ok(())
    }
}
