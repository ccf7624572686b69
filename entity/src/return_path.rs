//! The address to which a letter comes back (the envelope's sender): of each letter its own, so that what comes
//! back says by its address alone which letter it was (VERP), with a tag that nobody can make up.

use uuid::Uuid;

use crate::email::{Address, NotAnAddress};
use crate::secret::SecretKey;

/// How long a tag is, with the sign before it.
const TAG: usize = 1 + 52;
/// The longest local part of an address, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST: usize = 64;

/// The address behind all of them: `bounces@example.org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    local: String,
    domain: String,
}

/// What an address says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is no return path of a letter.
    Nothing,
    /// It has the form of one, and its tag is none of ours.
    Forged,
    /// It is that of the letter with this notice.
    Letter(Uuid),
}

impl ReturnPath {
    /// Reads an address to whose local part a tag can be added.
    ///
    /// # Errors
    /// What is no address, has a plus sign, or has no room for the tag: its local part has more than 11
    /// characters.
    pub fn parse(typed: &str) -> Result<Self, NotAnAddress> {
        let address = Address::parse(typed)?.key();
        let (local, domain) = address.rsplit_once('@').ok_or(NotAnAddress)?;
        if local.len() + TAG > LONGEST || local.contains('+') {
            return Err(NotAnAddress);
        }
        Ok(Self { local: local.to_owned(), domain: domain.to_owned() })
    }

    /// Where the letter with this notice comes back to.
    ///
    /// # Errors
    /// None that [`Self::parse`] has not found.
    pub fn of(&self, key: &SecretKey, notice: Uuid) -> Result<Address, NotAnAddress> {
        Address::parse(&format!("{}+{}@{}", self.local, key.bounce_tag(notice), self.domain))
    }

    /// What an address says of itself, however it is written: mail servers change the case.
    pub fn claim(&self, key: &SecretKey, address: &str) -> Claim {
        let address = address.trim().trim_matches(['<', '>']).to_ascii_lowercase();
        let tag = address
            .strip_suffix(self.domain.as_str())
            .and_then(|rest| rest.strip_suffix('@'))
            .and_then(|local| local.strip_prefix(self.local.as_str()))
            .and_then(|rest| rest.strip_prefix('+'));
        match tag {
            None => Claim::Nothing,
            Some(tag) => key.read_bounce_tag(tag).map_or(Claim::Forged, Claim::Letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::new(b"0123456789abcdef0123456789abcdef".to_vec())
    }

    #[test]
    fn every_letter_has_a_return_path_of_its_own_that_fits() {
        let path = ReturnPath::parse("Returned.ce@Example.org").expect("a return path");
        let id = Uuid::from_u128(7);
        let address = path.of(&key(), id).expect("an address").as_sent();
        assert!(address.starts_with("returned.ce+00000000000000000000000000000007"), "{address}");
        assert_eq!(address.split('@').next().map(str::len), Some(LONGEST));
        assert_eq!(path.claim(&key(), &address), Claim::Letter(id));
        assert_eq!(path.claim(&key(), &format!(" <{}> ", address.to_ascii_uppercase())), Claim::Letter(id));
        assert_ne!(path.of(&key(), Uuid::from_u128(8)), path.of(&key(), id));
        let new = SecretKey::new(b"another key, of more than 32 bytes".to_vec());
        assert_eq!(path.claim(&new, &address), Claim::Forged);
        assert_eq!(path.claim(&new.in_place_of(key()), &address), Claim::Letter(id));
    }

    #[test]
    fn what_is_not_signed_names_no_letter() {
        let path = ReturnPath::parse("bounces@example.org").expect("a return path");
        let good = path.of(&key(), Uuid::from_u128(7)).expect("an address").as_sent();
        for other in [
            "bounces@example.org",
            "office@example.org",
            "",
            "@",
            &good.replace("example.org", "example.com"),
        ] {
            assert_eq!(path.claim(&key(), other), Claim::Nothing, "{other}");
        }
        let swapped = good.replacen("0000007", "0000008", 1);
        for forged in ["bounces+@example.org", "bounces+é@example.org", &swapped, &good.replace("@", "0@")] {
            assert_eq!(path.claim(&key(), forged), Claim::Forged, "{forged}");
        }
        for place in 8..60 {
            let mut bytes = good.clone().into_bytes();
            bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(path.claim(&key(), &changed), Claim::Forged, "{changed}");
        }
    }

    #[test]
    fn an_address_without_room_for_the_tag_is_none() {
        for typed in ["twelve-chars@example.org", "a+b@example.org", "bounces", "bounces@localhost", ""] {
            assert_eq!(ReturnPath::parse(typed), Err(NotAnAddress), "{typed}");
        }
    }
}
