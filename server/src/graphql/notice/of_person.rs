//! The letters to one person, about a registration or an enquiry.

use async_graphql::Result;
use entity::mailing::{self, CourseFacts, NotSentReason};
use entity::{Instant, notice};

use super::object::Notice;
use super::planned::PlannedLetter;
use crate::graphql::keyset::{Key, Page, Shape, Wanted};

/// Of what the mailing plan says, the letters to come after `now`. What a switched-off rule would say is
/// nobody's future.
pub fn coming(
    planned: Vec<mailing::PlannedLetter>,
    course: &CourseFacts,
    now: Instant,
) -> Vec<PlannedLetter> {
    let comes = |planned: &mailing::PlannedLetter| {
        planned.due_at > now && planned.verdict != Err(NotSentReason::RuleOff)
    };
    let shown = |planned| PlannedLetter::new(planned, 1, course.course.time_zone.clone());
    planned.into_iter().filter(comes).map(shown).collect()
}

/// A page of a person's notices, all of which are at hand: they are few, so those of many people are read at
/// once. `staff`: whether the viewer runs the course.
///
/// # Errors
/// A cursor that is none of this list.
pub fn page_at_hand(
    list: &'static str,
    wanted: Wanted,
    rows: &[notice::Model],
    staff: bool,
) -> Result<Page<Notice>> {
    let total = u64::try_from(rows.len()).ok();
    Ok(wanted
        .shaped(list, &[Shape::Id])?
        .pick(rows.iter().cloned(), |row| vec![Key::Id(row.id)])
        .connection(total, |row| (vec![Key::Id(row.id)], Notice { row: Box::new(row), staff })))
}
