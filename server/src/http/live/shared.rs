//! Reading what is followed: once for all who follow the same as the same person, whenever it may have
//! changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use entity::network::Network;
use entity::secret;
use futures_util::StreamExt;
use serde_json::{Map, Value as Json};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use super::super::Front;
use super::super::kept;
use super::super::refused::Refused;
use super::super::respond;
use crate::authenticate::{self, NotAuthenticated};
use crate::graphql::document::Document;
use crate::graphql::fault::{self, RequestError};
use crate::graphql::live::Watch;
use crate::graphql::rate_limit::Spending;
use crate::graphql::running::{Running, Stopped};
use crate::graphql::schema;
use crate::viewer::Viewer;
use crate::wake::{Change, Topic};

/// The shortest time between two reads of the same. What changes in between is seen by the second.
const PACE: Duration = Duration::from_millis(200);
/// How long to wait before reading again where that was not possible: too much was running, or the database
/// was away.
const PAUSE: Duration = Duration::from_secs(2);

/// What somebody follows.
#[derive(Clone, Debug)]
pub struct Question {
    /// The document.
    pub document: Arc<Document>,
    /// Which of its operations.
    pub operation: Option<String>,
    /// Values of the operation's variables.
    pub variables: Arc<Map<String, Json>>,
    /// The token of who follows.
    pub bearer: Option<String>,
    /// From where the first of them follows.
    pub network: Network,
}

/// What makes two questions the same: what is asked, and one token that asks it, because each has an end of
/// its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    asked: kept::Question,
    token: Option<String>,
}

/// What is seen by all who follow the same.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The newest state; none until it was read for the first time.
    pub answer: Option<Arc<str>>,
    /// Whether there is more to come, and why not.
    pub ending: Option<Ending>,
}

/// Why there is no more to come.
#[derive(Clone, Debug)]
pub enum Ending {
    /// There is nothing to follow.
    Complete,
    /// It may not be followed any more, or cannot be.
    Failed(Arc<[RequestError]>),
}

/// The reads that are shared.
#[derive(Debug, Default)]
pub struct Shared(Mutex<HashMap<Key, Weak<watch::Sender<Seen>>>>);

impl Shared {
    /// Joins those who follow the same, or begins to read it.
    pub fn join(self: &Arc<Self>, front: &Arc<Front>, question: Question) -> watch::Receiver<Seen> {
        let key = question.key();
        let mut reads = self.reads();
        let known = reads.get(&key).and_then(Weak::upgrade).filter(|seen| seen.borrow().ending.is_none());
        if let Some(seen) = known {
            return seen.subscribe();
        }
        let (seen, receiver) = watch::channel(Seen::default());
        let seen = Arc::new(seen);
        reads.insert(key.clone(), Arc::downgrade(&seen));
        drop(reads);
        let (shared, front) = (Arc::clone(self), Arc::clone(front));
        let running = front.running.clone();
        running.spawn(async move {
            question.read_on(&front, &shared, &key, &seen).await;
            shared.forget(&key, &seen);
        });
        receiver
    }

    /// How many reads are shared.
    pub fn count(&self) -> usize {
        self.reads().len()
    }

    /// Ends a read that nobody follows any more; false where somebody has just joined.
    fn leave(&self, key: &Key, seen: &watch::Sender<Seen>) -> bool {
        let mut reads = self.reads();
        let left = seen.receiver_count() == 0;
        if left {
            reads.remove(key);
        }
        left
    }

    fn forget(&self, key: &Key, seen: &Arc<watch::Sender<Seen>>) {
        if let Entry::Occupied(entry) = self.reads().entry(key.clone())
            && std::ptr::eq(entry.get().as_ptr(), Arc::as_ptr(seen))
        {
            entry.remove();
        }
    }

    fn reads(&self) -> MutexGuard<'_, HashMap<Key, Weak<watch::Sender<Seen>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was read.
struct Read {
    answer: String,
    topics: Vec<Topic>,
}

/// Why nothing was read.
enum NotRead {
    /// It is worth trying again.
    Yet,
    /// It is not.
    Ever(Vec<RequestError>),
}

impl Question {
    fn key(&self) -> Key {
        Key {
            asked: kept::question(self.document.text(), self.operation.as_deref(), &self.variables),
            token: self.bearer.as_deref().map(secret::token_hash),
        }
    }

