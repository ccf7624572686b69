//! What registrations add to a course: a part that the library puts together with the rest of it.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::input::{RegistrationFilter, RegistrationOrder};
use super::object::Registration;
use super::query;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Wanted};

/// Who registered for a course.
#[derive(Clone, Debug)]
pub struct RegistrationsOfCourse(pub Arc<CoursePage>);

#[Object]
impl RegistrationsOfCourse {
    /// The viewer's own registration: the live one, or else the newest; null where there is none, or nobody
    /// is signed in.
    async fn viewer_registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(query::of_viewer_for_course(ctx, self.0.course.id)).await
    }

    /// The registrations for the course; null for who does not run it.
    #[graphql(directive = cost::apply(of_list()))]
    #[allow(
        clippy::too_many_arguments,
        reason = "the arguments of a connection are given by its specification"
    )]
    async fn registrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<RegistrationFilter>,
        #[graphql(desc = "In which order; newest first where it is not given.")] order_by: Option<
            RegistrationOrder,
        >,
    ) -> Nullable<Page<Registration>> {
        nullable(async {
            query::of_course(ctx, &self.0, Wanted::read(first, after, last, before)?, filter, order_by).await
        })
        .await
    }
}
