//! A client that follows something, as npm's graphql-ws and graphql-sse do it, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{HeaderValue, Request, header};
use futures_util::{SinkExt, StreamExt};
use lectern::http::{Front, listen};
use lectern::limits::client::Limits;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::TestApp;

/// How long a client waits for what must come; what is busy is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// The outcome of what must come within a client's patience.
pub async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// A server of an app, on a port of its own, until it is dropped or told to stop.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What stands behind it.
    pub front: Front,
    served: JoinHandle<()>,
}

impl Server {
    /// Serves an app to those who connect, and hears what other servers say.
    pub async fn of(app: &TestApp, limits: Limits) -> Self {
        Self::over(app.front(limits)).await
    }

    /// The same with what stands behind it.
    pub async fn over(front: Front) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(lectern::wake::listen::listen(front.app.clone(), front.stop.clone()));
        let served = tokio::spawn(listen::serve(listener, None, front.clone()));
        Self { address, front, served }
    }

    /// Tells it to stop, and waits for its end.
    pub async fn stops(self) {
        self.front.stop.cancel();
        in_time("the end of a server", self.served).await.expect("its end");
    }
}

/// A client of `graphql-transport-ws`.
#[derive(Debug)]
pub struct Follower(WebSocketStream<TcpStream>);

/// What a client hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The end, with a code and words.
    Closed(u16, String),
}

impl Follower {
    /// Opens a WebSocket with headers of its own; says why not, by the status, where that is refused.
    pub async fn opens(address: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = Self::request(address);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a value"));
        }
        Self::opens_with(address, request).await
    }

    /// The same with a request of one's own.
    pub async fn opens_with(address: &str, request: Request<()>) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.expect("a connection");
        Self::over(stream, request).await
    }

    /// The same on a connection of one's own.
    pub async fn over(stream: TcpStream, request: Request<()>) -> Result<Self, u16> {
        match in_time("a WebSocket", client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// What a client sends that wants to open a WebSocket.
    pub fn request(address: &str) -> Request<()> {
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().expect("a request");
        request
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("graphql-transport-ws"));
        request
    }

    /// Opens one and says who it is, which must be taken.
    pub async fn connects(address: &str, token: Option<&str>) -> Self {
        let mut client = Self::opens(address, &[]).await.expect("a WebSocket");
        client.introduces(token).await;
        assert_eq!(client.hears().await, Heard::Message(json!({ "type": "connection_ack" })));
        client
    }

    /// Says who it is.
    pub async fn introduces(&mut self, token: Option<&str>) {
        let payload = token.map(|token| json!({ "authorization": format!("Bearer {token}") }));
        self.says(json!({ "type": "connection_init", "payload": payload })).await;
    }

    /// Says something.
    pub async fn says(&mut self, message: Value) {
        self.sends(Message::text(message.to_string())).await;
    }

    /// Sends a frame.
    pub async fn sends(&mut self, message: Message) {
        self.0.send(message).await.expect("it is sent");
    }

    /// Asks to follow something under an id.
    pub async fn follows(&mut self, id: &str, query: &str, variables: Value) {
        self.says(
            json!({ "id": id, "type": "subscribe", "payload": { "query": query, "variables": variables } }),
        )
        .await;
    }

    /// The next that is heard; pings are answered on the way.
    pub async fn hears(&mut self) -> Heard {
        loop {
            match in_time("a message", self.0.next()).await {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Message(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => {
                    let frame = frame.expect("a reason");
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("no message: {other:?}"),
            }
        }
    }

    /// The data of the next event, which must be of what is followed under this id.
    pub async fn event(&mut self, id: &str) -> Value {
        match self.hears().await {
            Heard::Message(message) => {
                assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("next")), "{message}");
                assert!(message["payload"]["errors"].is_null(), "{message}");
                message["payload"]["data"].clone()
            }
            closed => panic!("{closed:?}"),
        }
    }

    /// The first event under this id for which something holds; those before it are passed over.
    pub async fn event_where(&mut self, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.event(id).await;
            if holds(&event) {
                return event;
            }
        }
    }

    /// The codes of the errors that are heard next, under an id.
    pub async fn refusal(&mut self, id: &str) -> String {
        match self.hears().await {
            Heard::Message(message) => {
                assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("error")), "{message}");
                message["payload"][0]["extensions"]["code"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{message}"))
                    .to_owned()
            }
            closed => panic!("{closed:?}"),
        }
    }

    /// The code with which the connection is closed next.
    pub async fn closing(&mut self) -> u16 {
        match self.hears().await {
            Heard::Closed(code, _) => code,
            message => panic!("{message:?}"),
        }
    }
}

/// A stream of server-sent events over HTTP/1.1.
#[derive(Debug)]
pub struct Events {
    stream: TcpStream,
    read: String,
}

impl Events {
    /// Asks for events; says the status where there are none.
    pub async fn opens(
        address: &str,
        path: &str,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> Result<Self, u16> {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let body = json!({ "query": query, "variables": variables }).to_string();
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: lectern\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n{token}content-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("a head");
        stream.write_all(body.as_bytes()).await.expect("a body");
        let mut events = Self { stream, read: String::new() };
        let head = events.until("\r\n\r\n").await.expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        if head.contains("text/event-stream") { Ok(events) } else { Err(status) }
    }

    async fn until(&mut self, end: &str) -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.read.find(end) {
                let rest = self.read.split_off(at + end.len());
                return Some(std::mem::replace(&mut self.read, rest));
            }
            match in_time("an event", self.stream.read(&mut bytes)).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.read.push_str(&String::from_utf8_lossy(&bytes[..count])),
            }
        }
    }

    /// The next event and its data; none at the end of the stream.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            let event = self.until("\n\n").await?;
            let field = |name: &str| {
                event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
            };
            // Lines of the chunked encoding and comments that say that the stream is alive are no events.
            if let (Some(name), Some(data)) = (field("event:"), field("data:")) {
                return Some((name, serde_json::from_str(&data).unwrap_or_default()));
            }
        }
    }

    /// The data of the next event, which must be a state.
    pub async fn event(&mut self) -> Value {
        let (name, response) = self.next().await.expect("an event");
        assert_eq!(name, "next", "{response}");
        assert!(response["errors"].is_null(), "{response}");
        response["data"].clone()
    }
}
