//! Finding notices. Whose they are is decided in SQL.

use entity::{notice, registration};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::object::Notice;
use crate::app::AppState;
use crate::viewer::Viewer;

/// Those of the notices with these ids that are about a registration that the viewer may see, or an enquiry
/// about a course that the viewer runs: for `node` and `nodes`.
pub async fn seen(app: &AppState, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Notice>, DbErr> {
    let visible = Query::select()
        .column(registration::Column::Id)
        .from(registration::Entity)
        .cond_where(viewer.visible_registrations())
        .take();
    let about = Condition::any()
        .add(notice::Column::RegistrationId.in_subquery(visible))
        .add_option(viewer.run_notices());
    let rows = notice::Entity::find()
        .filter(notice::Column::Id.is_in(ids))
        .filter(about)
        .filter(notice::readable())
        .all(&app.db)
        .await?;
    let course_ids: Vec<Uuid> = rows.iter().filter_map(|row| row.course_id).collect();
    let pages = app.catalogue.pages(&app.db, &course_ids).await?;
    let staff = |row: &notice::Model| {
        pages.iter().any(|page| Some(page.course.id) == row.course_id && viewer.runs_course(page))
    };
    Ok(rows.into_iter().map(|row| Notice { staff: staff(&row), row: Box::new(row) }).collect())
}
