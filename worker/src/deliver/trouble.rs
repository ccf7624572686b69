//! What follows when a mail server says no, or nothing. The [route](crate::route) judges; here it is written
//! into the ledger, and told where it is worth telling.

use entity::letter::Urgency;
use entity::notice::{self, AfterDeferral, Status};
use entity::{Instant, suppression};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::ledger::{Claim, Heard};
use super::{NotSentReason, Outcome, end, wait};
use crate::post::{Meaning, PostError};
use crate::route::{News, Outgoing, Verdict};
use crate::{Store, Worker};

/// A letter was accepted.
pub(super) fn over<D>(worker: &Worker<D>, letter: &Outgoing) {
    if worker.route.accepted(letter).is_some() {
        tracing::info!("mail leaves again");
    }
}

/// A letter was not accepted, or nobody knows.
pub(super) async fn met<D: Store>(
    worker: &Worker<D>,
    notice: &notice::Model,
    claim: &Claim<D>,
    letter: Outgoing,
    error: &PostError,
) -> Result<Outcome, DbErr> {
    let now = worker.nature.now();
    let tried = notice.attempts.saturating_add(1);
    let (verdict, news) = worker.route.failed(&letter, error, now);
    tell(news, &letter, error);
    let heard = Heard::Try(error.as_try(now));
    match verdict {
        // It is about all mail, and no try of this letter's.
        Verdict::Waits(until) => wait(claim, notice, until, Heard::Word(error.to_string())).await,
        Verdict::PutOff(earliest) => put_off(worker, notice, claim, earliest, heard).await,
        Verdict::Ends(reason) => {
            let outcome = end(claim, notice, Status::Failed, reason, tried, heard).await?;
            if outcome == Outcome::Failed(NotSentReason::AddressRefused) {
                suppress(worker, notice, &letter, error, now).await?;
            }
            Ok(outcome)
        }
        Verdict::EndsForNow(reason) => {
            let outcome = end(claim, notice, Status::Failed, reason, tried, heard).await?;
            if outcome != Outcome::Overtaken {
                take_back(worker, worker.route.refused(letter), reason).await?;
            }
            Ok(outcome)
        }
        Verdict::Lost => {
            let once_more_at = notice.once_more_at(now);
            let written = claim.unknown(tried, once_more_at, error.as_try(now)).await?;
            Ok(if written { Outcome::Unknown(once_more_at) } else { Outcome::Overtaken })
        }
    }
}

fn tell(news: Option<News>, letter: &Outgoing, error: &PostError) {
    match news {
        None | Some(News::Up) => {}
        Some(News::DomainPaused(until)) => {
            tracing::warn!(domain = letter.domain, %error, %until, "a domain puts off letters to several readers: it pauses");
        }
        Some(News::Down) if error.meaning() == Meaning::RouteClosed => {
            tracing::error!(%error, "no mail leaves: the mail server does not accept us; see MAIL_URL");
        }
        Some(News::Down) => {
            tracing::error!(%error, "no mail leaves; it is tried again from time to time");
        }
    }
}

/// There is nobody at the address, so that nothing more is sent to it. A code tells nothing of an address that
/// anybody may have typed.
async fn suppress<D: Store>(
    worker: &Worker<D>,
    notice: &notice::Model,
    letter: &Outgoing,
    error: &PostError,
    now: Instant,
) -> Result<(), DbErr> {
    if notice.letter.spec().urgency == Urgency::Awaited {
        return Ok(());
    }
    let address = (letter.reader.clone(), letter.reader.clone());
    let row = suppression::Model::of_refusal(worker.nature.id(), address, notice.id, &error.to_string(), now);
    row.entered().exec_without_returning(&worker.db).await.map(drop)
}

/// The mail server put it off; not before `earliest`.
async fn put_off<D: Store>(
    worker: &Worker<D>,
    notice: &notice::Model,
    claim: &Claim<D>,
    earliest: Instant,
    heard: Heard,
) -> Result<Outcome, DbErr> {
    let tried = notice.attempts.saturating_add(1);
    match after_deferral(worker, notice, tried) {
        AfterDeferral::Again(at) => {
            let at = at.max(earliest);
            Ok(if claim.waits(tried, at, heard).await? { Outcome::Deferred(at) } else { Outcome::Overtaken })
        }
        AfterDeferral::Pointless => {
            let (status, reason) = notice.end_unsent(NotSentReason::Pointless);
            end(claim, notice, status, reason, tried, heard).await
        }
        AfterDeferral::GiveUp => {
            end(claim, notice, Status::Failed, NotSentReason::GaveUp, tried, heard).await
        }
    }
}

fn after_deferral<D>(worker: &Worker<D>, notice: &notice::Model, attempts: i16) -> AfterDeferral {
    let mut chance = [0];
    worker.nature.fill(&mut chance);
    notice.after_deferral(attempts, chance[0], worker.nature.now())
}

/// Letters that were failed although the fault may be ours are put off instead. One that nobody would have
/// any more stays as it is, and so does one about which anything was written since.
async fn take_back<D: Store>(
    worker: &Worker<D>,
    letters: Vec<Outgoing>,
    failed_for: NotSentReason,
) -> Result<(), DbErr> {
    use notice::{ActiveModel, Column, Entity};
    if letters.len() > 1 {
        tracing::warn!(
            letters = letters.len(),
            "letters to different domains are refused alike, as though the fault were ours: they are put off, and one letter goes at a time"
        );
    }
    for Outgoing { id, fence, .. } in letters {
        let failed = Entity::find_by_id(id)
            .filter(Column::Fence.eq(fence))
            .filter(Column::Status.eq(Status::Failed))
            .filter(Column::Reason.eq(failed_for));
        let Some(notice) = failed.clone().one(&worker.db).await? else { continue };
        let AfterDeferral::Again(at) = after_deferral(worker, &notice, notice.attempts) else { continue };
        let change = ActiveModel {
            status: Set(Status::Retry),
            reason: Set(None),
            priority: Set(notice.place(notice.attempts)),
            ready_at: Set(Some(at)),
            updated_at: Set(worker.nature.now()),
            ..Default::default()
        };
        Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(id))
            .filter(Column::Fence.eq(fence))
            .filter(Column::Status.eq(Status::Failed))
            .exec(&worker.db)
            .await?;
    }
    Ok(())
}
