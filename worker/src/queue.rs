//! The queue: apalis as our runtime, over the notice table. The only room that names apalis.
//!
//! Three workers under one monitor: `tick` (apalis-cron) wakes the sweep every few seconds; `sweep` runs the
//! sweep whenever it is woken; `deliver` takes claimed notices. Their backends are streams of our own that
//! never end and never err: a database error is a log line and a pause. What touches the database runs in
//! tasks that nobody cuts off; apalis only waits for them. When told to stop, nothing new is claimed and the
//! letters in hand are finished.

mod delivering;
mod hands;
mod source;

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{Monitor, WorkerBuilder, WorkerBuilderExt};
use apalis_cron::timezone::Utc;
use apalis_cron::{CronScheduler, Tick};
use futures_util::stream;
use tokio::sync::{Mutex, Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::claim::{Wanted, claim_of};
use crate::deliver::read_together;
use crate::health::Health;
use crate::route::Gate;
use crate::sweep::Sweeper;
use crate::{Store, Worker, may_write};
use delivering::{Claimed, Delivering, deliver_one};
use hands::{Free, Hands, SPARE};
use source::{Every, Source};

/// How long the queue is left alone when nothing is ready and nobody wakes it.
const IDLE: Duration = Duration::from_secs(1);
/// How long, where more is waiting than there are hands, a free hand waits for others, so that they claim and
/// read together.
const GATHERING: Duration = Duration::from_millis(10);
/// How long a database that does not answer is left alone.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);
/// How long letters in hand may take to be finished after the stop.
const FINISHING: Duration = Duration::from_secs(30);

/// The worker stopped without having been told to.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The monitor gave up on its workers.
    #[error("the workers ended by themselves: {0}")]
    ByItself(String),
    /// Letters in hand were not finished in time; their leases run out and another worker takes them over.
    #[error("letters in hand were not finished within 30 s")]
    InTheMiddle,
}

/// Sweeps and delivers until `stop`; then finishes what is in hand. `wake` is told (with `notify_one`) when
/// there may be something to say: by the server in the same process, by whoever listens to PostgreSQL's
/// NOTIFY, and by the tick. A ring that is lost is made good by the next tick.
pub async fn run(
    worker: Worker<impl Store>,
    wake: Arc<Notify>,
    stop: CancellationToken,
    health: Arc<Health>,
) -> Result<(), Stopped> {
    let ready = Arc::new(Notify::new());
    let hands = usize::try_from(worker.hands.saturating_add(SPARE)).unwrap_or(1);
    let (hand_over, notices) = mpsc::channel::<Claimed>(hands);
    let notices = Arc::new(Mutex::new(notices));
    let claiming = tokio::spawn(claim_until_stopped(
        worker.clone(),
        hand_over,
        ready.clone(),
        stop.clone(),
        health.clone(),
    ));
    let surveying = tokio::spawn(crate::survey::until_stopped(worker.clone(), health.clone(), stop.clone()));
    wake.notify_one();

    let delivering = Delivering::new(worker.clone(), ready.clone(), health.clone());
    let sweeper = Arc::new(Mutex::new(Sweeper::new(&worker.sender.domain())));
    let monitor = Monitor::new()
        .register({
            let (name, wake) = (worker.name.clone(), wake.clone());
            move |_| {
                let wake = wake.clone();
                WorkerBuilder::new(format!("{name}-tick")).backend(CronScheduler::new(Every)).build(
                    move |_: Tick<Utc>| {
                        wake.notify_one();
                        std::future::ready(())
                    },
                )
            }
        })
        .register({
            let (worker, health, ready) = (worker.clone(), health.clone(), ready.clone());
            move |_| {
                let (worker, health, sweeper, ready) =
                    (worker.clone(), health.clone(), sweeper.clone(), ready.clone());
                WorkerBuilder::new(format!("{}-sweep", worker.name))
                    .backend(wakes(wake.clone()))
                    .concurrency(1)
                    .build(move |()| {
                        let sweeping =
                            sweep_once(worker.clone(), sweeper.clone(), ready.clone(), health.clone());
                        unharmed(sweeping, "sweep")
                    })
            }
        })
        .register({
            let (delivering, notices) = (delivering.clone(), notices.clone());
            move |_| {
                let delivering = delivering.clone();
                WorkerBuilder::new(format!("{}-deliver", delivering.worker.name))
                    .backend(claims(notices.clone()))
                    .concurrency(hands)
                    .build(move |claimed: Claimed| {
                        unharmed(deliver_one(delivering.clone(), claimed), "deliver")
                    })
            }
        })
        // A worker only ever fails from outside of our code, such as a machine that slept through a tick: it
        // starts afresh.
        .should_restart(|worker, error| {
            tracing::error!(worker = worker.name(), %error, "a worker failed and is started afresh");
            true
        });

    let context = monitor.context();
    let mut running = std::pin::pin!(monitor.run());
    let early = tokio::select! {
        ended = &mut running => Some(ended),
        () = stop.cancelled() => None,
    };
    if let Some(ended) = early {
        stop.cancel();
        return Err(Stopped::ByItself(
            ended.err().map_or_else(|| "no reason given".to_owned(), |error| error.to_string()),
        ));
    }
    if surveying.await.is_err() {
        tracing::error!("the survey crashed");
    }
    if claiming.await.is_err() {
        tracing::error!("the claiming task crashed");
    }
    if context.shutdown().is_err() {
        tracing::error!("the monitor does not take the stop");
    }
    let finishing = async {
        let ended = running.await;
        delivering.finished().await;
        ended
    };
    let finished = tokio::time::timeout(FINISHING, finishing).await;
    put_back(&worker, &notices).await;
    match finished {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Stopped::ByItself(error.to_string())),
        Err(_) => Err(Stopped::InTheMiddle),
    }
}

