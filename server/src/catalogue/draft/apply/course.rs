//! The course's own row.

use entity::course::{self, Model, Status};

use super::sessions::Planned;
use super::{Ids, Writing, save};

/// Writes the course's row, and returns it.
pub async fn write(
    writing: &Writing<'_>,
    ids: &Ids,
    agenda: &[Planned<'_>],
) -> Result<Model, sea_orm::DbErr> {
    let (draft, old) = (writing.draft, writing.page.map(|page| &page.course));
    let mut new = old.cloned().unwrap_or_else(|| Model::blank(writing.course_id, writing.now));
    draft.course.put(&mut new);
    draft.registration.put(&mut new);
    new.currency = draft.fees.currency.to_string();
    new.processing_fee_minor = draft.fees.processing_fee;
    new.series_id = ids.series;
    new.series_position = draft.series.as_ref().map(|series| series.position);
    new.starts_at = agenda.iter().map(|planned| planned.new.starts_at).min();
    new.ends_at = agenda.iter().map(|planned| planned.new.ends_at).max();
    new.version = old.map_or(1, |old| old.version + 1);
    new.updated_at = writing.now;
    new.published_at = new.published_at.or((new.status == Status::Published).then_some(writing.now));
    new.cancelled_at = new.cancelled_at.or((new.status == Status::Cancelled).then_some(writing.now));
    save::<course::Entity>(writing.txn, old, new.clone()).await?;
    Ok(new)
}
