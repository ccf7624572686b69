//! Staff correct what is known of a person: the name, the address.

use entity::email_change::Cause;
use entity::learner::{self, LONGEST_NAME};
use entity::{Refusal, access_token, staff_role};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::audit::{self, Act, Actor};
use super::request_sign_in_code::read_address;
use super::{end_sign_ins, free_text, give_address, update_profile};
use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::store::Transaction;
use crate::viewer::{Reach, Viewer};

/// How long after an account a registration was begun that came with it, in minutes.
const WITH_IT_MINUTES: i64 = 1;

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
/// change, and the person signs in anew with the new one.
///
/// An address is the key to an account, so it is not everybody's to change: of who works here, administrators
/// change it; of who has registered for courses of others, too, those who run them all.
///
/// # Errors
/// Refused to whoever does not run such a course, or may not change the address; where a text is no name or
/// no address; and where another account has the address.
pub async fn correct_learner(
    app: &AppState,
    viewer: &Viewer,
    input: &CorrectLearner,
) -> Result<learner::Model> {
    let staff = viewer.signed_in()?;
    let unknown = || Refusal::not_found("learner");
    let mine = viewer.run_learners().ok_or_else(unknown)?;
    let found = seen(&app.db, input.learner_id, &mine).await?.ok_or_else(unknown)?;
    let name = free_text::perhaps_one_line(input.name.as_deref(), LONGEST_NAME, "name")?;
    let address = input.email.as_deref().map(read_address).transpose()?;

    let txn = match &address {
        Some(address) => give_address::begin(app, &found, address).await?,
        None => app.begin().await?,
    };
    let before = seen(&txn, found.id, &mine).await?.ok_or_else(unknown)?;
    if let Some(name) = name.filter(|name| before.name.as_ref() != Some(name)) {
        update_profile::take_name(&txn, app, before.id, &name).await?;
    }
    if let Some(address) = address.filter(|address| address.as_sent() != before.email) {
        may_change_address(&txn, viewer, before.id).await?;
        if address.key() != before.email_key {
            end_sign_ins::end_all(&txn, app, &before).await?;
        }
        give_address::give_address(&txn, app, &before, &address, (Cause::Corrected, Some(staff.id))).await?;
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
    app.wake.ring(&app.db).await;
    Ok(after)
}

/// The learner, where it is one of `mine`.
async fn seen(db: &impl ConnectionTrait, id: Uuid, mine: &Condition) -> Result<Option<learner::Model>> {
    Ok(learner::Entity::find_by_id(id).filter(mine.clone()).one(db).await?)
}

/// Refuses to change the address of who works here to all but administrators. Whoever runs the courses of one
/// organization changes the address of those alone whom they have entered themselves, who have registered
/// nowhere else and who have never signed in: an address opens an account, and staff could otherwise enter
/// anybody and take the account over.
pub(super) async fn may_change_address(txn: &Transaction, viewer: &Viewer, learner_id: Uuid) -> Result<()> {
    use entity::registration::{Column, Entity};
    let roles =
        staff_role::Entity::find().filter(staff_role::Column::LearnerId.eq(learner_id)).count(txn).await?;
    if roles > 0 && !viewer.is_administrator() {
        return Err(Refusal::Forbidden.into());
    }
    match viewer.reach() {
        Reach::Everything => Ok(()),
        Reach::Nothing => Err(Refusal::Forbidden.into()),
        Reach::Organizations(_) => {
            let of_theirs = || Entity::find().filter(Column::LearnerId.eq(learner_id));
            let mine = of_theirs().filter(viewer.run_registrations().unwrap_or_else(Condition::any));
            let all_mine = of_theirs().count(txn).await? == mine.count(txn).await?;
            if all_mine && was_entered(txn, learner_id).await? {
                Ok(())
            } else {
                Err(Refusal::Forbidden.into())
            }
        }
    }
}

/// Whether the account came with a registration that staff entered, and nobody has signed in to it.
async fn was_entered(txn: &Transaction, learner_id: Uuid) -> Result<bool> {
    use entity::registration::{Column, Entity};
    let Some(learner) = learner::Entity::find_by_id(learner_id).one(txn).await? else { return Ok(false) };
    let with_it = Column::StartedAt.lte(learner.created_at.plus_minutes(WITH_IT_MINUTES));
    let entered = Entity::find()
        .filter(Column::LearnerId.eq(learner_id))
        .filter(Column::EnteredBy.is_not_null())
        .filter(with_it);
    let signed_in = access_token::Entity::find().filter(access_token::Column::LearnerId.eq(learner_id));
    Ok(entered.count(txn).await? > 0 && signed_in.count(txn).await? == 0)
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
