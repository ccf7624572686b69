//! Entering a person who teaches, and changing what is said about one.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::{FacultyMember, written};
use crate::action::upsert_faculty_member::upsert_faculty_member;
use crate::app::AppState;
use crate::catalogue::draft::{FacultyMemberChange, Field, Mistakes, at};
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, seen};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

/// A person who teaches: a new one, or changes to one. What is left out stays as it is; null takes away what
/// may be missing.
#[derive(Clone, Debug, InputObject)]
pub struct UpsertFacultyMemberInput {
    /// The person; left out: a new one is entered, with a slug and a name.
    id: Option<ID>,
    /// The version of the person that was looked at, `FacultyMember.version` as it was read; needed where
    /// `id` is given.
    version: Option<i32>,
    /// Unique name for addresses and files: 1 to 100 small letters, digits, `-` and `_`. Another slug is
    /// another address.
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

payload! {
    /// What came of entering or changing a person.
    UpsertFacultyMemberPayload {
        /// The person as they stand now. Null where refused.
        faculty_member: FacultyMember,
    }
}

impl UpsertFacultyMemberInput {
    /// What is to be different, and what of it cannot be.
    fn read(self) -> (FacultyMemberChange, Mistakes) {
        let Self { id: _, version: _, slug, name, credentials, title, affiliation, bio } = self;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
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

/// Entering a person who teaches, and changing what is said about one.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpsertFacultyMemberMutation;

#[Object]
impl UpsertFacultyMemberMutation {
    /// Enters a person who teaches, or changes what is said about one, on the pages of all courses at once.
    /// For staff.
    #[graphql(directive = cost::apply(of_act()))]
    async fn upsert_faculty_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what is to be said.")] input: UpsertFacultyMemberInput,
    ) -> Result<UpsertFacultyMemberPayload> {
        answer(upsert(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn upsert(
    app: &AppState,
    viewer: &Viewer,
    input: UpsertFacultyMemberInput,
) -> error::Result<FacultyMember> {
    viewer.signed_in()?;
    let which = seen(Kind::FacultyMember, input.id.as_ref(), input.version)?;
    let id = upsert_faculty_member(app, viewer, which, input.read()).await?;
    written(app, id).await
}
