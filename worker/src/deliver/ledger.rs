//! What is written into the ledger after the claim. Every write names the notice and the fencing number of
//! the claim; a write that changes no row means that the notice is in other hands, and whoever learns that
//! stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entity::mailing::NotSentReason;
use entity::mailing::told::Told;
use entity::notice::{ActiveModel, Column, Entity, LEASE_SECONDS, Model, Status, Tries, Try};
use entity::{Instant, nature::SharedNature};
use sea_orm::{ActiveValue, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::post::Reply;
use crate::{Store, Worker};

/// How often a lease is renewed.
const RENEWAL: Duration = Duration::from_secs(20);
/// How many times it is renewed: for six minutes, which is longer than all time-outs of one delivery
/// together. Whoever is not done by then is stuck, and another worker takes over.
const RENEWALS: usize = 18;
/// How often a write is tried that must not be lost, and how long to wait in between.
const TRIES: (u32, Duration) = (5, Duration::from_secs(1));
/// How often it is tried to put down that the mail server has the content: for a quarter of an hour. Whoever
/// gives up on that lets the letter be sent twice.
const TRIES_OF_WHAT_IS_SENT: u32 = 900;

/// What was heard in the course of a try.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// Nothing that is worth a word.
    Nothing,
    /// A word about what is no try of this letter's.
    Word(String),
    /// What came of a try.
    Try(Try),
}

/// A claim: the right to write about one notice, for as long as nobody else has taken it over.
#[derive(Clone, Debug)]
pub(super) struct Claim<D> {
    db: D,
    nature: SharedNature,
    notice: Model,
    unrecorded: Arc<Unrecorded>,
}

/// How many letters the mail server has that the ledger does not know of yet. While there are some, nothing
/// more is claimed: not the letters themselves, whose leases may have run out while the database was away, and no
/// others whose outcome could not be recorded either.
#[derive(Debug, Default)]
pub struct Unrecorded(AtomicUsize);

impl Unrecorded {
    /// Whether there are some.
    pub fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// One of them, until it is recorded or given up.
struct OneUnrecorded(Arc<Unrecorded>);

impl OneUnrecorded {
    fn begins(all: &Arc<Unrecorded>) -> Self {
        all.0.fetch_add(1, Ordering::Relaxed);
        Self(all.clone())
    }
}

impl Drop for OneUnrecorded {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<D: Store> Claim<D> {
    pub(super) fn new(worker: &Worker<D>, notice: &Model) -> Self {
        let (db, nature) = (worker.db.clone(), worker.nature.clone());
        Self { db, nature, notice: notice.clone(), unrecorded: worker.unrecorded.clone() }
    }

