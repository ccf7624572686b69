//! Somebody's role is taken away. It ends at once, because every operation asks for the roles of its moment.

use entity::staff_role::{self, Column, Role};
use entity::{Refusal, learner, organization};
use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::write::account;
use crate::write::audit::{self, Act};
use crate::write::authority::{Authority, on_record};

use crate::app::AppState;
use crate::catalogue::draft::{Name, named_organization};
use crate::error::{Fault, Result};
use crate::store::Transaction;
use crate::write::give_address::read_address;

/// Which role is taken away.
#[derive(Clone, Debug)]
pub enum Which {
    /// The one of this row.
    Id(Uuid),
    /// The one that was given in these words.
    Granted {
        /// The person's address, as somebody typed it.
        email: String,
        /// The role.
        role: Role,
        /// The organization for whose courses alone it was good; none: all.
        organization: Option<Name>,
    },
}

/// A role that somebody has no more.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The person.
    pub learner: learner::Model,
    /// The role as it was.
    pub role: staff_role::Model,
    /// The organization for whose courses alone it was good.
    pub organization: Option<organization::Model>,
}

/// Takes a role away, an own one, too.
///
/// # Errors
/// Refused to whoever is no administrator, where there is no such role, and for the last administrator.
pub async fn revoke_role(app: &AppState, by: Authority<'_>, which: &Which) -> Result<Revoked> {
    let actor = by.actor()?;
    let txn = by.begin(app, &[]).await?;
    let role = find(&txn, which).await?.ok_or_else(|| Refusal::not_found("role"))?;
    let administrators = || staff_role::Entity::find().filter(Column::Role.eq(Role::Admin)).count(&txn);
    if role.role == Role::Admin && administrators().await? < 2 {
        return Err(Refusal::LastAdministrator.into());
    }
    let learner = learner::Entity::find_by_id(role.learner_id).one(&txn).await?;
    let learner = learner.ok_or_else(|| Fault::Stored(format!("the role {} is nobody's", role.id)))?;
    let organization = match role.organization_id {
        Some(id) => organization::Entity::find_by_id(id).one(&txn).await?,
        None => None,
    };
    role.clone().delete(&txn).await?;
    let act = Act {
        name: "revokeRole",
        subject_type: "learner",
        subject_id: learner.id,
        course_id: None,
        before: Some(on_record(&learner, &role, organization.as_ref())),
        after: None,
    };
    audit::record(&txn, app, actor, act).await?;
    txn.commit().await?;
    Ok(Revoked { learner, role, organization })
}

async fn find(txn: &Transaction, which: &Which) -> Result<Option<staff_role::Model>> {
    let (email, role, organization) = match which {
        Which::Id(id) => return Ok(staff_role::Entity::find_by_id(*id).one(txn).await?),
        Which::Granted { email, role, organization } => (email, role, organization),
    };
    let email_key = read_address(email)?.key();
    let organization_id = match organization {
        None => None,
        Some(name) => {
            Some(named_organization(txn, name).await?.ok_or_else(|| Refusal::not_found("organization"))?.id)
        }
    };
    let Some(learner) = account::known(txn, &email_key).await? else { return Ok(None) };
    let held = staff_role::Entity::find()
        .filter(Column::LearnerId.eq(learner.id))
        .filter(Column::Role.eq(*role))
        .all(txn)
        .await?;
    Ok(held.into_iter().find(|held| held.organization_id == organization_id))
}