    /// Reads the state again and again, until there is nobody left to tell, or nothing more to tell them.
    async fn read_on(&self, front: &Front, shared: &Shared, key: &Key, seen: &watch::Sender<Seen>) {
        let stop = front.stop.child_token();
        let recheck = front.live.places.limits().recheck;
        // What changes while we read is heard after it.
        let mut changes = front.app.wake.changes();
        loop {
            let began = Instant::now();
            let topics = match self.read(front).await {
                Ok(Read { answer, topics }) => {
                    let ending = topics.is_empty().then_some(Ending::Complete);
                    tell(seen, Some(answer), ending);
                    Some(topics)
                }
                Err(NotRead::Yet) => None,
                Err(NotRead::Ever(errors)) => {
                    tell(seen, None, Some(Ending::Failed(errors.into())));
                    return;
                }
            };
            if topics.as_ref().is_some_and(Vec::is_empty) {
                return;
            }
            let again = async {
                match &topics {
                    Some(topics) => {
                        let _ = tokio::time::timeout(recheck, changed(&mut changes, topics)).await;
                        tokio::time::sleep_until(began + PACE).await;
                    }
                    None => tokio::time::sleep_until(began + PAUSE).await,
                }
            };
            tokio::pin!(again);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = seen.closed() => if shared.leave(key, seen) { return },
                    () = &mut again => break,
                }
            }
        }
    }

    /// Reads the state as an operation of its own: rights are asked for anew, and it waits for its turn as
    /// any other.
    async fn read(&self, front: &Front) -> Result<Read, NotRead> {
        let viewer = self.viewer(front).await?;
        let prepared =
            front.documents.prepare(&self.document, self.operation.as_deref(), Map::clone(&self.variables));
        let prepared = prepared.map_err(|no| NotRead::Ever(no.into_errors()))?;
        let cost = prepared.cost;
        let admitted = front.admission.admit(self.network, cost).await.map_err(|_| NotRead::Yet)?;
        let bounds = front.occupancy.limits().query;
        let running = Arc::new(Running::query(bounds).resting(admitted.resting()));
        running.count(prepared.values, 0);
        let watch = Watch::default();
        let request = prepared.request.data(Spending { cost, budget: None }).data(watch.clone());
        let mut answers =
            front.schema.execute_stream(schema::prepare(request, &front.app, viewer, Arc::clone(&running)));
        let response = running.in_turns(answers.next()).await;
        drop((answers, admitted));
        match running.stopped() {
            Some(why @ (Stopped::Values(_) | Stopped::Bytes(_))) => {
                return Err(NotRead::Ever(Refused::stopped(why).errors));
            }
            Some(Stopped::Crowded | Stopped::Time(_) | Stopped::HungUp) => return Err(NotRead::Yet),
            None => {}
        }
        let Some(mut response) = response else {
            tracing::error!("a subscription answered nothing");
            return Err(NotRead::Yet);
        };
        let is_away = fault::is_unavailable(&response);
        fault::complete(&mut response);
        if is_away || fault::is_broken(&response) {
            return Err(NotRead::Yet);
        }
        let answer = respond::text(&response, bounds.bytes).map_err(|error| NotRead::Ever(vec![error]))?;
        Ok(Read { answer, topics: watch.topics() })
    }

    async fn viewer(&self, front: &Front) -> Result<Viewer, NotRead> {
        authenticate::viewer(&front.app, self.bearer.as_deref(), self.network).await.map_err(|closed| {
            match closed {
                NotAuthenticated::Unknown | NotAuthenticated::Ended => {
                    NotRead::Ever(Refused::from(closed).errors)
                }
                NotAuthenticated::Fault(fault) => {
                    tracing::warn!(%fault, "what is followed cannot be read");
                    NotRead::Yet
                }
            }
        })
    }
}

/// Tells all who follow, where there is something new.
fn tell(seen: &watch::Sender<Seen>, answer: Option<String>, ending: Option<Ending>) {
    seen.send_if_modified(|seen| {
        let news = answer.filter(|answer| seen.answer.as_deref() != Some(answer.as_str()));
        let is_new = news.is_some() || ending.is_some();
        if let Some(answer) = news {
            seen.answer = Some(answer.into());
        }
        seen.ending = ending;
        is_new
    });
}

/// Waits until something changes that shows in one of these topics.
async fn changed(changes: &mut broadcast::Receiver<Change>, topics: &[Topic]) {
    loop {
        match changes.recv().await {
            Ok(change) if topics.iter().any(|topic| topic.shows(change)) => return,
            Ok(_) => {}
            // So much was said that some of it was not heard.
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
