//! A draft that is open: its course is locked and read, nobody else changes the catalogue, and whatever is
//! done to the draft is saved whole or not at all. Every import, edit, copy and move goes through here, from
//! the top to the bottom: open, change, save.

use entity::refusal::Versioned;
use entity::{Refusal, course};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::agenda::{self, Place};
use super::beside::{Beside, Name, Needs};
use super::field::Field;
use super::mistake::{Mistakes, Telling};
use super::path::{Path, at};
use super::save::{By, begin, give_up, page};
use super::text::Slug;
use super::{Draft, FacultyMember, Organization, Series, Standing, scope};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::{Error, Result};
use crate::store::Transaction;
use crate::viewer::Viewer;

/// Which course is edited, by which act.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// Named as the mutation is.
    pub act: &'static str,
    /// What the edit speaks of beside the course.
    pub needs: Needs,
}

/// A draft that is open.
#[derive(Debug)]
pub struct Open<'a> {
    pub(super) app: &'a AppState,
    pub(super) by: By<'a>,
    /// As what the change stands on record: named as the mutation is.
    pub(super) act: &'static str,
    pub(super) txn: Transaction,
    /// The course as it is stored; none where it is new.
    pub(super) page: Option<CoursePage>,
    /// Whether what holds between the values of the draft was checked when it was read, where its lines are
    /// known.
    pub(super) checked: bool,
    beside: Beside,
    /// The course as it is wanted. Whatever it then no longer speaks of (an organization, a guest) need not
    /// be taken out by hand.
    pub draft: Draft,
    /// What is wrong with it so far.
    pub mistakes: Mistakes,
    /// In whose words mistakes are told.
    pub telling: Telling,
    /// Where a move into the past is a mistake; none: it may be.
    pub no_past: Option<Path>,
    pub(super) refusal: Option<Refusal>,
}

impl<'a> Open<'a> {
    /// Opens a stored course.
    ///
    /// # Errors
    /// Refuses who is not signed in; a course that is not the viewer's to run, as though it did not exist;
    /// and a version that is no longer the course's.
    pub async fn stored(app: &'a AppState, viewer: &'a Viewer, edit: Edit) -> Result<Self> {
        viewer.signed_in()?;
        let Edit { course_id, version, act, needs } = edit;
        let txn = begin(app).await?;
        let found = async {
            let page = own_page(&txn, viewer, course_id).await?;
            if page.course.version != version {
                return Err(Refusal::Stale { thing: Versioned::Course, id: course_id }.into());
            }
            Ok((page, Beside::read(&txn, &needs).await?))
        };
        match found.await {
            Ok((page, beside)) => {
                let draft = Draft::of(&page);
                Ok(Self::with(app, viewer, txn, act, (Some(page), beside), draft))
            }
            Err(no) => Err(give_up(app, txn, no).await),
        }
    }

    /// Opens a new course that is as `draft` says.
    ///
    /// # Errors
    /// Refuses who is not staff.
    pub async fn new_course(
        app: &'a AppState,
        viewer: &'a Viewer,
        act: &'static str,
        needs: &Needs,
        draft: Draft,
    ) -> Result<Self> {
        viewer.must_be_staff()?;
        let txn = begin(app).await?;
        match Beside::read(&txn, needs).await {
            Ok(beside) => Ok(Self::with(app, viewer, txn, act, (None, beside), draft)),
            Err(no) => Err(give_up(app, txn, no.into()).await),
        }
    }

    /// Opens a new course that is as a stored one.
    ///
    /// # Errors
    /// Refuses who is not staff, and a course that is not the viewer's to run, as though it did not exist.
    pub async fn copy_of(
        app: &'a AppState,
        viewer: &'a Viewer,
        act: &'static str,
        course_id: Uuid,
    ) -> Result<Self> {
        viewer.signed_in()?;
        let txn = begin(app).await?;
        let found = async {
            let page = own_page(&txn, viewer, course_id).await?;
            viewer.must_be_staff()?;
            Ok(page)
        };
        match found.await {
            Ok(page) => Ok(Self::with(app, viewer, txn, act, (None, Beside::default()), Draft::of(&page))),
            Err(no) => Err(give_up(app, txn, no).await),
        }
    }

