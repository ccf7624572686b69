//! Files that leave Lectern over HTTP. The address is the authority: it was given to one person, for some
//! minutes, and written down.

use axum::body::Body;
use axum::extract::Path as UrlPath;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::client::ClientApp;
use crate::action::export_registrations;
use crate::error::Fault;
use crate::roster::file::Roster;

/// A piece of the file, and the rest of it.
type Piece = Option<(Vec<u8>, Roster)>;

/// `GET /export/registrations/{token}.csv`
pub async fn registrations(ClientApp(app): ClientApp, UrlPath(file): UrlPath<String>) -> Response {
    let Some(token) = file.strip_suffix(".csv") else { return nowhere() };
    let (roster, name) = match export_registrations::open(&app, token).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return nowhere(),
        Err(fault) => return super::internal(&fault),
    };
    // What is broken shows before the answer begins; later a client can only be told by cutting the file off.
    let first = match next(roster).await {
        Ok(first) => first,
        Err(fault) => return super::internal(&fault),
    };
    let rest = stream::try_unfold(Walk::Read(first), |walk| async move {
        let piece = match walk {
            Walk::Read(piece) => piece,
            Walk::Ahead(roster) => next(roster)
                .await
                .inspect_err(|fault| tracing::error!(%fault, "a file that leaves Lectern was cut off"))?,
        };
        Ok::<_, Fault>(piece.map(|(text, rest)| (text, Walk::Ahead(rest))))
    });
    let about = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (about, Body::from_stream(rest)).into_response()
}

/// How far the answer has got.
enum Walk {
    /// A piece that is read.
    Read(Piece),
    /// What is still to be read.
    Ahead(Roster),
}

/// Reads a piece in a task of its own: a client who hangs up drops the stream, and the piece in hand gives
/// its connection back when it is read. Between two pieces no connection is held, however slowly the client
/// reads.
async fn next(roster: Roster) -> Result<Piece, Fault> {
    tokio::spawn(roster.next()).await?
}

fn nowhere() -> Response {
    (
        StatusCode::NOT_FOUND,
        [(header::CACHE_CONTROL, "no-store")],
        "There is no such file, or its address has ended.\n",
    )
        .into_response()
}
