//! What an operation has read, as far as it decides who else may have the answer, and for how long.
//!
//! An answer that is the same for everybody may be kept ([`crate::http::kept`]). Whether it is, the reading
//! itself says: the viewer's rules note that they were asked about somebody in particular, the clock that it
//! was read, and seats that they were counted. What depends on none of these depends on the catalogue alone,
//! whose edition is compared. A clock that is read without saying until when its answer holds counts as
//! something personal, so that whoever adds a field need not know of this room: the answer is then made anew
//! each time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use entity::Instant;
use entity::nature::{Nature, SharedNature};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::Taken;
use crate::viewer::Viewer;

/// The record of one operation; by default nothing is recorded. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Provenance(Option<Arc<Record>>);

#[derive(Debug)]
struct Record {
    nature: SharedNature,
    personal: AtomicBool,
    reads: Mutex<Reads>,
}

/// What an answer that is everybody's was made of, beside the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The latest moment at which the clock was read; none where it was not.
    pub from: Option<Instant>,
    /// The first moment at which the answer may be another; none where no moment changes it.
    pub until: Option<Instant>,
    /// Seats that were counted, by course.
    pub seats: HashMap<Uuid, Taken>,
}

impl Provenance {
    /// A record of an operation that has read nothing yet.
    pub fn record(nature: &SharedNature) -> Self {
        Self(Some(Arc::new(Record {
            nature: Arc::clone(nature),
            personal: AtomicBool::new(false),
            reads: Mutex::default(),
        })))
    }

    /// The app's state and the viewer of the operation that is recorded: what is asked of them is noted here.
    pub fn watch(&self, app: &AppState, viewer: Viewer) -> (AppState, Viewer) {
        let Some(record) = &self.0 else { return (app.clone(), viewer) };
        let nature = Arc::new(Watched(Arc::clone(record)));
        (AppState { nature, ..app.clone() }, Viewer { provenance: self.clone(), ..viewer })
    }

    /// Notes that the answer is not everybody's.
    pub fn is_personal(&self) {
        if let Some(record) = &self.0 {
            record.is_personal();
        }
    }

    /// Reads the clock for something that stays as it is until the moment that `until` tells, or for good
    /// where it tells none.
    pub fn now_until(&self, app: &AppState, until: impl FnOnce(Instant) -> Option<Instant>) -> Instant {
        let Some(record) = &self.0 else { return app.nature.now() };
        let now = record.nature.now();
        record.note(now, until(now));
        now
    }

    /// Reads the clock for counting seats; what is counted is handed to [`Provenance::counted`].
    pub fn now_for_seats(&self, app: &AppState) -> Instant {
        self.now_until(app, |_| None)
    }

    /// Notes how many seats of a course were taken when they were counted.
    pub fn counted(&self, course_id: Uuid, taken: Taken) {
        let Some(record) = &self.0 else { return };
        let mut reads = record.reads();
        reads.until = earlier(reads.until, taken.lapses_at);
        if reads.seats.insert(course_id, taken).is_some_and(|before| before != taken) {
            // Somebody took one in between: such an answer was right at no moment.
            record.is_personal();
        }
    }

    /// What was read; none where the answer is not everybody's, and where nothing was recorded.
    pub fn reads(&self) -> Option<Reads> {
        let record = self.0.as_ref()?;
        (!record.personal.load(Ordering::Acquire)).then(|| record.reads().clone())
    }
}

impl Record {
    fn is_personal(&self) {
        self.personal.store(true, Ordering::Release);
    }

    fn note(&self, now: Instant, until: Option<Instant>) {
        let mut reads = self.reads();
        reads.from = reads.from.max(Some(now));
        reads.until = earlier(reads.until, until);
    }

    fn reads(&self) -> std::sync::MutexGuard<'_, Reads> {
        // Nothing in here panics half way through a change.
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The earlier of two moments; none is later than any.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (moment, None) | (None, moment) => moment,
    }
}

/// Nature for an operation that is recorded.
#[derive(Debug)]
struct Watched(Arc<Record>);

impl Nature for Watched {
    fn now(&self) -> Instant {
        self.0.is_personal();
        self.0.nature.now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.is_personal();
        self.0.nature.fill(bytes);
    }

    fn id(&self) -> Uuid {
        self.0.is_personal();
        self.0.nature.id()
    }
}

#[cfg(test)]
mod tests {
    use entity::nature::RealNature;

    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn recorded() -> (Provenance, Arc<Record>) {
        let provenance = Provenance::record(&(Arc::new(RealNature) as SharedNature));
        let record = provenance.0.clone().expect("a record");
        (provenance, record)
    }

    #[test]
    fn an_answer_holds_from_its_latest_reading_to_its_earliest_end() {
        let (provenance, record) = recorded();
        assert_eq!(provenance.reads(), Some(Reads::default()));
        record.note(at(10), Some(at(50)));
        record.note(at(12), None);
        record.note(at(11), Some(at(40)));
        provenance.counted(Uuid::nil(), Taken { seats: 3, lapses_at: Some(at(30)) });
        let reads = provenance.reads().expect("everybody's");
        assert_eq!((reads.from, reads.until, reads.seats.len()), (Some(at(12)), Some(at(30)), 1));
    }

    #[test]
    fn a_clock_without_an_end_and_chance_and_two_counts_are_nobodys_to_keep() {
        for spoil in [
            (|watched: &Watched, _: &Provenance| assert!(watched.now() > at(0))) as fn(&Watched, &Provenance),
            |watched, _| watched.fill(&mut [0]),
            |watched, _| assert!(!watched.id().is_nil()),
            |_, provenance| provenance.is_personal(),
            |_, provenance| {
                provenance.counted(Uuid::nil(), Taken { seats: 1, lapses_at: None });
                provenance.counted(Uuid::nil(), Taken { seats: 2, lapses_at: None });
            },
        ] {
            let (provenance, record) = recorded();
            spoil(&Watched(record), &provenance);
            assert_eq!(provenance.reads(), None);
        }
        assert_eq!(Provenance::default().reads(), None, "what is not recorded is not kept");
    }
}
