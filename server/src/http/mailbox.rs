//! The local mailbox: letters that were written and sent nowhere, for a person who tries Lectern out.
//!
//! The worker's post leaves one file per letter in a directory; these pages show it. They exist only where no
//! mail leaves the machine, and answer only where the server is asked for by a name of its own: a page on the
//! web could otherwise have its name lead to this machine (DNS rebinding), and read the sign-in codes in
//! these letters as its own.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as UrlPath, Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use mail_parser::{Message, MessageParser, MimeHeaders};

use super::Front;

/// The most letters that the list shows.
const SHOWN: usize = 200;
const STYLE: &str = "body{font-family:sans-serif;max-width:56em;margin:2em auto;padding:0 1em}td,th{text-align:left;padding:.3em .8em .3em 0;vertical-align:top}\
                     pre{white-space:pre-wrap;background:#f6f6f4;padding:1em}iframe{width:100%;height:48em;border:1px solid #ccc}";

/// Lets in who asks for this server by a name of its own.
pub async fn by_our_name(State(front): State<Arc<Front>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 has it in the address (RFC 9113, section 8.3.1).
    let authority = request.uri().authority().cloned().or_else(|| host?.parse().ok());
    if authority.is_some_and(|authority| is_ours(&authority, front.app.office.public_url.as_str())) {
        return next.run(request).await;
    }
    let no = "The mailbox is shown under the server's own address alone; see PUBLIC_URL.\n";
    (StatusCode::MISDIRECTED_REQUEST, no).into_response()
}

/// Whether an authority names this machine, or the host of the address under which people reach the server,
/// on whatever port: it may be forwarded.
fn is_ours(authority: &Authority, public_url: &str) -> bool {
    let host = authority.host().trim_end_matches('.');
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let public_url = public_url.parse::<Uri>().ok();
    address.is_ok_and(|address| address.to_canonical().is_loopback())
        || host.eq_ignore_ascii_case("localhost")
        || public_url.as_ref().and_then(Uri::host).is_some_and(|ours| ours.eq_ignore_ascii_case(host))
}

/// The list of letters, newest first.
pub async fn list(State(front): State<Arc<Front>>) -> Response {
    let Some(directory) = &front.mailbox else { return StatusCode::NOT_FOUND.into_response() };
    let mut names = match names(directory).await {
        Ok(names) => names,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, format!("the mailbox cannot be read: {error}\n"))
                .into_response();
        }
    };
    names.sort_unstable();
    names.reverse();
    let total = match names.len() {
        1 => "1 e-mail. It has not left this machine.".to_owned(),
        total => format!("{total} e-mails. None of them has left this machine."),
    };
    let mut rows = String::new();
    for name in names.into_iter().take(SHOWN) {
        let Ok(bytes) = tokio::fs::read(directory.join(&name)).await else { continue };
        let Some(message) = MessageParser::default().parse(&bytes) else { continue };
        let (to, subject, date) = head(&message);
        rows.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td><a href=\"/mailbox/{}\">{}</a></td></tr>",
            escape(&date),
            escape(&to),
            escape(&name),
            escape(&subject)
        ));
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mailbox</title><style>{STYLE}</style><h1>Mailbox</h1>\
         <p>{total}</p><table><tr><th>Date</th><th>To</th><th>Subject</th></tr>{rows}</table></html>"
    ))
    .into_response()
}

/// One letter: its head, its text, and its HTML in a frame without scripts.
pub async fn show(State(front): State<Arc<Front>>, UrlPath(name): UrlPath<String>) -> Response {
    let Some(bytes) = read(&front, &name).await else { return StatusCode::NOT_FOUND.into_response() };
    let Some(message) = MessageParser::default().parse(&bytes) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (to, subject, date) = head(&message);
    let text = message.body_text(0).unwrap_or_default();
    let attachments: String = message
        .attachments()
        .map(|part| {
            format!(
                "<h2>{}</h2><pre>{}</pre>",
                escape(part.attachment_name().unwrap_or("attachment")),
                escape(part.text_contents().unwrap_or_default())
            )
        })
        .collect();
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{subject}</title><style>{STYLE}</style><p><a href=\"/mailbox\">Mailbox</a></p>\
         <h1>{subject}</h1><p>To {to}<br>{date}</p><pre>{text}</pre><h2>HTML</h2><iframe sandbox src=\"/mailbox/{name}/html\"></iframe>{attachments}</html>",
        subject = escape(&subject),
        to = escape(&to),
        date = escape(&date),
        text = escape(&text),
        name = escape(&name),
    ))
    .into_response()
}

/// The HTML of one letter, for the frame.
pub async fn html(State(front): State<Arc<Front>>, UrlPath(name): UrlPath<String>) -> Response {
    let Some(bytes) = read(&front, &name).await else { return StatusCode::NOT_FOUND.into_response() };
    let html = MessageParser::default()
        .parse(&bytes)
        .and_then(|message| message.body_html(0).map(std::borrow::Cow::into_owned))
        .unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https:",
        ),
    ];
    (headers, html).into_response()
}

async fn names(directory: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut entries = match tokio::fs::read_dir(directory).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    while let Some(entry) = entries.next_entry().await? {
        if let Some(name) = entry.file_name().to_str().filter(|name| is_letter(name)) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// A name that the post gives to a letter, and nothing that leads out of the directory.
fn is_letter(name: &str) -> bool {
    name.ends_with(".eml")
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

async fn read(front: &Front, name: &str) -> Option<Vec<u8>> {
    let directory: &PathBuf = front.mailbox.as_ref().filter(|_| is_letter(name))?;
    tokio::fs::read(directory.join(name)).await.ok()
}

fn head(message: &Message<'_>) -> (String, String, String) {
    let to =
        message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default().to_owned();
    let date = message.date().map(mail_parser::DateTime::to_rfc822).unwrap_or_default();
    (to, message.subject().unwrap_or("(no subject)").to_owned(), date)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_this_server_are_its_own_address_and_this_machine() {
        let public_url = "https://courses.example.org";
        let is_ours = |text: &str| is_ours(&text.parse().expect("an authority"), public_url);
        for ours in [
            "courses.example.org",
            "Courses.Example.org:443",
            "courses.example.org.",
            "localhost:8000",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]:8000",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in [
            "evil.example.org",
            "courses.example.org.evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.1",
            "[2001:db8::1]",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
