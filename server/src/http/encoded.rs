//! Bodies that are kept, in the encodings in which clients take them (RFC 9110, section 12.5.3): each is made
//! once, by the same layer that encodes every other answer, which lets alone what is encoded already.

use std::convert::Infallible;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header};
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
    /// How many bytes the encodings that are kept take.
    taken: AtomicUsize,
}

/// Stands beside an answer that goes out as it is: that nothing is gained by encoding it was found out before.
#[derive(Clone, Copy, Debug)]
pub struct AsItIs;

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
        Self { plain, encoded: Default::default(), taken: AtomicUsize::new(0) }
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

    /// The answer to a client with these headers: in the encoding that it likes best, else as it is.
    pub async fn answer(&self, headers: &HeaderMap) -> Response<Body> {
        let encoding = Encoding::of(headers);
        let encoded = match encoding {
            Some(encoding) => self.get(encoding).await.map(|body| (encoding, body)),
            None => None,
        };
        match encoded {
            Some((encoding, body)) => {
                let mut response = Response::new(Body::from(body));
                tell(response.headers_mut(), encoding);
                response
            }
            None => {
                let mut response = Response::new(Body::from(self.plain.clone()));
                response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
                response.extensions_mut().insert(AsItIs);
                response
            }
        }
    }

    /// The body in an encoding; none where that does not make it smaller, or there is no room to keep it.
    pub async fn get(&self, encoding: Encoding) -> Option<Bytes> {
        if self.plain.len() <= usize::from(WORTH_COMPRESSING) {
            return None;
        }
        let place = &self.encoded[encoding as usize];
        if let Some(known) = place.get() {
            return known.clone();
        }
        let made = encode(self.plain.clone(), encoding).await;
        place.get_or_init(|| made.filter(|made| self.has_room(made.len()))).clone()
    }
}

impl Encoded {
    /// Takes room for an encoding of so many bytes, where there is some.
    fn has_room(&self, bytes: usize) -> bool {
        let taken = |taken: usize| Some(taken + bytes).filter(|taken| *taken <= self.plain.len());
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }
}

/// Whether the layer that encodes answers may touch one.
pub fn may_encode(_: StatusCode, _: Version, _: &HeaderMap, beside: &Extensions) -> bool {
    beside.get::<AsItIs>().is_none()
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

    /// A body that becomes half as long is kept in the first encoding that is asked for; the others have no
    /// room, and nobody tries again.
    #[tokio::test]
    async fn what_is_kept_is_bounded_and_nothing_is_encoded_twice() {
        // Every second byte is by chance.
        let (mut seed, mut bytes) = (1_u64, Vec::new());
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend([seed.to_be_bytes()[0], b' ']);
        }
        let body = Encoded::new(Bytes::from(bytes));
        let first = body.get(Encoding::Gzip).await.expect("smaller");
        assert!(first.len() * 2 > body.plain().len(), "{}", first.len());
        assert_eq!(body.get(Encoding::Gzip).await.expect("the same").as_ptr(), first.as_ptr());
        assert_eq!(body.get(Encoding::Zstd).await, None);
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("zstd"));
        let plain = body.answer(&headers).await;
        assert!(!may_encode(plain.status(), plain.version(), plain.headers(), plain.extensions()));
    }
}
