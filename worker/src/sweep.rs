//! The sweep: from facts to the letters that are due, entered into the ledger.
//!
//! It takes no input and remembers nothing that it could not find again: the mark in the database says how
//! far it has come, the ledger's unique key says what was said. So it can run twice, in two places, or after
//! three days off. It looks at these things: sign-in codes that are good and addresses changed lately,
//! registrations and enquiries changed lately, courses that have a moment on their timetable since the mark,
//! and holds about whose end something is to be said since.
//!
//! «Lately» reaches ten minutes behind the mark, because what is committed late carries an earlier time than
//! what was committed before it. The mark is a hint: one that lies ahead is not believed and is set right,
//! and beside the sweep a second look ([`Sweeper::looks_again`]) slowly goes through everybody and finds what
//! has no notice.

mod entry;
mod round;
mod second_look;
mod timetable;

use std::collections::HashMap;

use entity::nature::SharedNature;
use entity::recipient::Kind;
use entity::{Instant, notice, sweep_mark};
use sea_orm::sea_query::{OnConflict, SimpleExpr};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{Store, may_write};
use round::Round;
use second_look::SecondLook;
use timetable::Timetables;

/// How far behind the mark the sweep looks again, in minutes.
const OVERLAP_MINUTES: i64 = 10;
/// How old the mark may grow while nothing happens, in seconds: not every idle tick is worth a write.
const MARK_AGE_SECONDS: i64 = 60;
/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Letters entered, or planned again.
    pub planned: u64,
    /// Letters that came too late to be of use, recorded as lapsed.
    pub lapsed: u64,
    /// People whose mailing plan was computed.
    pub judged: u64,
    /// By how many seconds the mark was ahead, where that was so far that it was not believed; else 0.
    pub mark_ahead_seconds: i64,
}

/// Sweeps, and keeps between sweeps what spares it work: timetables of courses, and which people it has just
/// looked at.
#[derive(Debug)]
pub struct Sweeper {
    host: String,
    timetables: Timetables,
    seen: HashMap<Uuid, Instant>,
    second_look: SecondLook,
}

/// One sweep without memory, as after a restart; `host` ends the Message-IDs.
pub async fn sweep(db: &impl Store, nature: &SharedNature, host: &str) -> Result<Swept, DbErr> {
    Sweeper::new(host).sweep(db, nature).await
}

impl Sweeper {
    /// A sweeper without memory; `host` ends the Message-IDs of the notices it enters.
    pub fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            timetables: Timetables::default(),
            seen: HashMap::new(),
            second_look: SecondLook::default(),
        }
    }

    /// Enters everything that has fallen due, then moves the mark; nothing once a newer release has changed
    /// the schema. After an error nothing is lost: the mark stays, and the next sweep does it again.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sweep(&mut self, db: &impl Store, nature: &SharedNature) -> Result<Swept, DbErr> {
        let swept = self.round(db, nature).await;
        if swept.is_err() {
            self.timetables.failed();
        }
        swept
    }

    /// Takes the second look a step further, where it is time for one: half a minute after the last step, and
    /// from the beginning ten minutes after it last began. A step is a page of people, in a number of
    /// statements that does not grow; what it finds without a notice is entered. After an error the next step
    /// is the same one.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn looks_again(&mut self, db: &impl Store, nature: &SharedNature) -> Result<Swept, DbErr> {
        if !may_write(db).await? {
            return Ok(Swept::default());
        }
        let now = nature.now();
        let mut round = Round { db, nature, host: &self.host, from: now, now, swept: Swept::default() };
        self.second_look.step(&mut round).await?;
        Ok(round.swept)
    }

    async fn round(&mut self, db: &impl Store, nature: &SharedNature) -> Result<Swept, DbErr> {
        if !may_write(db).await? {
            return Ok(Swept::default());
        }
        let now = nature.now();
        let marked = sweep_mark::Entity::find_by_id(sweep_mark::ID).one(db).await?.map(|row| row.swept_to);
        let sweep_mark::Reading { swept_to: mark, ahead_seconds } = sweep_mark::read(marked, now);
        let from = mark.plus_minutes(-OVERLAP_MINUTES).max(Instant::from_micros(0));
        let swept = Swept { mark_ahead_seconds: ahead_seconds, ..Swept::default() };
        let mut round = Round { db, nature, host: &self.host, from, now, swept };
        if ahead_seconds > 0 {
            set_right(db, now).await?;
        }
        round.codes().await?;
        round.email_changes(from).await?;
        for kind in Kind::ALL {
            round.changed(kind, &mut self.seen).await?;
        }
        let called = self.timetables.called(db, from, mark, now).await?;
        for some in called.courses.chunk_by(|(_, since), (_, other)| since == other) {
            for kind in Kind::ALL {
                round.courses(kind, some).await?;
            }
        }
        for some in called.holds.chunk_by(|one, other| one.since == other.since) {
            round.holds(some).await?;
        }
        let swept = round.swept;
        if marked.is_none()
            || ahead_seconds > 0
            || !called.courses.is_empty()
            || !called.holds.is_empty()
            || mark.plus_seconds(MARK_AGE_SECONDS) <= now
        {
            move_mark(db, now).await?;
        }
        self.timetables.swept(now);
        self.seen.retain(|_, changed_at| *changed_at >= from);
        Ok(swept)
    }
}

/// Notices that a clock which was ahead has put off or taken, so that they would wait until that time comes:
/// they are ready again after as long as a lease lasts, which whoever still holds one renews before.
async fn set_right(db: &impl ConnectionTrait, now: Instant) -> Result<(), DbErr> {
    use notice::Column::{ReadyAt, UpdatedAt};
    let believed = now.plus_seconds(sweep_mark::LEEWAY_SECONDS);
    let change = notice::ActiveModel {
        ready_at: Set(Some(now.plus_seconds(notice::LEASE_SECONDS))),
        updated_at: Set(now),
        ..Default::default()
    };
    notice::Entity::update_many()
        .set(change)
        .filter(notice::open())
        .filter(ReadyAt.gt(believed))
        .filter(UpdatedAt.gt(believed))
        .exec(db)
        .await
        .map(drop)
}

/// Moves the mark to now, as far as it may be moved ([`sweep_mark::movable`]).
async fn move_mark(db: &impl ConnectionTrait, now: Instant) -> Result<(), DbErr> {
    let row = sweep_mark::ActiveModel { id: Set(sweep_mark::ID), swept_to: Set(now) };
    sweep_mark::Entity::insert(row)
        .on_conflict(
            OnConflict::column(sweep_mark::Column::Id)
                .update_column(sweep_mark::Column::SweptTo)
                .action_and_where(SimpleExpr::from(sweep_mark::movable(now)))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map(drop)
}
