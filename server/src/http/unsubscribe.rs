//! Having enough of a kind of letters, by the link in one of them (RFC 8058): no sign-in, no cookie, no
//! redirect, no script.
//!
//! Looking at the page changes nothing, because mail programs and scanners follow links on their own; only
//! `POST` does.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use entity::mailing::Topic;
use sea_orm::ActiveEnum;

use super::client::ClientApp;
use super::refused::Refused;
use crate::action::set_subscription::set_subscriptions;
use crate::error::Fault;
use crate::subscription::{self, Subscription};

/// The largest body that is read, in bytes: a form of one field, in either of its encodings.
pub const MAX_BODY: usize = 4096;

/// What a form or a mail program asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    /// No more.
    Enough,
    /// As before.
    Again,
    /// Of all that one may choose, these topics.
    Only(Vec<Topic>),
}

impl Wish {
    /// What it changes, and what is said then. What stands already is not said again: it would hold from now on,
    /// although the person may have agreed to letters since.
    fn of(&self, about: &Subscription) -> (Vec<(Topic, bool)>, &'static Words) {
        match self {
            Self::Enough => (vec![(about.topic, false)], &ENDED),
            Self::Again => (vec![(about.topic, true)], &TAKEN_BACK),
            Self::Only(wanted) => {
                let changed = about.choices.iter().filter(|(topic, now)| wanted.contains(topic) != *now);
                (changed.map(|(topic, now)| (*topic, !now)).collect(), &CHOSEN)
            }
        }
    }
}

/// `GET /unsubscribe/{token}`: what the link is about, and a button.
pub async fn show(ClientApp(app): ClientApp, Path(token): Path<String>) -> Response {
    match subscription::behind(&app, &token).await {
        Ok(Some(found)) => {
            page(StatusCode::OK, if found.unsubscribed_at.is_some() { &ENDED } else { &ASKED }, Some(&found))
        }
        Ok(None) => page(StatusCode::NOT_FOUND, &UNKNOWN, None),
        Err(error) => broken(&error.into()),
    }
}

/// `POST /unsubscribe/{token}`: no more of these letters, or, with `again=1`, as before; or, with `choices=1`,
/// those that are ticked and no others.
pub async fn act(
    ClientApp(app): ClientApp,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let found = match subscription::behind(&app, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return page(StatusCode::NOT_FOUND, &UNKNOWN, None),
        Err(error) => return broken(&error.into()),
    };
    let Some(wish) = wish(&headers, &body) else {
        return page(StatusCode::BAD_REQUEST, &UNREAD, Some(&found));
    };
    let (changed, words) = wish.of(&found);
    let (acting, key, changes) = (app.clone(), found.email_key.clone(), changed);
    // A task of its own: whoever hangs up does not cancel what was begun.
    let done = tokio::spawn(async move { set_subscriptions(&acting, &key, &changes).await }).await;
    match done {
        // What is shown is what is stored.
        Ok(Ok(())) => match subscription::behind(&app, &token).await {
            Ok(about) => page(StatusCode::OK, words, about.as_ref()),
            Err(error) => broken(&error.into()),
        },
        Ok(Err(error)) => broken(&error.into()),
        Err(error) => broken(&error.into()),
    }
}

/// What the body asks for; none where it says neither. Mail programs may send a form in either encoding; the
/// page sends the simple one.
fn wish(headers: &HeaderMap, body: &[u8]) -> Option<Wish> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        let text = String::from_utf8_lossy(body);
        let one_click = text.contains("name=\"List-Unsubscribe\"") || text.contains("name=List-Unsubscribe");
        return (one_click && text.contains("One-Click")).then_some(Wish::Enough);
    }
    if form_urlencoded::parse(body).any(|(name, value)| name == "choices" && value == "1") {
        let ticked = form_urlencoded::parse(body).filter(|(name, _)| name == "wanted");
        let topics = ticked.filter_map(|(_, value)| Topic::try_from_value(&value.into_owned()).ok());
        return Some(Wish::Only(topics.collect()));
    }
    form_urlencoded::parse(body).find_map(|(name, value)| match (name.as_ref(), value.as_ref()) {
        ("List-Unsubscribe", "One-Click") => Some(Wish::Enough),
        ("again", "1") => Some(Wish::Again),
        _ => None,
    })
}

