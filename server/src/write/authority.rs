//! By whose right people's roles and sign-ins are decided on, and the turn in which that is done: one after
//! another, so that two administrators who take the role from each other do not leave the office without any.

use entity::staff_role::{self, Column, Entity, Role};
use entity::{Refusal, learner, organization};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::audit::Actor;
use super::turn::{self, Over};
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// By whose right.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// An administrator's, over the API.
    Administrator(&'a Viewer),
    /// That of whoever has the database in hand, in words, such as `command line`.
    Operator(&'a str),
}

impl<'a> From<&'a Viewer> for Authority<'a> {
    fn from(viewer: &'a Viewer) -> Self {
        Self::Administrator(viewer)
    }
}

impl<'a> Authority<'a> {
    /// Who it is, for the audit trail.
    ///
    /// # Errors
    /// Refused to whoever is no administrator.
    pub fn actor(self) -> Result<Actor<'a>, Refusal> {
        match self {
            Self::Administrator(viewer) => {
                viewer.must_administer()?;
                viewer.signed_in().map(Actor::Person)
            }
            Self::Operator(words) => Ok(Actor::Other(words)),
        }
    }

    /// Begins a transaction in which roles stand still, once no other holds one of these turns.
    ///
    /// # Errors
    /// Refused to whoever is no administrator, also since a moment ago.
    pub async fn begin(self, app: &AppState, over: &[Over<'_>]) -> Result<Transaction> {
        let actor = self.actor()?;
        let txn = turn::begin(app, &[over, &[Over::Roles]].concat()).await?;
        if let Actor::Person(learner) = actor {
            let held =
                Entity::find().filter(Column::LearnerId.eq(learner.id)).filter(Column::Role.eq(Role::Admin));
            if held.count(&txn).await? == 0 {
                txn.rollback().await?;
                return Err(Refusal::Forbidden.into());
            }
        }
        Ok(txn)
    }
}

/// A role for the audit trail.
pub fn on_record(
    learner: &learner::Model,
    role: &staff_role::Model,
    organization: Option<&organization::Model>,
) -> serde_json::Value {
    json!({ "email": learner.email, "role": role.role.to_value(), "organization": organization.map(|organization| &organization.slug) })
}
