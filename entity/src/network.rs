//! As whom a client's network address counts.
//!
//! A household or an office is given at least a /64 of IPv6 (RFC 6177), and each machine in it picks
//! addresses at will (RFC 8981), so single IPv6 addresses say nothing about how many clients there are: they
//! count by their first 64 bits. An IPv4 address that came over an IPv6 socket (`::ffff:192.0.2.1`, RFC 4291
//! section 2.5.5.2) is the IPv4 address that it holds.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The bits of an IPv6 address that tell one client's network from another's.
const IPV6_PREFIX: u32 = 64;

/// One client, as far as its network address tells: an IPv4 address, or an IPv6 network of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - IPV6_PREFIX))))
            }
        })
    }
}

impl Network {
    /// Whether it is this machine.
    pub fn is_loopback(self) -> bool {
        match self.0 {
            IpAddr::V4(address) => address.is_loopback(),
            // Of this network only ::1 is ever seen (RFC 4291 section 2.5).
            IpAddr::V6(address) => address.is_unspecified(),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/{IPV6_PREFIX}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> String {
        Network::from(address.parse::<IpAddr>().expect("an address")).to_string()
    }

    #[test]
    fn ipv6_counts_by_its_first_64_bits_and_mapped_ipv4_as_ipv4() {
        assert_eq!(network("2001:db8:1:2::1"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::1"), "::/64");
        let is_loopback =
            |address: &str| Network::from(address.parse::<IpAddr>().expect("an address")).is_loopback();
        assert!(is_loopback("::1") && is_loopback("127.9.9.9") && is_loopback("::ffff:127.0.0.1"));
        assert!(!is_loopback("192.0.2.1") && !is_loopback("2001:db8::1"));
    }
}
