//! Following: subscriptions over WebSocket (`websocket`, `message`) and server-sent events (`events`), and
//! what both stand on: how many may follow (`places`), and the reads that those share who follow the same
//! (`shared`).

pub mod events;
mod message;
pub mod places;
mod shared;
pub mod websocket;

use std::sync::Arc;

use axum::http::StatusCode;
use entity::network::Network;
use tokio::sync::watch;
use uuid::Uuid;

use super::Front;
use super::occupancy::{RequestPlace, Share};
use super::purse::Purse;
use super::refused::Refused;
use super::request::{Asked, Members};
use crate::graphql::document::{Document, OperationType};
use crate::graphql::fault::RequestError;
use crate::json;
use crate::limits::live::Limits;
use places::{Crowded, Places, Whose};
use shared::{Ending, Question, Seen, Shared};

/// In how many seconds a client for whom there was no room may try again.
const AGAIN: u32 = 10;

/// Everything that is followed in this process.
#[derive(Debug)]
pub struct Live {
    /// How many follow.
    pub places: Arc<Places>,
    shared: Arc<Shared>,
}

impl Live {
    /// Nobody follows anything yet.
    pub fn new(limits: Limits) -> Self {
        Self { places: Arc::new(Places::new(limits)), shared: Arc::default() }
    }

    /// How many different things are followed; what is the same for several counts once.
    pub fn reads(&self) -> usize {
        self.shared.count()
    }
}

/// Who follows.
#[derive(Clone, Debug)]
pub struct Caller {
    /// From where.
    pub network: Network,
    /// With which token.
    pub bearer: Option<String>,
    /// Whose token that is.
    pub person: Option<Uuid>,
}

impl Caller {
    /// For whom its connections count.
    pub fn whose(&self) -> Whose {
        self.person.map_or(Whose::Address(self.network), Whose::Person)
    }

    /// The budget that its events are paid from.
    fn purse(&self, front: &Arc<Front>) -> Purse {
        Purse::of(front, self.network, self.person)
    }
}

/// Begins to follow what a message asks for, whose bytes are paid for. Reading it is paid for, too, where it
/// cannot be followed.
///
/// # Errors
/// As [`follow`].
pub fn ask(
    front: &Arc<Front>,
    request: &RequestPlace,
    caller: &Caller,
    members: Members,
) -> Result<Follower, Refused> {
    let mut purse = caller.purse(front);
    let reading = purse.pay_for_reading(0)?;
    let mut asked = members.read(None)?;
    let document = front.documents.find(&asked.document, caller.person.is_some())?;
    document.keep_declared(&mut asked.variables);
    let follower = follow(front, request, caller, document, asked)?;
    purse.was_read(reading);
    Ok(follower)
}

/// Begins to follow what a request asks for. The first event is paid for. What has to be kept as long as it
/// is followed counts for the place of the `request`.
///
/// # Errors
/// The request cannot be run, there is nothing left to pay with, or there is no room for it.
pub fn follow(
    front: &Arc<Front>,
    request: &RequestPlace,
    caller: &Caller,
    document: Arc<Document>,
    asked: Asked,
) -> Result<Follower, Refused> {
    let name = asked.operation_name.as_deref();
    if document.kind(name)? != OperationType::Subscription {
        return Err(Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "BAD_REQUEST",
            "Only subscriptions are followed; send this one with POST.",
        ));
    }
    let cost = front.documents.prepare(&document, name, asked.variables.clone())?.cost;
    let mut purse = caller.purse(front);
    let variables = Arc::new(asked.variables);
    // They are kept as they are, and once more as a text by which the question is found.
    let kept = [
        request.share_of(&document, document.memory()).map_err(Refused::overloaded)?,
        request.share_of(&variables, 2 * json::memory_of(&variables)).map_err(Refused::overloaded)?,
    ];
    purse.pay(cost)?;
    let question = Question {
        document,
        operation: asked.operation_name,
        variables,
        bearer: caller.bearer.clone(),
        network: caller.network,
    };
    let seen = front.live.shared.join(front, question);
    Ok(Follower { seen, last: None, purse, cost, _kept: kept })
}

impl From<Crowded> for Refused {
    fn from(crowded: Crowded) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", format!("{crowded}; please try again later"))
            .retry_after(AGAIN)
    }
}

/// Somebody who follows something.
#[derive(Debug)]
pub struct Follower {
    seen: watch::Receiver<Seen>,
    /// What was told last.
    last: Option<Arc<str>>,
    purse: Purse,
    cost: u64,
    /// The room of what is kept for it.
    _kept: [Share; 2],
}

/// What there is to tell a follower.
#[derive(Clone, Debug)]
pub enum News {
    /// The state, as a GraphQL response.
    Next(Arc<str>),
    /// There is nothing to follow any more.
    Complete,
    /// It cannot be followed any more, and why.
    Failed(Vec<RequestError>),
    /// The server stops; what is followed can be followed elsewhere.
    Stopped,
}

impl Follower {
    /// Waits for news. Of several states that came since the last time, the newest is told. Nothing is lost
    /// where this is dropped half way.
    pub async fn next(&mut self) -> News {
        loop {
            let (answer, ending) = {
                let seen = self.seen.borrow_and_update();
                (seen.answer.clone(), seen.ending.clone())
            };
            if let Some(answer) =
                answer.filter(|answer| self.last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, answer)))
            {
                let first = self.last.replace(Arc::clone(&answer)).is_none();
                // The first is paid for.
                return match if first { Ok(None) } else { self.purse.pay(self.cost) } {
                    Ok(_) => News::Next(answer),
                    Err(no) => News::Failed(no.errors),
                };
            }
            match ending {
                Some(Ending::Complete) => return News::Complete,
                Some(Ending::Failed(errors)) => return News::Failed(errors.to_vec()),
                None => {}
            }
            if self.seen.changed().await.is_err() {
                return News::Stopped;
            }
        }
    }
}
