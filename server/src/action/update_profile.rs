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

/// Changes the viewer's profile; gives the learner as it is now.
///
/// # Errors
/// Refused where nobody is signed in, where a text is too long or has characters that do not print, and where
/// there is no such zone.
pub async fn update_profile(app: &AppState, viewer: &Viewer, changes: Changes) -> Result<learner::Model> {
    let learner = viewer.signed_in()?;
    let Changes { name, credentials, profession, time_zone } = changes;
    let row = learner::ActiveModel {
        id: ActiveValue::Unchanged(learner.id),
        email: ActiveValue::NotSet,
        email_key: ActiveValue::NotSet,
        name: line(name, "name")?,
        credentials: line(credentials, "credentials")?,
        profession: profession.map_or(ActiveValue::NotSet, |profession| ActiveValue::Set(Some(profession))),
        time_zone: zone(time_zone)?,
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
