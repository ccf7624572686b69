//! Staff let letters go to an address again.

use entity::Refusal;
use entity::suppression::{Column, Entity, LONGEST_TEXT, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::free_text;
use crate::write::suppressing::on_record;

/// Lifts a suppression; one that was lifted before stays as it is.
///
/// # Errors
/// Refused where it is of no address that the viewer writes to, as though it did not exist, and where the note
/// is empty or too long.
pub async fn lift_suppression(app: &AppState, viewer: &Viewer, id: Uuid, note: &str) -> Result<Model> {
    let actor = viewer.signed_in()?;
    let unknown = || Refusal::not_found("suppression");
    let scope = viewer.run_suppressions().ok_or_else(unknown)?;
    let txn = app.begin().await?;
    let found = Entity::find_by_id(id).filter(scope).one(&txn).await?.ok_or_else(unknown)?;
    let note = free_text::one_line(note, LONGEST_TEXT, "note")?;
    let now = app.nature.now();
    let lifted = Entity::update_many()
        .col_expr(Column::LiftedAt, Expr::val(now))
        .col_expr(Column::Note, Expr::val(note.clone()))
        .filter(Column::Id.eq(id))
        .filter(Column::LiftedAt.is_null())
        .exec(&txn)
        .await?;
    if lifted.rows_affected == 0 {
        let as_it_is = Entity::find_by_id(id).one(&txn).await?.ok_or_else(unknown)?;
        txn.rollback().await?;
        return Ok(as_it_is);
    }
    let after = Model { lifted_at: Some(now), note: Some(note), ..found.clone() };
    let act = Act {
        name: "liftSuppression",
        subject_type: "suppression",
        subject_id: id,
        course_id: None,
        before: Some(on_record(&found)),
        after: Some(on_record(&after)),
    };
    audit::record(&txn, app, Actor::Person(actor), act).await?;
    txn.commit().await?;
    Ok(after)
}
