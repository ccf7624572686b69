//! Rules that a release ships after courses were made: every course is given a copy, once, which looks
//! forward only and which staff may change, switch off or take away like the others.

use std::collections::HashMap;

use entity::mailing::{DEFAULT_RULES, DefaultRule};
use entity::nature::SharedNature;
use entity::{Instant, course, reminder_rule, shipped_rule};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::Database;

/// How many courses are given a rule in one statement.
const COURSES_AT_A_TIME: u64 = 500;

/// Gives every course the rules that this release ships and that courses have not been given yet; says how
/// many such rules there were. Several processes may do so at once: the second waits for the first, and finds
/// nothing left.
///
/// # Errors
/// Where the database fails; then nothing is given.
pub async fn give_rules(db: &Database, nature: &SharedNature) -> Result<usize, DbErr> {
    let known: Vec<String> = shipped_rule::Entity::find()
        .select_only()
        .column(shipped_rule::Column::Slug)
        .into_tuple()
        .all(db)
        .await?;
    let missing: Vec<&DefaultRule> =
        DEFAULT_RULES.iter().filter(|rule| !known.iter().any(|slug| slug == rule.slug)).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let txn = db.begin().await?;
    let now = nature.now();
    let mut given = 0;
    for rule in missing {
        let row = shipped_rule::ActiveModel { slug: Set(rule.slug.to_owned()), since: Set(now) };
        let once = OnConflict::column(shipped_rule::Column::Slug).do_nothing().to_owned();
        if shipped_rule::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await? > 0 {
            to_all_courses(&txn, nature, rule, now).await?;
            given += 1;
        }
    }
    txn.commit().await?;
    Ok(given)
}

async fn to_all_courses(
    txn: &impl ConnectionTrait,
    nature: &SharedNature,
    rule: &DefaultRule,
    now: Instant,
) -> Result<(), DbErr> {
    use reminder_rule::Column::{CourseId, Position, Slug};
    let mut last = Uuid::nil();
    loop {
        let courses: Vec<Uuid> = course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::Id.gt(last))
            .order_by_asc(course::Column::Id)
            .limit(COURSES_AT_A_TIME)
            .into_tuple()
            .all(txn)
            .await?;
        let Some(newest) = courses.last() else { return Ok(()) };
        last = *newest;
        let theirs = || {
            reminder_rule::Entity::find()
                .select_only()
                .column(CourseId)
                .filter(CourseId.is_in(courses.iter().copied()))
        };
        let have: Vec<Uuid> = theirs().filter(Slug.eq(rule.slug)).into_tuple().all(txn).await?;
        let ends: HashMap<Uuid, i16> = theirs()
            .column_as(Position.max(), "position")
            .group_by(CourseId)
            .into_tuple::<(Uuid, i16)>()
            .all(txn)
            .await?
            .into_iter()
            .collect();
        let copies = courses.iter().filter(|id| !have.contains(id)).map(|course_id| {
            let position = ends.get(course_id).copied().unwrap_or(0).saturating_add(1);
            rule.copied(nature.id(), *course_id, position, now).into_active_model()
        });
        let copies: Vec<reminder_rule::ActiveModel> = copies.collect();
        if !copies.is_empty() {
            reminder_rule::Entity::insert_many(copies).exec_without_returning(txn).await?;
        }
    }
}
