//! The catalogue in memory: immutable course pages, shared by reference, replaced when the course's version changes.
//!
//! A page is trusted for half a second; then one small statement asks for the versions, so that a change made by another process shows within
//! a second even if PostgreSQL's notification is lost. A change made by this process shows at once: the action says [`Catalogue::forget`].
//! How many pages are kept is bounded; nothing personal is ever kept here.
//!
//! The catalogue has no connection of its own: whoever asks says through what to read ([`Source`]), and what was read through a transaction is
//! kept and trusted only as far as others see the same.

pub(crate) mod load;
mod page;
mod source;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::nature::SharedNature;
use entity::{Instant, course};
use lru::LruCache;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

pub use page::{CoursePage, CreditRow, FacultyRow, SeriesRow, SessionRow};
pub use source::{Mark, Sight, Source};

/// How many pages are kept; a page of the reference course takes some forty kilobytes.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(512).expect("not zero");
/// For how long a page is trusted without asking for its version, in microseconds.
const TRUST_MICROS: i64 = 500_000;

/// Course pages in memory.
#[derive(Debug)]
pub struct Catalogue {
    nature: SharedNature,
    kept: Mutex<LruCache<Uuid, Kept>>,
    /// Counted up by every [`Catalogue::forget`], so that a page read before a change is not trusted after it.
    changes: AtomicU64,
    /// Held while pages are read, so that several parts of one request do not read the same page side by side. Whoever holds a connection
    /// meanwhile does not wait for it: the one who has it may be waiting for a connection.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Kept {
    page: Arc<CoursePage>,
    checked_at: Option<Instant>,
}

impl Catalogue {
    /// An empty catalogue.
    pub fn new(nature: SharedNature) -> Self {
        Self { nature, kept: Mutex::new(LruCache::new(CAPACITY)), changes: AtomicU64::new(0), reading: tokio::sync::Mutex::default() }
    }

    /// This moment, to be taken just before a read-only transaction is opened: see [`Sight::AsOf`].
    pub fn mark(&self) -> Mark {
        Mark { changes: self.changes.load(Ordering::SeqCst), at: self.nature.now() }
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<Uuid, Kept>> {
        // Nothing in here panics half way through a change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops what is known of a course, because it has changed.
    pub fn forget(&self, course_id: Uuid) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.kept().pop(&course_id);
    }

    /// Drops everything.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.kept().clear();
    }

    /// The page of a course, drafts included: who may see it is for the asker to find out.
    pub async fn page<S: Source>(&self, db: &S, course_id: Uuid) -> Result<Option<Arc<CoursePage>>, DbErr> {
        Ok(self.pages(db, &[course_id]).await?.pop())
    }

    /// The page of the course called `slug`.
    pub async fn page_by_slug<S: Source>(&self, db: &S, slug: &str) -> Result<Option<Arc<CoursePage>>, DbErr> {
        let known = self.kept().iter().find(|(_, kept)| kept.page.course.slug == slug).map(|(id, _)| *id);
        if let Some(page) = match known {
            Some(id) => self.page(db, id).await?.filter(|page| page.course.slug == slug),
            None => None,
        } {
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

    /// The pages of these courses, in the order asked for, without those that do not exist. The number of statements does not depend on how
    /// many there are.
    pub async fn pages<S: Source>(&self, db: &S, course_ids: &[Uuid]) -> Result<Vec<Arc<CoursePage>>, DbErr> {
        let mut found = HashMap::new();
        self.look(db, course_ids, &mut found).await?;
        if course_ids.iter().any(|id| !found.contains_key(id)) {
            // One reader at a time: who waited finds what the one before has read.
            let _reading = match db.sight() {
                Sight::Latest => Some(self.reading.lock().await),
                Sight::AsOf(_) | Sight::Own => None,
            };
            self.look(db, course_ids, &mut found).await?;
            let mark = self.mark();
            let missing: Vec<Uuid> = course_ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
            if !missing.is_empty() {
                let loaded = load::pages(db, &missing).await?;
                self.keep(loaded.iter(), db.sight(), mark);
                found.extend(loaded.into_iter().map(|page| (page.course.id, page)));
            }
        }
        Ok(course_ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Adds to `found` the pages that are kept and current; of those that were not asked about lately, the version is asked. A transaction that
    /// writes asks for each: it may see what nobody else does.
    async fn look<S: Source>(&self, db: &S, course_ids: &[Uuid], found: &mut HashMap<Uuid, Arc<CoursePage>>) -> Result<(), DbErr> {
        let (mark, sight) = (self.mark(), db.sight());
        let mut doubtful: HashMap<Uuid, Arc<CoursePage>> = HashMap::new();
        {
            let mut kept = self.kept();
            for id in course_ids.iter().filter(|id| !found.contains_key(*id)).collect::<Vec<_>>() {
                if let Some(Kept { page, checked_at }) = kept.get(id) {
                    let fresh = checked_at.is_some_and(|at| (0..TRUST_MICROS).contains(&(mark.at.as_micros() - at.as_micros())));
                    let trusted = fresh && !matches!(sight, Sight::Own);
                    if trusted { &mut *found } else { &mut doubtful }.insert(*id, Arc::clone(page));
                }
            }
        }
        if !doubtful.is_empty() {
            let versions = load::versions(db, doubtful.keys().copied()).await?;
            doubtful.retain(|id, page| versions.get(id) == Some(&page.course.version));
            self.keep(doubtful.values(), sight, mark);
            found.extend(doubtful);
        }
        Ok(())
    }

    /// The series of these ids, by id, with their parts and runs. Read anew each time; who may see a series is for the asker to find out.
    pub async fn serieses<C: ConnectionTrait>(&self, db: &C, series_ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<SeriesRow>>, DbErr> {
        load::serieses(db, series_ids.iter().copied()).await
    }

    /// Keeps pages that were read, or looked at again, from `mark` on, as far as what was seen is what everybody sees.
    fn keep<'a>(&self, pages: impl Iterator<Item = &'a Arc<CoursePage>>, sight: Sight, mark: Mark) {
        let seen = match sight {
            Sight::Latest => mark,
            Sight::AsOf(opened) => opened,
            Sight::Own => return,
        };
        let mut kept = self.kept();
        // Whatever was read while something changed is asked about again before it is trusted.
        let checked_at = (self.changes.load(Ordering::SeqCst) == seen.changes).then_some(seen.at);
        for page in pages {
            let newer = kept.peek(&page.course.id).is_some_and(|known| known.page.course.version > page.course.version);
            if !newer {
                kept.put(page.course.id, Kept { page: Arc::clone(page), checked_at });
            }
        }
    }
}
