//! An act in the API.

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::audit;

use crate::catalogue::CoursePage;
use crate::graphql::course::Course;
use crate::graphql::global_id::{Kind, global, of_table};
use crate::graphql::scalar::{DateTime, Json};

/// An act that the viewer may see.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    row: audit::Model,
    page: Option<Arc<CoursePage>>,
}

impl AuditEntry {
    /// The act of this row, about the course of this page.
    pub fn new(row: audit::Model, page: Option<Arc<CoursePage>>) -> Self {
        Self { row, page }
    }

    /// The stored row.
    pub fn row(&self) -> &audit::Model {
        &self.row
    }
}

/// Something that was done. It was written down with the doing, and can be neither changed nor removed.
#[Object]
impl AuditEntry {
    /// Global id.
    pub async fn id(&self) -> ID {
        global(Kind::AuditEntry, self.row.id)
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.row.at)
    }

    /// Who: name and e-mail address as they were then, or `command line`.
    async fn actor(&self) -> &str {
        &self.row.actor
    }

    /// What: named as the mutation is, such as `recordPayment`.
    async fn act(&self) -> &str {
        &self.row.act
    }

    /// What sort of thing it was done to, such as `registration`.
    async fn subject_type(&self) -> &str {
        &self.row.subject_type
    }

    /// To which: a global id, which `node` takes where the thing has one.
    async fn subject_id(&self) -> ID {
        of_table(&self.row.subject_type, self.row.subject_id)
    }

    /// The course that it is about; null where it is about none, or the course is gone.
    async fn course(&self) -> Option<Course> {
        self.page.clone().map(Course::new)
    }

    /// What was changed, as it was; null where there was nothing before.
    async fn before(&self) -> Option<Json> {
        self.row.before.clone().map(Json)
    }

    /// What was changed, as it became; null where nothing was left.
    async fn after(&self) -> Option<Json> {
        self.row.after.clone().map(Json)
    }
}
