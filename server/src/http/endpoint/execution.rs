//! Running an operation that nothing is said against, and keeping what turns out to be everybody's.
//!
//! It runs as a task of its own, so that a client who hangs up never cancels a transaction half way.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Response as GraphqlResponse, Value};
use tokio::time::timeout;

use super::super::Front;
use super::super::admission::Admitted;
use super::super::budget::Paid;
use super::super::kept::{Answer, Draft};
use super::super::occupancy::RequestPlace;
use super::super::refused::Refused;
use super::super::respond;
use crate::graphql::document::{OperationType, Prepared};
use crate::graphql::rate_limit::{Budget, Spending};
use crate::graphql::running::{Running, Stopped};
use crate::graphql::{fault, schema};
use crate::viewer::Viewer;

/// How long a query that has taken its time may take to notice, before its client is told; it ends by itself.
const NOTICE: Duration = Duration::from_millis(250);

/// What an operation came to.
pub enum Executed {
    /// An answer for whoever asked, and nobody else.
    Once(Box<GraphqlResponse>),
    /// An answer that is everybody's, and whether it is kept.
    Public(Arc<Answer>, bool),
}

/// Runs an operation: a mutation to its end, whatever becomes of the client, and a query as long as it may.
/// Also says how many values were resolved. Where the answer may turn out to be everybody's, it is made in
/// `draft`. It counts for the place of its request while it grows.
///
/// # Errors
/// A query was told to stop, the database is away and nothing was done, or the operation crashed.
pub async fn execute(
    front: &Front,
    place: &Arc<RequestPlace>,
    prepared: Prepared,
    viewer: Viewer,
    paid: Option<Paid>,
    admitted: Admitted,
    draft: Option<Draft>,
) -> Result<(Executed, u64), Refused> {
    let (kind, bounds) = (prepared.kind, front.occupancy.limits().query);
    let running = match kind {
        OperationType::Query => Running::query(bounds),
        OperationType::Mutation | OperationType::Subscription => Running::mutation(bounds),
    };
    // Whatever of the operation lives on a little longer than its request does not hold the request's place.
    let place = Arc::downgrade(place);
    let running = running.telling(move |bytes| place.upgrade().is_none_or(|place| place.grow(bytes)));
    let running = Arc::new(running.resting(admitted.resting()));
    running.count(prepared.values, 0);
    let budget = paid.map(|Paid { standing, .. }| Budget {
        limit: standing.limit,
        remaining: standing.remaining,
        resets_at: standing.resets_at,
    });
    let request = prepared.request.data(Spending { cost: prepared.cost, budget });
    let (app, viewer) = match &draft {
        Some(draft) => draft.watch(&front.app, viewer),
        None => (front.app.clone(), viewer),
    };
    let (executable, account) = (front.schema.clone(), Arc::clone(&running));
    let task = front.running.spawn(async move {
        let request = schema::prepare(request, &app, viewer, Arc::clone(&account));
        let response = account.in_turns(executable.execute(request)).await;
        // Not before it has really come to its end.
        drop(admitted);
        // What was cut short is nobody's to keep.
        let is_whole = response.errors.is_empty() && account.stopped().is_none();
        match draft.filter(|draft| is_whole && draft.is_public()) {
            Some(draft) => keep(draft, response, bounds.bytes),
            None => Executed::Once(Box::new(response)),
        }
    });
    let listener = Listener(Some(&running));
    let ended = match running.time() {
        Some(time) => {
            timeout(time + NOTICE, task).await.map_err(|_| Refused::stopped(Stopped::Time(time)))?
        }
        None => task.await,
    };
    listener.has_heard();
    let mut executed = ended.map_err(|error| Refused::fault(&error.into()))?;
    if let Some(why) = running.stopped().filter(|_| kind == OperationType::Query) {
        return Err(Refused::stopped(why));
    }
    if let Executed::Once(response) = &mut executed {
        if let Some(why) = running.stopped() {
            **response = respond::untold(response, why);
        }
        // A mutation that has done something says what.
        if fault::is_unavailable(response) && (kind == OperationType::Query || response.data == Value::Null) {
            return Err(if fault::is_crowded(response) {
                Refused::crowded()
            } else if fault::is_replaced(response) {
                Refused::replaced()
            } else {
                Refused::away()
            });
        }
        fault::complete(response);
    }
    Ok((executed, running.values()))
}

/// Who waits for an answer. Dropped before it was heard, the client has hung up, or has waited long enough.
struct Listener<'r>(Option<&'r Running>);

impl Listener<'_> {
    fn has_heard(mut self) {
        self.0 = None;
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        if let Some(running) = self.0 {
            running.hang_up();
        }
    }
}

/// Writes an answer of `most` bytes at most that is everybody's, and keeps it.
fn keep(draft: Draft, response: GraphqlResponse, most: u64) -> Executed {
    match respond::write(&response, most) {
        Ok(body) => {
            let (answer, stored) = draft.keep(body);
            Executed::Public(answer, stored)
        }
        // Too large to be answered at all, which is said when it is written for whoever asked.
        Err(_) => Executed::Once(Box::new(response)),
    }
}
