//! Registrations: a person's place in a course, from the start to the certificate.

mod missing;

pub use missing::Missing;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::profession::Profession;
use crate::{Instant, course};

/// Where a registration is in its life. One that is started, confirmed or waitlisted is live; a person has at
/// most one live registration for a course.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Begun, a seat is held, payment is awaited.
    Started,
    /// Paid, or free.
    Confirmed,
    /// Waiting for a seat.
    Waitlisted,
    /// Given up by the learner or by staff.
    Cancelled,
    /// Not paid in time.
    Expired,
}

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the learner reads out on the phone.
    pub code: String,
    /// The course.
    pub course_id: Uuid,
    /// The person.
    pub learner_id: Uuid,
    /// The learner as whose the ledger of letters knows it, where it moved when two accounts were merged;
    /// none: the person.
    pub known_as: Option<Uuid>,
    /// The id that another system knows it by, given by an import; unique within the course.
    pub external_id: Option<String>,
    /// As what the person takes part.
    pub profession: Profession,
    /// The track chosen, where the course has tracks.
    pub track_id: Option<Uuid>,
    /// As last written; ask [`Model::status_at`], because a hold ends by itself.
    pub status: Status,
    /// When it was begun.
    pub started_at: Instant,
    /// Until when the seat is held while payment is awaited.
    pub hold_until: Option<Instant>,
    /// When it was paid in full, or at once where the course is free.
    pub confirmed_at: Option<Instant>,
    /// When it was given up.
    pub cancelled_at: Option<Instant>,
    /// When its hold was found to have ended.
    pub expired_at: Option<Instant>,
    /// The member of staff who entered it; none: the learner, or nobody wrote it down.
    pub entered_by: Option<Uuid>,
    /// When staff last corrected what the person must know of.
    pub corrected_at: Option<Instant>,
    /// When anything about it last changed: what the sweep goes by.
    pub updated_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The status at `now`: a registration whose hold has ended without payment has expired, whether or not
    /// anybody has written it down.
    pub fn status_at(&self, now: Instant) -> Status {
        match (self.status, self.hold_until) {
            (Status::Started, Some(until)) if now >= until => Status::Expired,
            (status, _) => status,
        }
    }

    /// Until when the seat is or was held for payment; none where it never was, or was given up or paid for.
    pub fn held_until(&self) -> Option<Instant> {
        self.hold_until.filter(|_| matches!(self.status, Status::Started | Status::Expired))
    }

    /// The registration as it stands at `now`, where a hold that has ended by then may not be written down yet.
    pub fn as_of(self, now: Instant) -> Self {
        if self.status == Status::Started && self.status_at(now) == Status::Expired {
            Self { status: Status::Expired, expired_at: Some(now), ..self }
        } else {
            self
        }
    }

    /// What [`Model::updated_at`] becomes with a change at `now`: always later than before, so that whoever
    /// has seen a registration as it was notices every change, even two within one tick of the clock.
    pub fn changed_at(&self, now: Instant) -> Instant {
        now.max(Instant::from_micros(self.updated_at.as_micros().saturating_add(1)))
    }
}

/// How long a hold lasts at least from the change of dates that shortens it, in hours: nobody loses a seat in
/// the moment in which somebody else edits a date.
const NOTICE_HOURS: i64 = 24;

/// Until when a seat is held that was held until `hold_until` under the dates of `old`, once the dates are
/// changed to those of `new` at `now`.
///
/// A hold that began with the registration ends when one would that began so under the new dates; one that
/// began later, with a part of the price, keeps its end, and none goes beyond the close of registration.
/// Fewer days to pay are for those who register from now on. No hold is cut to less than a day from now, but
/// where the course begins before that; one that would have ended before it began ends with its first second.
pub fn held_anew(
    registration: &Model,
    hold_until: Instant,
    (old, new): (&course::Model, &course::Model),
    now: Instant,
) -> Instant {
    let started_at = registration.started_at;
    let from_the_start = new.held_for(old.payment_days.max(new.payment_days), started_at);
    let moved = if hold_until == old.hold_until(started_at) {
        from_the_start
    } else {
        // It began later, or was cut by an edit that is taken back now.
        hold_until.max(from_the_start).min(new.registration_closes_at())
    };
    let at_least = hold_until.min(now.plus_minutes(NOTICE_HOURS * 60)).min(new.first_instant());
    moved.max(at_least).max(started_at.plus_seconds(1))
}

/// Registrations that take up a seat at `now`: the confirmed, and those that are held.
pub fn seated(now: Instant) -> Condition {
    Condition::any()
        .add(Column::Status.eq(Status::Confirmed))
        .add(Condition::all().add(Column::Status.eq(Status::Started)).add(Column::HoldUntil.gt(now)))
}

/// Registrations that are written down as live.
pub fn live() -> Condition {
    Condition::all().add(Column::Status.is_in([Status::Started, Status::Confirmed, Status::Waitlisted]))
}

/// Started registrations whose hold has ended at `now`.
pub fn overdue(now: Instant) -> Condition {
    Condition::all().add(Column::Status.eq(Status::Started)).add(Column::HoldUntil.lte(now))
}

