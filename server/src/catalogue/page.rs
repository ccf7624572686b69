//! Course pages in memory: immutable, shared by reference, replaced when the course's version changes.
//!
//! A page is trusted for half a second; then one small statement asks for the versions, so that a change made
//! by another process shows within a second even if PostgreSQL's notification is lost. A change made by this
//! process shows at once: the action says [`Catalogue::forget`]. How much memory pages may take is bounded,
//! in bytes; nothing personal is ever kept here.
//!
//! The catalogue has no connection of its own: whoever asks says through what to read ([`Source`]), and what
//! was read through a transaction is kept and trusted only as far as others see the same. A page that several
//! ask for at once is read by the first of them; but nobody who holds a connection waits for somebody else's
//! read, which may itself be waiting for a connection.

mod flight;
pub(crate) mod load;
mod row;
mod shelf;
mod source;
mod weight;

use std::collections::HashMap;
use std::sync::Arc;

use entity::nature::SharedNature;
use entity::{Instant, course};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::edition::Editions;
use flight::{Claimed, Flights};
pub use row::{CoursePage, CreditRow, FacultyRow, SeriesRow, SessionRow};
use shelf::{Found, Shelf};
pub use source::{Mark, Sight, Source};

/// How much memory pages may take where nobody says otherwise, in bytes.
pub const DEFAULT_MEMORY: u64 = 32 * 1024 * 1024;

/// Course pages in memory.
#[derive(Debug)]
pub struct Catalogue {
    nature: SharedNature,
    shelf: Shelf,
    flights: Flights,
    pub(super) editions: Editions,
}

/// Pages by the course's id.
type Pages = HashMap<Uuid, Arc<CoursePage>>;

impl Catalogue {
    /// An empty catalogue whose pages may take so many bytes.
    pub fn new(nature: SharedNature, memory: u64) -> Self {
        Self { nature, shelf: Shelf::new(memory), flights: Flights::default(), editions: Editions::default() }
    }

    /// This moment, to be taken just before a read-only transaction is opened: see [`Sight::AsOf`].
    pub fn mark(&self) -> Mark {
        self.shelf.mark(self.nature.now())
    }

    /// The clock.
    pub(super) fn now(&self) -> Instant {
        self.nature.now()
    }

    /// Drops what is known of a course, because it has changed.
    pub fn forget(&self, course_id: Uuid) {
        self.hears();
        self.shelf.forget(course_id);
        self.flights.forget(course_id);
    }

    /// Trusts no page before its version was asked for.
    pub(super) fn doubt_all(&self) {
        self.shelf.doubt_all();
        self.flights.forget_all();
    }

    /// Drops everything.
    pub fn forget_all(&self) {
        self.hears();
        self.shelf.forget_all();
        self.flights.forget_all();
    }

    /// How many pages are kept, and how many bytes they are taken to need.
    pub fn size(&self) -> (usize, u64) {
        self.shelf.size()
    }

    /// The page of a course, drafts included: who may see it is for the asker to find out.
    pub async fn page<S: Source>(&self, db: &S, course_id: Uuid) -> Result<Option<Arc<CoursePage>>, DbErr> {
        Ok(self.pages(db, &[course_id]).await?.pop())
    }

