//! Somebody becomes staff or an administrator.

use entity::staff_role::{self, Column, Role};
use entity::{Refusal, learner, organization};
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::audit::{self, Act};
use super::authority::Authority;
use super::enter_learner::enter_learner;
use super::request_sign_in_code::read_address;
use super::turn::Over;
use crate::app::AppState;
use crate::catalogue::draft::Name;
use crate::error::Result;
use crate::store::Transaction;

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

/// Gives a role to whoever has an address, who is entered where the address is new. Doing it again changes
/// nothing.
///
/// # Errors
/// Refused to whoever is no administrator; where the text is no address, or that of a merged account, where
/// there is no such organization, and for an administrator of one organization.
pub async fn grant_role(app: &AppState, by: Authority<'_>, input: &GrantRole) -> Result<Granted> {
    let actor = by.actor()?;
    let GrantRole { email, role, organization } = input;
    let address = read_address(email)?;
    let email_key = address.key();
    if *role == Role::Admin && organization.is_some() {
        let message = "An administrator acts everywhere. Give the role without an organization, or make the person staff of it.";
        return Err(Refusal::invalid(message, &["organizationId"]).into());
    }
    let txn = by.begin(app, &[Over::Address(&email_key)]).await?;
    must_be_ones_own(&txn, &email_key).await?;
    let organization = match organization {
        None => None,
        Some(name) => Some(known(&txn, name).await?.ok_or_else(|| Refusal::not_found("organization"))?),
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
    let act = Act {
        name: "grantRole",
        subject_type: "learner",
        subject_id: learner.id,
        course_id: None,
        before: None,
        after: Some(told(&learner, &role, organization.as_ref())),
    };
    audit::record(&txn, app, actor, act).await?;
    txn.commit().await?;
    Ok(Granted { learner, role, organization, entered, changed: true })
}

/// The organization of this name.
pub(super) async fn known(txn: &Transaction, name: &Name) -> Result<Option<organization::Model>> {
    let column = match name {
        Name::Id(id) => organization::Column::Id.eq(*id),
        Name::Slug(slug) => organization::Column::Slug.eq(slug.as_str()),
    };
    Ok(organization::Entity::find().filter(column).one(txn).await?)
}

/// A role for the audit trail.
pub(super) fn told(
    learner: &learner::Model,
    role: &staff_role::Model,
    organization: Option<&organization::Model>,
) -> serde_json::Value {
    json!({ "email": learner.email, "role": role.role.to_value(), "organization": organization.map(|organization| &organization.slug) })
}
