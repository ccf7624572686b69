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
use crate::write::seats;

/// A draft of a published course, which is locked, beside what is stored of it at `now`.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// What is read in.
    pub txn: &'a Transaction,
    /// What is stored.
    pub page: &'a CoursePage,
    /// What is wanted.
    pub draft: &'a Draft,
    /// The moment of the edit.
    pub now: Instant,
}

impl Bound<'_> {
    /// Notes where the draft goes against what the course is bound to.
    ///
    /// # Errors
    /// A failing database.
    pub async fn keep(self, mistakes: &mut Mistakes) -> Result<(), DbErr> {
        if self.page.course.status == Status::Published && self.draft.course.status == Status::Published {
            self.seats(mistakes).await?;
            self.evaluations(mistakes).await?;
        }
        Ok(())
    }

    /// Fewer seats than are taken would be a course that is oversold.
    async fn seats(self, mistakes: &mut Mistakes) -> Result<(), DbErr> {
        let stored = self.page.course.capacity;
        let Some(wanted) = self.draft.registration.capacity.filter(|wanted| Some(*wanted) != stored) else {
            return Ok(());
        };
        let taken = seats::taken(self.txn, self.page.course.id, self.now).await?;
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
    async fn evaluations(self, mistakes: &mut Mistakes) -> Result<(), DbErr> {
        let is_over = |end: Instant| end <= self.now;
        if !is_over(self.page.course.last_instant())
            || is_over(facts::moved(self.page, self.draft).course.last_instant())
        {
            return Ok(());
        }
        let of_course = registration::Entity::find()
            .select_only()
            .column(registration::Column::Id)
            .filter(registration::Column::CourseId.eq(self.page.course.id))
            .into_query();
        let evaluated = evaluation::Entity::find()
            .filter(evaluation::Column::RegistrationId.in_subquery(of_course))
            .count(self.txn)
            .await?;
        if evaluated > 0 {
            let words = "This course has taken place, and evaluations have been submitted. To teach it again, copy it.";
            mistakes.add(at![Course, StartsOn], words);
        }
        Ok(())
    }
}
