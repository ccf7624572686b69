//! Which pages of other origins may use the API from a browser (the Fetch standard's CORS protocol).

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// For how long a browser may remember what it is allowed to ask; browsers have bounds of their own below
/// that.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Origins whose pages may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Pages of ours alone.
    #[default]
    Ours,
    /// These, too.
    These(Vec<HeaderValue>),
    /// Any.
    Any,
}

impl Origins {
    /// Reads a list with commas of origins such as `https://www.example.org`, or `*`.
    ///
    /// # Errors
    /// What is no origin.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Ok(Self::Ours),
            "*" => Ok(Self::Any),
            list => {
                list.split(',').map(|origin| read(origin.trim())).collect::<Result<_, _>>().map(Self::These)
            }
        }
    }

    /// Whether a page may open a WebSocket, for which browsers ask nobody but say whose page it is (RFC 6455,
    /// section 10.2). What is no page says nothing. `ours`: the address under which people reach the server.
    pub fn let_in(&self, headers: &HeaderMap, ours: &str) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let authority = |url: &HeaderValue| url.to_str().ok().and_then(authority).map(str::to_owned);
        let theirs = authority(origin);
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let is_ours = theirs
            .as_deref()
            .is_some_and(|theirs| Some(theirs) == host || Some(theirs) == self::authority(ours));
        is_ours
            || match self {
                Self::Ours => false,
                Self::These(origins) => origins.contains(origin),
                Self::Any => true,
            }
    }

    /// What tells browsers so; nothing where only our own pages may ask.
    ///
    /// No credentials are allowed, because there are none that a browser would add by itself: who is asking
    /// is said in a header that the page sets. So any header may be sent, and any origin that is let in sees
    /// what any program on its own machine would see.
    pub fn layer(&self) -> Option<CorsLayer> {
        let origins = match self {
            Self::Ours => return None,
            Self::These(origins) => AllowOrigin::list(origins.iter().cloned()),
            Self::Any => AllowOrigin::any(),
        };
        let told = [
            header::RETRY_AFTER,
            header::ETAG,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
        ];
        let layer = CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::HEAD, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(told)
            .max_age(REMEMBERED);
        Some(layer)
    }
}

/// Host and port of an address.
fn authority(url: &str) -> Option<&str> {
    url.split_once("://").and_then(|(_, rest)| rest.split('/').next())
}

/// An origin as browsers write it (RFC 6454, section 6.2): scheme, host, and the port where it is not the
/// scheme's own.
fn read(text: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("{text} is not an origin such as https://www.example.org");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let port = uri.port_u16();
    let (Some(scheme @ ("http" | "https")), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(wrong());
    };
    let own = if scheme == "https" { 443 } else { 80 };
    let bare = format!(
        "{scheme}://{}{}",
        host.to_ascii_lowercase(),
        port.map(|port| format!(":{port}")).unwrap_or_default()
    );
    if bare != text || port == Some(own) {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_websocket_is_for_our_own_pages_those_let_in_and_what_is_no_page() {
        let public_url = "https://courses.example.org";
        let opened = |origins: &Origins, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "127.0.0.1:8000".parse().expect("a host"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("an origin"));
            }
            origins.let_in(&headers, public_url)
        };
        let some = Origins::parse("https://www.example.org").expect("origins");
        for (origin, ours, these) in [
            (None, true, true),
            (Some("https://courses.example.org"), true, true),
            (Some("http://127.0.0.1:8000"), true, true),
            (Some("https://www.example.org"), false, true),
            (Some("https://evil.example.org"), false, false),
            (Some("null"), false, false),
        ] {
            assert_eq!((opened(&Origins::Ours, origin), opened(&some, origin)), (ours, these), "{origin:?}");
            assert!(opened(&Origins::Any, origin), "{origin:?}");
        }
    }

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        assert_eq!(Origins::parse(""), Ok(Origins::Ours));
        assert_eq!(Origins::parse(" * "), Ok(Origins::Any));
        let list = "https://www.example.org, http://localhost:3000";
        let Ok(Origins::These(origins)) = Origins::parse(list) else { panic!("{list} is a list of origins") };
        assert_eq!(origins, ["https://www.example.org", "http://localhost:3000"]);
        for wrong in [
            "www.example.org",
            "https://www.example.org/",
            "https://www.example.org/path",
            "https://WWW.example.org",
            "https://www.example.org:443",
            "ftp://www.example.org",
            "https://user@www.example.org",
            "https://a.example.org,,https://b.example.org",
            "https://a.example.org,*",
            "null",
        ] {
            assert!(Origins::parse(wrong).is_err(), "{wrong}");
        }
    }
}
