//! Somebody becomes staff or an administrator.

use entity::staff_role::{self, Column, Role};
use entity::{Refusal, learner, organization};
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::audit::{self, Act, Actor};
use super::enter_learner::enter_learner;
use super::request_sign_in_code::read_address;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::Result;

/// A person with a role.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The person.
    pub learner: learner::Model,
    /// The role.
    pub role: staff_role::Model,
    /// Whether the person had no account before.
    pub entered: bool,
    /// Whether the person did not have the role before.
    pub changed: bool,
}

/// Gives `role` to whoever has the address `email`, who is entered where the address is new; for the courses of the organization with that
/// slug alone where one is named. Doing it again changes nothing.
///
/// # Errors
/// Refused where the text is no address, where there is no such organization, and for an administrator of one organization.
pub async fn grant_role(app: &AppState, email: &str, role: Role, organization: Option<&str>, actor: Actor<'_>) -> Result<Granted> {
    let address = read_address(email)?;
    let email_key = address.key();
    if role == Role::Admin && organization.is_some() {
        let message = "An administrator acts everywhere. Give the role without an organization, or make the person staff of it.";
        return Err(Refusal::invalid(message, &["organization"]).into());
    }
    let txn = turn::begin(app, &[Over::Address(&email_key)]).await?;
    let organization_id = match organization {
        None => None,
        Some(slug) => match organization::Entity::find().filter(organization::Column::Slug.eq(slug)).one(&txn).await? {
            Some(found) => Some(found.id),
            None => {
                txn.rollback().await?;
                return Err(Refusal::not_found("organization").into());
            }
        },
    };
    let (learner, entered) = enter_learner(&txn, app, &address.as_sent(), &email_key).await?;
    let held = staff_role::Entity::find().filter(Column::LearnerId.eq(learner.id)).all(&txn).await?;
    if let Some(role) = held.into_iter().find(|held| held.role == role && held.organization_id == organization_id) {
        txn.commit().await?;
        return Ok(Granted { learner, role, entered, changed: false });
    }
    let row = staff_role::ActiveModel {
        id: ActiveValue::Set(app.nature.id()),
        learner_id: ActiveValue::Set(learner.id),
        role: ActiveValue::Set(role),
        organization_id: ActiveValue::Set(organization_id),
        created_at: ActiveValue::Set(app.nature.now()),
    };
    let role = row.insert(&txn).await?;
    let after = json!({ "email": learner.email, "role": role.role.to_value(), "organization": organization });
    let act = Act { name: "grantRole", subject_type: "learner", subject_id: learner.id, course_id: None, before: None, after: Some(after) };
    audit::record(&txn, app, actor, act).await?;
    txn.commit().await?;
    Ok(Granted { learner, role, entered, changed: true })
}
