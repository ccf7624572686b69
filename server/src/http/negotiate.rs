//! Which media type an answer gets (GraphQL over HTTP, September 2026 edition, section "Body"; RFC 9110,
//! section 12.5.1).

use axum::http::{HeaderMap, StatusCode, header};
use mediatype::names::{_STAR, APPLICATION, CHARSET, EVENT_STREAM, Q, TEXT};
use mediatype::{MediaType, MediaTypeList, ReadParams};

/// The media type of GraphQL over HTTP.
pub const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
/// The media type of clients from before it, and of answers that are no GraphQL responses.
pub const JSON: &str = "application/json; charset=utf-8";

/// How a client wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As `application/graphql-response+json`.
    Graphql,
    /// As a legacy client: the same status codes and, where they say success, `application/json`. Everything
    /// else still says that it is a GraphQL response, because a bare `application/json` could come from
    /// anything between us and the client.
    Legacy,
}

/// What a client named as acceptable (`Accept`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// An answer, in this dialect; none where it is nothing that we speak.
    ///
    /// Of two types that it likes equally it gets the new one if it named it, and the old one if it did not
    /// (`*/*`, or no header at all): who does not know the new type had better not get it.
    pub dialect: Option<Dialect>,
    /// Server-sent events, which it named. Some name them with every request, for what comes as a stream.
    pub events: bool,
}

impl Accepted {
    /// What the headers of a request say.
    pub fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT);
        if values.iter().all(|value| value.is_empty()) {
            return Self { dialect: Some(Dialect::Legacy), events: false };
        }
        let ranges: Vec<MediaType<'_>> = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(MediaTypeList::new)
            .filter_map(Result::ok)
            .collect();
        let (graphql, named) = wanted(&ranges, "graphql-response", Some("json"));
        let (json, _) = wanted(&ranges, "json", None);
        let dialect = match (graphql, json) {
            (0, 0) => None,
            _ if graphql > json || (graphql == json && named) => Some(Dialect::Graphql),
            _ => Some(Dialect::Legacy),
        };
        let events = ranges.iter().any(|range| {
            range.ty == TEXT && range.subty == EVENT_STREAM && is_utf8(range) && quality(range) > 0
        });
        Self { dialect, events }
    }
}

impl Dialect {
    /// The media type of a GraphQL response with this status.
    pub fn media_type(self, status: StatusCode) -> &'static str {
        match self {
            Self::Legacy if status.is_success() => JSON,
            Self::Graphql | Self::Legacy => GRAPHQL,
        }
    }
}

/// How much a subtype of `application` is wanted, in thousandths, and whether it was named: the most specific
/// range that fits decides.
fn wanted(ranges: &[MediaType<'_>], subtype: &str, suffix: Option<&str>) -> (u16, bool) {
    let specificity = |range: &MediaType<'_>| {
        let named = range.ty == APPLICATION
            && range.subty.as_str().eq_ignore_ascii_case(subtype)
            && range.suffix.map(|suffix| suffix.as_str().to_ascii_lowercase()).as_deref() == suffix;
        match () {
            () if !is_utf8(range) => None,
            () if named => Some(2),
            () if range.ty == APPLICATION && range.subty == _STAR => Some(1),
            () if range.ty == _STAR && range.subty == _STAR => Some(0),
            () => None,
        }
    };
    let best = ranges.iter().filter_map(|range| Some((specificity(range)?, quality(range)))).max();
    best.map_or((0, false), |(specificity, quality)| (quality, specificity == 2))
}

/// Whether a type leaves the charset open or says the one that there is (RFC 8259, section 8.1).
pub fn is_utf8(kind: &MediaType<'_>) -> bool {
    kind.get_param(CHARSET).is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
}

/// A range's weight, in thousandths. What is no weight counts as none given.
fn quality(range: &MediaType<'_>) -> u16 {
    range.get_param(Q).and_then(|q| thousandths(q.as_str())).unwrap_or(1000)
}

/// A weight (RFC 9110, section 12.4.2), in thousandths; none where a text is no weight.
pub fn thousandths(text: &str) -> Option<u16> {
    let weight = text.parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    // Weights have three digits at most, so nothing is lost.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    Some((weight * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(accept: &[&'static str]) -> Option<Dialect> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, value.parse().expect("a value"));
        }
        Accepted::of(&headers).dialect
    }

    #[test]
    fn events_are_for_those_who_name_them() {
        let accepts = |accept: &'static str| {
            Accepted::of(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().expect("a value"))])).events
        };
        for accept in [
            "text/event-stream",
            "application/json, text/event-stream;q=0.1",
            "Text/Event-Stream; charset=utf-8",
        ] {
            assert!(accepts(accept), "{accept}");
        }
        for accept in [
            "*/*",
            "text/*",
            "application/json",
            "text/event-stream;q=0",
            "text/event-stream; charset=latin1",
            "",
        ] {
            assert!(!accepts(accept), "{accept}");
        }
    }

    #[test]
    fn the_best_liked_of_the_types_that_we_speak_is_taken() {
        use Dialect::{Graphql, Legacy};
        let new = "application/graphql-response+json";
        for (accept, expected) in [
            (vec![], Some(Legacy)),
            (vec![""], Some(Legacy)),
            (vec!["*/*"], Some(Legacy)),
            (vec!["application/*"], Some(Legacy)),
            (vec!["application/json"], Some(Legacy)),
            (vec![new], Some(Graphql)),
            (vec!["Application/GraphQL-Response+JSON; Charset=\"UTF-8\""], Some(Graphql)),
            (vec!["application/graphql-response+json, application/json;q=0.9"], Some(Graphql)),
            (vec!["application/json, application/graphql-response+json"], Some(Graphql)),
            (vec!["application/json", new], Some(Graphql)),
            (vec!["application/graphql-response+json;q=0.5, application/json"], Some(Legacy)),
            (vec!["application/graphql-response+json;q=0.2, */*;q=0.8"], Some(Legacy)),
            (vec!["application/json;q=0, */*"], Some(Graphql)),
            (vec!["application/graphql-response+json;q=0, */*;q=0.1"], Some(Legacy)),
            (vec!["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], Some(Legacy)),
            (vec!["text/html, application/json; charset=utf-8"], Some(Legacy)),
            (vec!["text/html"], None),
            (vec!["application/json; charset=iso-8859-1"], None),
            (vec!["application/json;q=0"], None),
            (vec!["*/*;q=0"], None),
            (vec!["nonsense"], None),
            (vec!["application/graphql+json"], None),
        ] {
            assert_eq!(dialect(&accept), expected, "{accept:?}");
        }
    }
}
