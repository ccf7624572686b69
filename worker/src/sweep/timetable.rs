//! Timetables: at which moments a course calls for letters counted from its own dates, and about which holds
//! it does so. Kept in memory by course and its last change, so that a tick asks the database one small
//! question: has any course changed?

use std::collections::HashMap;

use entity::mailing::Offset;
use entity::mailing::moment::holds_spoken_of;
use entity::{Instant, Zone, announcement, course, mailing, sweep_mark};
use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::facts;

/// How many courses are read at a time.
pub(super) const COURSES_AT_A_TIME: usize = 200;

#[derive(Debug)]
struct Timetable {
    /// The version of the course, and when it last changed: an announcement changes the course, but nothing
    /// of its page.
    state: (i32, Instant),
    moments: Vec<Instant>,
    /// When rules speak that are counted from the ends of holds.
    of_holds: Vec<Offset>,
    zone: Zone,
}

/// The holds of a course about which something is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holds {
    /// The course.
    pub(super) course_id: Uuid,
    /// They end after this.
    pub(super) after: Instant,
    /// They end by this.
    pub(super) until: Instant,
    /// The moment after which to look.
    pub(super) since: Instant,
}

/// What there is to look at.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Courses that have a moment, each with the moment after which to look; by that moment.
    pub(super) courses: Vec<(Uuid, Instant)>,
    /// Holds about which something is said; by the moment after which to look.
    pub(super) holds: Vec<Holds>,
}

/// What changes whenever any course does: how many there are, the sum of their versions, and the latest
/// change; and, because an announcement counts no version and may be committed after a later change to
/// another course, how many announcements were confirmed and stopped.
type Fingerprint = (i64, Option<i64>, Option<Instant>, i64, i64);

/// The timetables known so far.
#[derive(Debug, Default)]
pub(super) struct Timetables {
    known: HashMap<Uuid, Timetable>,
    /// What the courses looked like when they were last read.
    fingerprint: Option<Fingerprint>,
    /// Learnt in the sweep that is going on; known once it has succeeded, so that after an error its courses
    /// are looked at again.
    learnt: HashMap<Uuid, Timetable>,
    /// Everything up to here was looked at by a sweep of ours that succeeded.
    swept_to: Option<Instant>,
}

impl Timetables {
    /// The courses that have a moment since the last sweep, and the holds about which something is said
    /// since. A course that is new to us, or has changed, is looked at from `from` on, which lies behind the
    /// mark: its change may have become visible late.
    pub(super) async fn called(
        &mut self,
        db: &impl ConnectionTrait,
        from: Instant,
        mark: Instant,
        now: Instant,
    ) -> Result<Called, DbErr> {
        self.learnt.clear();
        let fingerprint = fingerprint(db, from).await?;
        if self.fingerprint != Some(fingerprint) {
            self.fingerprint = None;
            self.learn(db, from).await?;
            self.fingerprint = Some(fingerprint);
        }
        // Another process may have moved the mark beyond our own last sweep; nothing before it is left to do.
        // Where our own clock was ahead by then, and is right again, the mark alone counts.
        let ours = self.swept_to.filter(|swept_to| sweep_mark::is_believed(*swept_to, now));
        let since = ours.map_or(mark, |swept_to| swept_to.max(mark));
        let known = self.known.iter().map(|(id, timetable)| (id, timetable, since));
        let learnt = self.learnt.iter().map(|(id, timetable)| (id, timetable, from));
        let mut called = Called::default();
        for (id, timetable, since) in known.chain(learnt) {
            if timetable.calls(since, now) {
                called.courses.push((*id, since));
            } else {
                called.holds.extend(timetable.holds(*id, since, now));
            }
        }
        called.courses.sort_unstable_by_key(|(id, since)| (*since, *id));
        called.holds.sort_unstable_by_key(|holds| (holds.since, holds.course_id));
        Ok(called)
    }

    /// Reads the timetables of the courses that are new to us or have changed.
    async fn learn(&mut self, db: &impl ConnectionTrait, from: Instant) -> Result<(), DbErr> {
        let states: HashMap<Uuid, (i32, Instant)> = course::with_future_after(from)
            .select_only()
            .columns([course::Column::Id, course::Column::Version, course::Column::UpdatedAt])
            .into_tuple::<(Uuid, i32, Instant)>()
            .all(db)
            .await?
            .into_iter()
            .map(|(id, version, updated_at)| (id, (version, updated_at)))
            .collect();
        self.known.retain(|id, known| states.get(id) == Some(&known.state));
        let unknown: Vec<Uuid> = states.into_keys().filter(|id| !self.known.contains_key(id)).collect();
        for ids in unknown.chunks(COURSES_AT_A_TIME) {
            for (id, course) in facts::of_courses(db, ids).await? {
                let state = (course.course.version, course.course.updated_at);
                self.learnt.insert(
                    id,
                    Timetable {
                        state,
                        moments: mailing::timetable(&course),
                        of_holds: mailing::counted_from_holds(&course),
                        zone: course.course.time_zone.clone(),
                    },
                );
            }
        }
        Ok(())
    }

    /// The sweep has failed: what was learnt in it is to be learnt again.
    pub(super) fn failed(&mut self) {
        self.fingerprint = None;
    }

    /// The sweep has succeeded.
    pub(super) fn swept(&mut self, now: Instant) {
        self.known.extend(self.learnt.drain());
        self.swept_to = Some(now);
    }
}

async fn fingerprint(db: &impl ConnectionTrait, from: Instant) -> Result<Fingerprint, DbErr> {
    let mut select = course::with_future_after(from)
        .select_only()
        .column_as(course::Column::Id.count(), "courses")
        .column_as(course::Column::Version.sum(), "versions")
        .column_as(course::Column::UpdatedAt.max(), "changed")
        .column_as(how_many(announcement::Column::ConfirmedAt), "announced")
        .column_as(how_many(announcement::Column::StoppedAt), "stopped");
    QueryTrait::query(&mut select).clear_order_by();
    Ok(select.into_tuple().one(db).await?.unwrap_or((0, None, None, 0, 0)))
}

/// How many announcements have something in this column.
fn how_many(column: announcement::Column) -> SimpleExpr {
    use sea_orm::sea_query::ExprTrait;
    let count = Query::select()
        .expr(Expr::col((announcement::Entity, column)).count())
        .from(announcement::Entity)
        .to_owned();
    Expr::SubQuery(None, Box::new(count.into()))
}

impl Timetable {
    /// Whether a moment lies in `(since, now]`.
    fn calls(&self, since: Instant, now: Instant) -> bool {
        let first = self.moments.partition_point(|moment| *moment <= since);
        self.moments.get(first).is_some_and(|moment| *moment <= now)
    }

    /// The holds about which something is said in `(since, now]`, one stretch of them for each way in which
    /// it is counted.
    fn holds(&self, course_id: Uuid, since: Instant, now: Instant) -> impl Iterator<Item = Holds> {
        let stretches =
            self.of_holds.iter().filter_map(move |offset| holds_spoken_of(*offset, &self.zone, since, now));
        stretches.map(move |(after, until)| Holds { course_id, after, until, since })
    }
}
