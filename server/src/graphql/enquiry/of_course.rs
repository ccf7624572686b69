//! What enquiries add to a course: a part that the library puts together with the rest of it.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::consent::ConsentWording;
use super::input::EnquiryFilter;
use super::object::Enquiry;
use super::query;
use crate::catalogue::CoursePage;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::keyset::{Page, Wanted};

/// Who asked about a course.
#[derive(Clone, Debug)]
pub struct EnquiriesOfCourse(pub Arc<CoursePage>);

#[Object]
impl EnquiriesOfCourse {
    /// What a form must show beside the box for letters about the course's deadlines; its version is handed
    /// in with the consent.
    async fn enquiry_consent(&self) -> ConsentWording {
        entity::enquiry::CONSENT.into()
    }

    /// The enquiries about the course, newest first; null for who does not run it.
    #[graphql(directive = cost::apply(of_list()))]
    async fn enquiries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones; all where it is not given.")] filter: Option<EnquiryFilter>,
    ) -> Nullable<Page<Enquiry>> {
        nullable(async {
            query::of_course(ctx, &self.0, Wanted::read(first, after, last, before)?, filter).await
        })
        .await
    }
}
