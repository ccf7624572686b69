//! A member of the faculty as the API shows one.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result};
use entity::faculty_member;

use crate::graphql::course::Course;
use crate::graphql::course::head::is_of_heads;
use crate::graphql::directive::{cost, of_list};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::keyset::{Page, Shape, Wanted};
use crate::graphql::owned::{List, Owned, Part};
use crate::graphql::scalar::Markdown;
use crate::graphql::session::Session;

/// A person who teaches.
#[derive(Clone, Debug)]
pub struct FacultyMember(pub Arc<faculty_member::Model>);

/// A person who teaches.
#[Object]
impl FacultyMember {
    /// Opaque id, unique across types.
    pub async fn id(&self) -> ID {
        global(Kind::FacultyMember, self.0.id)
    }

    /// Unique, stable name for addresses and files.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Counted up with every change to what is said of the person. An edit names the version it saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Name without degrees. Plain text.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Degrees and licences, such as `MD, MPH`; null where none are given.
    async fn credentials(&self) -> Option<&str> {
        self.0.credentials.as_deref()
    }

    /// Position held; null where it is not known.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Where the position is held; null where it is not known.
    async fn affiliation(&self) -> Option<&str> {
        self.0.affiliation.as_deref()
    }

    /// Who the person is, at length; null where nothing is said.
    async fn bio(&self) -> Option<Markdown> {
        self.0.bio.clone().map(Markdown)
    }

    /// Courses that the person directs or teaches in, as far as the viewer may see them, earliest first.
    #[graphql(directive = cost::apply(of_list()))]
    async fn courses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Course>> {
        let wanted =
            Wanted::read(first, after, last, before)?.shaped("faculty.courses", &[Shape::At, Shape::Id])?;
        let part =
            Part { list: List::CoursesOfMember, owner: self.0.id, wanted, heads: is_of_heads(ctx.field()) };
        let found = ctx.data::<DataLoader<Owned>>()?.load_one(part).await?.unwrap_or_default();
        Ok(found.connection(None, |(found, page)| (found.key(), Course::new(page))))
    }

    /// Sessions in which the person has a part, of courses that the viewer may see, earliest first.
    #[graphql(directive = cost::apply(of_list()))]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 where neither `first` nor `last` is given.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Page<Session>> {
        let wanted =
            Wanted::read(first, after, last, before)?.shaped("faculty.sessions", &[Shape::At, Shape::Id])?;
        let part = Part { list: List::SessionsOfMember, owner: self.0.id, wanted, heads: false };
        let found = ctx.data::<DataLoader<Owned>>()?.load_one(part).await?.unwrap_or_default();
        let found = found.filter_map(|(found, page)| Some((found.key(), Session::find(&page, found.id)?)));
        Ok(found.connection(None, |edge| edge))
    }
}
