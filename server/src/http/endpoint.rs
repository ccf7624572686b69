//! `POST /graphql`, and `GET /graphql` for queries, the same under the id of a document, `/graphql/d/{id}`,
//! and as server-sent events, `/graphql/stream`: the stages that an operation passes, in their order.
//!
//! async-graphql-axum's extractor ignores the body limit, reads any content type as JSON and runs batches, so
//! the endpoint is ours. Everything that can be said against a request is said before anything runs; what is
//! then left to do is in `execution`.

mod execution;
mod read;

use std::sync::Arc;
use std::time::Instant;

use async_graphql::Response as GraphqlResponse;
use axum::extract::{Extension, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::Body as _;
use sea_orm::DbErr;

use super::kept::{self, Answer, Draft, Maker, Question};
use super::live::places::Place;
use super::live::{self, Caller, Follower, events};
use super::negotiate::{Accepted, Dialect};
use super::occupancy::RequestPlace;
use super::purse::Purse;
use super::refused::{METHODS, Refused};
use super::request::Asked;
use super::respond::{self, respond};
use super::{Front, in_time};
use crate::graphql::document::{Document, OperationType};
use execution::{Executed, execute};
use read::{Read, read};

/// How we came by an answer that is everybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// It was in memory.
    Hit,
    /// It was not in memory; now it is.
    Stored,
    /// It was not in memory, and is too large for it.
    Missed,
}

impl How {
    /// As `Cache-Status` says it (RFC 9211).
    fn told(self) -> &'static str {
        match self {
            Self::Hit => "lectern; hit",
            Self::Stored => "lectern; fwd=miss; stored",
            Self::Missed => "lectern; fwd=miss",
        }
    }
}

/// Answers a request to `/graphql`.
pub async fn graphql(
    State(front): State<Arc<Front>>,
    Extension(place): Extension<Arc<RequestPlace>>,
    request: Request,
) -> Response {
    answer(front, &place, None, Form::AsAccepted, request).await
}

/// Answers a request to `/graphql/stream`, whatever it is, as server-sent events.
pub async fn stream(
    State(front): State<Arc<Front>>,
    Extension(place): Extension<Arc<RequestPlace>>,
    request: Request,
) -> Response {
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

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// An answer.
    Answer,
    /// An answer, and server-sent events for what has several.
    Both,
    /// Server-sent events, whatever it is.
    Events,
}

async fn answer(
    front: Arc<Front>,
    place: &Arc<RequestPlace>,
    named: Option<String>,
    form: Form,
    request: Request,
) -> Response {
    let started = Instant::now();
    let (head, body) = request.into_parts();
    if head.method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response();
    }
    let Accepted { dialect, events } = Accepted::of(&head.headers);
    let takes = match (form, dialect) {
        (Form::Events, _) => Takes::Events,
        (Form::AsAccepted, Some(_)) => {
            if events {
                Takes::Both
            } else {
                Takes::Answer
            }
        }
        (Form::AsAccepted, None) if events => Takes::Events,
        (Form::AsAccepted, None) => {
            let message = "Accept names nothing that we speak; we speak application/graphql-response+json, application/json and text/event-stream";
            let no = Refused::before(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message);
            return front.metrics.refused(no).answer(Dialect::Legacy);
        }
    };
    let dialect = dialect.unwrap_or(Dialect::Graphql);
    let mut purse = Purse::of(&front, place.network(), None);
    let ran = match read(&front, place, named, &head, body, &mut purse).await {
        Ok(read) => run(&front, place, takes, &head, read, &mut purse).await,
        Err(no) => Err(no),
    };
    let mut answer = match ran {
        Ok(Ran::Once(kind, response)) => {
            front.metrics.answered(response.errors.is_empty(), started.elapsed());
            let most = front.occupancy.limits().query.bytes;
            let answer = match takes {
                Takes::Events => Ok(events::once(&response, most)),
                Takes::Answer | Takes::Both => respond(dialect, &head, kind, &response, most),
            };
            answer
                .and_then(|answer| carried(place, kind, answer))
                .unwrap_or_else(|no| front.metrics.refused(no).answer(dialect))
        }
        Ok(Ran::Public(public, how)) => {
            front.metrics.answered(true, started.elapsed());
            let answer = respond::public(dialect, &head, &public, how.told()).await;
            let answer = match how {
                How::Missed => carried(place, OperationType::Query, answer),
                How::Hit | How::Stored => place
                    .share(&public, public.body.plain().len())
                    .map(|()| answer)
                    .map_err(Refused::overloaded),
            };
            answer.unwrap_or_else(|no| front.metrics.refused(no).answer(dialect))
        }
        Ok(Ran::Follows(follower, place)) => events::of(*follower, place),
        Err(no) => {
            // What it had grown to is gone.
            place.carry(0);
            let no = front.metrics.refused(no);
            if takes == Takes::Events && no.is_of_the_document() {
                events::refused(&no.errors)
            } else {
                no.answer(dialect)
            }
        }
    };
    if let Some(standing) = purse.standing() {
        standing.tell(answer.headers_mut());
    }
    answer
}

