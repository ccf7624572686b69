//! Taking a roster out of Lectern: staff say what for, and get an address that ends after some minutes.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::{Instant, Refusal, calendar, course, export_ticket, secret};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::authenticate;
use crate::error::{Fault, Result};
use crate::roster::file::{Asked, Roster};
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::free_text;

/// The longest purpose, in characters.
const LONGEST_PURPOSE: usize = 500;

/// What staff want to take out.
#[derive(Clone, Debug)]
pub struct ExportRegistrations {
    /// The course.
    pub course_id: Uuid,
    /// Which rows, in which order.
    pub asked: Asked,
    /// What for, in words.
    pub purpose: String,
}

/// A way out.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// What opens it: 256 bits of chance.
    pub token: String,
    /// From when on it opens no more.
    pub expires_at: Instant,
}

/// Gives a ticket to the roster of a course that the viewer runs, and writes down who took it, and what for.
///
/// # Errors
/// Refused to whoever does not run the course, and without a purpose.
pub async fn export_registrations(
    app: &AppState,
    viewer: &Viewer,
    input: &ExportRegistrations,
) -> Result<Ticket> {
    let staff = viewer.signed_in()?;
    let purpose =
        free_text::perhaps_one_line(Some(&input.purpose), LONGEST_PURPOSE, "purpose")?.ok_or_else(|| {
            Refusal::invalid("Please say what the list is for; it is kept with your name.", &["purpose"])
        })?;
    let unknown = || Refusal::not_found("course");
    let mine = viewer.run_courses().ok_or_else(unknown)?;
    let mut chance = [0; 32];
    app.nature.fill(&mut chance);
    let token = URL_SAFE_NO_PAD.encode(chance);

    let txn = app.begin().await?;
    let course =
        course::Entity::find_by_id(input.course_id).filter(mine).one(&txn).await?.ok_or_else(unknown)?;
    let now = app.nature.now();
    let filter = serde_json::to_value(&input.asked).map_err(|error| Fault::Stored(error.to_string()))?;
    let ticket = export_ticket::Model {
        id: app.nature.id(),
        token_hash: secret::token_hash(&token),
        learner_id: staff.id,
        course_id: course.id,
        filter: filter.clone(),
        created_at: now,
        expires_at: now.plus_minutes(export_ticket::LIFE_MINUTES),
    };
    export_ticket::Entity::insert(ticket.clone().into_active_model()).exec_without_returning(&txn).await?;
    let act = Act {
        name: "exportRegistrations",
        subject_type: "course",
        subject_id: course.id,
        course_id: Some(course.id),
        before: None,
        after: Some(json!({ "purpose": purpose, "asked": filter, "expires_at": ticket.expires_at })),
    };
    audit::record(&txn, app, Actor::Person(staff), act).await?;
    txn.commit().await?;
    Ok(Ticket { token, expires_at: ticket.expires_at })
}

/// The roster that `token` opens at this moment, and a name for the file; none where it opens nothing, or its
/// person no longer runs the course.
///
/// # Errors
/// A failing database.
pub async fn open(app: &AppState, token: &str) -> Result<Option<(Roster, String)>, Fault> {
    let now = app.nature.now();
    let ticket = export_ticket::Entity::find()
        .filter(export_ticket::Column::TokenHash.eq(secret::token_hash(token)))
        .filter(export_ticket::Column::ExpiresAt.gt(now))
        .one(&app.db)
        .await?;
    let Some(ticket) = ticket else { return Ok(None) };
    let Some(viewer) = authenticate::known(app, ticket.learner_id).await? else { return Ok(None) };
    let page = app.catalogue.page(&app.db, ticket.course_id).await?.filter(|page| viewer.runs_course(page));
    let Some(page) = page else { return Ok(None) };
    let asked: Asked =
        serde_json::from_value(ticket.filter).map_err(|error| Fault::Stored(error.to_string()))?;
    let day = now.date_in(&page.course.time_zone);
    let name = format!("registrations-{}-{day}.csv", calendar::file_stem(&page.course.slug));
    Ok(Some((Roster::new(app.clone(), Arc::clone(&page), asked), name)))
}
