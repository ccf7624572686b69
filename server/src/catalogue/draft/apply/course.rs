//! The course's own row.

use entity::course::{self, Model, Status};
use entity::deadline::instant_of;

use super::sessions::Planned;
use super::{Ids, Writing, save};

/// Writes the course's row, and returns it.
pub async fn write(writing: &Writing<'_>, ids: &Ids, agenda: &[Planned<'_>]) -> Result<Model, sea_orm::DbErr> {
    let (course, old) = (&writing.draft.course, writing.page.map(|page| &page.course));
    let registration = &writing.draft.registration;
    let stored_opens = old.and_then(|old| old.registration_opens_at);
    let reads = |opens: entity::Instant| Some(opens.in_zone(&course.time_zone).datetime()) == registration.opens;
    let opens = match stored_opens.filter(|opens| reads(*opens)) {
        Some(kept) => Some(kept),
        None => registration.opens.map(|opens| instant_of(opens, &course.time_zone)),
    };
    let published = (course.status == Status::Published).then_some(writing.now);
    let cancelled = (course.status == Status::Cancelled).then_some(writing.now);
    let new = Model {
        id: writing.course_id,
        slug: course.slug.to_string(),
        version: old.map_or(1, |old| old.version + 1),
        status: course.status,
        title: course.title.to_string(),
        kind: course.kind.to_string(),
        length_label: course.length.clone().map(Into::into),
        summary: course.summary.clone().map(Into::into),
        overview: course.overview.clone().map(Into::into),
        format: course.format,
        time_zone: course.time_zone.clone(),
        starts_on: course.starts_on,
        ends_on: course.ends_on,
        starts_at: agenda.iter().map(|planned| planned.new.starts_at).min(),
        ends_at: agenda.iter().map(|planned| planned.new.ends_at).max(),
        registration_opens_at: opens,
        early_deadline_on: registration.early_deadline,
        registration_deadline_on: registration.deadline,
        evaluation_deadline_on: course.evaluation_deadline,
        payment_days: registration.payment_days,
        currency: writing.draft.fees.currency.to_string(),
        processing_fee_cents: writing.draft.fees.processing_fee,
        capacity: registration.capacity,
        series_id: ids.series,
        series_position: writing.draft.series.as_ref().map(|series| series.position),
        centre: course.centre.clone().map(Into::into),
        contact_email: course.contact_email.clone().map(Into::into),
        registration_site: registration.site.clone().map(Into::into),
        credit_headline: course.credit_headline.clone().map(Into::into),
        created_at: old.map_or(writing.now, |old| old.created_at),
        updated_at: writing.now,
        published_at: old.and_then(|old| old.published_at).or(published),
        cancelled_at: old.and_then(|old| old.cancelled_at).or(cancelled),
        cancellation_note: course.cancellation_note.clone().map(Into::into),
    };
    save::<course::Entity>(writing.txn, old, new.clone()).await?;
    Ok(new)
}