    /// Whether the claim still held and the change was written.
    async fn write(&self, change: ActiveModel) -> Result<bool, DbErr> {
        let result = Entity::update_many()
            .set(ActiveModel { updated_at: Set(self.nature.now()), ..change })
            .filter(Column::Id.eq(self.notice.id))
            .filter(Column::Fence.eq(self.notice.fence))
            .filter(Column::Status.is_in([Status::Claimed, Status::Sending]))
            .exec(&self.db)
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// The same for what must not be lost: tries again while the database does not answer.
    async fn write_surely(&self, change: ActiveModel) -> Result<bool, DbErr> {
        self.write_within(TRIES.0, change, || ()).await
    }

    /// The same, for so many tries; what `waits` returns is kept from the first that failed on.
    async fn write_within<T>(
        &self,
        most: u32,
        change: ActiveModel,
        waits: impl Fn() -> T,
    ) -> Result<bool, DbErr> {
        let (mut tries, mut waiting) = (0, None);
        loop {
            tries += 1;
            match self.write(change.clone()).await {
                Err(error) if tries < most => {
                    waiting.get_or_insert_with(&waits);
                    tracing::warn!(notice = %self.notice.id, %error, "the ledger cannot be written, trying again");
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "the pause between two tries at the database"
                    )]
                    tokio::time::sleep(TRIES.1).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// The mail server may get the content now: recorded before it does.
    pub(super) async fn sending(
        &self,
        dated_at: Instant,
        address: String,
        told: Option<Told>,
    ) -> Result<bool, DbErr> {
        self.write(ActiveModel {
            status: Set(Status::Sending),
            attempts: Set(self.notice.attempts.saturating_add(1)),
            dated_at: Set(Some(dated_at)),
            sent_to: Set(Some(address)),
            told: Set(told),
            ..Default::default()
        })
        .await
    }

    /// What is on record of the tries, with one more.
    fn tries(&self, another: Try) -> ActiveValue<Option<Tries>> {
        Set(Some(self.notice.tries.clone().unwrap_or_default().with(another)))
    }

    /// What was heard, as a part of a change.
    fn heard(&self, change: ActiveModel, heard: Heard) -> ActiveModel {
        match heard {
            Heard::Nothing => change,
            Heard::Word(word) => ActiveModel { smtp_reply: Set(Some(word)), ..change },
            Heard::Try(tried) => {
                let word = Set(Some(tried.to_string()));
                ActiveModel { smtp_reply: word, tries: self.tries(tried), ..change }
            }
        }
    }

    /// Accepted by the mail server.
    pub(super) async fn sent(&self, reply: &Reply) -> Result<bool, DbErr> {
        let now = self.nature.now();
        let change = ActiveModel {
            status: Set(Status::Sent),
            reason: Set(None),
            ready_at: Set(None),
            sent_at: Set(Some(now)),
            smtp_reply: Set(Some(reply.to_string())),
            tries: self.tries(reply.as_try(now)),
            ..Default::default()
        };
        self.write_within(TRIES_OF_WHAT_IS_SENT, change, || OneUnrecorded::begins(&self.unrecorded)).await
    }

    /// Waits for another try; the attempt counts where `attempts` says so.
    pub(super) async fn waits(&self, attempts: i16, ready_at: Instant, heard: Heard) -> Result<bool, DbErr> {
        let status = Model { attempts, ..self.notice.clone() }.waiting();
        let change = ActiveModel {
            status: Set(status),
            priority: Set(self.notice.place(attempts)),
            attempts: Set(attempts),
            ready_at: Set(Some(ready_at)),
            ..Default::default()
        };
        self.write_surely(self.heard(change, heard)).await
    }

    /// Moved to another moment.
    pub(super) async fn moved(&self, due_at: Instant, pointless_at: Option<Instant>) -> Result<bool, DbErr> {
        self.write_surely(ActiveModel {
            status: Set(self.notice.waiting()),
            due_at: Set(due_at),
            pointless_at: Set(pointless_at),
            ready_at: Set(Some(due_at)),
            ..Default::default()
        })
        .await
    }

    /// The end, without having been accepted.
    pub(super) async fn ends(
        &self,
        status: Status,
        reason: NotSentReason,
        attempts: i16,
        heard: Heard,
    ) -> Result<bool, DbErr> {
        let change = ActiveModel {
            status: Set(status),
            reason: Set(Some(reason)),
            attempts: Set(attempts),
            ready_at: Set(None),
            ..Default::default()
        };
        self.write_surely(self.heard(change, heard)).await
    }

    /// No answer came: to be sent once more at that moment, or over.
    pub(super) async fn unknown(
        &self,
        attempts: i16,
        once_more_at: Option<Instant>,
        lost: Try,
    ) -> Result<bool, DbErr> {
        let change = ActiveModel {
            status: Set(Status::Unknown),
            reason: Set(Some(NotSentReason::OutcomeUnknown)),
            attempts: Set(attempts),
            ready_at: Set(once_more_at),
            ..Default::default()
        };
        self.write_surely(self.heard(change, Heard::Try(lost))).await
    }

    /// Taken over from a worker that died while sending: from here on this worker's own, with the loss
    /// remembered.
    pub(super) async fn once_more(&mut self, lost: Try) -> Result<bool, DbErr> {
        let change = ActiveModel {
            status: Set(Status::Claimed),
            reason: Set(Some(NotSentReason::OutcomeUnknown)),
            ..Default::default()
        };
        let tries = self.notice.tries.clone().unwrap_or_default().with(lost.clone());
        let written = self.write(self.heard(change, Heard::Try(lost))).await?;
        self.notice.tries = Some(tries);
        Ok(written)
    }

    /// The worker's code failed over it: the row as it stands in the ledger, and the count of crashes one
    /// higher.
    pub(super) async fn crashed(&self, crashes: i16, retry_at: Instant) -> Result<bool, DbErr> {
        self.write_surely(ActiveModel {
            status: Set(self.notice.waiting()),
            crashes: Set(crashes),
            ready_at: Set(Some(retry_at)),
            ..Default::default()
        })
        .await
    }

    /// The row as it stands now.
    pub(super) async fn as_it_stands(&self) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(self.notice.id).filter(Column::Fence.eq(self.notice.fence)).one(&self.db).await
    }

    /// Keeps the lease alive from a task of its own, until told to stop or overtaken, but not without end.
    /// The task is never cut off in the middle of a write.
    pub(super) fn renewed_until(&self, stop: CancellationToken) -> JoinHandle<()> {
        let claim = self.clone();
        tokio::spawn(async move {
            for _ in 0..RENEWALS {
                if tokio::time::timeout(RENEWAL, stop.cancelled()).await.is_ok() {
                    return;
                }
                let lease = claim.nature.now().plus_seconds(LEASE_SECONDS);
                match claim.write(ActiveModel { ready_at: Set(Some(lease)), ..Default::default() }).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => {
                        tracing::warn!(notice = %claim.notice.id, %error, "the lease cannot be renewed")
                    }
                }
            }
            tracing::error!(notice = %claim.notice.id, "a delivery does not come to its end; its lease is not renewed any more");
        })
    }
}