/// Claims notices for free hands until told to stop. It runs in a task of its own, so that no claim is cut
/// off between the database's yes and the hand that takes it.
async fn claim_until_stopped(
    worker: Worker<impl Store>,
    hand_over: mpsc::Sender<Claimed>,
    ready: Arc<Notify>,
    stop: CancellationToken,
    health: Arc<Health>,
) {
    let hands = Hands::new(worker.hands);
    let (mut more_waits, mut was_away) = (false, false);
    while let Some(Free { hands: mut free, wanted }) = hands.free(&ready, IDLE, &stop).await {
        let now = worker.nature.now();
        let gate = worker.route.gate(now);
        let alone = wanted == Wanted::Any && hands.rest(free.len()) && worker.route.rests();
        if gate == Gate::Open && wanted == Wanted::Any {
            if more_waits {
                hands.gather(GATHERING).await;
            }
            free.extend(hands.more());
        }
        let claimed = match gate {
            Gate::Shut(_) => Ok(Vec::new()),
            // What the mail server has comes first.
            Gate::OneByOne | Gate::Open if worker.unrecorded.any() => Ok(Vec::new()),
            Gate::OneByOne | Gate::Open if was_away => may_write(&worker.db).await.map(|_| Vec::new()),
            Gate::OneByOne if !alone => Ok(Vec::new()),
            Gate::OneByOne | Gate::Open => {
                let most = u32::try_from(free.len()).unwrap_or(1);
                claim_of(&worker.db, &worker.name, wanted, most, worker.nature.now()).await
            }
        };
        let pause = match &claimed {
            Ok(claimed) => {
                health.looked();
                if health.looking.is_over() {
                    tracing::info!("the queue can be read again");
                }
                // Once the database is back, those go first, here and in other processes, who have to put down
                // that a letter was sent.
                if mem::take(&mut was_away) {
                    Some(DATABASE_PAUSE)
                } else {
                    // Who looked for codes alone has waited for them before.
                    (claimed.is_empty() && wanted == Wanted::Any).then_some(IDLE)
                }
            }
            Err(error) => {
                if health.looking.is_new() {
                    tracing::error!(%error, "the queue cannot be read; it is tried again and again");
                }
                was_away = true;
                Some(DATABASE_PAUSE)
            }
        };
        let claimed = claimed.unwrap_or_default();
        more_waits = claimed.len() == free.len();
        let mut read = read_together(&worker, &claimed).await;
        for (notice, hand) in claimed.into_iter().zip(free) {
            let read = notice.registration_id.and_then(|id| read.remove(&id));
            if hand_over.send(Claimed { notice, read, hand }).await.is_err() {
                return;
            }
        }
        if let Some(pause) = pause {
            // Whichever comes first: something was planned, the pause is over, or the stop.
            let wait = async {
                tokio::select! {
                    () = ready.notified() => {}
                    () = stop.cancelled() => {}
                }
            };
            if tokio::time::timeout(pause, wait).await.is_err() {
                continue;
            }
        }
    }
}