    /// The page of the course called `slug`.
    pub async fn page_by_slug<S: Source>(
        &self,
        db: &S,
        slug: &str,
    ) -> Result<Option<Arc<CoursePage>>, DbErr> {
        if let Some(id) = self.shelf.id_of(slug)
            && let Some(page) = self.page(db, id).await?.filter(|page| page.course.slug == slug)
        {
            return Ok(Some(page));
        }
        let id: Option<Uuid> = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::Slug.eq(slug))
            .into_tuple()
            .one(db)
            .await?;
        match id {
            Some(id) => self.page(db, id).await,
            None => Ok(None),
        }
    }

    /// The pages of these courses, in the order asked for, without those that do not exist. The number of
    /// statements does not depend on how many there are.
    pub async fn pages<S: Source>(&self, db: &S, course_ids: &[Uuid]) -> Result<Vec<Arc<CoursePage>>, DbErr> {
        let found = self.pages_by_id(db, course_ids).await?;
        Ok(course_ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// The same by the course's id, however often each is asked for.
    pub async fn pages_by_id<S: Source>(
        &self,
        db: &S,
        course_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<CoursePage>>, DbErr> {
        let now = self.nature.now();
        let mut found = Pages::with_capacity(course_ids.len());
        let mut wanted = Vec::new();
        for id in course_ids {
            match self.shelf.look(*id, now) {
                // A transaction that writes asks for each: it may see what nobody else does.
                Found::Trusted(page) if db.sight() != Sight::Own => {
                    found.insert(*id, page);
                }
                Found::Trusted(_) | Found::Doubtful(_) | Found::Nothing => wanted.push(*id),
            }
        }
        if !wanted.is_empty() {
            self.fetch(db, wanted, &mut found).await?;
        }
        Ok(found)
    }

    /// The same for who needs nothing of a page but the course itself, such as a list of titles. As long as
    /// there is room, pages are read and kept. From there on, of a course whose page is not in memory the row
    /// is read and nothing else, the rest of that page is empty, and it is not kept: searches find courses
    /// whose pages nobody asks for. Who may see a draft is told by more than its row, so drafts come whole.
    pub async fn heads<S: Source>(
        &self,
        db: &S,
        course_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<CoursePage>>, DbErr> {
        let now = self.nature.now();
        let is_missing = |id: &Uuid| matches!(self.shelf.look(*id, now), Found::Nothing);
        let (missing, mut whole): (Vec<Uuid>, Vec<Uuid>) = course_ids.iter().copied().partition(is_missing);
        if missing.is_empty() || self.shelf.has_room_for(missing.len()) {
            return self.pages_by_id(db, course_ids).await;
        }
        let mut heads = Pages::new();
        for course in load::courses(db, &missing).await? {
            let head = CoursePage::head(course);
            if head.is_public() {
                heads.insert(head.course.id, Arc::new(head));
            } else {
                whole.push(head.course.id);
            }
        }
        heads.extend(self.pages_by_id(db, &whole).await?);
        Ok(heads)
    }

    /// Adds the pages of these courses: those that nobody else is fetching right now in one go, and then
    /// those that others have fetched.
    async fn fetch<S: Source>(&self, db: &S, mut wanted: Vec<Uuid>, found: &mut Pages) -> Result<(), DbErr> {
        wanted.sort_unstable();
        wanted.dedup();
        match db.sight() {
            Sight::Latest => {}
            Sight::AsOf(_) | Sight::Own => return self.refresh(db, &wanted, found).await,
        }
        let Claimed { mine, others } = self.flights.claim(&wanted);
        if !mine.ids().is_empty() {
            self.refresh(db, mine.ids(), found).await?;
            mine.land(found);
        }
        // The claim may have opened the asker's connection, and whoever holds one waits for nobody.
        let may_wait = db.sight() == Sight::Latest;
        let mut left = Vec::new();
        for (id, flight) in others {
            match if may_wait { flight.landed().await } else { None } {
                Some(page) => found.extend(page.map(|page| (id, page))),
                None => left.push(id),
            }
        }
        if left.is_empty() { Ok(()) } else { self.refresh(db, &left, found).await }
    }

    /// Adds the pages of these courses as they are now: the versions of those that are kept are asked for,
    /// and whatever is new is read.
    async fn refresh<S: Source>(&self, db: &S, ids: &[Uuid], found: &mut Pages) -> Result<(), DbErr> {
        let (mark, sight) = (self.mark(), db.sight());
        let seen = match sight {
            Sight::Latest => Some(mark),
            Sight::AsOf(opened) => Some(opened),
            Sight::Own => None,
        };
        let mut known = Pages::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.shelf.look(*id, mark.at) {
                // Whoever fetched it just before has looked.
                Found::Trusted(page) if sight != Sight::Own => {
                    found.insert(*id, page);
                }
                Found::Trusted(page) | Found::Doubtful(page) => {
                    known.insert(*id, page);
                }
                Found::Nothing => missing.push(*id),
            }
        }
        if !known.is_empty() {
            let versions = load::versions(db, known.keys().copied()).await?;
            for (id, page) in known {
                if versions.get(&id) == Some(&page.course.version) {
                    self.keep(&page, seen);
                    found.insert(id, page);
                } else if versions.contains_key(&id) {
                    missing.push(id);
                }
            }
        }
        if !missing.is_empty() {
            for page in load::pages(db, &missing).await? {
                self.keep(&page, seen);
                found.insert(page.course.id, page);
            }
        }
        Ok(())
    }

    /// Keeps a page that everybody saw alike at `seen`; one that was seen from within a transaction that
    /// writes is not kept.
    fn keep(&self, page: &Arc<CoursePage>, seen: Option<Mark>) {
        if let Some(seen) = seen {
            self.shelf.keep(page, seen);
        }
    }

    /// The series of these ids, by id, with their parts and runs. Read anew each time; who may see a series
    /// is for the asker to find out.
    pub async fn serieses<C: ConnectionTrait>(
        &self,
        db: &C,
        series_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<SeriesRow>>, DbErr> {
        load::serieses(db, series_ids.iter().copied()).await
    }
}
