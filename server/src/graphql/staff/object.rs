//! A role in the API.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Enum, ID, Object};
use entity::{learner, organization, staff_role};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::graphql::global_id::{Kind, global};
use crate::graphql::learner::Learner;
use crate::graphql::organization::Organization;
use crate::graphql::scalar::DateTime;

/// What a role lets a person do. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "staff_role::Role")]
pub enum StaffRoleKind {
    /// Runs courses: those of one organization, or all.
    Staff,
    /// Runs the office: everything that staff may, everywhere, and people's roles.
    Admin,
}

/// A role that the viewer may see.
#[derive(Clone, Debug)]
pub struct StaffRole {
    row: staff_role::Model,
    learner: learner::Model,
    organization: Option<Arc<organization::Model>>,
}

impl StaffRole {
    /// The role of this row, which `learner` has.
    pub fn new(
        row: staff_role::Model,
        learner: learner::Model,
        organization: Option<Arc<organization::Model>>,
    ) -> Self {
        Self { row, learner, organization }
    }

    /// The stored role.
    pub fn row(&self) -> &staff_role::Model {
        &self.row
    }
}

/// A role that somebody has: it makes staff of a person, or an administrator.
#[Object]
impl StaffRole {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::StaffRole, self.row.id)
    }

    /// Who has it.
    async fn learner(&self) -> Learner {
        Learner(self.learner.clone())
    }

    /// What it lets the person do.
    async fn role(&self) -> StaffRoleKind {
        self.row.role.into()
    }

    /// The organization for whose courses it is good; null where it is good for all.
    async fn organization(&self) -> Option<Organization> {
        self.organization.clone().map(Organization)
    }

    /// Since when.
    async fn granted_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }
}

/// What stands beside the rows of roles.
#[derive(Debug)]
pub struct Beside {
    learners: HashMap<Uuid, learner::Model>,
    organizations: HashMap<Uuid, Arc<organization::Model>>,
}

impl Beside {
    /// Whoever has these roles, and for which organizations; two statements.
    pub async fn of(
        app: &AppState,
        rows: impl Iterator<Item = &staff_role::Model> + Clone,
    ) -> Result<Self, DbErr> {
        let whose = learner::Column::Id.is_in(rows.clone().map(|row| row.learner_id));
        let learners = learner::Entity::find().filter(whose).all(&app.db).await?;
        let organizations = organizations(app, rows).await?;
        Ok(Self { learners: learners.into_iter().map(|row| (row.id, row)).collect(), organizations })
    }

    /// A role with what stands beside it.
    pub fn role(&self, row: staff_role::Model) -> Option<StaffRole> {
        let learner = self.learners.get(&row.learner_id)?.clone();
        let organization = row.organization_id.and_then(|id| self.organizations.get(&id)).cloned();
        Some(StaffRole::new(row, learner, organization))
    }
}

/// The organizations for which these roles are good, by id; one statement, and none where they are good for
/// all.
pub async fn organizations(
    app: &AppState,
    rows: impl Iterator<Item = &staff_role::Model>,
) -> Result<HashMap<Uuid, Arc<organization::Model>>, DbErr> {
    let ids: Vec<Uuid> = rows.filter_map(|row| row.organization_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = organization::Entity::find().filter(organization::Column::Id.is_in(ids)).all(&app.db).await?;
    Ok(found.into_iter().map(|row| (row.id, Arc::new(row))).collect())
}
