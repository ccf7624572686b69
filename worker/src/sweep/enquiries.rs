//! The sweep's look at people who only asked: what they asked for, and the deadlines of courses.

use std::collections::HashMap;
use std::sync::Arc;

use entity::mailing::{self, CourseFacts};
use entity::{Instant, enquiry};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::entry::Entry;
use super::{PAGE, Round, changed_since, to_be_entered};
use crate::facts;

impl<D: ConnectionTrait> Round<'_, D> {
    /// Enquiries that have changed lately, a page at a time.
    pub(super) async fn enquiries(&mut self, seen: &mut HashMap<Uuid, Instant>) -> Result<(), DbErr> {
        use enquiry::Column::{Id, UpdatedAt};
        let mut last: Option<(Instant, Uuid)> = None;
        loop {
            let page = changed_since::<enquiry::Entity>(self.db, UpdatedAt, Id, self.from, last).await?;
            let Some((id, changed_at)) = page.last().copied() else { return Ok(()) };
            last = Some((changed_at, id));
            let fresh: Vec<Uuid> = page.iter().filter(|(id, changed_at)| seen.get(id) != Some(changed_at)).map(|(id, _)| *id).collect();
            if !fresh.is_empty() {
                let rows = enquiry::Entity::find().filter(Id.is_in(fresh)).order_by_asc(Id).all(self.db).await?;
                let mut courses: Vec<Uuid> = rows.iter().map(|row| row.course_id).collect();
                courses.sort_unstable();
                courses.dedup();
                let courses = facts::of_courses(self.db, &courses).await?;
                let looked_at: Vec<(Uuid, Instant)> = rows.iter().map(|row| (row.id, row.updated_at)).collect();
                self.askers(&courses, rows, self.from).await?;
                seen.extend(looked_at);
            }
            if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                return Ok(());
            }
        }
    }

    /// Those who agreed to letters about the deadlines of a course that has a moment in `(since, now]`, a page at a time.
    pub(super) async fn enquiries_of(&mut self, courses: &HashMap<Uuid, Arc<CourseFacts>>, id: Uuid, since: Instant) -> Result<(), DbErr> {
        let mut last = None;
        loop {
            let page =
                enquiry::page_after(last, PAGE).filter(enquiry::Column::CourseId.eq(id)).filter(enquiry::consenting()).all(self.db).await?;
            let Some(end) = page.last().map(|row| row.id) else { return Ok(()) };
            last = Some(end);
            let whole = page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
            self.askers(courses, page, since).await?;
            if !whole {
                return Ok(());
            }
        }
    }

    /// Enters what is due to these people.
    async fn askers(&mut self, courses: &HashMap<Uuid, Arc<CourseFacts>>, rows: Vec<enquiry::Model>, since: Instant) -> Result<(), DbErr> {
        let mut entries = Vec::new();
        let mut stopped = Vec::new();
        for person in facts::of_enquiries(self.db, rows).await? {
            self.swept.judged += 1;
            let Some(course) = courses.get(&person.enquiry.course_id) else { continue };
            for planned in mailing::of_enquiry(course, &person, self.now) {
                if to_be_entered(&planned, since, self.now) {
                    entries.push(Entry::of_enquiry(self, &person.enquiry, planned));
                } else if planned.verdict == Err(mailing::NotSentReason::StoppedByStaff) {
                    stopped.push((person.enquiry.id, planned));
                }
            }
        }
        self.enter(entries).await?;
        self.stop(stopped).await
    }
}