/// The answer, whose bytes count for the place of the request. One to a query is given up where there is no
/// room for it.
fn carried(place: &RequestPlace, kind: OperationType, answer: Response) -> Result<Response, Refused> {
    let bytes = usize::try_from(answer.body().size_hint().lower()).unwrap_or(usize::MAX);
    match kind {
        OperationType::Query => place.take(bytes).map_err(Refused::overloaded)?,
        OperationType::Mutation | OperationType::Subscription => place.carry(bytes),
    }
    Ok(answer)
}

/// What became of a request.
enum Ran {
    /// It was answered.
    Once(OperationType, Box<GraphqlResponse>),
    /// It was answered with what is everybody's; and how we came by it.
    Public(Arc<Answer>, How),
    /// There will be an answer whenever what it asks for changes.
    Follows(Box<Follower>, Place),
}

/// Everything that is said against a request, and what it is answered with where nothing is.
async fn run(
    front: &Arc<Front>,
    place: &Arc<RequestPlace>,
    takes: Takes,
    head: &Parts,
    Read { mut asked, viewer, reading }: Read,
    purse: &mut Purse,
) -> Result<Ran, Refused> {
    let document = front.documents.find(&asked.document, viewer.learner.is_some())?;
    let kind = document.kind(asked.operation_name.as_deref())?;
    // What nobody declared is nobody's to read, and is not kept while we wait.
    document.keep_declared(&mut asked.variables);
    if kind == OperationType::Subscription {
        purse.was_read(reading);
        let caller = Caller {
            network: place.network(),
            bearer: super::bearer(&head.headers),
            person: viewer.learner.map(|learner| learner.id),
        };
        return begin(front, place, &caller, &head.method, takes, document, asked);
    }
    // What is safe by its method (RFC 9110, section 9.2.1) changes nothing.
    if head.method.is_safe() && kind != OperationType::Query {
        let message = format!("{} is for queries; send a mutation with POST", head.method);
        return Err(Refused::before(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
    }
    let Asked { operation_name, variables, .. } = asked;
    let name = operation_name.as_deref();
    // What a stranger asks, a stranger may have asked before. What is kept is no event.
    let keeps = viewer.learner.is_none() && takes != Takes::Events && front.kept.is_open();
    let question = keeps.then(|| kept::question(document.text(), name, &variables));
    if let Some(question) = &question
        && let Some(answer) = in_time(front, front.kept.find(question, &front.app)).await?.map_err(away)?
    {
        return Ok(Ran::Public(answer, How::Hit));
    }
    let prepared = front.documents.prepare(&document, name, variables)?;
    let draft = match question.filter(|_| prepared.public) {
        Some(question) => match source(front, &question).await? {
            Source::Memory(answer) => return Ok(Ran::Public(answer, How::Hit)),
            Source::Draft(draft) => draft,
        },
        None => None,
    };
    purse.was_read(reading);
    let paid = purse.pay(prepared.cost)?;
    let admitted = match front.admission.admit(place.network(), prepared.cost).await {
        Ok(admitted) => admitted,
        Err(busy) => {
            purse.was_read_in_vain(paid);
            return Err(Refused::overloaded(busy));
        }
    };
    let (executed, values) = execute(front, place, prepared, viewer, paid, admitted, draft).await?;
    purse.settle(paid, values);
    Ok(match executed {
        Executed::Once(response) => Ran::Once(kind, response),
        Executed::Public(answer, is_kept) => {
            Ran::Public(answer, if is_kept { How::Stored } else { How::Missed })
        }
    })
}

/// Begins to follow what a subscription asks for.
fn begin(
    front: &Arc<Front>,
    request: &RequestPlace,
    caller: &Caller,
    method: &Method,
    takes: Takes,
    document: Arc<Document>,
    asked: Asked,
) -> Result<Ran, Refused> {
    if method == Method::HEAD {
        return Err(Refused::before(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "a subscription has no head to be asked for",
        ));
    }
    if takes == Takes::Answer {
        let message = "a subscription is answered as text/event-stream, which Accept must name; or open a WebSocket at /graphql/ws";
        return Err(Refused::before(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message));
    }
    let mut place = front.live.places.enter(caller.network)?;
    place.count_for(caller.whose())?;
    Ok(Ran::Follows(Box::new(live::follow(front, request, caller, document, asked)?), place))
}

/// Where an answer comes from that may be everybody's.
enum Source {
    /// Somebody who asked at the same time has made it.
    Memory(Arc<Answer>),
    /// It is to be made: for everybody, or, without a draft, for whoever asks alone.
    Draft(Option<Draft>),
}

/// Waits for whoever is making the answer to a question already, or begins with it.
async fn source(front: &Front, question: &Question) -> Result<Source, Refused> {
    // Whoever makes it may hang up half way. Who has waited twice in vain makes it for themselves.
    for _ in 0..2 {
        match front.kept.maker(question) {
            Maker::Oneself(making) => {
                return Ok(Source::Draft(Some(
                    in_time(front, making.begin(&front.app)).await?.map_err(away)?,
                )));
            }
            Maker::Another(made) => made.done().await.map_err(away)?,
        }
        if let Some(answer) = in_time(front, front.kept.find(question, &front.app)).await?.map_err(away)? {
            return Ok(Source::Memory(answer));
        }
    }
    Ok(Source::Draft(None))
}

/// What is answered where the database does not say whether an answer holds.
fn away(error: DbErr) -> Refused {
    Refused::fault(&error.into())
}
