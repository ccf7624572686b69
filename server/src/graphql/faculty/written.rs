//! The person whom an act has written.

use std::sync::Arc;

use entity::faculty_member;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::FacultyMember;
use crate::app::AppState;
use crate::error::{Fault, Result};

/// The person as they stand now.
///
/// # Errors
/// Faults of the database.
pub async fn written(app: &AppState, id: Uuid) -> Result<FacultyMember> {
    let row = faculty_member::Entity::find_by_id(id).one(&app.db).await?;
    Ok(row
        .map(|row| FacultyMember(Arc::new(row)))
        .ok_or_else(|| Fault::Stored(format!("faculty member {id} has gone")))?)
}
