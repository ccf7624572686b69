//! Deliver: one notice, one letter. Claimed, still true?, written, sent, marked.
//!
//! ```text
//! facts ─▶ mail server says yes to sender and reader ─▶ facts again ─▶ «sending» committed ─▶ content ─▶ 250 ─▶ «sent» committed
//! ```
//! The second look at the facts is what the letter is written from, so what it says is never older than a few
//! seconds. What becomes of a notice whose worker dies anywhere on this line is decided by
//! [`notice::Model::after_claim`].

mod ledger;
mod paper;
mod standing;
mod trouble;

use std::collections::HashMap;

use entity::mailing::NotSentReason;
use entity::notice::{self, AfterClaim, MAX_CRASHES, Status, Try};
use entity::{Instant, email::Address};
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::facts::{self, Read};
use crate::post::Envelope;
use crate::route::Outgoing;
use crate::{Store, Worker};
pub use ledger::Unrecorded;
use ledger::{Claim, Heard};
use standing::Standing;

/// How long a notice rests after it crashed its worker, in minutes.
const CRASH_REST_MINUTES: i64 = 1;

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted by the mail server.
    Sent,
    /// Put off by the mail server until that moment.
    Deferred(Instant),
    /// Put back until that moment without counting an attempt: the way is closed, or what it is about was
    /// moved.
    Waiting(Instant),
    /// Over: refused, or not to be written.
    Failed(NotSentReason),
    /// Over: no longer owed.
    Lapsed(NotSentReason),
    /// Handed over, and no answer came; to be sent once more at that moment, where there is one.
    Unknown(Option<Instant>),
    /// Set aside because it crashed its workers.
    Quarantined,
    /// It crashed this worker and waits.
    Crashed,
    /// It is in other hands; nothing was changed.
    Overtaken,
    /// The database did not answer; the lease runs out and another worker takes over.
    Unrecorded,
}

/// Delivers a notice that was claimed for this worker. Never fails and never panics: whatever happens is an
/// [`Outcome`].
pub async fn deliver(worker: &Worker<impl Store>, notice: notice::Model) -> Outcome {
    deliver_read(worker, notice, None).await
}

/// Delivers notices that were claimed together, one after the other.
pub async fn deliver_each(worker: &Worker<impl Store>, claimed: Vec<notice::Model>) -> Vec<Outcome> {
    let mut read = read_together(worker, &claimed).await;
    let mut outcomes = Vec::with_capacity(claimed.len());
    for notice in claimed {
        let read = notice.registration_id.and_then(|id| read.remove(&id));
        outcomes.push(deliver_read(worker, notice, read).await);
    }
    outcomes
}

/// What letters to these registrants say, by registration, read in one go and in one snapshot. Where that
/// fails, nothing is said: each letter reads by itself, and so learns what it is that fails.
pub(crate) async fn read_together(
    worker: &Worker<impl Store>,
    claimed: &[notice::Model],
) -> HashMap<Uuid, Read> {
    let ids: Vec<Uuid> = claimed.iter().filter_map(|notice| notice.registration_id).collect();
    facts::read(&worker.db.at_one_moment(), &worker.kept, &ids).await.unwrap_or_default()
}

/// The same as [`deliver`], by what was read about the notice since the claim, if anything was.
pub(crate) async fn deliver_read(
    worker: &Worker<impl Store>,
    notice: notice::Model,
    read: Option<Read>,
) -> Outcome {
    let claim = Claim::new(worker, &notice);
    let done = CancellationToken::new();
    let renewal = claim.renewed_until(done.clone());
    let hand = {
        let (worker, notice, mut claim) = (worker.clone(), notice.clone(), claim.clone());
        tokio::spawn(async move { attempt(&worker, &notice, read.as_ref(), &mut claim).await })
    };
    let outcome = match hand.await {
        Ok(outcome) => outcome,
        Err(crash) if crash.is_panic() => after_crash(worker, &claim).await,
        Err(_) => Ok(Outcome::Overtaken),
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!(notice = %notice.id, %error, "the database failed while a letter was in hand");
            unhand(worker, &claim).await
        }
    };
    done.cancel();
    if renewal.await.is_err() {
        tracing::error!(notice = %notice.id, "the renewal of a lease crashed");
    }
    tracing::info!(notice = %notice.id, rule = notice.rule, ?outcome, "letter");
    if let Some(course_id) = notice.course_id {
        (worker.listener)(Some(course_id));
    }
    outcome
}

