//! Staff answer somebody who asked about a course: once, because the answer is sent.

use entity::{Refusal, enquiry};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::free_text;

/// The longest answer, in characters.
const LONGEST_ANSWER: usize = 20_000;

/// The answer as it is stored.
///
/// # Errors
/// Nothing but spaces, more than 20,000 characters, or control characters.
pub fn read_answer(typed: &str) -> Result<String, Refusal> {
    let answer = free_text::read(Some(typed), LONGEST_ANSWER, "answer")?;
    answer.ok_or_else(|| Refusal::invalid("Please write what the person should read.", &["answer"]))
}

/// Writes down the answer, in Markdown, to the enquiry; the letter follows from it.
///
/// # Errors
/// Refused where the enquiry is not about a course that the viewer runs, where it has been answered, and
/// where the text is empty or too long.
pub async fn answer_enquiry(
    app: &AppState,
    viewer: &Viewer,
    id: Uuid,
    answer: &str,
) -> Result<enquiry::Model> {
    use enquiry::Column;
    let actor = viewer.signed_in()?;
    let unknown = || Refusal::not_found("enquiry");
    let scope = viewer.run_enquiries().ok_or_else(unknown)?;
    let txn = app.begin().await?;
    let found = enquiry::Entity::find_by_id(id).filter(scope).one(&txn).await?.ok_or_else(unknown)?;
    let answer = read_answer(answer)?;
    let now = app.nature.now();
    // Of two who answer at once, the second finds no row left to change.
    let answered = enquiry::Entity::update_many()
        .col_expr(Column::Answer, Expr::val(answer.clone()))
        .col_expr(Column::AnsweredBy, Expr::val(actor.id))
        .col_expr(Column::AnsweredAt, Expr::val(now))
        .col_expr(Column::UpdatedAt, Expr::val(found.changed_at(now)))
        .filter(Column::Id.eq(id))
        .filter(Column::AnsweredAt.is_null())
        .exec(&txn)
        .await?;
    if answered.rows_affected == 0 {
        return Err(Refusal::EnquiryAlreadyAnswered.into());
    }
    let act = Act {
        name: "answerEnquiry",
        subject_type: "enquiry",
        subject_id: id,
        course_id: Some(found.course_id),
        before: Some(json!({ "answer": null })),
        after: Some(json!({ "answer": answer })),
    };
    audit::record(&txn, app, Actor::Person(actor), act).await?;
    let row = enquiry::Entity::find_by_id(id).one(&txn).await?;
    let row = row.ok_or_else(|| Fault::Stored(format!("enquiry {id} has gone")))?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(row)
}
