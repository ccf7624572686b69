//! `POST /graphql`, and `GET /graphql` for queries, the same under the id of a document, `/graphql/d/{id}`, and as server-sent events, `/graphql/stream`: the stages that an operation passes, in their order.
//!
//! async-graphql-axum's extractor ignores the body limit, reads any content type as JSON and runs batches, so the endpoint is ours. Everything
//! that can be said against a request is said before anything runs; then the operation runs as a task of its own, so that a client who hangs up
//! never cancels a transaction half way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Response as GraphqlResponse, Value};
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::Body as _;
use sea_orm::DbErr;
use tokio::time::timeout;

use super::Front;
use super::admission::Turn;
use super::budget::{Paid, Payer, Standing};
use super::kept::{self, Answer, Draft, Maker};
use super::live::places::Place;
use super::live::{self, Caller, Follower, events};
use super::negotiate::{Accepted, Dialect};
use super::occupancy::RequestPlace;
use super::refused::{METHODS, Refused};
use super::request::{self, Asked};
use super::respond::{self, respond};
use crate::door;
use crate::graphql::document::{Document, OperationType, Prepared};
use crate::graphql::rate_limit::{Budget, Spending};
use crate::graphql::running::{Running, Stopped};
use crate::graphql::{fault, schema};
use crate::viewer::Viewer;

/// What a request is taken to cost until its document is read, and costs where it cannot be run: reading is work, too.
pub const READING: u64 = 100;
/// How long a query that has taken its time may take to notice, before its client is told; it ends by itself.
const NOTICE: Duration = Duration::from_millis(250);

/// The answer was in memory.
const HIT: &str = "lectern; hit";
/// The answer was not in memory; now it is.
const STORED: &str = "lectern; fwd=miss; stored";
/// The answer was not in memory, and is too large for it.
const MISSED: &str = "lectern; fwd=miss";

/// Answers a request to `/graphql`.
pub async fn graphql(State(front): State<Arc<Front>>, Extension(place): Extension<Arc<RequestPlace>>, request: Request) -> Response {
    answer(front, &place, None, Form::AsAccepted, request).await
}

/// Answers a request to `/graphql/stream`, whatever it is, as server-sent events.
pub async fn stream(State(front): State<Arc<Front>>, Extension(place): Extension<Arc<RequestPlace>>, request: Request) -> Response {
    answer(front, &place, None, Form::Events, request).await
}

/// Answers a request to `/graphql/d/{id}`, for the document with this id.
pub async fn document(
    State(front): State<Arc<Front>>,
    Extension(place): Extension<Arc<RequestPlace>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    answer(front, &place, Some(id), Form::AsAccepted, request).await
}

/// In which form an address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As the client accepts it: an answer, or server-sent events for what has several.
    AsAccepted,
    /// As server-sent events.
    Events,
}

async fn answer(front: Arc<Front>, place: &RequestPlace, named: Option<String>, form: Form, request: Request) -> Response {
    let started = Instant::now();
    let (head, body) = request.into_parts();
    if head.method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response();
    }
    let Accepted { dialect, events } = Accepted::of(&head.headers);
    let takes_events = form == Form::Events || events;
    let takes_nothing_else = form == Form::Events || dialect.is_none();
    if dialect.is_none() && !takes_events {
        let message =
            "Accept names nothing that we speak; we speak application/graphql-response+json, application/json and text/event-stream";
        let no = Refused::before(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message);
        return front.metrics.refused(no).answer(Dialect::Legacy);
    }
    let dialect = dialect.unwrap_or(Dialect::Graphql);
    let mut standing = None;
    let mut answer = match run(&front, place, named, (takes_events, takes_nothing_else), &head, body, &mut standing).await {
        Ok(Ran::Once(kind, response)) => {
            front.metrics.answered(response.errors.is_empty(), started.elapsed());
            let most = front.occupancy.limits().query.bytes;
            let answer = if takes_nothing_else {
                events::once(&response, most)
            } else {
                respond(dialect, &head, kind, &response, most).unwrap_or_else(|no| front.metrics.refused(no).answer(dialect))
            };
            place.carry(usize::try_from(answer.body().size_hint().lower()).unwrap_or(usize::MAX));
            answer
        }
        Ok(Ran::Public(public, how)) => {
            front.metrics.answered(true, started.elapsed());
            let answer = respond::public(dialect, &head, &public, how).await;
            place.carry(usize::try_from(answer.body().size_hint().lower()).unwrap_or(usize::MAX));
            answer
        }
        Ok(Ran::Follows(follower, place)) => events::of(*follower, place),
        Err(no) => {
            let no = front.metrics.refused(no);
            if takes_nothing_else && no.is_of_the_document() { events::refused(&no.errors) } else { no.answer(dialect) }
        }
    };
    if let Some(standing) = standing {
        standing.tell(answer.headers_mut());
    }
    answer
}