    /// Opens the course that `draft` names, stored or new, to make it say what `draft` says; the draft was
    /// checked when it was read. Who may have seen a `version` of the course must have seen the one that is
    /// stored.
    pub(super) async fn named(
        app: &'a AppState,
        by: By<'a>,
        act: &'static str,
        draft: &Draft,
        version: Option<i32>,
    ) -> Result<Self> {
        let txn = begin(app).await?;
        let found = async {
            let page = page(&txn, course::Column::Slug.eq(&*draft.course.slug)).await?;
            if let (By::Person(viewer), Some(page)) = (by, &page) {
                if viewer.is_staff() && !viewer.runs_course(page) {
                    return Err(scope::taken(&Telling::File).into());
                }
                if version.is_some_and(|seen| seen != page.course.version) {
                    return Err(Refusal::Stale { thing: Versioned::Course, id: page.course.id }.into());
                }
            }
            Ok(page)
        };
        match found.await {
            Ok(page) => Ok(Self {
                app,
                by,
                act,
                txn,
                page,
                checked: true,
                beside: Beside::default(),
                draft: draft.clone(),
                mistakes: Mistakes::default(),
                telling: Telling::File,
                no_past: None,
                refusal: None,
            }),
            Err(no) => Err(give_up(app, txn, no).await),
        }
    }

    fn with(
        app: &'a AppState,
        viewer: &'a Viewer,
        txn: Transaction,
        act: &'static str,
        (page, beside): (Option<CoursePage>, Beside),
        draft: Draft,
    ) -> Self {
        Self {
            app,
            by: By::Person(viewer),
            act,
            txn,
            page,
            checked: false,
            beside,
            draft,
            mistakes: Mistakes::default(),
            telling: Telling::input(),
            no_past: None,
            refusal: None,
        }
    }

    /// The course as it is stored.
    ///
    /// # Errors
    /// Refuses where it is new.
    pub fn page(&self) -> Result<&CoursePage, Refusal> {
        self.page.as_ref().ok_or_else(|| Refusal::not_found("course"))
    }

    /// Gives the change up, and says why.
    pub async fn close(self, no: Refusal) -> Error {
        give_up(self.app, self.txn, no.into()).await
    }

    /// Remembers that the change cannot be; the first such refusal is what saving ends with.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }

    /// Organizations that the edit said it needs, put into the draft at its list `field`; their slugs.
    pub fn organizations(&mut self, names: &[Name], field: Field) -> Vec<Slug> {
        let mut slugs = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let found = self.organization(name, at![Course, field, index]).unwrap_or_default();
            slugs.push(found.slug.clone());
            if !self.draft.organizations.iter().any(|row| row.slug == found.slug) {
                self.draft.organizations.push(found);
            }
        }
        slugs
    }

    fn organization(&mut self, name: &Name, path: Path) -> Option<Organization> {
        let found =
            self.beside.organizations.iter().find(|row| name.is(row.id, &row.slug)).map(Organization::of);
        self.there(found, "organization", path)
    }

    /// A person that the edit said it needs; `standing` is what the person is to become to the course.
    pub fn faculty_member(&mut self, name: &Name, standing: Standing, path: Path) -> Option<FacultyMember> {
        let found = self
            .beside
            .faculty
            .iter()
            .find(|row| name.is(row.id, &row.slug))
            .map(|row| FacultyMember::of(row, standing));
        self.there(found, "faculty member", path)
    }

    /// The series that the edit said it needs, with the course at `position`.
    pub fn series(&mut self, position: i16, path: Path) -> Option<Series> {
        let found = self.beside.series.as_deref().map(|row| Series::of(row, position));
        self.there(found, "series", path)
    }

    /// The slug of a track that is stored of the course.
    pub fn track(&self, name: &Name) -> Option<Slug> {
        let tracks = self.page.as_ref().map(|page| page.tracks.as_slice()).unwrap_or_default();
        tracks.iter().find(|row| name.is(row.id, &row.slug)).map(|row| Slug::stored(&*row.slug))
    }

    /// Where a stored session of the course stands in the draft.
    ///
    /// # Errors
    /// Refuses where the course has no such session.
    pub fn session(&self, id: Uuid) -> Result<Place, Refusal> {
        let row = self.page()?.sessions.iter().find(|row| row.session.id == id);
        row.and_then(|row| agenda::find(&self.draft, &row.session.slug))
            .ok_or_else(|| Refusal::not_found("session"))
    }

    /// What was found, or else a mistake at the place where it is named.
    pub fn there<T>(&mut self, found: Option<T>, what: &str, path: Path) -> Option<T> {
        if found.is_none() {
            self.mistakes.add(path, format!("There is no such {what}."));
        }
        found
    }
}

async fn own_page(txn: &Transaction, viewer: &Viewer, course_id: Uuid) -> Result<CoursePage> {
    let page =
        page(txn, course::Column::Id.eq(course_id)).await?.ok_or_else(|| Refusal::not_found("course"))?;
    viewer.must_run(&page, "course")?;
    Ok(page)
}
