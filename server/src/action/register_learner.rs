//! Staff register somebody, who phones, say. The same rules hold as for who registers alone, and the same
//! letters go to the person.

use entity::Refusal;
use entity::email::Address;
use entity::learner::{self, LONGEST_NAME};
use entity::profession::Profession;
use entity::registration;
use sea_orm::ActiveEnum;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Error, Result};
use crate::viewer::Viewer;
use crate::write::account::enter_learner;
use crate::write::audit::{self, Act, Actor};
use crate::write::give_address::read_address;
use crate::write::mistakes::Mistakes;
use crate::write::once::{self, Once};
use crate::write::registering::spelled;
use crate::write::registering::{self, Place};
use crate::write::{account, free_text, give_address, may_correct};

/// Whom staff register, and for what.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterLearner {
    /// The course.
    pub course_id: Uuid,
    /// The person's address, as somebody typed it.
    pub email: String,
    /// The person's name, for who has given none.
    pub name: Option<String>,
    /// As what the person takes part.
    pub profession: Profession,
    /// The track, where the course has tracks.
    pub track_id: Option<Uuid>,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Registers somebody for a course that the viewer runs; whoever is unknown is entered. Who did it is on
/// record.
///
/// # Errors
/// Refused to whoever does not run the course, where the input has mistakes, all of which are told with those
/// found when it was read, and as registering is.
pub async fn register_learner(
    app: &AppState,
    viewer: &Viewer,
    (input, mut mistakes): (RegisterLearner, Mistakes),
) -> Result<registration::Model> {
    let staff = viewer.signed_in()?;
    // Whether somebody runs the course comes before what is wrong with the input, and what was done before is
    // told again to who may see it still.
    let page = app.catalogue.page(&app.db, input.course_id).await?;
    let page = page.filter(|page| viewer.runs_course(page)).ok_or_else(|| Refusal::not_found("course"))?;
    let address = mistakes.note(read_address(&input.email));
    let name = mistakes.read(free_text::perhaps_one_line(input.name.as_deref(), LONGEST_NAME, "name"));
    mistakes.note(once::well_formed(input.idempotency_key.as_deref()));
    if !mistakes.is_empty() {
        mistakes.note(registering::choose_among(page.tracks.iter().map(AsRef::as_ref), input.track_id));
    }
    let address = mistakes.settle(address)?;
    let once = Once::new(staff.id, "registerLearner", input.idempotency_key.as_deref(), &input)?;
    let done =
        once.act(app, || attempt(app, viewer, staff, &input, (&address, name.as_deref()), &once)).await?;
    registering::told(app, done).await
}

async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    staff: &learner::Model,
    input: &RegisterLearner,
    (address, name): (&Address, Option<&str>),
    once: &Once,
) -> Result<Uuid> {
    let mine = viewer.run_courses().ok_or_else(|| Refusal::not_found("course"))?;
    let place = Place { course_id: input.course_id, profession: input.profession, track_id: input.track_id };
    let txn = app.begin().await?;
    let course = registering::open_course(&txn, app, mine, place).await?;
    let (learner, _) = enter_learner(&txn, app, &address.as_sent(), &address.key()).await?;
    let registration = registering::begin(&txn, app, &course, learner.id, place, Some(staff.id))
        .await
        .map_err(|error| match error {
            Error::Refused(Refusal::AlreadyRegistered) => Refusal::LearnerRegistered.into(),
            Error::Refused(Refusal::NoPrice) => Refusal::NoPriceForLearner.into(),
            other => other,
        })?;
    give_address::must_not_have_moved(&txn, &[(learner.id, learner.email_key.clone())]).await?;
    // Who has a name keeps it, and who is known elsewhere is named there.
    let mut named = learner.name.clone();
    let is_ours = || may_correct::known_elsewhere(&txn, viewer, std::slice::from_ref(&learner.id));
    if let Some(name) = name.filter(|_| learner.name.is_none())
        && is_ours().await?.is_empty()
    {
        account::take_name(&txn, app, learner.id, name).await?;
        named = Some(name.to_owned());
    }
    let act = Act {
        name: "registerLearner",
        subject_type: "registration",
        subject_id: registration.id,
        course_id: Some(course.id),
        before: None,
        after: Some(json!({
            "email": learner.email,
            "name": named.as_deref(),
            "profession": registration.profession.to_value(),
            "track_id": registration.track_id,
            "status": spelled(registration.status),
        })),
    };
    audit::record(&txn, app, Actor::Person(staff), act).await?;
    once.keep(&txn, app, registration.id).await?;
    txn.commit().await?;
    Ok(registration.id)
}