/// A page of registrations in the order of their ids, for walking through many without holding them all.
pub fn page_after(last: Option<Uuid>, size: u64) -> Select<Entity> {
    let page = Entity::find().order_by_asc(Column::Id).limit(size);
    match last {
        Some(id) => page.filter(Column::Id.gt(id)),
        None => page,
    }
}

/// Letters and digits of a registration's code: none that is taken for another, no vowels that could spell
/// something.
const CODE_ALPHABET: &[u8; 25] = b"3479BCDFGHJKMNPQRSTVWXYZ2";

/// A new registration code: ten characters, over 46 bits, made from `chance`.
pub fn code(chance: [u8; 16]) -> String {
    let mut number = u128::from_be_bytes(chance);
    let base = u128::try_from(CODE_ALPHABET.len()).unwrap_or(1);
    let mut code = String::with_capacity(10);
    for _ in 0..10 {
        code.push(char::from(CODE_ALPHABET[usize::try_from(number % base).unwrap_or(0)]));
        number /= base;
    }
    code
}

#[cfg(test)]
mod tests {
    use super::{Model, Status, held_anew};
    use crate::course;
    use crate::course::sample::{at, course, day};
    use crate::profession::Profession;

    fn started(hold_until: &str) -> Model {
        Model {
            id: uuid::Uuid::from_u128(1),
            code: "K7QD4MXPTZ".to_owned(),
            course_id: uuid::Uuid::from_u128(0xc0),
            learner_id: uuid::Uuid::from_u128(2),
            profession: Profession::Nurse,
            track_id: None,
            known_as: None,
            external_id: None,
            status: Status::Started,
            started_at: at("2026-05-01T12:00:00-04:00"),
            hold_until: Some(at(hold_until)),
            confirmed_at: None,
            cancelled_at: None,
            expired_at: None,
            entered_by: None,
            corrected_at: None,
            updated_at: at("2026-05-01T12:00:00-04:00"),
        }
    }

    fn closing(deadline: &str) -> course::Model {
        course::Model {
            registration_deadline_on: Some(day(deadline)),
            payment_days: 5,
            ..course("2026-05-30", "2026-05-31")
        }
    }

    /// The end of a hold, once the deadline is another.
    fn moved(hold_until: &str, from: &str, to: &str) -> String {
        anew(hold_until, &closing(from), &closing(to), "2026-05-01T12:00:00-04:00")
    }

    fn anew(hold_until: &str, old: &course::Model, new: &course::Model, now: &str) -> String {
        held_anew(&started(hold_until), at(hold_until), (old, new), at(now)).to_string()
    }

    #[test]
    fn a_hold_follows_the_dates_that_it_came_from() {
        // Five days to pay: to the end of May 6, or of the deadline before it.
        assert_eq!(moved("2026-05-07T04:00:00Z", "2026-05-20", "2026-05-10"), "2026-05-07T04:00:00Z");
        assert_eq!(moved("2026-05-07T04:00:00Z", "2026-05-20", "2026-05-04"), "2026-05-05T04:00:00Z");
        assert_eq!(moved("2026-05-05T04:00:00Z", "2026-05-04", "2026-05-20"), "2026-05-07T04:00:00Z");
    }

    #[test]
    fn nobody_loses_a_seat_in_the_moment_of_an_edit() {
        let (open, closed) = (closing("2026-05-20"), closing("2026-04-20"));
        let hold_until = "2026-05-07T04:00:00Z";
        assert_eq!(anew(hold_until, &open, &closed, "2026-05-02T12:00:00Z"), "2026-05-03T12:00:00Z");
        assert_eq!(anew(hold_until, &open, &closed, "2026-05-06T12:00:00Z"), hold_until, "it ends by then");
        assert_eq!(
            anew("2026-05-03T12:00:00Z", &closed, &open, "2026-05-02T13:00:00Z"),
            hold_until,
            "an edit that is taken back takes nothing"
        );
        // Fewer days to pay take nothing from who was told of more; more days are for everybody.
        let days = |payment_days| course::Model { payment_days, ..closing("2026-05-20") };
        assert_eq!(anew(hold_until, &days(5), &days(1), "2026-05-02T12:00:00Z"), hold_until);
        assert_eq!(anew(hold_until, &days(5), &days(7), "2026-05-02T12:00:00Z"), "2026-05-09T04:00:00Z");
        // A course that begins before a day has gone by needs its seats.
        let soon = course::Model { payment_days: 5, ..course("2026-05-03", "2026-05-03") };
        assert_eq!(anew(hold_until, &open, &soon, "2026-05-02T12:00:00Z"), soon.first_instant().to_string());
        // One that would have ended before it began ends with its first second.
        let past = course::Model { payment_days: 5, ..course("2026-04-03", "2026-04-03") };
        assert_eq!(anew(hold_until, &open, &past, "2026-05-02T12:00:00Z"), "2026-05-01T16:00:01Z");
    }

    #[test]
    fn one_that_began_later_with_a_part_of_the_price_keeps_its_end_within_the_new_deadline() {
        // Held to the deadline of May 12; a later deadline takes nothing away.
        assert_eq!(moved("2026-05-13T04:00:00Z", "2026-05-12", "2026-05-13"), "2026-05-13T04:00:00Z");
        assert_eq!(moved("2026-05-13T04:00:00Z", "2026-05-12", "2026-05-10"), "2026-05-11T04:00:00Z");
    }
}
