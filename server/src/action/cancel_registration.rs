//! Cancelling a registration: the learner before the course, staff at any time.

use entity::registration::{self, Status};
use entity::{Refusal, course};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::once::Once;
use crate::write::registering::{self, spelled};
use crate::write::seats;

/// Which registration is given up.
#[derive(Clone, Debug, Serialize)]
pub struct CancelRegistration {
    /// The registration.
    pub registration_id: Uuid,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Cancels the viewer's own registration, or one of a course that the viewer runs.
pub async fn cancel_registration(
    app: &AppState,
    viewer: &Viewer,
    input: &CancelRegistration,
) -> Result<registration::Model> {
    let actor = viewer.signed_in()?;
    // What was done before is told again to who may see it still.
    let visible =
        registration::Entity::find_by_id(input.registration_id).filter(viewer.visible_registrations());
    visible.one(&app.db).await?.ok_or_else(|| Refusal::not_found("registration"))?;
    let once = Once::new(actor.id, "cancelRegistration", input.idempotency_key.as_deref(), input)?;
    let done = once.act(app, || attempt(app, viewer, input, &once)).await?;
    registering::told(app, done).await
}

async fn attempt(app: &AppState, viewer: &Viewer, input: &CancelRegistration, once: &Once) -> Result<Uuid> {
    let actor = viewer.signed_in()?;
    let txn = app.begin().await?;
    let of_anybody = |scope| registration::Entity::find_by_id(input.registration_id).filter(scope).one(&txn);
    let run = match viewer.run_registrations() {
        Some(scope) => of_anybody(scope).await?,
        None => None,
    };
    let by_staff = run.is_some();
    let found = match run {
        Some(found) => found,
        None => of_anybody(viewer.visible_registrations())
            .await?
            .ok_or_else(|| Refusal::not_found("registration"))?,
    };
    let course = course::Entity::find_by_id(found.course_id)
        .one(&txn)
        .await?
        .ok_or_else(|| Refusal::not_found("course"))?;
    let registration = seats::lock_registration(&txn, found.id).await?;
    let now = app.nature.now();
    let status = registration.status_at(now);
    match status {
        Status::Started | Status::Confirmed | Status::Waitlisted => {}
        Status::Cancelled | Status::Expired => return Err(Refusal::RegistrationNotLive.into()),
    }
    if !by_staff && now >= course.first_instant() {
        return Err(Refusal::CourseStarted.into());
    }

    let row = registration::ActiveModel {
        status: Set(Status::Cancelled),
        cancelled_at: Set(Some(now)),
        updated_at: Set(registration.changed_at(now)),
        ..registration.clone().into_active_model()
    };
    row.update(&txn).await?;
    if by_staff {
        let act = Act {
            name: "cancelRegistration",
            subject_type: "registration",
            subject_id: registration.id,
            course_id: Some(course.id),
            before: Some(json!({ "status": spelled(status) })),
            after: Some(json!({ "status": spelled(Status::Cancelled) })),
        };
        audit::record(&txn, app, Actor::Person(actor), act).await?;
    }
    once.keep(&txn, app, registration.id).await?;
    txn.commit().await?;
    Ok(registration.id)
}
