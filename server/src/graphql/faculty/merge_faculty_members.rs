//! Making one person of two entries.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{FacultyMember, written};
use crate::action::merge_faculty_members::merge_faculty_members;
use crate::app::AppState;
use crate::catalogue::draft::alone::Seen;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, global, must};
use crate::graphql::payload::{answer, payload};
use crate::viewer::Viewer;

/// Two entries of one person become one.
#[derive(Clone, Debug, InputObject)]
pub struct MergeFacultyMembersInput {
    /// The entry that stays, as it is.
    keep_id: ID,
    /// The version of it that was looked at: `FacultyMember.version` as it was read.
    keep_version: i32,
    /// The entry that goes.
    merge_id: ID,
    /// The version of it that was looked at: `FacultyMember.version` as it was read.
    merge_version: i32,
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

/// Making one person of two entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct MergeFacultyMembersMutation;

#[Object]
impl MergeFacultyMembersMutation {
    /// Makes one person of two entries: every place and rating of the second becomes the first's, and the
    /// second is removed, its slug with it. Where both have a place in one course or session, the first's
    /// stays, as a director if either is one. For staff who run every course that shows one of the two.
    #[graphql(directive = cost::apply(of_act()))]
    async fn merge_faculty_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two entries.")] input: MergeFacultyMembersInput,
    ) -> Result<MergeFacultyMembersPayload> {
        answer(merge(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn merge(
    app: &AppState,
    viewer: &Viewer,
    input: MergeFacultyMembersInput,
) -> error::Result<(FacultyMember, ID)> {
    viewer.signed_in()?;
    let MergeFacultyMembersInput { keep_id, keep_version, merge_id, merge_version } = input;
    let member = |id: &ID| must(Kind::FacultyMember, id);
    let first = Seen { id: member(&keep_id)?, version: keep_version };
    let second = Seen { id: member(&merge_id)?, version: merge_version };
    let removed = global(Kind::FacultyMember, second.id);
    let id = merge_faculty_members(app, viewer, first, second).await?;
    Ok((written(app, id).await?, removed))
}
