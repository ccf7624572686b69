//! Which acts are asked for.

use async_graphql::{ID, InputObject, Result};
use entity::audit::Column;
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::graphql::directive::max_length;
use crate::graphql::global_id::{self, Kind};
use crate::graphql::refusal::bad_argument;
use crate::graphql::scalar::DateTime;
use crate::listing::contains::contains;

/// The longest text that is looked for, in characters.
const LONGEST_TEXT: usize = 200;

/// Which acts; all conditions that are given must be met.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuditFilter {
    /// One of these acts, named as the mutation is, such as `recordPayment`.
    act: Option<Vec<String>>,
    /// By this person: the global id of a learner.
    actor_id: Option<ID>,
    /// By somebody whose name or e-mail address contains this, whatever its case. At most 200 characters.
    #[graphql(directive = max_length::apply(200, None))]
    actor: Option<String>,
    /// About this course or something of it.
    course_id: Option<ID>,
    /// At this moment or later.
    from: Option<DateTime>,
    /// Before this moment.
    before: Option<DateTime>,
}

impl AuditFilter {
    /// The same, for a query over the audit trail.
    ///
    /// # Errors
    /// A text that is too long.
    pub fn condition(self, backend: DbBackend) -> Result<Condition> {
        let Self { act, actor_id, actor, course_id, from, before } = self;
        let actor = actor.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if actor.is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
            return Err(bad_argument(format!("`actor` may have {LONGEST_TEXT} characters at most")));
        }
        // An id of another kind names nobody, and no course.
        Ok(Condition::all()
            .add_option(act.map(|acts| Column::Act.is_in(acts)))
            .add_option(actor_id.map(|id| Column::ActorId.is_in(global_id::of(Kind::Learner, &id))))
            .add_option(actor.map(|text| contains(Column::Actor.into_expr(), text, backend)))
            .add_option(course_id.map(|id| Column::CourseId.is_in(global_id::of(Kind::Course, &id))))
            .add_option(from.map(|from| Column::At.gte(from.0)))
            .add_option(before.map(|before| Column::At.lt(before.0))))
    }
}
