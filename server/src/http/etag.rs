//! Answers that a client may keep, and asks about before it gets them again (RFC 9110, sections 8.8.3 and
//! 13.1.2).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::secret;

/// The tag of an answer with this body. It is weak, because the same answer goes out in several encodings.
pub fn of(body: impl AsRef<[u8]>) -> HeaderValue {
    let hash = secret::fingerprint(body);
    // Hexadecimal digits are what a header may hold.
    HeaderValue::from_str(&format!("W/\"{}\"", &hash[..32])).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// The answer with this tag: the whole of it, or only that the client, who sent these headers, has it
/// already.
pub fn answer(headers: &HeaderMap, tag: HeaderValue, whole: impl FnOnce() -> Response) -> Response {
    let mut answer = if is_known(headers, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { whole() };
    answer.headers_mut().insert(header::ETAG, tag);
    answer
}

/// Whether the client has the answer with this tag already.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Ok(ours) = tag.to_str().map(opaque) else { return false };
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|theirs| theirs.trim() == "*" || opaque(theirs) == ours)
}

/// A tag without what says that it is weak.
fn opaque(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_its_name_whatever_is_said_around_it() {
        let tag = of(b"an answer");
        assert_ne!(tag, of(b"another"));
        let named = tag.to_str().expect("text").to_owned();
        let strong = named.trim_start_matches("W/").to_owned();
        for (asked, known) in [
            (named.clone(), true),
            (strong.clone(), true),
            (format!("\"x\", {named}"), true),
            ("*".to_owned(), true),
            ("\"x\"".to_owned(), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, asked.parse().expect("a value"));
            assert_eq!(is_known(&headers, &tag), known, "{asked}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
