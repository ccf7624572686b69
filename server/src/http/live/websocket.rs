//! Subscriptions over one WebSocket (`graphql-transport-ws`): one task reads what the client says and writes
//! what there is to tell.
//!
//! Nothing is queued for a client that does not read: while a message cannot be sent, what is followed moves
//! on, and the newest state is what is told next. A client that takes no message in the time that it has for
//! an answer is told so and cut off.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Error;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::{AbortHandle, Abortable, BoxFuture};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::super::connection::LAST_WORDS;
use super::super::negotiate::Dialect;
use super::super::occupancy::RequestPlace;
use super::super::refused::Refused;
use super::super::request::Members;
use super::super::{Front, bearer};
use super::message::{self, Closing, PROTOCOL, Said};
use super::places::Place;
use super::{Caller, Follower, News, ask};
use crate::authenticate::{self, NotAuthenticated};
use crate::json;

/// Opens a WebSocket.
pub async fn open(
    State(front): State<Arc<Front>>,
    Extension(request): Extension<Arc<RequestPlace>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(no) => return no.into_response(),
    };
    if !front.origins.let_in(&headers, front.app.office.public_url.as_str()) {
        let no = Refused::before(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "pages of this origin may not use the API; see ALLOWED_ORIGINS",
        );
        return front.metrics.refused(no).answer(Dialect::Legacy);
    }
    let place = match front.live.places.enter(request.network()) {
        Ok(place) => place,
        Err(crowded) => return front.metrics.refused(crowded.into()).answer(Dialect::Legacy),
    };
    let limits = front.live.places.limits();
    let (frame, caller) =
        (limits.frame_bytes, Caller { network: request.network(), bearer: bearer(&headers), person: None });
    upgrade.protocols([PROTOCOL]).max_message_size(frame).max_frame_size(frame).on_upgrade(
        move |socket| async move {
            // A server that stops waits for it; and the request keeps its place as long as the connection is
            // open.
            let running = front.running.clone();
            running.track_future(Session::begin(front, socket, caller, request, place).run()).await;
        },
    )
}

/// One client.
struct Session {
    front: Arc<Front>,
    stop: CancellationToken,
    socket: WebSocket,
    caller: Caller,
    /// The place of the request that opened it.
    request: Arc<RequestPlace>,
    place: Place,
    is_acknowledged: bool,
    /// What is followed, by the client's ids.
    following: HashMap<String, AbortHandle>,
    news: FuturesUnordered<Abortable<BoxFuture<'static, (String, Follower, News)>>>,
}

/// The end of a connection; a code where there is somebody left to tell it.
type End = Option<Closing>;

impl Session {
    fn begin(
        front: Arc<Front>,
        socket: WebSocket,
        caller: Caller,
        request: Arc<RequestPlace>,
        place: Place,
    ) -> Self {
        let stop = front.stop.child_token();
        let (following, news) = (HashMap::new(), FuturesUnordered::new());
        Self { front, stop, socket, caller, request, place, is_acknowledged: false, following, news }
    }

    async fn run(mut self) {
        let end = if self.socket.protocol().is_some() {
            self.talk().await
        } else {
            Some(Closing::new(
                Closing::UNKNOWN_PROTOCOL,
                format!("Subprotocol not acceptable: speak {PROTOCOL}"),
            ))
        };
        let Some(Closing { code, reason }) = end else { return };
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // Who does not read does not read this either; but it may only have been slow.
        let farewell = async {
            self.socket.send(close).await?;
            while let Some(Ok(_)) = self.socket.recv().await {}
            Ok::<_, Error>(())
        };
        let _ = timeout(LAST_WORDS, farewell).await;
    }