async fn attempt<D: Store>(
    worker: &Worker<D>,
    notice: &notice::Model,
    read: Option<&Read>,
    claim: &mut Claim<D>,
) -> Result<Outcome, DbErr> {
    let held = match notice.after_claim() {
        AfterClaim::Send => true,
        AfterClaim::SendOnceMore => claim.once_more(unseen(worker, "the worker died while sending")).await?,
        AfterClaim::Unknowable => {
            let written =
                claim.unknown(notice.attempts, None, unseen(worker, "the worker died while sending")).await?;
            return Ok(if written { Outcome::Unknown(None) } else { Outcome::Overtaken });
        }
        AfterClaim::Quarantine => return quarantine(notice, claim).await,
    };
    if !held {
        return Ok(Outcome::Overtaken);
    }
    // What was lost is remembered in the row; the copy in hand has to know it, too.
    let remembered = notice.status == Status::Sending;
    let notice = &notice::Model {
        status: Status::Claimed,
        reason: if remembered { Some(NotSentReason::OutcomeUnknown) } else { notice.reason },
        ..notice.clone()
    };
    send(worker, notice, read, claim).await
}

async fn send<D: Store>(
    worker: &Worker<D>,
    notice: &notice::Model,
    read: Option<&Read>,
    claim: &Claim<D>,
) -> Result<Outcome, DbErr> {
    let now = worker.nature.now();
    let owed = match standing::by(read, worker, notice, now).await? {
        Standing::Owed(owed) => owed,
        other => return settle(other, notice, claim).await,
    };
    let outgoing = outgoing(notice, &owed.address);
    let _pass = match worker.route.admit(&outgoing.domain, worker.share(), now) {
        Ok(pass) => pass,
        Err(until) => return wait(claim, notice, until, Heard::Nothing).await,
    };
    let envelope = Envelope {
        id: notice.id,
        from: paper::comes_back_to(worker, notice, &owed),
        to: owed.address.clone(),
    };
    let delivery = match worker.post.open(&envelope).await {
        Ok(delivery) => delivery,
        Err(error) => return trouble::met(worker, notice, claim, outgoing, &error).await,
    };

    // The second look: what was true when the notice was claimed may not be true any more.
    let now = worker.nature.now();
    let owed = match standing::again(read, worker, notice, now).await {
        Ok(Standing::Owed(owed)) if owed.address == envelope.to => owed,
        Ok(Standing::Owed(_)) => {
            delivery.abandon().await;
            return wait(claim, notice, now, Heard::Nothing).await;
        }
        Ok(other) => {
            delivery.abandon().await;
            return settle(other, notice, claim).await;
        }
        Err(error) => {
            delivery.abandon().await;
            return Err(error);
        }
    };
    let dated_at = notice.dated_at.unwrap_or(now);
    let message = match paper::written(worker, notice, &owed, dated_at) {
        Ok(message) => message,
        Err(why) => {
            delivery.abandon().await;
            return end(
                claim,
                notice,
                Status::Failed,
                NotSentReason::CannotBeWritten,
                notice.attempts,
                Heard::Word(why),
            )
            .await;
        }
    };
    match claim.sending(dated_at, owed.address.as_sent(), owed.matter.told()).await {
        Ok(true) => {}
        Ok(false) => {
            delivery.abandon().await;
            return Ok(Outcome::Overtaken);
        }
        Err(error) => {
            delivery.abandon().await;
            return Err(error);
        }
    }
    match delivery.send(&message).await {
        Ok(reply) => {
            trouble::over(worker, &outgoing);
            Ok(if claim.sent(&reply).await? { Outcome::Sent } else { Outcome::Overtaken })
        }
        Err(error) => trouble::met(worker, notice, claim, outgoing, &error).await,
    }
}

/// What follows from facts that do not call for the letter now.
async fn settle(
    standing: Standing,
    notice: &notice::Model,
    claim: &Claim<impl Store>,
) -> Result<Outcome, DbErr> {
    match standing {
        Standing::Owed(_) => Ok(Outcome::Overtaken),
        Standing::NotYet { due_at, pointless_at } => Ok(if claim.moved(due_at, pointless_at).await? {
            Outcome::Waiting(due_at)
        } else {
            Outcome::Overtaken
        }),
        Standing::NotOwed(reason) => {
            let (status, reason) = notice.end_unsent(reason);
            end(claim, notice, status, reason, notice.attempts, Heard::Nothing).await
        }
        Standing::NoAddress => {
            end(claim, notice, Status::Failed, NotSentReason::AddressInvalid, notice.attempts, Heard::Nothing)
                .await
        }
    }
}

