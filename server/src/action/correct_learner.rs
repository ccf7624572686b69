//! Staff correct what is known of a person: the name, the address.

use entity::email::Address;
use entity::email_change::Cause;
use entity::learner::{self, LONGEST_NAME};
use entity::{Refusal, registration};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::wake::Change;
use crate::write::audit::{self, Act, Actor};
use crate::write::give_address::{self, read_address};
use crate::write::may_correct::{may_change_address, may_change_name};
use crate::write::mistakes::Mistakes;
use crate::write::once::tried;
use crate::write::{account, free_text, seats, sign_ins};

/// What is corrected; none leaves it as it is.
#[derive(Clone, Debug)]
pub struct CorrectLearner {
    /// Whose it is.
    pub learner_id: Uuid,
    /// The name as it should stand on letters and certificates.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
}

/// Corrects the name or the address of somebody with a registration for a course that the viewer runs; gives
/// the learner as corrected. What was and what became of it is on record. Both addresses are told of a
/// change, and the person signs in anew with the new one. Of a name that takes the place of another the
/// person is told as of a corrected registration, where there is one.
///
/// A name is everybody's with whom the person is registered: of who works here, administrators correct it; of
/// who has registered for courses of others, too, those who run them all. An address is the key to an
/// account, so there is more to it: `may_change_address`.
///
/// # Errors
/// Refused to whoever does not run such a course, or may not change the name or the address; where a text is
/// no name or no address; and where another account has the address.
pub async fn correct_learner(
    app: &AppState,
    viewer: &Viewer,
    input: &CorrectLearner,
) -> Result<learner::Model> {
    viewer.signed_in()?;
    let unknown = || Refusal::not_found("learner");
    let mine = viewer.run_learners().ok_or_else(unknown)?;
    let found = seen(&app.db, input.learner_id, &mine).await?.ok_or_else(unknown)?;
    let mut mistakes = Mistakes::default();
    let name = mistakes.read(free_text::perhaps_one_line(input.name.as_deref(), LONGEST_NAME, "name"));
    let address = mistakes.read(input.email.as_deref().map(read_address).transpose());
    mistakes.none()?;
    let attempt = || attempt(app, viewer, &found, name.as_deref(), address.as_ref());
    let (after, corrected) = tried("correctLearner", attempt).await?;
    app.wake.ring(&app.db).await;
    if let Some(row) = corrected {
        let change = Change::Registration { id: row.id, course_id: row.course_id };
        app.wake.changed(&app.db, change).await;
    }
    Ok(after)
}

/// One transaction, from its beginning to its commit: the learner as corrected, and the registration by which
/// the person is told of a name.
async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    found: &learner::Model,
    name: Option<&str>,
    address: Option<&Address>,
) -> Result<(learner::Model, Option<registration::Model>)> {
    let staff = viewer.signed_in()?;
    let unknown = || Refusal::not_found("learner");
    let mine = viewer.run_learners().ok_or_else(unknown)?;
    let txn = match address {
        Some(address) => give_address::begin(app, found, address).await?,
        None => app.begin().await?,
    };
    if address.is_some() {
        give_address::hold(&txn, &[found.id]).await?;
    }
    let before = seen(&txn, found.id, &mine).await?.ok_or_else(unknown)?;
    let name = name.filter(|name| before.name.as_deref() != Some(name));
    let mut corrected = None;
    if let Some(name) = name {
        may_change_name(&txn, viewer, before.id).await?;
        // Letters to a new address greet by the new name.
        let readdressed = address.is_some_and(|address| address.key() != before.email_key);
        if before.name.is_some() && !readdressed {
            corrected = tell_by_registration(&txn, app, before.id).await?;
        }
        account::take_name(&txn, app, before.id, name).await?;
    }
    if let Some(address) = address.filter(|address| address.as_sent() != before.email) {
        may_change_address(&txn, viewer, before.id).await?;
        if address.key() != before.email_key {
            sign_ins::end_all(&txn, app, &before).await?;
        }
        give_address::give_address(&txn, app, &before, address, (Cause::Corrected, Some(staff.id))).await?;
    }
    let after = learner::Entity::find_by_id(before.id).one(&txn).await?;
    let after = after.ok_or_else(|| Fault::Stored(format!("learner {} has gone", before.id)))?;
    if let Some((was, is)) = differences(&before, &after) {
        let act = Act {
            name: "correctLearner",
            subject_type: "learner",
            subject_id: after.id,
            course_id: None,
            before: Some(was),
            after: Some(is),
        };
        audit::record(&txn, app, Actor::Person(staff), act).await?;
    }
    txn.commit().await?;
    Ok((after, corrected))
}

/// The learner, where it is one of `mine`.
async fn seen(db: &impl ConnectionTrait, id: Uuid, mine: &Condition) -> Result<Option<learner::Model>> {
    Ok(learner::Entity::find_by_id(id).filter(mine.clone()).one(db).await?)
}

/// The newest live registration of the learner is corrected, in that it says another name: the person is told
/// so. None where there is none.
async fn tell_by_registration(
    txn: &Transaction,
    app: &AppState,
    learner_id: Uuid,
) -> Result<Option<registration::Model>> {
    use registration::{Column, Entity};
    let now = app.nature.now();
    let live = Entity::find().filter(Column::LearnerId.eq(learner_id)).filter(registration::live());
    let live = live.order_by_desc(Column::StartedAt).order_by_asc(Column::Id).all(txn).await?;
    let Some(newest) = live.into_iter().find(|row| row.status_at(now) == row.status) else {
        return Ok(None);
    };
    let newest = seats::lock_registration(txn, newest.id).await?;
    Entity::update_many()
        .col_expr(Column::CorrectedAt, Expr::val(now))
        .col_expr(Column::UpdatedAt, Expr::val(newest.changed_at(now)))
        .filter(Column::Id.eq(newest.id))
        .exec(txn)
        .await?;
    Ok(Some(newest))
}

/// What was and what became of it, for the audit trail; none where nothing did.
fn differences(before: &learner::Model, after: &learner::Model) -> Option<(Value, Value)> {
    let (mut was, mut is) = (Map::new(), Map::new());
    for (field, old, new) in
        [("name", json!(before.name), json!(after.name)), ("email", json!(before.email), json!(after.email))]
    {
        if old != new {
            was.insert(field.to_owned(), old);
            is.insert(field.to_owned(), new);
        }
    }
    (!is.is_empty()).then_some((Value::Object(was), Value::Object(is)))
}
