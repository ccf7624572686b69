//! Who sent a request, as far as its address tells.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::rejection::ExtensionRejection;
use axum::extract::{Extension, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use entity::network::Network;

use super::Front;
use super::occupancy::RequestPlace;
use crate::app::AppState;

/// The app's state as it serves whoever sent the request: each statement waits until it is the client's turn.
#[derive(Debug)]
pub struct ClientApp(pub AppState);

impl FromRequestParts<Arc<Front>> for ClientApp {
    type Rejection = ExtensionRejection;

    async fn from_request_parts(parts: &mut Parts, front: &Arc<Front>) -> Result<Self, ExtensionRejection> {
        let Extension(place) = Extension::<Arc<RequestPlace>>::from_request_parts(parts, front).await?;
        Ok(Self(front.app.for_client(place.network())))
    }
}

/// Who sent a request: the peer, or, behind a proxy of ours, the last address of `X-Forwarded-For`, which is
/// the one that the proxy put there. What stands before it is anybody's claim. A proxy that says nothing, or
/// something that is no address, is counted itself.
pub fn of_request(headers: &HeaderMap, peer: IpAddr, behind_proxy: bool) -> Network {
    let forwarded = || {
        let last =
            headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
        address(last)
    };
    let forwarded = if behind_proxy { forwarded() } else { None };
    forwarded.unwrap_or(peer).into()
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare =
        text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inside, _)| inside);
    bare.parse().ok().or_else(|| bare.rsplit_once(':')?.0.parse::<Ipv4Addr>().ok().map(IpAddr::V4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(forwarded: &[&'static str], behind_proxy: bool) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().expect("a value"));
        }
        of_request(&headers, "10.0.0.1".parse().expect("an address"), behind_proxy).to_string()
    }

    #[test]
    fn the_peer_counts_unless_a_proxy_of_ours_says_for_whom_it_asks() {
        assert_eq!(seen(&["192.0.2.1"], false), "10.0.0.1");
        assert_eq!(seen(&["192.0.2.1"], true), "192.0.2.1");
        assert_eq!(
            seen(&["198.51.100.9, 192.0.2.1"], true),
            "192.0.2.1",
            "the last one is the proxy's own word"
        );
        assert_eq!(seen(&["198.51.100.9", "192.0.2.1:443"], true), "192.0.2.1");
        assert_eq!(seen(&["[2001:db8:1:2:3:4:5:6]:443"], true), "2001:db8:1:2::/64");
        assert_eq!(seen(&["unknown"], true), "10.0.0.1");
        assert_eq!(seen(&[], true), "10.0.0.1");
    }
}
