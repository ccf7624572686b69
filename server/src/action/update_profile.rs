//! A learner changes what we know of them.

use entity::learner::{self, LONGEST_NAME};
use entity::profession::Profession;
use entity::{Refusal, Zone};
use sea_orm::{ActiveModelTrait, ActiveValue};

use crate::app::AppState;
use crate::error::Result;
use crate::listing::index;
use crate::viewer::Viewer;
use crate::write::free_text;
use crate::write::mistakes::Mistakes;

/// What to change; none leaves a field as it is, an empty text clears it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Name as it should stand on letters and certificates.
    pub name: Option<String>,
    /// Degrees and licences.
    pub credentials: Option<String>,
    /// Profession; it can be changed, not cleared.
    pub profession: Option<Profession>,
    /// Name of an IANA time zone.
    pub time_zone: Option<String>,
}

/// Changes the viewer's profile; gives the learner as it is now. `mistakes` are those found when the input was
/// read.
///
/// # Errors
/// Refused where nobody is signed in, and where the input has mistakes, all of which are told: a text that is
/// too long or has characters that do not print, no such zone.
pub async fn update_profile(
    app: &AppState,
    viewer: &Viewer,
    (changes, mut mistakes): (Changes, Mistakes),
) -> Result<learner::Model> {
    let learner = viewer.signed_in()?;
    let Changes { name, credentials, profession, time_zone } = changes;
    let name = mistakes.note(line(name, "name"));
    let credentials = mistakes.note(line(credentials, "credentials"));
    let time_zone = mistakes.note(zone(time_zone));
    mistakes.none()?;
    let row = learner::ActiveModel {
        id: ActiveValue::Unchanged(learner.id),
        email: ActiveValue::NotSet,
        email_key: ActiveValue::NotSet,
        name: name.unwrap_or_default(),
        credentials: credentials.unwrap_or_default(),
        profession: profession.map_or(ActiveValue::NotSet, |profession| ActiveValue::Set(Some(profession))),
        time_zone: time_zone.unwrap_or_default(),
        calendar_rotation: ActiveValue::NotSet,
        merged_into: ActiveValue::NotSet,
        signed_in_at: ActiveValue::NotSet,
        created_at: ActiveValue::NotSet,
        updated_at: ActiveValue::Set(app.nature.now()),
    };
    let txn = app.begin().await?;
    let learner = row.update(&txn).await?;
    index::learners(&txn, &[learner.id]).await?;
    txn.commit().await?;
    Ok(learner)
}

/// One line of text for the column; nothing but spaces clears it.
fn line(text: Option<String>, field: &str) -> Result<ActiveValue<Option<String>>, Refusal> {
    match text {
        None => Ok(ActiveValue::NotSet),
        Some(text) => Ok(ActiveValue::Set(free_text::perhaps_one_line(Some(&text), LONGEST_NAME, field)?)),
    }
}

fn zone(name: Option<String>) -> Result<ActiveValue<Option<Zone>>, Refusal> {
    let Some(name) = name else { return Ok(ActiveValue::NotSet) };
    match name.trim() {
        "" => Ok(ActiveValue::Set(None)),
        name => match name.parse() {
            Ok(zone) => Ok(ActiveValue::Set(Some(zone))),
            Err(_) => Err(Refusal::invalid(
                "There is no such time zone. Please use an IANA name, such as America/New_York.",
                &["timeZone"],
            )),
        },
    }
}
