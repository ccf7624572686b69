//! Why did I (not) get this?

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::mailing::{self, explain};
use entity::{notice, registration, sweep_mark};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;
use worker::facts;

use super::planned::NotSentReason;
use crate::app::AppState;
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::letter::Letter;
use crate::graphql::refusal::OrOpaque;
use crate::graphql::scalar::DateTime;
use crate::viewer::Viewer;

/// What became of a letter, or will. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "explain::Outcome")]
pub enum LetterOutcome {
    /// The mail server took it.
    Sent,
    /// It has fallen due and is on its way.
    Waiting,
    /// It was not sent, or will not be.
    NotSent,
    /// Its moment lies ahead, and as things stand it will be sent then.
    Planned,
    /// It was handed over, and the mail server's answer was lost.
    Unclear,
}

/// What became of one letter, or will.
#[derive(Clone, Debug, SimpleObject)]
pub struct LetterAccount {
    /// The name of the rule that calls for it; of a letter that no rule calls for, its own name.
    rule: String,
    /// Which time the rule speaks.
    occurrence: String,
    /// When it was, or is, to be sent.
    due_at: DateTime,
    /// What became of it.
    outcome: LetterOutcome,
    /// When it was sent, or when it was settled that it is not; null while it has not come to an end.
    at: Option<DateTime>,
    /// Why it was not, or will not be, sent; null where it was or will be, or where only the sentence can
    /// tell.
    reason: Option<NotSentReason>,
    /// The same in a sentence or two, in English, with moments on the clock of the course.
    sentence: String,
}

/// Why somebody did, or did not, get a letter.
#[derive(Clone, Debug, SimpleObject)]
pub struct Explanation {
    /// Which letter.
    letter: Letter,
    /// All of it in a sentence or two, in English; where there are no answers, why there is nothing to tell.
    summary: String,
    /// An answer for each time that the letter is called for or was sent, in the order of their moments.
    #[graphql(directive = list_size::apply(20))]
    answers: Vec<LetterAccount>,
}

/// Questions about what became of letters.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExplainQuery;

#[Object]
impl ExplainQuery {
    /// Why the person of a registration did, or did not, get a letter: every time that the facts call for it,
    /// and what the ledger knows of it. Null unless the viewer runs the course.
    async fn explain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The registration.")] registration_id: ID,
        #[graphql(desc = "Which letter.")] letter: Letter,
    ) -> Nullable<Explanation> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            let Some(id) = global_id::of(Kind::Registration, &registration_id) else { return Ok(None) };
            found(app, viewer, id, letter.into()).await.or_opaque()
        })
        .await
    }
}

async fn found(
    app: &AppState,
    viewer: &Viewer,
    id: Uuid,
    letter: mailing::Letter,
) -> Result<Option<Explanation>, sea_orm::DbErr> {
    let Some(mine) = viewer.run_registrations() else { return Ok(None) };
    let Some(row) = registration::Entity::find_by_id(id).filter(mine).one(&app.db).await? else {
        return Ok(None);
    };
    let course_id = row.course_id;
    let Some(page) = app.catalogue.page(&app.db, course_id).await? else { return Ok(None) };
    let course = page.facts(facts::news_of(&app.db, course_id).await?);
    let Some(person) = facts::of_registrations(&app.db, vec![row]).await?.pop() else { return Ok(None) };
    let notices = notice::Entity::find()
        .filter(notice::Column::RegistrationId.eq(id))
        .filter(notice::Column::Letter.eq(letter))
        .filter(notice::readable())
        .all(&app.db)
        .await?;
    let mark = sweep_mark::Entity::find_by_id(sweep_mark::ID).one(&app.db).await?;
    let sweeping = explain::Sweeping {
        swept_to: mark.map(|mark| mark.swept_to),
        course_changed_at: course.course.updated_at,
        person_changed_at: person.registration.updated_at,
    };
    let now = app.nature.now();
    let letters = mailing::of_registration(&course, &person, now);
    let accounts = explain::accounts(letter, &letters, &notices, sweeping, now);
    let summary = explain::summary(&course, letter, &accounts);
    let told = |account: explain::LetterAccount| {
        let sentence = account.in_words(&course.course.time_zone, now);
        let explain::LetterAccount { rule, occurrence, due_at, outcome, at, reason } = account;
        LetterAccount {
            rule,
            occurrence,
            due_at: DateTime(due_at),
            outcome: outcome.into(),
            at: at.map(DateTime),
            reason: reason.map(Into::into),
            sentence,
        }
    };
    Ok(Some(Explanation {
        letter: letter.into(),
        summary,
        answers: accounts.into_iter().map(told).collect(),
    }))
}