/// What a page says.
struct Words {
    title: &'static str,
    /// With the letters and the address filled in for `{letters}` and `{address}`.
    text: &'static str,
    /// Name, value and words of the button, where there is one.
    button: Option<(&'static str, &'static str, &'static str)>,
}

const ENOUGH: (&str, &str, &str) = ("List-Unsubscribe", "One-Click", "Stop these e-mails");
const ASKED: Words = Words {
    title: "Stop these e-mails?",
    text: "You receive {letters} at {address}. Nothing has been changed yet.",
    button: Some(ENOUGH),
};
const ENDED: Words = Words {
    title: "You will receive no more of these e-mails",
    text: "We no longer send {letters} to {address}. E-mails about what you requested or paid for, such as a confirmation or a change \
           of time, are still sent.",
    button: Some(("again", "1", "Send them again")),
};
const TAKEN_BACK: Words = Words {
    title: "You will receive these e-mails again",
    text: "We send {letters} to {address}, as before.",
    button: Some(ENOUGH),
};
const CHOSEN: Words = Words {
    title: "Your choice is saved",
    text: "The e-mails that are ticked below are sent to {address}. E-mails about what you requested or paid for, such as a confirmation or \
           a change of time, are always sent.",
    button: None,
};
const UNKNOWN: Words = Words {
    title: "This link does not work",
    text: "It may be incomplete. Please open it from the e-mail again, or contact the course office.",
    button: None,
};
const UNREAD: Words = Words {
    title: "Nothing was changed",
    text: "We did not understand the request. Please use the button.",
    button: Some(ENOUGH),
};

/// Which letters these are, in the words of the page.
fn letters(topic: Topic) -> &'static str {
    match topic {
        Topic::Deadlines => "e-mails about the deadlines of courses that you have not yet registered for",
        Topic::Reminders => "reminders of courses that you are registered for",
        Topic::Evaluations => "e-mails about the evaluation of courses that you attended",
    }
}

fn page(status: StatusCode, words: &Words, about: Option<&Subscription>) -> Response {
    let text = about.map_or_else(
        || words.text.to_owned(),
        |about| {
            words.text.replace("{letters}", letters(about.topic)).replace("{address}", &masked(&about.email))
        },
    );
    let button = words.button.map_or_else(String::new, |(name, value, label)| {
        format!("<form method=\"post\"><input type=\"hidden\" name=\"{name}\" value=\"{value}\"><button>{label}</button></form>")
    });
    let choices = about.map_or_else(String::new, choices);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font-family:sans-serif;max-width:36em;margin:3em auto;padding:0 1em;line-height:1.5}}button{{font:inherit;padding:.6em 1.2em}}h2{{margin-top:2em;font-size:1.2em}}\
         fieldset{{border:0;margin:0 0 1em;padding:0}}label{{display:block;padding:.3em 0}}</style>\
         <body><main><h1>{title}</h1><p>{text}</p>{button}{choices}</main></body></html>",
        title = words.title,
    );
    (status, headers(), Html(html)).into_response()
}

/// A form with everything that one may choose, as it stands; nothing where that is no more than the button says.
fn choices(about: &Subscription) -> String {
    if about.choices.len() < 2 {
        return String::new();
    }
    let row = |(topic, wanted): &(Topic, bool)| {
        let ticked = if *wanted { " checked" } else { "" };
        let (name, words) = (topic.to_value(), letters(*topic));
        format!("<label><input type=\"checkbox\" name=\"wanted\" value=\"{name}\"{ticked}> {words}</label>")
    };
    let rows: String = about.choices.iter().map(row).collect();
    format!(
        "<h2>All e-mails that you can choose</h2><form method=\"post\"><input type=\"hidden\" name=\"choices\" value=\"1\">\
         <fieldset><legend>We send you</legend>{rows}</fieldset><button>Save</button></form>"
    )
}

/// The page loads nothing, is framed nowhere, kept nowhere, and tells its address, which is a secret, to
/// nobody.
fn headers() -> [(HeaderName, HeaderValue); 5] {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ]
}

/// The address as its owner knows it again and nobody else learns it, for letters that were handed on; fit
/// for HTML.
fn masked(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first = local.chars().next().filter(char::is_ascii_alphanumeric);
    let domain: String = domain
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'))
        .collect();
    format!("{}…@{domain}", first.map(String::from).unwrap_or_default())
}

/// What the API would answer, in words: a database that is away is 503, and mail programs try again.
fn broken(fault: &Fault) -> Response {
    let refused = Refused::fault(fault);
    let words = match refused.again_in() {
        Some(_) => "This cannot be done at the moment. Please try again in a minute.\n",
        None => "Something went wrong on our side. Please try again.\n",
    };
    let mut response = (refused.status, headers(), words).into_response();
    if let Some(seconds) = refused.again_in() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_to_its_owner_alone_and_cannot_carry_markup() {
        for (email, shown) in [
            ("ada@example.org", "a…@example.org"),
            ("<b>@example.org", "…@example.org"),
            ("a@<b>.org", "a…@b.org"),
            ("", "…@"),
        ] {
            assert_eq!(masked(email), shown);
        }
    }

    #[test]
    fn a_page_runs_nothing_and_sets_nothing() {
        let shown = page(StatusCode::OK, &UNKNOWN, None);
        let policy = shown
            .headers()
            .get(header::CONTENT_SECURITY_POLICY)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
        assert!(
            shown.headers().get(header::SET_COOKIE).is_none()
                && shown.headers().get(header::LOCATION).is_none()
        );
        assert_eq!(shown.headers().get(header::CACHE_CONTROL), Some(&HeaderValue::from_static("no-store")));
    }
}
