//! Staff correct as what, or in which track, somebody takes part. What is unpaid is priced anew; what is paid
//! stands.

use entity::profession::Profession;
use entity::quote::Draft;
use entity::registration::{self, Status};
use entity::{Instant, Refusal, course, track};
use sea_orm::{ActiveEnum, ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Error, Result};
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::mistakes::Mistakes;
use crate::write::registering::spelled;
use crate::write::{pricing, registering, seats};

/// What is corrected; none leaves it as it is.
#[derive(Clone, Debug)]
pub struct CorrectRegistration {
    /// The registration.
    pub registration_id: Uuid,
    /// As what the person takes part.
    pub profession: Option<Profession>,
    /// The track.
    pub track_id: Option<Uuid>,
}

/// What has become of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// Nothing that decides it was corrected.
    Untouched,
    /// What was not paid in full is priced anew.
    Anew,
    /// What is paid in full stands, whatever the corrected profession would pay.
    Kept,
}

/// A corrected registration.
#[derive(Clone, Debug)]
pub struct Corrected {
    /// The registration as it stands now.
    pub registration: registration::Model,
    /// What has become of its price.
    pub price: Price,
}

/// Corrects a registration of a course that the viewer runs. What was and what became of it is on record, and
/// the person is told. Where what was paid so far is enough for the new price, the registration is confirmed.
///
/// # Errors
/// Refused to whoever does not run the course, where the registration is no longer live, where the course has
/// no such track, and where it has no price for the profession.
pub async fn correct_registration(
    app: &AppState,
    viewer: &Viewer,
    (input, mut mistakes): (CorrectRegistration, Mistakes),
) -> Result<Corrected> {
    let staff = viewer.signed_in()?;
    let unknown = || Refusal::not_found("registration");
    let mine = viewer.run_registrations().ok_or_else(unknown)?;
    let txn = app.begin().await?;
    let found = registration::Entity::find_by_id(input.registration_id)
        .filter(mine)
        .one(&txn)
        .await?
        .ok_or_else(unknown)?;
    let course = seats::lock_course(&txn, found.course_id).await?;
    let before = seats::lock_registration(&txn, found.id).await?;
    let now = app.nature.now();
    match before.status_at(now) {
        Status::Started | Status::Confirmed | Status::Waitlisted => {}
        Status::Cancelled | Status::Expired => return Err(Refusal::RegistrationNotLive.into()),
    }
    if input.track_id.is_some() {
        let chosen = registering::choose_track(&txn, &course, input.track_id).await;
        mistakes.asked(chosen)?;
    }
    mistakes.none()?;
    let mut after = registration::Model {
        profession: input.profession.unwrap_or(before.profession),
        track_id: input.track_id.or(before.track_id),
        ..before.clone()
    };
    if after == before {
        txn.commit().await?;
        return Ok(Corrected { registration: before, price: Price::Untouched });
    }
    let price = reprice(&txn, app, &course, &before, &mut after, now).await?;
    after.corrected_at = Some(now);
    after.updated_at = before.changed_at(now);
    after.clone().into_active_model().reset_all().update(&txn).await?;
    let told = async |row: &registration::Model| -> Result<serde_json::Value> {
        let track = match row.track_id {
            Some(id) => track::Entity::find_by_id(id).one(&txn).await?.map(|track| track.slug),
            None => None,
        };
        Ok(json!({ "profession": row.profession.to_value(), "track": track, "status": spelled(row.status) }))
    };
    let act = Act {
        name: "correctRegistration",
        subject_type: "registration",
        subject_id: after.id,
        course_id: Some(course.id),
        before: Some(told(&before).await?),
        after: Some(told(&after).await?),
    };
    audit::record(&txn, app, Actor::Person(staff), act).await?;
    txn.commit().await?;
    Ok(Corrected { registration: registering::changed(app, after.id).await?, price })
}

/// Prices a registration whose profession was corrected anew, as far as it is not paid, and confirms it where
/// what was paid is enough.
async fn reprice(
    txn: &Transaction,
    app: &AppState,
    course: &course::Model,
    before: &registration::Model,
    after: &mut registration::Model,
    now: Instant,
) -> Result<Price> {
    if after.profession == before.profession {
        return Ok(Price::Untouched);
    }
    // Of a course that will not take place nothing more is due.
    if before.status == Status::Confirmed || course.is_cancelled() {
        return Ok(Price::Kept);
    }
    let hold_until = before.hold_until.unwrap_or_else(|| course.hold_until(now));
    let draft =
        pricing::draft(txn, course, after.profession, hold_until, now).await.map_err(
            |error| match error {
                Error::Refused(Refusal::NoPrice) => Refusal::NoPriceForLearner.into(),
                other => other,
            },
        )?;
    let is_paid = draft.total_minor() <= pricing::paid(txn, before.id).await?;
    if is_paid && before.status == Status::Started {
        after.status = Status::Confirmed;
        after.confirmed_at = Some(now.max(before.started_at));
    }
    let valid_until = draft.valid_until.filter(|_| !is_paid);
    pricing::write(txn, app, before, course, &Draft { valid_until, ..draft }, now).await?;
    Ok(Price::Anew)
}
