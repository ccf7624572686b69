//! Bodies that are kept, in the encodings in which clients take them (RFC 9110, section 12.5.3): each is made
//! once, by the same layer that encodes every other answer, which lets alone what is encoded already.

use std::convert::Infallible;
use std::sync::OnceLock;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

use super::WORTH_COMPRESSING;
use super::negotiate::thousandths;

/// An encoding that is worth its work for an answer that goes out again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
    /// The one that everybody takes (RFC 1952).
    Gzip,
}

/// A body and what it becomes in the encodings that were asked for.
#[derive(Debug)]
pub struct Encoded {
    plain: Bytes,
    encoded: [OnceLock<Option<Bytes>>; 3],
}

impl Encoding {
    /// Of two that a client likes alike, the first.
    const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What the client likes best of what there is; none where it would rather have the body as it is.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::ACCEPT_ENCODING);
        let told: Vec<(&str, u16)> = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(weighed)
            .collect();
        let weight = |name: &str| {
            let said = |name: &str| {
                told.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, weight)| *weight)
            };
            said(name).or_else(|| said("*"))
        };
        let (mut best, mut most) = (None, 0);
        for encoding in Self::ALL {
            if let Some(weight) = weight(encoding.name()).filter(|weight| *weight > most) {
                (best, most) = (Some(encoding), weight);
            }
        }
        // What is not named is as good as what is least.
        best.filter(|_| weight("identity").is_none_or(|plain| plain <= most))
    }
}

/// A coding and its weight, in thousandths; none where it cannot be read.
fn weighed(text: &str) -> Option<(&str, u16)> {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let weight = match parameters.trim().split_once('=') {
        Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") => thousandths(weight.trim())?,
        Some(_) | None => 1000,
    };
    Some((name.trim(), weight))
}

impl Encoded {
    /// A body that nobody has asked for in another form yet.
    pub fn new(plain: Bytes) -> Self {
        Self { plain, encoded: Default::default() }
    }

    /// How many bytes it can come to take in all: its encodings are kept as long as all of them take no more
    /// than it does.
    pub fn bytes(&self) -> usize {
        self.plain.len() * 2
    }

    /// As it is.
    pub fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// The body in an encoding; none where that does not make it much smaller.
    pub async fn get(&self, encoding: Encoding) -> Option<Bytes> {
        if self.plain.len() <= usize::from(WORTH_COMPRESSING) {
            return None;
        }
        let place = &self.encoded[encoding as usize];
        if let Some(known) = place.get() {
            return known.clone();
        }
        let made = encode(self.plain.clone(), encoding)
            .await
            .filter(|made| made.len() * Encoding::ALL.len() <= self.plain.len());
        place.get_or_init(|| made).clone()
    }
}

/// A body in an encoding.
async fn encode(plain: Bytes, encoding: Encoding) -> Option<Bytes> {
    let service = service_fn(|_: Request<Body>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::from(plain.clone()))))
    });
    let request =
        Request::get("/").header(header::ACCEPT_ENCODING, encoding.name()).body(Body::empty()).ok()?;
    let Ok(response) = CompressionLayer::new().layer(service).oneshot(request).await;
    let is_encoded =
        response.headers().get(header::CONTENT_ENCODING).is_some_and(|name| name == encoding.name());
    let bytes = to_bytes(Body::new(response.into_body()), usize::MAX).await.ok()?;
    is_encoded.then_some(bytes)
}

/// The headers of an answer in this encoding.
pub fn tell(headers: &mut HeaderMap, encoding: Encoding) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_what_it_likes() {
        for (said, expected) in [
            ("", None),
            ("gzip", Some(Encoding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Encoding::Brotli)),
            ("gzip;q=1.0, br;q=0.5", Some(Encoding::Gzip)),
            ("GZIP ; q=0.8", Some(Encoding::Gzip)),
            ("br;q=0", None),
            ("*", Some(Encoding::Brotli)),
            ("*;q=0.5, br;q=0", Some(Encoding::Zstd)),
            ("gzip;q=0.5, identity", None),
            ("deflate", None),
            ("gzip;q=2", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, said.parse().expect("a value"));
            assert_eq!(Encoding::of(&headers), expected, "{said}");
        }
    }

    #[tokio::test]
    async fn a_body_is_encoded_once_and_where_it_is_worth_it() {
        let body = Encoded::new(Bytes::from("an answer ".repeat(1000)));
        for encoding in Encoding::ALL {
            let made = body.get(encoding).await.expect("smaller");
            assert!(made.len() < 1000, "{encoding:?}: {}", made.len());
            assert_eq!(body.get(encoding).await.expect("the same").as_ptr(), made.as_ptr());
        }
        assert_eq!(Encoded::new(Bytes::from("short")).get(Encoding::Gzip).await, None);
    }
}