    /// Talks with the client until one of the two has had enough.
    async fn talk(&mut self) -> End {
        let limits = self.front.live.places.limits().clone();
        let idle = self.front.occupancy.limits().idle_time;
        let began = Instant::now();
        let mut heard_at = began;
        let mut rounds = interval_at(began + limits.recheck, limits.recheck);
        let mut pings = interval_at(began + idle / 2, idle / 2);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        loop {
            let done = tokio::select! {
                () = stop.cancelled() => return Some(Closing::new(Closing::RESTART, "the server stops; please connect again")),
                () = sleep_until(began + limits.init_time), if !self.is_acknowledged => {
                    return Some(Closing::new(Closing::TOO_LATE, "Connection initialisation timeout"));
                }
                said = self.socket.recv() => {
                    heard_at = Instant::now();
                    match said {
                        Some(Ok(said)) => {
                            let heard = self.hear(said).await;
                            // Who says one thing after another does not have the thread for itself.
                            tokio::task::yield_now().await;
                            heard
                        }
                        Some(Err(error)) => Err(unreadable(error)),
                        None => Err(None),
                    }
                }
                Some(news) = self.news.next(), if !self.news.is_empty() => match news {
                    Ok((id, follower, news)) => self.tell(id, follower, news).await,
                    // It is followed no longer.
                    Err(_) => Ok(()),
                },
                _ = rounds.tick() => self.is_still_known().await,
                _ = pings.tick() => {
                    // Who has vanished answers no ping.
                    if heard_at.elapsed() >= idle { Err(None) } else { self.send(Message::Ping(Vec::new().into())).await }
                }
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let unreadable = || Err(Some(Closing::new(Closing::UNREADABLE, "Invalid message received")));
        let text = match &message {
            Message::Text(text) => text.as_str(),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(None),
            Message::Binary(_) => return unreadable(),
        };
        let mut purse = self.caller.purse(&self.front);
        // A message that asks for nothing has to be read, too.
        if let Err(no) = purse.pay_for_message(text.len()) {
            let words = no.errors.first().map_or_else(String::new, |error| error.message.clone());
            return Err(Some(Closing::new(Closing::LATER, words)));
        }
        let Ok(said) = json::read(text.as_bytes()) else { return unreadable() };
        match said {
            Said::Ping => self.say(message::pong()).await,
            Said::Pong => Ok(()),
            Said::ConnectionInit { .. } if self.is_acknowledged => {
                Err(Some(Closing::new(Closing::TWICE, "Too many initialisation requests")))
            }
            Said::ConnectionInit { payload } => {
                let bearer = match message::bearer_of(payload.unwrap_or_default()) {
                    Ok(bearer) => bearer,
                    Err(no) => return Err(Some(no)),
                };
                self.acknowledge(bearer).await
            }
            Said::Subscribe { .. } if !self.is_acknowledged => {
                Err(Some(Closing::new(Closing::UNAUTHORIZED, "Unauthorized")))
            }
            Said::Subscribe { id, .. } if self.following.contains_key(&id) => {
                Err(Some(Closing::new(Closing::ALREADY, format!("Subscriber for {id} already exists"))))
            }
            Said::Subscribe { id, payload } => match self.subscribe(payload) {
                Ok(follower) => {
                    self.follow(id, follower);
                    Ok(())
                }
                Err(no) => {
                    let no = self.front.metrics.refused(no);
                    self.say(message::error(&id, &no.errors)).await
                }
            },
            Said::Complete { id } => {
                if let Some(handle) = self.following.remove(&id) {
                    handle.abort();
                }
                Ok(())
            }
        }
    }

    /// Learns who the client is: from the payload or, where there is no token, from the header of the request
    /// that opened the WebSocket.
    async fn acknowledge(&mut self, bearer: Option<String>) -> Result<(), End> {
        if bearer.is_some() {
            self.caller.bearer = bearer;
        }
        self.know().await?;
        if let Err(crowded) = self.place.count_for(self.caller.whose()) {
            return Err(Some(Closing::new(Closing::LATER, crowded.to_string())));
        }
        self.is_acknowledged = true;
        self.say(message::acknowledged()).await
    }

    /// Asks the token whose it is.
    async fn know(&mut self) -> Result<(), End> {
        match authenticate::viewer(&self.front.app, self.caller.bearer.as_deref(), self.caller.network).await
        {
            Ok(viewer) => {
                self.caller.person = viewer.learner.map(|learner| learner.id);
                Ok(())
            }
            Err(closed @ (NotAuthenticated::Unknown | NotAuthenticated::Ended)) => {
                Err(Refused::from(closed).errors.first().map(Closing::of))
            }
            Err(NotAuthenticated::Fault(fault)) => {
                tracing::warn!(%fault, "nobody can say whose token it is");
                Err(Some(Closing::new(
                    Closing::LATER,
                    "this cannot be answered now; please connect again later",
                )))
            }
        }
    }

    /// Once a minute: a token that has ended ends what is followed with it. That nobody can say so now does
    /// not.
    async fn is_still_known(&mut self) -> Result<(), End> {
        if !self.is_acknowledged || self.caller.bearer.is_none() {
            return Ok(());
        }
        match self.know().await {
            Err(Some(closing)) if closing.code == Closing::FORBIDDEN => Err(Some(closing)),
            _ => Ok(()),
        }
    }

    fn subscribe(&self, members: Members) -> Result<Follower, Refused> {
        let most = self.front.live.places.limits().subscriptions;
        if self.following.len() >= most {
            let message =
                format!("This connection follows {most} things already, which is as many as it may.");
            return Err(Refused::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_SUBSCRIPTIONS", message));
        }
        ask(&self.front, &self.request, &self.caller, members)
    }

    fn follow(&mut self, id: String, mut follower: Follower) {
        let (handle, registration) = AbortHandle::new_pair();
        self.following.insert(id.clone(), handle);
        let next = async move {
            let news = follower.next().await;
            (id, follower, news)
        };
        self.news.push(Abortable::new(next.boxed(), registration));
    }

    async fn tell(&mut self, id: String, follower: Follower, news: News) -> Result<(), End> {
        self.following.remove(&id);
        match news {
            News::Next(answer) => {
                self.say(message::next(&id, &answer)).await?;
                self.follow(id, follower);
                Ok(())
            }
            News::Complete => self.say(message::complete(&id)).await,
            News::Failed(errors) => {
                self.say(message::error(&id, &errors)).await?;
                // What was told of the token holds for all that is followed with it.
                match errors.first() {
                    Some(error) if error.code.starts_with("TOKEN_") => Err(Some(Closing::of(error))),
                    _ => Ok(()),
                }
            }
            // Told for all of them at once.
            News::Stopped => Ok(()),
        }
    }

    async fn say(&mut self, text: String) -> Result<(), End> {
        self.send(Message::Text(text.into())).await
    }

    /// Sends a message, if the client takes it in time.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let patience = self.front.occupancy.limits().answer_time;
        let stop = self.stop.clone();
        tokio::select! {
            sent = timeout(patience, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(None),
                Err(_) => {
                    self.front.metrics.too_slow();
                    Err(Some(Closing::new(Closing::LATER, "too slow: what was sent was not read in time")))
                }
            },
            () = stop.cancelled() => Err(Some(Closing::new(Closing::RESTART, "the server stops; please connect again"))),
        }
    }
}

/// Why nothing more can be read.
fn unreadable(error: Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => {
            Some(Closing::new(Closing::TOO_LARGE, "the message is too large"))
        }
        Some(tungstenite::Error::Utf8(_)) => Some(Closing::new(1007, "the message is not UTF-8")),
        Some(tungstenite::Error::Protocol(_)) => {
            Some(Closing::new(1002, "this is not the WebSocket protocol"))
        }
        _ => None,
    }
}
