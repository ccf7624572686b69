//! The course's own row.

use entity::course;
use entity::course::{Model, Status};
use entity::deadline::instant_of;

use super::sessions::Planned;
use super::{Ground, Ids, save};

/// Writes the course's row, and returns it.
pub async fn write(ground: &Ground<'_>, ids: &Ids, agenda: &[Planned<'_>]) -> Result<Model, sea_orm::DbErr> {
    let (file, old) = (&ground.file.course, ground.page.map(|page| &page.course));
    let registration = &ground.file.registration;
    let stored_opens = old.and_then(|old| old.registration_opens_at);
    let reads = |opens: entity::Instant| Some(opens.in_zone(&file.time_zone).datetime()) == registration.opens;
    let opens = match stored_opens.filter(|opens| reads(*opens)) {
        Some(kept) => Some(kept),
        None => registration.opens.map(|opens| instant_of(opens, &file.time_zone)),
    };
    let published = (file.status == Status::Published).then_some(ground.now);
    let cancelled = (file.status == Status::Cancelled).then_some(ground.now);
    let new = Model {
        id: ground.course_id,
        slug: file.slug.clone(),
        version: old.map_or(1, |old| old.version + 1),
        status: file.status,
        title: file.title.clone(),
        kind: file.kind.clone(),
        length_label: file.length.clone(),
        summary: file.summary.clone(),
        overview: file.overview.clone(),
        format: file.format,
        time_zone: file.time_zone.clone(),
        starts_on: file.starts_on,
        ends_on: file.ends_on,
        starts_at: agenda.iter().map(|planned| planned.new.starts_at).min(),
        ends_at: agenda.iter().map(|planned| planned.new.ends_at).max(),
        registration_opens_at: opens,
        early_deadline_on: registration.early_deadline,
        registration_deadline_on: registration.deadline,
        evaluation_deadline_on: file.evaluation_deadline,
        payment_days: registration.payment_days,
        currency: ground.file.fees.currency.clone(),
        processing_fee_cents: ground.file.fees.processing_fee,
        capacity: registration.capacity,
        series_id: ids.series,
        series_position: ground.file.series.as_ref().map(|series| series.position),
        centre: file.centre.clone(),
        contact_email: file.contact_email.clone(),
        registration_site: registration.site.clone(),
        credit_headline: file.credit_headline.clone(),
        created_at: old.map_or(ground.now, |old| old.created_at),
        updated_at: ground.now,
        published_at: old.and_then(|old| old.published_at).or(published),
        cancelled_at: old.and_then(|old| old.cancelled_at).or(cancelled),
        cancellation_note: file.cancellation_note.clone(),
    };
    save::<course::Entity>(ground.txn, old, new.clone()).await?;
    Ok(new)
}
