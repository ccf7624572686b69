//! A learner's calendar moves to a new address; the old one is dead at once.

use entity::learner::{self, Column};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::app::AppState;
use crate::calendar;
use crate::error::{Fault, Result};
use crate::viewer::Viewer;

/// Gives the viewer's calendar a new address; gives the learner as they are now. Where `replaces` names an
/// address that is no longer the calendar's, it has moved already and stays where it is.
///
/// # Errors
/// Refused where nobody is signed in.
pub async fn rotate_calendar_url(
    app: &AppState,
    viewer: &Viewer,
    replaces: Option<&str>,
) -> Result<learner::Model> {
    let learner = viewer.signed_in()?;
    if let Some(replaces) = replaces {
        // An account that was merged into this one had an address, too, under which the same days are seen.
        let merged = learner::Entity::find().filter(Column::MergedInto.eq(learner.id)).all(&app.db).await?;
        let address = |of| app.office.public_url.own_calendar(&calendar::token_of(app, of));
        if !merged.iter().chain([learner]).any(|of| address(of) == replaces) {
            return Ok(learner.clone());
        }
    }
    let txn = app.begin().await?;
    let count_up = |of| {
        learner::Entity::update_many()
            .col_expr(Column::CalendarRotation, Expr::col(Column::CalendarRotation).add(1))
            .col_expr(Column::UpdatedAt, Expr::val(app.nature.now()))
            .filter::<SimpleExpr>(of)
    };
    // Two that rotate the same address at once rotate it once.
    let unmoved = Column::Id.eq(learner.id).and(Column::CalendarRotation.eq(learner.calendar_rotation));
    if count_up(unmoved).exec(&txn).await?.rows_affected > 0 {
        count_up(Column::MergedInto.eq(learner.id)).exec(&txn).await?;
    }
    let row = learner::Entity::find_by_id(learner.id).one(&txn).await?;
    txn.commit().await?;
    Ok(row.ok_or_else(|| Fault::Stored(format!("learner {} has gone", learner.id)))?)
}
