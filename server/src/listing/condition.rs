//! Days as conditions: what a day means depends on the course's zone, which a database cannot be trusted
//! with.
//!
//! Exactness and pages go together by asking for the zones first: there are few of them, and for each the
//! rules of `entity` say in which moments a day begins and ends. The condition then names zones and moments,
//! and the database only compares.

use std::cmp;

use entity::deadline::{end_of_day, start_of_day};
use entity::{Instant, LocalDate, Zone, course, session};
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Query};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbErr, Statement};

/// The zones of all courses, from one to the next by the index `course_by_zone`: one small statement, however
/// many courses there are.
const ZONES: &str = "with recursive zone (name) as (
    select min(time_zone) from course union all select (select min(time_zone) from course where time_zone > name) from zone where name is not null
) select name from zone where name is not null";

/// The zones of all courses.
async fn zones(db: &impl ConnectionTrait) -> Result<Vec<Zone>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), ZONES)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// Zones put together by what is the same in them.
fn grouped<T: PartialEq>(zones: Vec<Zone>, trait_of: impl Fn(&Zone) -> T) -> Vec<(T, Vec<Zone>)> {
    let mut groups: Vec<(T, Vec<Zone>)> = Vec::new();
    for zone in zones {
        let common = trait_of(&zone);
        match groups.iter_mut().find(|(known, _)| *known == common) {
            Some((_, group)) => group.push(zone),
            None => groups.push((common, vec![zone])),
        }
    }
    groups
}

/// The first day whose end still lies ahead of `now` in `zone`: today, seen as deadlines see it.
fn first_open_day(now: Instant, zone: &Zone) -> LocalDate {
    let today = now.date_in(zone);
    // Where a clock is put back over midnight, the date on the clock runs ahead of the day's end or behind
    // it.
    [-1, 0]
        .into_iter()
        .map(|days| today.plus_days(days))
        .find(|day| now < end_of_day(*day, zone))
        .unwrap_or_else(|| today.plus_days(1))
}

/// By how many days the last day of registration lies behind the day of the start (in UTC), at most; known to
/// the index `course_by_lag`.
const LONGEST_LAG: &str = "select max(registration_lag) as days from course";

/// The earliest start of a course whose registration closes after `now`, where it has a start: those that
/// began long before are not gone through. `first_day` is the earliest day that is not over in some zone.
async fn earliest_start(
    db: &impl ConnectionTrait,
    now: Instant,
    first_day: LocalDate,
) -> Result<Instant, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), LONGEST_LAG)).await?;
    let days: Option<i32> = row.map(|row| row.try_get("", "days")).transpose()?.flatten();
    let began = start_of_day(first_day.plus_days(-cmp::max(days.unwrap_or_default(), 0)), &Zone::utc());
    Ok(cmp::min(now, began))
}

/// A text column of courses as an expression, lest SQLite look for it in an index: most courses are alike in
/// it, so all of them would be read and put in order, where the list's own index has the order.
fn unsought(column: course::Column) -> Expr {
    Expr::col((course::Entity, column)).binary(BinOper::Custom("||"), Expr::val(""))
}

/// Courses that one can register for at `now`: exactly those whose [`course::Model::window`] is open.
pub async fn open_for_registration(db: &impl ConnectionTrait, now: Instant) -> Result<Condition, DbErr> {
    use course::Column;
    let mut closes_ahead = Condition::any();
    let days = grouped(zones(db).await?, |zone| first_open_day(now, zone));
    let first_day = days.iter().map(|(day, _)| *day).min().unwrap_or_else(|| now.date_in(&Zone::utc()));
    // Courses without a start have a key later than any moment.
    let begins = Expr::col((course::Entity, "starts_key")).gte(earliest_start(db, now, first_day).await?);
    for (day, zones) in days {
        let until_start = Condition::any()
            .add(Condition::all().add(Column::StartsAt.is_not_null()).add(Column::StartsAt.gt(now)))
            .add(Condition::all().add(Column::StartsAt.is_null()).add(Column::StartsOn.gt(day)));
        let ahead = Condition::any()
            .add(
                Condition::all()
                    .add(Column::RegistrationDeadlineOn.is_not_null())
                    .add(Column::RegistrationDeadlineOn.gte(day)),
            )
            .add(Condition::all().add(Column::RegistrationDeadlineOn.is_null()).add(until_start));
        // Nobody registers for what is over.
        let goes_on = Condition::any()
            .add(Condition::all().add(Column::EndsAt.is_not_null()).add(Column::EndsAt.gt(now)))
            .add(Condition::all().add(Column::EndsAt.is_null()).add(Column::EndsOn.gte(day)));
        let there = unsought(Column::TimeZone).is_in(zones.iter().map(Zone::name));
        closes_ahead = closes_ahead.add(Condition::all().add(there).add(ahead).add(goes_on));
    }
    let opened =
        Condition::any().add(Column::RegistrationOpensAt.is_null()).add(Column::RegistrationOpensAt.lte(now));
    let published = unsought(Column::Status).eq(course::Status::Published.to_value());
    Ok(Condition::all().add(published).add(opened).add(begins).add(closes_ahead))
}

/// Sessions that begin on `day`, each in the zone of its course.
pub async fn on_local_day(db: &impl ConnectionTrait, day: LocalDate) -> Result<Condition, DbErr> {
    let mut any = Condition::any();
    for ((from, to), zones) in
        grouped(zones(db).await?, |zone| (start_of_day(day, zone), end_of_day(day, zone)))
    {
        let there = Query::select()
            .column(course::Column::Id)
            .from(course::Entity)
            .and_where(course::Column::TimeZone.is_in(zones))
            .take();
        any = any.add(
            Condition::all()
                .add(session::Column::CourseId.in_subquery(there))
                .add(session::Column::StartsAt.gte(from))
                .add(session::Column::StartsAt.lt(to)),
        );
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_open_until_its_end_in_its_zone() {
        for (now, zone, day) in [
            ("2026-05-07T03:59:59Z", "America/New_York", "2026-05-06"),
            ("2026-05-07T04:00:00Z", "America/New_York", "2026-05-07"),
            ("2026-05-06T18:30:00Z", "Asia/Kolkata", "2026-05-07"),
            // Cairo's clocks jump over midnight.
            ("2026-04-23T21:59:59Z", "Africa/Cairo", "2026-04-23"),
            ("2026-04-23T22:00:00Z", "Africa/Cairo", "2026-04-24"),
            // The clocks of St. John's went back from 00:01 to 23:01 in 2010: the day had ended at its first
            // midnight.
            ("2010-11-07T02:30:59Z", "America/St_Johns", "2010-11-07"),
        ] {
            let zone = zone.parse().expect("zone");
            let now: Instant = now.parse().expect("moment");
            let found = first_open_day(now, &zone);
            assert_eq!(found.to_string(), day, "{now} {zone}");
            assert!(now < end_of_day(found, &zone) && now >= end_of_day(found.plus_days(-1), &zone));
        }
    }
}
