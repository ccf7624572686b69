//! Where pages are kept: bounded by the bytes that they take, found by id and by name.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::Instant;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::{CoursePage, Mark, weight};
use crate::catalogue::TRUST_MICROS;

/// What a page of the reference course takes, in bytes, roughly; the cache sizes its tables by it.
const USUAL_PAGE: u64 = 64 * 1024;
/// How many names are kept beside the pages; a name takes less than a hundred bytes.
const NAMES: usize = 20_000;
/// Stands for «not to be trusted before it is looked at» in [`Kept::checked_at`].
const NEVER: i64 = i64::MIN;

/// Pages in memory, with what is known about how current they are.
#[derive(Debug)]
pub(super) struct Shelf {
    pages: Cache<Uuid, Arc<Kept>, ByBytes>,
    names: Cache<String, Uuid>,
    /// Counted up by every change that is heard of, so that a page read before a change is not trusted after
    /// it.
    changes: AtomicU64,
    /// Held while pages are put here or dropped, so that nothing read before a change is put here after it.
    moving: Mutex<()>,
}

#[derive(Debug)]
struct Kept {
    page: Arc<CoursePage>,
    bytes: u64,
    /// When its version was last seen to be current, in microseconds since 1970; [`NEVER`] where it must be
    /// asked for first.
    checked_at: AtomicI64,
}

#[derive(Clone, Copy, Debug)]
struct ByBytes;

impl Weighter<Uuid, Arc<Kept>> for ByBytes {
    fn weight(&self, _: &Uuid, kept: &Arc<Kept>) -> u64 {
        kept.bytes
    }
}

/// What is kept of a course.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// A page that was current less than half a second ago.
    Trusted(Arc<CoursePage>),
    /// A page whose version must be asked for first.
    Doubtful(Arc<CoursePage>),
    /// No page.
    Nothing,
}

impl Shelf {
    /// Room for so many bytes of pages.
    pub(super) fn new(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL_PAGE).unwrap_or(usize::MAX).max(1);
        Self {
            pages: Cache::with_weighter(usual, bytes, ByBytes),
            names: Cache::new(NAMES),
            changes: AtomicU64::new(0),
            moving: Mutex::default(),
        }
    }

    fn moving(&self) -> MutexGuard<'_, ()> {
        // It guards no data, so nothing is half done after a panic.
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of the shelf at `now`.
    pub(super) fn mark(&self, now: Instant) -> Mark {
        Mark { changes: self.changes.load(Ordering::SeqCst), at: now }
    }

    /// How many pages are kept, and how many bytes they take.
    pub(super) fn size(&self) -> (usize, u64) {
        (self.pages.len(), self.pages.weight())
    }

    /// Whether so many pages more would find room, and no other would have to go for them. An eighth counts
    /// as taken, because the parts of the cache do not fill alike.
    pub(super) fn has_room_for(&self, pages: usize) -> bool {
        let wanted = u64::try_from(pages).unwrap_or(u64::MAX).saturating_mul(USUAL_PAGE);
        self.pages.weight().saturating_add(wanted) <= self.pages.capacity() / 8 * 7
    }

    pub(super) fn forget(&self, id: Uuid) {
        let _moving = self.moving();
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.pages.remove(&id);
    }

    pub(super) fn forget_all(&self) {
        let _moving = self.moving();
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.pages.clear();
    }

    /// Pages stay, and are not trusted before they are looked at.
    pub(super) fn doubt_all(&self) {
        let _moving = self.moving();
        self.changes.fetch_add(1, Ordering::SeqCst);
        for (_, kept) in self.pages.iter() {
            kept.checked_at.store(NEVER, Ordering::Release);
        }
    }

    /// What is kept of a course, as of `now`.
    pub(super) fn look(&self, id: Uuid, now: Instant) -> Found {
        let Some(kept) = self.pages.get(&id) else { return Found::Nothing };
        let page = Arc::clone(&kept.page);
        let checked_at = kept.checked_at.load(Ordering::Acquire);
        let trusted = checked_at != NEVER && (0..TRUST_MICROS).contains(&(now.as_micros() - checked_at));
        if trusted { Found::Trusted(page) } else { Found::Doubtful(page) }
    }

    /// The id of the course of this name, as last seen; another course may have the name by now.
    pub(super) fn id_of(&self, slug: &str) -> Option<Uuid> {
        self.names.get(slug)
    }

    /// Keeps a page that was current at `seen`. Where something has changed since, it is kept, but not
    /// trusted; and it never takes the place of a newer one.
    pub(super) fn keep(&self, page: &Arc<CoursePage>, seen: Mark) {
        let (id, version) = (page.course.id, page.course.version);
        // Weighed before anybody has to wait.
        let known = self.pages.peek(&id).is_some_and(|kept| kept.page.course.version == version);
        let bytes = if known { 0 } else { weight::of_page(page) };
        let _moving = self.moving();
        let unchanged = self.changes.load(Ordering::SeqCst) == seen.changes;
        let checked_at = if unchanged { seen.at.as_micros() } else { NEVER };
        match self.pages.peek(&id) {
            Some(kept) if kept.page.course.version > version => {}
            Some(kept) if kept.page.course.version == version => {
                kept.checked_at.fetch_max(checked_at, Ordering::AcqRel);
            }
            // Forgotten between the two looks: whoever asks next reads it anew.
            Some(_) | None if bytes == 0 => {}
            Some(_) | None => {
                if self.names.peek(page.course.slug.as_str()) != Some(id) {
                    self.names.insert(page.course.slug.clone(), id);
                }
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                self.pages.insert(
                    id,
                    Arc::new(Kept { page: Arc::clone(page), bytes, checked_at: AtomicI64::new(checked_at) }),
                );
            }
        }
    }
}
