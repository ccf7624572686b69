//! A letter is to be sent again: staff put it down as a fact ([`crate::write::instruction`]).

use entity::letter_instruction::Kind;
use entity::mailing::{self, instructed};
use entity::{Refusal, notice};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::instruction::{course_facts, instruction, person_of, put_down, steered};

/// Has a letter sent again: at once, with the facts as they are, as a notice of its own.
///
/// # Errors
/// Refuses what is not the viewer's to steer, as though it did not exist; what is still on its way; and what
/// the facts stand against, with the reason.
pub async fn resend_notice(app: &AppState, viewer: &Viewer, id: Uuid) -> Result<notice::Model> {
    let actor = viewer.signed_in()?;
    let txn = app.begin().await?;
    let now = app.nature.now();
    let row = steered(&txn, viewer, id).await?;
    let mut person = person_of(&txn, &row).await?;
    let row = steered(&txn, viewer, id).await?;
    let on_its_way = || Refusal::CannotResend { why: "It is still on its way.".to_owned() };
    if row.ready_at.is_some() {
        return Err(on_its_way().into());
    }
    let (rule, first) = (row.rule.clone(), instructed::first_time(&row.occurrence).to_owned());
    let count = person
        .instructions()
        .iter()
        .filter(|said| said.kind == Kind::Again && said.rule == rule && said.occurrence == first)
        .count();
    let course = course_facts(app, &txn, person.course_id()).await?;
    if count > 0 {
        let again = instructed::again(&first, count);
        let last = notice::Entity::find()
            .filter(notice::Column::Subject.eq(person.id().to_string()))
            .filter(notice::Column::Rule.eq(rule.as_str()))
            .filter(notice::Column::Occurrence.eq(again.as_str()))
            .filter(notice::readable())
            .one(&txn)
            .await?;
        let owed = person.planned(&course, &rule, &again, now).is_some_and(|planned| planned.verdict.is_ok());
        if last.as_ref().map_or(owed, |last| last.ready_at.is_some()) {
            return Err(on_its_way().into());
        }
    }
    // The plan is asked as though it had been said already.
    let said = instruction(app, actor, &person, Kind::Again, (&rule, &first), now);
    person.instruct(said.clone());
    let again = instructed::again(&first, count + 1);
    match person
        .planned(&course, &rule, &again, now)
        .map_or(Err(mailing::NotSentReason::Moved), |planned| planned.verdict)
    {
        Ok(()) => {}
        Err(reason) => return Err(Refusal::CannotResend { why: reason.in_words().to_owned() }.into()),
    }
    put_down(app, txn, actor, "resendNotice", &person, said).await?;
    Ok(row)
}
