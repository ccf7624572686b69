//! What a published course is bound to by those who rely on it: seats that are taken, and evaluations that were
//! handed in. An edit that would go against it says so before anything is written.

use entity::course::Status;
use entity::{Instant, evaluation, registration};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

use super::mistake::Mistakes;
use super::path::at;
use super::{Draft, facts};
use crate::catalogue::CoursePage;
use crate::store::Transaction;

/// Notes where `draft` goes against what the course of `page`, which is locked, is bound to at `now`.
pub async fn keep(
    txn: &Transaction,
    page: &CoursePage,
    draft: &Draft,
    now: Instant,
    mistakes: &mut Mistakes,
) -> Result<(), DbErr> {
    if page.course.status != Status::Published || draft.course.status != Status::Published {
        return Ok(());
    }
    seats(txn, page, draft, now, mistakes).await?;
    evaluations(txn, page, draft, now, mistakes).await
}

/// Fewer seats than are taken would be a course that is oversold.
async fn seats(
    txn: &Transaction,
    page: &CoursePage,
    draft: &Draft,
    now: Instant,
    mistakes: &mut Mistakes,
) -> Result<(), DbErr> {
    let Some(wanted) = draft.registration.capacity.filter(|wanted| Some(*wanted) != page.course.capacity)
    else {
        return Ok(());
    };
    let taken = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(page.course.id))
        .filter(registration::seated(now))
        .count(txn)
        .await?;
    if u64::try_from(wanted).is_ok_and(|wanted| wanted < taken) {
        let (seats, are) = if taken == 1 { ("seat", "is") } else { ("seats", "are") };
        let words = format!(
            "{taken} {seats} {are} taken, so the capacity cannot be {wanted}. The lowest possible value is {taken}."
        );
        mistakes.add(at![Registration, Capacity], words);
    }
    Ok(())
}

/// A course that has been evaluated has taken place, and cannot take place later.
async fn evaluations(
    txn: &Transaction,
    page: &CoursePage,
    draft: &Draft,
    now: Instant,
    mistakes: &mut Mistakes,
) -> Result<(), DbErr> {
    let over = |end: Instant| end <= now;
    if !over(page.course.last_instant()) || over(facts::moved(page, draft).course.last_instant()) {
        return Ok(());
    }
    let of_course = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(registration::Column::CourseId.eq(page.course.id))
        .into_query();
    let evaluated = evaluation::Entity::find()
        .filter(evaluation::Column::RegistrationId.in_subquery(of_course))
        .count(txn)
        .await?;
    if evaluated > 0 {
        let words =
            "This course has taken place, and evaluations have been submitted. To teach it again, copy it.";
        mistakes.add(at![Course, StartsOn], words);
    }
    Ok(())
}
