//! How far the sweep has come: everything that fell due before has been looked at. It is a hint and never the
//! truth: whoever wrote it may have had a clock that was ahead.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// The one row's key.
pub const ID: i16 = 1;

/// How far ahead of now a mark may lie, in seconds: the clocks of several workers differ a little. One that
/// lies further ahead is not believed.
pub const LEEWAY_SECONDS: i64 = 60;
/// Where a mark that is not believed is supposed to have been, in minutes before now. What it hides from
/// before that is found by the second look.
const SUPPOSED_MINUTES: i64 = 10;

/// The mark; a single row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sweep_mark")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Everything due up to here has been looked at.
    pub swept_to: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a sweep makes of the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Up to here everything counts as looked at; where nobody has ever swept, the beginning of time.
    pub swept_to: Instant,
    /// By how many seconds the mark lies ahead of now, where that is so far that it is not believed; else 0.
    pub ahead_seconds: i64,
}

/// What a sweep at `now` makes of the mark that is `stored`.
pub fn read(stored: Option<Instant>, now: Instant) -> Reading {
    match stored {
        None => Reading { swept_to: Instant::from_micros(0), ahead_seconds: 0 },
        Some(mark) if is_believed(mark, now) => Reading { swept_to: mark, ahead_seconds: 0 },
        Some(mark) => Reading {
            swept_to: now.plus_minutes(-SUPPOSED_MINUTES),
            ahead_seconds: (mark.as_micros() - now.as_micros()) / 1_000_000,
        },
    }
}

/// Whether something may have happened, or been looked at, at `moment`, as far as a clock that stands at
/// `now` can tell.
pub fn is_believed(moment: Instant, now: Instant) -> bool {
    moment <= now.plus_seconds(LEEWAY_SECONDS)
}

/// The mark, where a sweep at `now` may move it to now: it lies behind, or so far ahead that it is not
/// believed. Between those it stays, so that it never goes back for a clock that is a little behind another.
pub fn movable(now: Instant) -> Condition {
    Condition::any().add(Column::SweptTo.lt(now)).add(Column::SweptTo.gt(now.plus_seconds(LEEWAY_SECONDS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::sample::at;

    #[test]
    fn a_mark_is_believed_up_to_a_minute_ahead() {
        let now = at("2026-05-06T13:00:00Z");
        assert_eq!(read(None, now), Reading { swept_to: Instant::from_micros(0), ahead_seconds: 0 });
        for believed in ["2026-05-01T13:00:00Z", "2026-05-06T13:00:00Z", "2026-05-06T13:01:00Z"] {
            assert_eq!(read(Some(at(believed)), now), Reading { swept_to: at(believed), ahead_seconds: 0 });
        }
        let supposed = at("2026-05-06T12:50:00Z");
        for (ahead, ahead_seconds) in [("2026-05-06T13:01:01Z", 61), ("2026-05-07T13:00:00Z", 86_400)] {
            assert_eq!(read(Some(at(ahead)), now), Reading { swept_to: supposed, ahead_seconds });
        }
    }
}
