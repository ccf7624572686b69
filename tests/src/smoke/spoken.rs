//! What the built binary speaks: HTTP/2 beside HTTP/1.1, plainly and within TLS.

use axum::http::{Method, Request, Version};
use bytes::Bytes;
use futures_util::FutureExt;
use h2::SendStream;
use h2::client::{self, ResponseFuture, SendRequest};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::Authority;
use crate::support::process::{Running, free_port, wait_until};

const QUESTION: &[u8] = b"{\"query\":\"{ courses { nodes { slug } } }\"}";

/// A server on the sample course, ready to be asked.
async fn serve(settings: &[(&str, &str)]) -> (Running, String, TempDir) {
    let data = tempfile::tempdir().expect("a folder");
    let (address, folder) = (format!("127.0.0.1:{}", free_port()), data.path().display().to_string());
    let mut all = vec![("LISTEN", address.as_str()), ("DATA_DIR", folder.as_str())];
    all.extend_from_slice(settings);
    let server = Running::start(&all, &["serve", "--no-worker"]);
    wait_until("the server to listen", 60, async || TcpStream::connect(&address).await.ok()).await;
    (server, address, data)
}

/// Speaks HTTP/2 without asking before (RFC 9113, section 3.3).
async fn speaks_http2<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(stream: S) -> SendRequest<Bytes> {
    let (requests, connection) = client::handshake(stream).await.expect("a preface that is answered");
    tokio::spawn(connection);
    requests
}

fn request(method: Method, path: &str) -> Request<()> {
    let request =
        Request::builder().method(method).version(Version::HTTP_2).uri(format!("http://lectern{path}"));
    request.header("content-type", "application/json").body(()).expect("a request")
}

/// Sends a whole request; returns status and body.
async fn ask(requests: &SendRequest<Bytes>, request: Request<()>, body: &'static [u8]) -> (u16, String) {
    let mut requests = requests.clone().ready().await.expect("a stream");
    let (answer, mut stream) = requests.send_request(request, body.is_empty()).expect("a request");
    if !body.is_empty() {
        stream.send_data(Bytes::from_static(body), true).expect("a body");
    }
    let answer = answer.await.expect("an answer");
    let (status, mut body) = (answer.status().as_u16(), answer.into_body());
    let mut text = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece.expect("a piece");
        let _ = body.flow_control().release_capacity(piece.len());
        text.extend_from_slice(&piece);
    }
    (status, String::from_utf8(text).expect("UTF-8"))
}

/// A request that waits for the rest of its body.
type HalfSent = (ResponseFuture, SendStream<Bytes>);

/// Sends a head and the beginning of a body.
async fn half_send(requests: &SendRequest<Bytes>) -> HalfSent {
    let mut ready = requests.clone().ready().await.expect("a stream");
    let (answer, mut body) = ready.send_request(request(Method::POST, "/graphql"), false).expect("a request");
    body.send_data(Bytes::from_static(b"{\"query\":"), false).expect("a beginning");
    (answer, body)
}

/// An answer that nobody takes holds no server that stops, and neither does a body of which the rest never
/// comes: on HTTP/2 a client says how much it takes, and here that is nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_stop_waits_for_no_answer_that_is_not_taken() {
    let patient = [("DRAIN_SECONDS", "3600"), ("ANSWER_SECONDS", "3600"), ("BODY_SECONDS", "3600")];
    let (server, address, _data) = serve(&patient).await;
    let requests = speaks_http2(TcpStream::connect(&address).await.expect("a connection")).await;
    wait_until("an answer over HTTP/2", 60, async || {
        let (status, answer) = ask(&requests, request(Method::POST, "/graphql"), QUESTION).await;
        (status == 200 && has_a_course(&answer)).then_some(())
    })
    .await;
    let mut held = Vec::new();
    for is_whole in [true, false] {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        let (requests, connection) =
            client::Builder::new().initial_window_size(0).handshake(stream).await.expect("a preface");
        tokio::spawn(connection);
        if is_whole {
            let mut ready = requests.clone().ready().await.expect("a stream");
            let (answer, mut body) =
                ready.send_request(request(Method::POST, "/graphql"), false).expect("a request");
            body.send_data(Bytes::from_static(QUESTION), true).expect("a body");
            // Its head has come, so its body is on its way.
            let answer = answer.await.expect("an answer");
            assert_eq!(answer.status().as_u16(), 200);
            held.push((requests, None, Some((answer, body))));
        } else {
            let half = half_send(&requests).await;
            held.push((requests, Some(half), None));
        }
    }
    server.stops(60).await;
    drop(held);
}

