//! The local mailbox: letters that were written and sent nowhere, for a person who tries Lectern out.
//!
//! The worker's post leaves one file per letter in a directory; these pages show it. They exist only where no mail leaves the machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use mail_parser::{Message, MessageParser, MimeHeaders};

use super::Front;

/// The most letters that the list shows.
const SHOWN: usize = 200;
const STYLE: &str = "body{font-family:sans-serif;max-width:56em;margin:2em auto;padding:0 1em}td,th{text-align:left;padding:.3em .8em .3em 0;vertical-align:top}\
                     pre{white-space:pre-wrap;background:#f6f6f4;padding:1em}iframe{width:100%;height:48em;border:1px solid #ccc}";

/// The list of letters, newest first.
pub async fn list(State(front): State<Arc<Front>>) -> Response {
    let Some(directory) = &front.mailbox else { return StatusCode::NOT_FOUND.into_response() };
    let mut names = match names(directory).await {
        Ok(names) => names,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, format!("the mailbox cannot be read: {error}\n")).into_response(),
    };
    names.sort_unstable();
    names.reverse();
    let total = names.len();
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
         <p>{total} letters. None of them has left this machine.</p><table><tr><th>Date</th><th>To</th><th>Subject</th></tr>{rows}</table></html>"
    ))
    .into_response()
}

/// One letter: its head, its text, and its HTML in a frame without scripts.
pub async fn show(State(front): State<Arc<Front>>, UrlPath(name): UrlPath<String>) -> Response {
    let Some(bytes) = read(&front, &name).await else { return StatusCode::NOT_FOUND.into_response() };
    let Some(message) = MessageParser::default().parse(&bytes) else { return StatusCode::NOT_FOUND.into_response() };
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
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https:"),
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
    name.ends_with(".eml") && !name.starts_with('.') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

async fn read(front: &Front, name: &str) -> Option<Vec<u8>> {
    let directory: &PathBuf = front.mailbox.as_ref().filter(|_| is_letter(name))?;
    tokio::fs::read(directory.join(name)).await.ok()
}

fn head(message: &Message<'_>) -> (String, String, String) {
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default().to_owned();
    let date = message.date().map(mail_parser::DateTime::to_rfc822).unwrap_or_default();
    (to, message.subject().unwrap_or("(no subject)").to_owned(), date)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
