//! Somebody becomes staff or an administrator.

use entity::staff_role::{self, Column, Role};
use entity::{Refusal, learner, organization};
use sea_orm::{ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::AppState;
use crate::catalogue::draft::{Name, named_organization};
use crate::error::Result;
use crate::store::Transaction;
use crate::write::account::{self, enter_learner};
use crate::write::audit::{self, Act, Actor};
use crate::write::authority::{Authority, on_record};
use crate::write::give_address::read_address;
use crate::write::mistakes::Mistakes;
use crate::write::turn::Over;
use crate::write::{give_address, sign_ins};

/// Which role for whom.
#[derive(Clone, Debug)]
pub struct GrantRole {
    /// The person's address, as somebody typed it.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organization for whose courses alone it is good; none: all.
    pub organization: Option<Name>,
}

/// A person with a role.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The person.
    pub learner: learner::Model,
    /// The role.
    pub role: staff_role::Model,
    /// The organization for whose courses alone it is good.
    pub organization: Option<organization::Model>,
    /// Whether the person had no account before.
    pub entered: bool,
    /// Whether the person did not have the role before.
    pub changed: bool,
}

/// Refuses the address of an account that was merged into another: a role would go to whoever has the other,
/// who may be somebody else than the one who gives it has in mind.
async fn must_be_ones_own(txn: &Transaction, email_key: &str) -> Result<()> {
    let found = learner::Entity::find().filter(learner::Column::EmailKey.eq(email_key)).one(txn).await?;
    if found.is_some_and(|learner| learner.merged_into.is_some()) {
        let message = "This address opens an account that goes by another address. Look at it, and give the role to that one.";
        return Err(Refusal::invalid(message, &["email"]).into());
    }
    Ok(())
}

/// The accounts that were merged into that of this address and whose addresses open it.
async fn others(db: &impl ConnectionTrait, email_key: &str) -> Result<Vec<learner::Model>> {
    match account::known(db, email_key).await? {
        Some(learner) => Ok(give_address::others(db, learner.id).await?),
        None => Ok(Vec::new()),
    }
}

/// Begins a transaction in which nobody signs in with the address, or another that opens the same account;
/// gives the accounts of the others.
async fn begin(
    app: &AppState,
    by: Authority<'_>,
    email_key: &str,
) -> Result<(Transaction, Vec<learner::Model>)> {
    let before = others(&app.db, email_key).await?;
    let mut keys: Vec<&str> =
        before.iter().map(|other| other.email_key.as_str()).chain([email_key]).collect();
    keys.sort_unstable();
    keys.dedup();
    let over: Vec<Over<'_>> = keys.into_iter().map(Over::Address).collect();
    let txn = by.begin(app, &over).await?;
    if others(&txn, email_key).await? != before {
        txn.rollback().await?;
        return Err(give_address::moved().into());
    }
    Ok((txn, before))
}

/// Lets nobody in who has not signed in with the account's own address: another that led to it as well may be
/// anybody's, whom those had in mind who put the two accounts together, and not the one who gives the role.
async fn close_to(
    txn: &Transaction,
    app: &AppState,
    actor: Actor<'_>,
    learner: &learner::Model,
    others: &[learner::Model],
) -> Result<()> {
    let by = match actor {
        Actor::Person(learner) => Some(learner.id),
        Actor::Other(_) => None,
    };
    for other in others {
        give_address::let_go(txn, app, learner, other, by).await?;
    }
    if !others.is_empty() {
        sign_ins::end_all(txn, app, learner).await?;
        give_address::end_calendars(txn, learner.id).await?;
    }
    Ok(())
}

/// Gives a role to whoever has an address, who is entered where the address is new. Doing it again changes
/// nothing. From then on no other address opens the account: those of accounts that were merged into it are
/// let go, and what was signed in ends.
///
/// # Errors
/// Refused to whoever is no administrator; where the text is no address, or that of a merged account, where
/// there is no such organization, and for an administrator of one organization.
pub async fn grant_role(app: &AppState, by: Authority<'_>, input: &GrantRole) -> Result<Granted> {
    let actor = by.actor()?;
    let GrantRole { email, role, organization } = input;
    let mut mistakes = Mistakes::default();
    let address = mistakes.note(read_address(email));
    if *role == Role::Admin && organization.is_some() {
        let message = "An administrator acts everywhere. Give the role without an organization, or make the person staff of it.";
        mistakes.note::<()>(Err(Refusal::invalid(message, &["organizationId"])));
    }
    // One that is not there is a refusal of its own, and told along with what else is wrong.
    if let Some(name) = organization
        && !mistakes.is_empty()
        && named_organization(&app.db, name).await?.is_none()
    {
        mistakes.note::<()>(Err(Refusal::invalid("There is no such organization.", &["organizationId"])));
    }
    let address = mistakes.settle(address)?;
    let email_key = address.key();
    let (txn, others) = begin(app, by, &email_key).await?;
    must_be_ones_own(&txn, &email_key).await?;
    let organization = match organization {
        None => None,
        Some(name) => {
            Some(named_organization(&txn, name).await?.ok_or_else(|| Refusal::not_found("organization"))?)
        }
    };
    let organization_id = organization.as_ref().map(|organization| organization.id);
    let (learner, entered) = enter_learner(&txn, app, &address.as_sent(), &email_key).await?;
    let held = staff_role::Entity::find().filter(Column::LearnerId.eq(learner.id)).all(&txn).await?;
    if let Some(role) =
        held.into_iter().find(|held| held.role == *role && held.organization_id == organization_id)
    {
        txn.commit().await?;
        return Ok(Granted { learner, role, organization, entered, changed: false });
    }
    let row = staff_role::ActiveModel {
        id: ActiveValue::Set(app.nature.id()),
        learner_id: ActiveValue::Set(learner.id),
        role: ActiveValue::Set(*role),
        organization_id: ActiveValue::Set(organization_id),
        created_at: ActiveValue::Set(app.nature.now()),
    };
    let role = row.insert(&txn).await?;
    close_to(&txn, app, actor, &learner, &others).await?;
    let mut after = on_record(&learner, &role, organization.as_ref());
    if !others.is_empty() {
        after["let_go"] = others.iter().map(|other| other.email.as_str()).collect::<Vec<_>>().into();
    }
    let act = Act {
        name: "grantRole",
        subject_type: "learner",
        subject_id: learner.id,
        course_id: None,
        before: None,
        after: Some(after),
    };
    audit::record(&txn, app, actor, act).await?;
    txn.commit().await?;
    Ok(Granted { learner, role, organization, entered, changed: true })
}