/// What became of a request.
enum Ran {
    /// It was answered.
    Once(OperationType, Box<GraphqlResponse>),
    /// It was answered with what is everybody's; and how we came by it (RFC 9211).
    Public(Arc<Answer>, &'static str),
    /// There will be an answer whenever what it asks for changes.
    Follows(Box<Follower>, Place),
}

async fn run(
    front: &Arc<Front>,
    place: &RequestPlace,
    named: Option<String>,
    (takes_events, takes_nothing_else): (bool, bool),
    head: &Parts,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<Ran, Refused> {
    let asked = request::read(&head.method, &head.uri, named, &head.headers, body, front.occupancy.limits().body_bytes).await?;
    let viewer = viewer(front, place, &head.headers).await?;
    let payer = front.budgets.payer(place.network(), viewer.learner.as_ref().map(|learner| learner.id));
    let reading = pay(front, payer, standing, |payer, now| front.budgets.take_some(payer, READING, now))?;
    let document = front.documents.find(&asked.document, viewer.learner.is_some())?;
    if document.kind(asked.operation_name.as_deref())? == OperationType::Subscription {
        settle(front, reading, 0, standing);
        let caller =
            Caller { network: place.network(), bearer: super::bearer(&head.headers), person: viewer.learner.map(|learner| learner.id) };
        return begin(front, &caller, &head.method, takes_events, document, asked);
    }
    let Asked { operation_name, variables, .. } = asked;
    let name = operation_name.as_deref();
    permit(&document, name, &head.method)?;
    // What a stranger asks, a stranger may have asked before. What is kept is no event.
    let keeps = viewer.learner.is_none() && !takes_nothing_else && front.kept.is_open();
    let question = keeps.then(|| kept::question(document.text(), name, &variables));
    if let Some(question) = &question
        && let Some(answer) = front.kept.find(question, &front.desk).await.map_err(away)?
    {
        return Ok(Ran::Public(answer, HIT));
    }
    let prepared = front.documents.prepare(&document, name, variables)?;
    let mut draft = None;
    if let Some(question) = question.filter(|_| prepared.public) {
        // Whoever makes it may hang up half way. Who has waited twice in vain makes it for themselves.
        for _ in 0..2 {
            match front.kept.maker(&question) {
                Maker::Oneself(making) => {
                    draft = Some(making.begin(&front.desk).await.map_err(away)?);
                    break;
                }
                Maker::Another(made) => made.done().await,
            }
            if let Some(answer) = front.kept.find(&question, &front.desk).await.map_err(away)? {
                return Ok(Ran::Public(answer, HIT));
            }
        }
    }
    settle(front, reading, 0, standing);
    let cost = prepared.cost;
    let paid = pay(front, payer, standing, |payer, now| front.budgets.take(payer, cost, now))?;
    let turn = match front.admission.admit(cost).await {
        Ok(turn) => turn,
        Err(busy) => {
            settle(front, paid, 0, standing);
            return Err(Refused::overloaded(busy));
        }
    };
    let (ran, values) = execute(front, prepared, viewer, paid, turn, draft).await?;
    settle(front, paid, values, standing);
    Ok(ran)
}

/// Begins to follow what a subscription asks for.
fn begin(
    front: &Arc<Front>,
    caller: &Caller,
    method: &Method,
    takes_events: bool,
    document: Arc<Document>,
    asked: Asked,
) -> Result<Ran, Refused> {
    if method == Method::HEAD {
        return Err(Refused::before(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "a subscription has no head to be asked for"));
    }
    if !takes_events {
        let message = "a subscription is answered as text/event-stream, which Accept must name; or open a WebSocket at /graphql/ws";
        return Err(Refused::before(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message));
    }
    let mut place = front.live.places.enter()?;
    place.count_for(caller.whose())?;
    Ok(Ran::Follows(Box::new(live::follow(front, caller, document, asked)?), place))
}

/// Runs an operation: a mutation to its end, whatever becomes of the client, and a query as long as it may. Also says how many values were
/// resolved. Where the answer may turn out to be everybody's, it is made in `draft`.
async fn execute(
    front: &Front,
    prepared: Prepared,
    viewer: Viewer,
    paid: Option<Paid>,
    turn: Turn,
    draft: Option<Draft>,
) -> Result<(Ran, u64), Refused> {
    let (kind, most) = (prepared.kind, front.occupancy.limits().query.bytes);
    let running = Arc::new(match kind {
        OperationType::Query => Running::query(front.occupancy.limits().query),
        OperationType::Mutation | OperationType::Subscription => Running::mutation(),
    });
    running.count(prepared.values, 0);
    let budget =
        paid.map(|Paid { standing, .. }| Budget { limit: standing.limit, remaining: standing.remaining, resets_at: standing.resets_at });
    let request = prepared.request.data(Spending { cost: prepared.cost, budget });
    let (desk, viewer) = match &draft {
        Some(draft) => draft.watch(&front.desk, viewer),
        None => (front.desk.clone(), viewer),
    };
    let (executable, account) = (front.schema.clone(), Arc::clone(&running));
    let task = front.running.spawn(async move {
        let request = schema::prepare(request, &desk, viewer, Arc::clone(&account));
        let response = account.in_turns(executable.execute(request)).await;
        // Not before it has really come to its end.
        drop(turn);
        // What was cut short is nobody's to keep.
        let is_whole = response.errors.is_empty() && account.stopped().is_none();
        match draft.filter(|draft| is_whole && draft.is_public()) {
            Some(draft) => keep(draft, kind, response, most),
            None => Ran::Once(kind, Box::new(response)),
        }
    });
    let listener = Listener(Some(&running));
    let ended = match running.time() {
        Some(time) => timeout(time + NOTICE, task).await.map_err(|_| Refused::stopped(Stopped::Time(time)))?,
        None => task.await,
    };
    listener.has_heard();
    let mut ran = ended.map_err(|error| Refused::fault(&error.into()))?;
    if let Some(why) = running.stopped() {
        return Err(Refused::stopped(why));
    }
    if let Ran::Once(_, response) = &mut ran {
        // A mutation that has done something says what.
        if fault::is_unavailable(response) && (kind == OperationType::Query || response.data == Value::Null) {
            return Err(Refused::away());
        }
        fault::complete(response);
    }
    Ok((ran, running.values()))
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

/// What is answered where the database does not say whether an answer holds.
fn away(error: DbErr) -> Refused {
    Refused::fault(&error.into())
}

/// Writes an answer that is everybody's, and keeps it.
fn keep(draft: Draft, kind: OperationType, response: GraphqlResponse, most: u64) -> Ran {
    match respond::write(&response, most) {
        Ok(body) => {
            let (answer, stored) = draft.keep(body);
            Ran::Public(answer, if stored { STORED } else { MISSED })
        }
        // Too large to be answered at all, which is said when it is written for whoever asked.
        Err(_) => Ran::Once(kind, Box::new(response)),
    }
}

/// What is safe by its method (RFC 9110, section 9.2.1) changes nothing.
fn permit(document: &Document, operation_name: Option<&str>, method: &Method) -> Result<(), Refused> {
    if method.is_safe() && document.kind(operation_name)? != OperationType::Query {
        let message = format!("{method} is for queries; send a mutation with POST");
        return Err(Refused::before(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
    }
    Ok(())
}

/// Who asks. A client that believes to be signed in and is not learns it at once, instead of being answered as a stranger. It pays for the look
/// into the table as the stranger that it is.
async fn viewer(front: &Front, place: &RequestPlace, headers: &HeaderMap) -> Result<Viewer, Refused> {
    let bearer = super::bearer(headers);
    door::viewer(&front.desk, bearer.as_deref(), place.network()).await.map_err(|closed| {
        if let Some(payer) = front.budgets.payer(place.network(), None) {
            // Who has nothing left gets the same answer.
            let _ = front.budgets.take_some(payer, READING, front.desk.nature.now());
        }
        closed.into()
    })
}

/// Takes from the budget of who asks, where there is one.
fn pay(
    front: &Front,
    payer: Option<Payer>,
    standing: &mut Option<Standing>,
    take: impl FnOnce(Payer, entity::Instant) -> Result<Paid, Standing>,
) -> Result<Option<Paid>, Refused> {
    let Some(payer) = payer else { return Ok(None) };
    match take(payer, front.desk.nature.now()) {
        Ok(paid) => {
            *standing = Some(paid.standing);
            Ok(Some(paid))
        }
        Err(short) => {
            *standing = Some(short);
            Err(Refused::spent(&short))
        }
    }
}

/// Gives back what was not used of what was taken.
fn settle(front: &Front, paid: Option<Paid>, used: u64, standing: &mut Option<Standing>) {
    if let Some(paid) = paid {
        *standing = Some(front.budgets.settle(paid, used, front.desk.nature.now()));
    }
}
