//! The catalogue in memory: immutable course pages, shared by reference, replaced when the course's version changes.
//!
//! A page is trusted for half a second; then one small statement asks for the versions, so that a change made by another process shows within
//! a second even if PostgreSQL's notification is lost. A change made by this process shows at once: the action says [`Catalogue::forget`].
//! How many pages are kept is bounded; nothing personal is ever kept here.

pub mod listen;
pub(crate) mod load;
mod page;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::nature::SharedNature;
use entity::{Instant, course};
use lru::LruCache;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

pub use page::{CoursePage, CreditRow, FacultyRow, SeriesRow, SessionRow};

/// How many pages are kept; a page of the reference course takes some forty kilobytes.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(512).expect("not zero");
/// For how long a page is trusted without asking for its version, in microseconds.
const TRUST_MICROS: i64 = 500_000;

/// Course pages in memory.
#[derive(Debug)]
pub struct Catalogue {
    db: DatabaseConnection,
    nature: SharedNature,
    kept: Mutex<LruCache<Uuid, Kept>>,
    /// Counted up by every [`Catalogue::forget`], so that a page read before a change is not trusted after it.
    changes: AtomicU64,
    /// Held while pages are read, so that several parts of one request do not read the same page side by side.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Kept {
    page: Arc<CoursePage>,
    checked_at: Option<Instant>,
}

impl Catalogue {
    /// An empty catalogue over this database.
    pub fn new(db: DatabaseConnection, nature: SharedNature) -> Self {
        Self { db, nature, kept: Mutex::new(LruCache::new(CAPACITY)), changes: AtomicU64::new(0), reading: tokio::sync::Mutex::default() }
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
    pub async fn page(&self, course_id: Uuid) -> Result<Option<Arc<CoursePage>>, DbErr> {
        Ok(self.pages(&[course_id]).await?.pop())
    }

    /// The page of the course called `slug`.
    pub async fn page_by_slug(&self, slug: &str) -> Result<Option<Arc<CoursePage>>, DbErr> {
        let known = self.kept().iter().find(|(_, kept)| kept.page.course.slug == slug).map(|(id, _)| *id);
        if let Some(page) = match known {
            Some(id) => self.page(id).await?.filter(|page| page.course.slug == slug),
            None => None,
        } {
            return Ok(Some(page));
        }
        let id: Option<Uuid> = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::Slug.eq(slug))
            .into_tuple()
            .one(&self.db)
            .await?;
        match id {
            Some(id) => self.page(id).await,
            None => Ok(None),
        }
    }

    /// The pages of these courses, in the order asked for, without those that do not exist. The number of statements does not depend on how
    /// many there are.
    pub async fn pages(&self, course_ids: &[Uuid]) -> Result<Vec<Arc<CoursePage>>, DbErr> {
        let now = self.nature.now();
        let mut found = HashMap::new();
        self.look(course_ids, now, &mut found).await?;
        if course_ids.iter().any(|id| !found.contains_key(id)) {
            // One reader at a time: who waited finds what the one before has read.
            let _reading = self.reading.lock().await;
            self.look(course_ids, now, &mut found).await?;
            let changes = self.changes.load(Ordering::SeqCst);
            let missing: Vec<Uuid> = course_ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
            if !missing.is_empty() {
                let loaded = load::pages(&self.db, &missing).await?;
                self.keep(loaded.iter(), now, changes);
                found.extend(loaded.into_iter().map(|page| (page.course.id, page)));
            }
        }
        Ok(course_ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Adds to `found` the pages that are kept and current; of those that were not asked about lately, the version is asked.
    async fn look(&self, course_ids: &[Uuid], now: Instant, found: &mut HashMap<Uuid, Arc<CoursePage>>) -> Result<(), DbErr> {
        let changes = self.changes.load(Ordering::SeqCst);
        let mut doubtful: HashMap<Uuid, Arc<CoursePage>> = HashMap::new();
        {
            let mut kept = self.kept();
            for id in course_ids.iter().filter(|id| !found.contains_key(*id)).collect::<Vec<_>>() {
                if let Some(Kept { page, checked_at }) = kept.get(id) {
                    let trusted = checked_at.is_some_and(|at| (0..TRUST_MICROS).contains(&(now.as_micros() - at.as_micros())));
                    if trusted { &mut *found } else { &mut doubtful }.insert(*id, Arc::clone(page));
                }
            }
        }
        if !doubtful.is_empty() {
            let versions = load::versions(&self.db, doubtful.keys().copied()).await?;
            doubtful.retain(|id, page| versions.get(id) == Some(&page.course.version));
            self.keep(doubtful.values(), now, changes);
            found.extend(doubtful);
        }
        Ok(())
    }

    /// The series of these ids, by id, with their parts and runs. Read anew each time; who may see a series is for the asker to find out.
    pub async fn serieses(&self, series_ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<SeriesRow>>, DbErr> {
        load::serieses(&self.db, series_ids.iter().copied()).await
    }

    fn keep<'a>(&self, pages: impl Iterator<Item = &'a Arc<CoursePage>>, now: Instant, changes: u64) {
        let mut kept = self.kept();
        // Whatever was read while something changed is asked about again before it is trusted.
        let checked_at = (self.changes.load(Ordering::SeqCst) == changes).then_some(now);
        for page in pages {
            kept.put(page.course.id, Kept { page: Arc::clone(page), checked_at });
        }
    }
}