async fn sweep_once(
    worker: Worker<impl Store>,
    sweeper: Arc<Mutex<Sweeper>>,
    ready: Arc<Notify>,
    health: Arc<Health>,
) {
    health.sweep_begins();
    let mut sweeper = sweeper.lock().await;
    match sweeper.sweep(&worker.db, &worker.nature).await {
        Ok(swept) => {
            if health.sweeping.is_over() {
                tracing::info!("the sweep succeeds again");
            }
            if health.swept(swept.mark_ahead_seconds) {
                tracing::warn!(
                    seconds = swept.mark_ahead_seconds,
                    "the sweep's mark was ahead of the clock: some process has, or had, a clock that is wrong; what it hid is found again"
                );
            }
            if swept.planned + swept.lapsed > 0 {
                tracing::info!(
                    planned = swept.planned,
                    lapsed = swept.lapsed,
                    judged = swept.judged,
                    "sweep"
                );
                ready.notify_one();
                (worker.listener)(None);
            }
        }
        Err(error) => {
            health.sweep_failed();
            if health.sweeping.is_new() {
                tracing::error!(%error, "the sweep failed; the next one does it again");
            }
            return;
        }
    }
    match sweeper.looks_again(&worker.db, &worker.nature).await {
        Ok(found) if found.planned > 0 => {
            tracing::warn!(
                planned = found.planned,
                "the second look found e-mails that the sweep had passed over"
            );
            ready.notify_one();
            (worker.listener)(None);
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the second look failed; the next step is the same one"),
    }
}

/// Runs `work` in a task of its own: neither a panic in it nor the end of whoever waits for it does harm.
async fn unharmed(work: impl Future<Output = ()> + Send + 'static, name: &'static str) {
    if let Err(error) = tokio::spawn(work).await {
        tracing::error!(%error, "{name} crashed");
    }
}

/// Notices that were claimed and that no hand has taken any more go back, so that nobody has to wait for
/// their leases to run out.
async fn put_back(worker: &Worker<impl Store>, notices: &Mutex<mpsc::Receiver<Claimed>>) {
    let mut notices = notices.lock().await;
    while let Ok(claimed) = notices.try_recv() {
        if let Err(error) = crate::claim::put_back(&worker.db, &claimed.notice, worker.nature.now()).await {
            tracing::warn!(notice = %claimed.notice.id, %error, "a notice could not be put back");
        }
    }
}

/// One item per wake; those that come while nobody listens are one.
fn wakes(wake: Arc<Notify>) -> Source<()> {
    Source::new(stream::unfold(wake, |wake| async move {
        wake.notified().await;
        Some(((), wake))
    }))
}

/// The claimed notices, until the claiming stops.
fn claims(notices: Arc<Mutex<mpsc::Receiver<Claimed>>>) -> Source<Claimed> {
    Source::new(stream::unfold(notices, |notices| async move {
        let claimed = notices.lock().await.recv().await;
        claimed.map(|claimed| (claimed, notices))
    }))
}
