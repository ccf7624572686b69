//! Living on: the clock goes from one moment at which anything can happen to the next, with the worker at
//! work at each.

use entity::nature::Nature;
use entity::recipient::Kind;
use entity::{Instant, course, mailing, notice, registration};
use lectern::steward;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::TestApp;
use super::time::at;

/// Half an hour, in microseconds.
const HALF_HOUR: i64 = 30 * 60 * 1_000_000;

impl TestApp {
    /// Lives on to `moment`, with the worker at work at every moment before it at which anything can happen,
    /// and at the end.
    ///
    /// `reminder::lived_twice` is the control: by half hours, the same life leaves the same ledger behind.
    pub async fn lives_until(&self, moment: &str) {
        let end = at(moment);
        self.works().await;
        while let Some(next) = self.next_moment().await.filter(|next| *next < end) {
            self.lives_at(next).await;
        }
        self.lives_at(end).await;
    }

    /// Moves the clock; steward and worker work.
    async fn lives_at(&self, moment: Instant) {
        self.nature.move_to(moment);
        steward::round(&self.state).await.expect("a round");
        self.works().await;
    }

    /// Lives on to `moment`, with the worker at work every half hour, whether there is anything to do or not,
    /// and at the end.
    pub async fn lives_by_half_hours_until(&self, moment: &str) {
        let end = at(moment);
        self.works().await;
        loop {
            let next = half_hour(Instant::from_micros(self.nature.now().as_micros() + 1));
            if next >= end {
                break;
            }
            self.lives_at(next).await;
        }
        self.lives_at(end).await;
    }

    /// The next moment at which anything can happen without anybody's doing; none when everything has
    /// happened.
    ///
    /// What can happen: a notice that waits becomes ready (one entered ahead of its moment, put off by the
    /// mail server, or left behind by a worker that died); a hold ends, or something is said of its end; a
    /// moment comes that a course's own dates, a gathered change, an announcement or a cancellation calls
    /// for. Sign-in codes, enquiries and whatever else follows an act is entered as soon as the worker works,
    /// and becomes a notice that waits.
    async fn next_moment(&self) -> Option<Instant> {
        let (db, now) = (self.db(), self.nature.now());
        let waiting: Option<Option<Instant>> = notice::Entity::find()
            .select_only()
            .column(notice::Column::ReadyAt)
            .filter(notice::Column::ReadyAt.gt(now))
            .order_by_asc(notice::Column::ReadyAt)
            .into_tuple()
            .one(db)
            .await
            .expect("notices");
        let held: Vec<(Uuid, Instant)> = registration::Entity::find()
            .select_only()
            .columns([registration::Column::Id, registration::Column::HoldUntil])
            .filter(registration::Column::Status.eq(registration::Status::Started))
            .filter(registration::Column::HoldUntil.gt(now))
            .into_tuple()
            .all(db)
            .await
            .expect("registrations");
        let (held, ends): (Vec<Uuid>, Vec<Instant>) = held.into_iter().unzip();
        let courses: Vec<Uuid> = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .into_tuple()
            .all(db)
            .await
            .expect("courses");
        let facts = worker::facts::of_courses(db, &courses).await.expect("facts");
        let called = facts.values().flat_map(|course| mailing::timetable(course));
        let people = worker::facts::of_people(db, Kind::Registrant, &held).await.expect("people");
        let said = people.iter().filter_map(|person| Some(person.plan(facts.get(&person.course_id())?, now)));
        let said = said.flatten().map(|planned| planned.due_at);
        let moments = waiting.flatten().into_iter().chain(ends).chain(called).chain(said);
        moments.filter(|moment| *moment > now).min()
    }
}

/// The first half hour that does not come before `moment`.
pub fn half_hour(moment: Instant) -> Instant {
    let micros = moment.as_micros();
    Instant::from_micros(micros + (-micros).rem_euclid(HALF_HOUR))
}
