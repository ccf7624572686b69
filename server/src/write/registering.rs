//! What registering takes, whoever registers whom: a seat is held and priced, or, where the course is free,
//! taken at once. And how a registration that has changed is told of.

use entity::profession::Profession;
use entity::registration::{self, Status};
use entity::{Instant, Refusal, course, registration_statement, statement, track};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::account::must_not_be_merged;
use super::once::Acted;
use super::{pricing, seats};
use crate::app::AppState;
use crate::error::{Error, Fault, Result};
use crate::store::Transaction;
use crate::wake::Change;

/// A registration as it is now, once a request was acted upon; where that was just now, others hear of it.
pub async fn told(app: &AppState, (id, acted): (Uuid, Acted)) -> Result<registration::Model> {
    match acted {
        Acted::Now => changed(app, id).await,
        Acted::Before => stored(app, id).await,
    }
}

async fn stored(app: &AppState, id: Uuid) -> Result<registration::Model> {
    let row = registration::Entity::find_by_id(id).one(&app.db).await?;
    Ok(row.ok_or_else(|| Fault::Stored(format!("registration {id} has gone")))?)
}

/// A registration that has just changed, as it is now; says so to the worker and to those who follow it.
pub async fn changed(app: &AppState, id: Uuid) -> Result<registration::Model> {
    app.wake.ring(&app.db).await;
    let row = stored(app, id).await?;
    app.wake.changed(&app.db, Change::Registration { id, course_id: row.course_id }).await;
    Ok(row)
}

/// What somebody is registered for.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The course.
    pub course_id: Uuid,
    /// As what the person takes part.
    pub profession: Profession,
    /// The track, where the course has tracks.
    pub track_id: Option<Uuid>,
}

/// The course of `place`, locked, where it is one within `scope` for which one can register now.
pub async fn open_course(
    txn: &Transaction,
    app: &AppState,
    scope: Condition,
    place: Place,
) -> Result<course::Model> {
    // What can be refused without the lock is refused without it.
    let course = course::Entity::find_by_id(place.course_id).filter(scope).one(txn).await?;
    let course = course.ok_or_else(|| Refusal::not_found("course"))?;
    course.admits(app.nature.now())?;
    choose_track(txn, &course, place.track_id).await?;
    let course = seats::lock_course(txn, course.id).await?;
    course.admits(app.nature.now())?;
    Ok(course)
}

/// Begins a registration of the learner for the locked course: a seat is taken, priced, and held.
/// `entered_by` is the member of staff who enters it; none: the learner.
pub async fn begin(
    txn: &Transaction,
    app: &AppState,
    course: &course::Model,
    learner_id: Uuid,
    place: Place,
    entered_by: Option<Uuid>,
) -> Result<registration::Model> {
    let now = app.nature.now();
    seats::expire_overdue(txn, course.id, now).await?;
    must_be_new(txn, course.id, learner_id).await?;
    let hold_until = course.hold_until(now);
    let draft = pricing::draft(txn, course, place.profession, hold_until, now).await?;
    seats::must_be_free(txn, course, now).await?;

    let begun = begun(app, course, learner_id, place, (draft.total_minor() > 0).then_some(hold_until), now);
    let registration = registration::Model { entered_by, ..begun };
    registration::Entity::insert(registration.clone().into_active_model())
        .exec_without_returning(txn)
        .await
        .map_err(|error| {
            if seats::second_live(&error) { Error::from(Refusal::AlreadyRegistered) } else { error.into() }
        })?;
    must_not_be_merged(txn, &[learner_id]).await?;
    accept_statements(txn, course.id, registration.id).await?;
    pricing::write(txn, app, &registration, course, &draft, now).await?;
    Ok(registration)
}

/// A course with tracks wants one of them.
pub async fn choose_track(txn: &Transaction, course: &course::Model, chosen: Option<Uuid>) -> Result<()> {
    let tracks = track::Entity::find().filter(track::Column::CourseId.eq(course.id)).all(txn).await?;
    Ok(choose_among(&tracks, chosen)?)
}

/// The same among these tracks, which are all of the course.
///
/// # Errors
/// Refused where no track is chosen and there are some, and where there is no such track.
pub fn choose_among<'a>(
    tracks: impl IntoIterator<Item = &'a track::Model>,
    chosen: Option<Uuid>,
) -> Result<(), Refusal> {
    let mut tracks = tracks.into_iter();
    match chosen {
        None if tracks.next().is_none() => Ok(()),
        None => Err(Refusal::TrackRequired),
        Some(id) if tracks.any(|track| track.id == id) => Ok(()),
        Some(_) => Err(Refusal::invalid("This course has no such track.", &["trackId"])),
    }
}

/// A person has one live registration for a course. The database holds it too; asking first lets the refusal
/// come before «full».
async fn must_be_new(txn: &Transaction, course_id: Uuid, learner_id: Uuid) -> Result<()> {
    if is_registered(txn, course_id, learner_id).await? {
        Err(Refusal::AlreadyRegistered.into())
    } else {
        Ok(())
    }
}

/// Whether the learner has a live registration for the course.
pub async fn is_registered(txn: &Transaction, course_id: Uuid, learner_id: Uuid) -> Result<bool> {
    let live = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(course_id))
        .filter(registration::Column::LearnerId.eq(learner_id))
        .filter(registration::live())
        .count(txn)
        .await?;
    Ok(live > 0)
}

/// Who registers accepts the statements of the course as they stand; later versions are other people's.
async fn accept_statements(txn: &Transaction, course_id: Uuid, registration_id: Uuid) -> Result<()> {
    let current = statement::Entity::find()
        .select_only()
        .column(statement::Column::Id)
        .filter(statement::Column::CourseId.eq(course_id))
        .filter(statement::Column::RetiredAt.is_null())
        .into_tuple::<Uuid>()
        .all(txn)
        .await?;
    let row =
        |statement_id| registration_statement::Model { registration_id, statement_id }.into_active_model();
    if !current.is_empty() {
        registration_statement::Entity::insert_many(current.into_iter().map(row))
            .exec_without_returning(txn)
            .await?;
    }
    Ok(())
}

/// A registration that begins at `now`: held until then, or confirmed where there is nothing to pay and so
/// nothing to hold for.
fn begun(
    app: &AppState,
    course: &course::Model,
    learner_id: Uuid,
    place: Place,
    hold_until: Option<Instant>,
    now: Instant,
) -> registration::Model {
    let mut chance = [0; 16];
    app.nature.fill(&mut chance);
    registration::Model {
        id: app.nature.id(),
        code: registration::code(chance),
        course_id: course.id,
        learner_id,
        known_as: None,
        external_id: None,
        profession: place.profession,
        track_id: place.track_id,
        status: if hold_until.is_some() { Status::Started } else { Status::Confirmed },
        started_at: now,
        hold_until,
        confirmed_at: if hold_until.is_some() { None } else { Some(now) },
        cancelled_at: None,
        expired_at: None,
        entered_by: None,
        corrected_at: None,
        updated_at: now,
    }
}

/// A status as it is stored.
pub fn spelled(status: Status) -> String {
    use sea_orm::ActiveEnum;
    status.to_value()
}
