//! Entering a person who teaches, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, faculty_member};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::course_file::apart::{self, Seen, Wanted, put, taken};
use crate::course_file::format::{FacultyMember, Standing};
use crate::course_file::{begin, settle, stored_member};
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// Does with a person what `change` says; with none `seen`, with a new one of whom nothing is said yet. All staff may, because the faculty is
/// nobody's alone. Returns the person's id.
///
/// # Errors
/// Refuses who is not staff, a version that is no longer the person's, every mistake, and a slug that somebody else has.
pub async fn upsert_faculty_member<F>(app: &AppState, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<Uuid>
where
    F: FnOnce(&mut FacultyMember) -> Result<(), Refusal> + Send,
{
    viewer.signed_in()?;
    if !viewer.is_staff() {
        return Err(Refusal::Forbidden.into());
    }
    let txn = begin(app).await?;
    let done = write(app, &txn, viewer, seen, change).await;
    settle(app, txn, done).await
}

async fn write<F>(app: &AppState, txn: &Transaction, viewer: &Viewer, seen: Option<Seen>, change: F) -> Result<(Uuid, Option<Vec<Uuid>>)>
where
    F: FnOnce(&mut FacultyMember) -> Result<(), Refusal> + Send,
{
    let mut old = None;
    if let Some(seen) = seen {
        let row = faculty_member::Entity::find_by_id(seen.id).lock_exclusive().one(txn).await?;
        let row = row.ok_or_else(|| Refusal::not_found("faculty member"))?;
        seen.is_current(Versioned::FacultyMember, row.version)?;
        old = Some(row);
    }
    let mut wanted = match &old {
        Some(row) => stored_member(row, Standing::Faculty),
        None => FacultyMember {
            slug: String::new(),
            name: String::new(),
            role: Standing::Faculty,
            credentials: None,
            title: None,
            affiliation: None,
            bio: None,
        },
    };
    change(&mut wanted)?;
    let wanted = apart::faculty_member(&wanted)?;
    let moved = old.as_ref().is_none_or(|old| old.slug != wanted.slug);
    if moved && faculty_member::Entity::find().filter(faculty_member::Column::Slug.eq(wanted.slug.as_str())).one(txn).await?.is_some() {
        return Err(taken().into());
    }
    put(app, txn, viewer, "upsertFacultyMember", Wanted::FacultyMember(old.as_ref(), &wanted)).await
}