fn has_a_course(answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    answer["data"]["courses"]["nodes"].as_array().is_some_and(|courses| courses.len() == 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_is_spoken_plainly_and_its_streams_count() {
    let (server, address, _data) =
        serve(&[("MAX_CONNECTIONS_PER_ADDRESS", "4"), ("BODY_SECONDS", "3600")]).await;
    let requests = speaks_http2(TcpStream::connect(&address).await.expect("a connection")).await;
    // The server may still be reading the sample.
    wait_until("an answer over HTTP/2", 60, async || {
        let (status, answer) = ask(&requests, request(Method::POST, "/graphql"), QUESTION).await;
        (status == 200 && has_a_course(&answer)).then_some(())
    })
    .await;

    // Four half-sent bodies on one connection are four of the address's four. The server may still be giving
    // back the room of what it has just answered, and turn one of them away: another takes its place.
    let mut half_sent: Vec<HalfSent> = Vec::new();
    wait_until("the fifth to be turned away", 30, async || {
        half_sent.retain_mut(|(answer, _)| answer.now_or_never().is_none());
        while half_sent.len() < 4 {
            half_sent.push(half_send(&requests).await);
        }
        let (status, answer) = ask(&requests, request(Method::POST, "/graphql"), QUESTION).await;
        (status == 503 && answer.contains("OVERLOADED")).then_some(())
    })
    .await;
    assert!(
        half_sent.iter_mut().all(|(answer, _)| answer.now_or_never().is_none()),
        "the four are waited for"
    );
    assert_eq!(
        ask(&requests, request(Method::GET, "/healthz"), b"").await,
        (200, "alive\n".to_owned()),
        "operators are answered"
    );
    half_sent.clear();
    wait_until("room again", 30, async || {
        let (status, answer) = ask(&requests, request(Method::POST, "/graphql"), QUESTION).await;
        (status == 200 && has_a_course(&answer)).then_some(())
    })
    .await;
    let large = Request::builder()
        .version(Version::HTTP_2)
        .uri("http://lectern/healthz")
        .header("x-large", "x".repeat(40_000));
    let (status, _) = ask(&requests, large.body(()).expect("a request"), b"").await;
    assert_eq!(status, 431);

    // A connection that is idle does not hold a server that stops.
    server.stops(60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_spoken_with_a_certificate() {
    let authority = Authority::make();
    let (certificate, key) = authority.files_for("courses.example.org");
    let (server, address, _data) = serve(&[("TLS_CERTIFICATE", &certificate), ("TLS_KEY", &key)]).await;
    let connect = async |protocols: &[&[u8]]| {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        let name = "courses.example.org".try_into().expect("a name");
        authority.is_believed(protocols).connect(name, stream).await.expect("TLS")
    };
    let stream =
        wait_until("TLS to be agreed on", 60, async || Some(connect(&[b"h2", b"http/1.1"]).await)).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let requests = speaks_http2(stream).await;
    wait_until("an answer over HTTP/2", 60, async || {
        let (status, answer) = ask(&requests, request(Method::POST, "/graphql"), QUESTION).await;
        (status == 200 && has_a_course(&answer)).then_some(())
    })
    .await;

    let mut old = connect(&[b"http/1.1"]).await;
    assert_eq!(old.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
    old.write_all(b"GET /healthz HTTP/1.1\r\nhost: lectern\r\nconnection: close\r\n\r\n")
        .await
        .expect("a request");
    let mut answer = String::new();
    let _ = old.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("alive\n"), "{answer}");
    server.stops(60).await;
}