async fn wait(
    claim: &Claim<impl Store>,
    notice: &notice::Model,
    until: Instant,
    heard: Heard,
) -> Result<Outcome, DbErr> {
    Ok(if claim.waits(notice.attempts, until, heard).await? {
        Outcome::Waiting(until)
    } else {
        Outcome::Overtaken
    })
}

async fn end(
    claim: &Claim<impl Store>,
    notice: &notice::Model,
    status: Status,
    reason: NotSentReason,
    attempts: i16,
    heard: Heard,
) -> Result<Outcome, DbErr> {
    if !claim.ends(status, reason, attempts, heard).await? {
        return Ok(Outcome::Overtaken);
    }
    Ok(match status {
        Status::Lapsed => Outcome::Lapsed(reason),
        Status::Unknown => Outcome::Unknown(None),
        Status::Quarantined => Outcome::Quarantined,
        Status::Failed | Status::Cancelled => Outcome::Failed(reason),
        Status::Planned | Status::Claimed | Status::Sending | Status::Sent | Status::Retry => {
            tracing::error!(notice = %notice.id, ?status, "a notice ended in a status that is no end");
            Outcome::Failed(reason)
        }
    })
}

async fn quarantine(notice: &notice::Model, claim: &Claim<impl Store>) -> Result<Outcome, DbErr> {
    tracing::error!(notice = %notice.id, rule = notice.rule, "a letter crashed its workers and is set aside");
    end(claim, notice, Status::Quarantined, NotSentReason::CrashedWorker, notice.attempts, Heard::Nothing)
        .await
}

/// The letter's own code crashed: counted, and where the content was with the mail server, treated like a
/// lost answer.
async fn after_crash<D: Store>(worker: &Worker<D>, claim: &Claim<D>) -> Result<Outcome, DbErr> {
    let now = worker.nature.now();
    let Some(notice) = claim.as_it_stands().await? else { return Ok(Outcome::Overtaken) };
    let claim = &Claim::new(worker, &notice);
    if notice.status == Status::Sending {
        let once_more_at = notice.once_more_at(now);
        let written = claim
            .unknown(notice.attempts, once_more_at, unseen(worker, "the worker crashed while sending"))
            .await?;
        return Ok(if written { Outcome::Unknown(once_more_at) } else { Outcome::Overtaken });
    }
    let crashes = notice.crashes.saturating_add(1);
    if crashes >= MAX_CRASHES {
        return quarantine(&notice, claim).await;
    }
    let written = claim.crashed(crashes, now.plus_minutes(CRASH_REST_MINUTES)).await?;
    Ok(if written { Outcome::Crashed } else { Outcome::Overtaken })
}

/// After a failure of the database: puts the notice back, so that the coming take-over does not count as a
/// crash. One whose content may be with the mail server stays as it is, and is judged by whoever takes it
/// over.
async fn unhand<D: Store>(worker: &Worker<D>, claim: &Claim<D>) -> Outcome {
    let until = worker.nature.now().plus_minutes(CRASH_REST_MINUTES);
    match claim.as_it_stands().await {
        Ok(Some(notice)) if notice.status == Status::Claimed => {
            match claim.waits(notice.attempts, until, Heard::Nothing).await {
                Ok(true) => Outcome::Waiting(until),
                Ok(false) => Outcome::Overtaken,
                Err(_) => Outcome::Unrecorded,
            }
        }
        Ok(Some(_)) | Err(_) => Outcome::Unrecorded,
        Ok(None) => Outcome::Overtaken,
    }
}

/// A try whose end nobody saw.
fn unseen<D>(worker: &Worker<D>, why: &str) -> Try {
    Try {
        at: worker.nature.now(),
        step: None,
        code: None,
        status: None,
        queue_id: None,
        said: why.to_owned(),
    }
}

/// The letter as far as the route is concerned.
fn outgoing(notice: &notice::Model, reader: &Address) -> Outgoing {
    let reader = reader.as_sent().to_lowercase();
    let domain = reader.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    Outgoing { id: notice.id, fence: notice.fence, reader, domain, is_fresh: notice.attempts == 0 }
}
