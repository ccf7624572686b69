//! Registering: a seat is held and priced, or, where the course is free, taken at once.

use entity::learner::{self, LONGEST_NAME};
use entity::profession::Profession;
use entity::{Refusal, registration};
use serde::Serialize;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::mistakes::Mistakes;
use crate::write::once::{self, Once};
use crate::write::registering::{self, Place};
use crate::write::{account, free_text};

/// What somebody says who registers.
#[derive(Clone, Debug, Serialize)]
pub struct Register {
    /// The course.
    pub course_id: Uuid,
    /// As what the person takes part.
    pub profession: Profession,
    /// The track, where the course has tracks.
    pub track_id: Option<Uuid>,
    /// The learner's name, where the learner gives one. Left out of what is compared where it is not given,
    /// as in releases that knew none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Registers the viewer for a course. A name that is given becomes the learner's; for the lack of one nobody
/// is refused. `mistakes` are those found when the input was read.
///
/// # Errors
/// Refused where nobody is signed in, where there is no such course, where the input has mistakes, all of
/// which are told, and where one cannot register now.
pub async fn register(
    app: &AppState,
    viewer: &Viewer,
    (input, mut mistakes): (Register, Mistakes),
) -> Result<registration::Model> {
    let learner = viewer.signed_in()?;
    let name = mistakes.read(free_text::perhaps_one_line(input.name.as_deref(), LONGEST_NAME, "name"));
    mistakes.note(once::well_formed(input.idempotency_key.as_deref()));
    if !mistakes.is_empty() {
        let page = app.catalogue.page(&app.db, input.course_id).await?;
        let page =
            page.filter(|page| viewer.sees_course(page)).ok_or_else(|| Refusal::not_found("course"))?;
        mistakes.note(registering::choose_among(page.tracks.iter().map(AsRef::as_ref), input.track_id));
    }
    mistakes.none()?;
    let once = Once::new(learner.id, "register", input.idempotency_key.as_deref(), &input)?;
    let done = once.act(app, || attempt(app, viewer, learner, name.as_deref(), &input, &once)).await?;
    registering::told(app, done).await
}

async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    learner: &learner::Model,
    name: Option<&str>,
    input: &Register,
    once: &Once,
) -> Result<Uuid> {
    let place = Place { course_id: input.course_id, profession: input.profession, track_id: input.track_id };
    let txn = app.begin().await?;
    let course = registering::open_course(&txn, app, viewer.visible_courses(), place).await?;
    let registration = registering::begin(&txn, app, &course, learner.id, place, None).await?;
    if let Some(name) = name {
        account::take_name(&txn, app, learner.id, name).await?;
    }
    once.keep(&txn, app, registration.id).await?;
    txn.commit().await?;
    Ok(registration.id)
}
