//! Entering a person who teaches, and changing what is said about one.

use entity::refusal::Versioned;
use entity::{Refusal, faculty_member};
use sea_orm::{EntityTrait, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::alone::{Seen, Wanted, must_be_free, must_say, put};
use crate::catalogue::draft::{
    FacultyMember, FacultyMemberChange, Field, Mistakes, Standing, Telling, changing,
};
use crate::error::Result;
use crate::viewer::Viewer;

/// Changes a person; with none `seen`, enters a new one. `mistakes` are those of reading the change. All
/// staff may, because the faculty is nobody's alone. Returns the person's id.
///
/// # Errors
/// Refuses who is not staff, a version that is no longer the person's, every mistake, and a slug that
/// somebody else has.
pub async fn upsert_faculty_member(
    app: &AppState,
    viewer: &Viewer,
    seen: Option<Seen>,
    (change, mut mistakes): (FacultyMemberChange, Mistakes),
) -> Result<Uuid> {
    viewer.must_be_staff()?;
    changing(app, async |txn| {
        let mut old = None;
        if let Some(seen) = seen {
            let row = faculty_member::Entity::find_by_id(seen.id).lock_exclusive().one(txn).await?;
            let row = row.ok_or_else(|| Refusal::not_found("faculty member"))?;
            seen.is_current(Versioned::FacultyMember, row.version)?;
            old = Some(row);
        }
        let mut wanted =
            old.as_ref().map(|row| FacultyMember::of(row, Standing::Faculty)).unwrap_or_default();
        if old.is_none() {
            must_say(
                &[(Field::Slug, change.slug.is_some()), (Field::Name, change.name.is_some())],
                "Somebody new needs a slug and a name.",
                &mut mistakes,
            );
        }
        change.put(&mut wanted);
        mistakes.none(&Telling::input())?;
        let moved = old.as_ref().is_none_or(|old| wanted.slug != old.slug);
        if moved {
            must_be_free::<faculty_member::Entity>(txn, faculty_member::Column::Slug, &wanted.slug).await?;
        }
        put(app, txn, viewer, "upsertFacultyMember", Wanted::FacultyMember(old.as_ref(), &wanted)).await
    })
    .await
}
