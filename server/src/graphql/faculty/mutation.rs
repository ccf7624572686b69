//! What staff do with the faculty.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use entity::faculty_member;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::FacultyMember;
use super::write::{MergeFacultyMembersInput, SetCourseFacultyInput, UpsertFacultyMemberInput};
use crate::action::merge_faculty_members::merge_faculty_members;
use crate::action::upsert_faculty_member::upsert_faculty_member;
use crate::app::AppState;
use crate::catalogue::draft::alone::Seen;
use crate::catalogue::draft::{Edit, Open};
use crate::error::{self, Fault};
use crate::graphql::course::Course;
use crate::graphql::course::edit::mutation::written;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must, seen};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

payload! {
    /// What came of entering or changing a person.
    UpsertFacultyMemberPayload {
        /// The person as they stand now. Null where refused.
        faculty_member: FacultyMember,
    }
}

payload! {
    /// What came of merging two entries.
    MergeFacultyMembersPayload {
        /// The entry that stays. Null where refused.
        faculty_member: FacultyMember,
        /// The entry that there was. Null where refused.
        removed_faculty_member_id: ID,
    }
}

payload! {
    /// What came of setting the faculty of a course.
    SetCourseFacultyPayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

/// What staff do with the faculty.
#[derive(Clone, Copy, Debug, Default)]
pub struct FacultyMutation;

#[Object]
impl FacultyMutation {
    /// Enters a person who teaches, or changes what is said about one, on the pages of all courses at once. For staff.
    #[graphql(directive = cost::apply(of_act()))]
    async fn upsert_faculty_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what is to be said.")] input: UpsertFacultyMemberInput,
    ) -> Result<UpsertFacultyMemberPayload> {
        answer(upsert(ctx.data()?, ctx.data()?, input).await)
    }

    /// Makes one person of two entries: every place and rating of the second becomes the first's, and the second is removed, its slug with it.
    /// Where both have a place in one course or session, the first's stays, as a director if either is one. For staff who run every course
    /// that shows one of the two.
    #[graphql(directive = cost::apply(of_act()))]
    async fn merge_faculty_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two entries.")] input: MergeFacultyMembersInput,
    ) -> Result<MergeFacultyMembersPayload> {
        answer(merge(ctx.data()?, ctx.data()?, &input).await)
    }

    /// Says who directs and who belongs to the faculty of a course that the viewer runs. Whoever is left out and speaks in a session stays
    /// there as a guest.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_course_faculty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and its faculty.")] input: SetCourseFacultyInput,
    ) -> Result<SetCourseFacultyPayload> {
        answer(set_faculty(ctx.data()?, ctx.data()?, input).await)
    }
}

/// A person as they are stored now.
async fn stored(app: &AppState, id: Uuid) -> error::Result<FacultyMember> {
    let row = faculty_member::Entity::find_by_id(id).one(&app.db).await?;
    Ok(row.map(|row| FacultyMember(Arc::new(row))).ok_or_else(|| Fault::Stored(format!("faculty member {id} has gone")))?)
}

async fn upsert(app: &AppState, viewer: &Viewer, input: UpsertFacultyMemberInput) -> error::Result<FacultyMember> {
    viewer.signed_in()?;
    let which = seen(Kind::FacultyMember, input.id.as_ref(), input.version, "faculty member")?;
    let id = upsert_faculty_member(app, viewer, which, input.read()).await?;
    stored(app, id).await
}

async fn merge(app: &AppState, viewer: &Viewer, input: &MergeFacultyMembersInput) -> error::Result<(FacultyMember, ID)> {
    viewer.signed_in()?;
    let MergeFacultyMembersInput { keep_id, keep_version, merge_id, merge_version } = input;
    let member = |id: &ID| must(Kind::FacultyMember, id, "faculty member");
    let first = Seen { id: member(keep_id)?, version: *keep_version };
    let second = Seen { id: member(merge_id)?, version: *merge_version };
    let removed = global(Kind::FacultyMember, second.id);
    let id = merge_faculty_members(app, viewer, first, second).await?;
    Ok((stored(app, id).await?, removed))
}

async fn set_faculty(app: &AppState, viewer: &Viewer, input: SetCourseFacultyInput) -> error::Result<Course> {
    viewer.signed_in()?;
    let course_id = must(Kind::Course, &input.course_id, "course")?;
    let edit = Edit { course_id, version: input.version, act: "setCourseFaculty", needs: input.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    input.write(&mut open);
    written(app, open.save().await).await
}
