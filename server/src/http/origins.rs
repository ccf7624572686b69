//! Which pages of other origins may use the API from a browser (the Fetch standard's CORS protocol).

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// For how long a browser may remember what it is allowed to ask; browsers have bounds of their own below that.
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
            list => list.split(',').map(|origin| read(origin.trim())).collect::<Result<_, _>>().map(Self::These),
        }
    }

    /// What tells browsers so; nothing where only our own pages may ask.
    ///
    /// No credentials are allowed, because there are none that a browser would add by itself: who is asking is said in a header that the page sets.
    /// So any header may be sent, and any origin that is let in sees what any program on its own machine would see.
    pub fn layer(&self) -> Option<CorsLayer> {
        let origins = match self {
            Self::Ours => return None,
            Self::These(origins) => AllowOrigin::list(origins.iter().cloned()),
            Self::Any => AllowOrigin::any(),
        };
        let told = [header::RETRY_AFTER, header::ETAG, HeaderName::from_static("ratelimit"), HeaderName::from_static("ratelimit-policy")];
        let layer = CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::HEAD, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(told)
            .max_age(REMEMBERED);
        Some(layer)
    }
}

/// An origin as browsers write it (RFC 6454, section 6.2): scheme, host, and the port where it is not the scheme's own.
fn read(text: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("{text} is not an origin such as https://www.example.org");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let port = uri.port_u16();
    let (Some(scheme @ ("http" | "https")), Some(host)) = (uri.scheme_str(), uri.host()) else { return Err(wrong()) };
    let own = if scheme == "https" { 443 } else { 80 };
    let bare = format!("{scheme}://{}{}", host.to_ascii_lowercase(), port.map(|port| format!(":{port}")).unwrap_or_default());
    if bare != text || port == Some(own) {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

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
