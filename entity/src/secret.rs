//! What is derived from our secret key: sign-in codes, and the hashes under which secrets are stored.
//!
//! A sign-in code is a function of the key and of its row's id, so the worker can write it into the letter
//! although no table holds it. Every use of the key is set apart by a label of its own.

#[cfg(test)]
mod tests;

use std::fmt;
use std::iter;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::mailing::Topic;
use crate::network::Network;

/// Letters and digits that are not taken for one another (Crockford's Base32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What every bearer token begins with, so that a leaked one is recognised by those who search for such
/// things.
pub const TOKEN_PREFIX: &str = "lct_";

/// The key behind everything that must not be guessed; at least 32 bytes of chance. Where it took the place
/// of another, what was signed with that one is still believed; everything new is signed with this one.
#[derive(Clone)]
pub struct SecretKey {
    bytes: Vec<u8>,
    old: Option<Box<SecretKey>>,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// The key made of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), old: None }
    }

    /// The same in the place of another key.
    pub fn in_place_of(self, old: Self) -> Self {
        Self { old: Some(Box::new(old)), ..self }
    }

    /// The key, and the one in whose place it is.
    fn all(&self) -> impl Iterator<Item = &Self> {
        iter::successors(Some(self), |key| key.old.as_deref())
    }

    fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104)")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).expect("any length");
        mac.update(label.as_bytes());
        for part in parts {
            mac.update(&[0]);
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The sign-in code of the row `id`: eight characters, 40 bits.
    pub fn sign_in_code(&self, id: Uuid) -> String {
        let mac = self.mac("sign-in code", &[id.as_bytes()]);
        let bits = mac.iter().take(5).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8)
            .rev()
            .map(|place| char::from(ALPHABET[usize::try_from(bits >> (5 * place) & 31).unwrap_or(0)]))
            .collect()
    }

    /// The sign-in code of the row `id` that is stored under `hash`: as the key has it that was in use when
    /// the code was asked for.
    pub fn stored_sign_in_code(&self, id: Uuid, hash: &str) -> String {
        let codes = self.all().map(|key| (key, key.sign_in_code(id)));
        let mut made =
            codes.filter(|(key, code)| same(&key.sign_in_code_hash(id, code), hash)).map(|(_, code)| code);
        made.next().unwrap_or_else(|| self.sign_in_code(id))
    }

    /// Whether `typed` is the code of the row `id` that is stored under `hash`.
    pub fn is_sign_in_code(&self, id: Uuid, typed: &str, hash: &str) -> bool {
        self.all().any(|key| same(hash, &key.sign_in_code_hash(id, typed)))
    }

    /// The hash under which the code of the row `id` is stored; `typed` may have lower case, spaces, dashes,
    /// and O, I, L for 0, 1, 1.
    pub fn sign_in_code_hash(&self, id: Uuid, typed: &str) -> String {
        let code: String = typed
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        hex(&self.mac("sign-in code hash", &[id.as_bytes(), code.as_bytes()]))
    }

    /// The name under which whoever asked for the code of the row `id` knows the request. It says which row,
    /// and 128 bits that nobody guesses, so strangers can neither try codes for it nor use up its tries.
    pub fn sign_in_request(&self, id: Uuid) -> String {
        format!("{}{}", id.simple(), hex(&self.mac("sign-in request", &[id.as_bytes()])[..16]))
    }

    /// The row of which [`Self::sign_in_request`] gave `name`; none where it is not one of ours.
    pub fn read_sign_in_request(&self, name: &str) -> Option<Uuid> {
        let id = Uuid::try_parse(name.get(..32)?).ok()?;
        self.all().any(|key| same(&key.sign_in_request(id), name)).then_some(id)
    }

    /// A bearer token made of this much chance, 192 bits; the rest of it says that it is one of ours, so that
    /// made-up ones can be told from those before any table is asked. It is kept as [`token_hash`] says.
    pub fn token(&self, chance: [u8; 24]) -> String {
        let mut bytes = [0; 32];
        bytes[..24].copy_from_slice(&chance);
        bytes[24..].copy_from_slice(&self.mac("bearer token", &[&chance])[..8]);
        format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether a text is a bearer token of this key. It may have ended; and those of releases before, and of
    /// keys before, may be good.
    pub fn has_made_token(&self, text: &str) -> bool {
        let bytes = text.strip_prefix(TOKEN_PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let chance =
            bytes.as_deref().filter(|bytes| bytes.len() == 32).and_then(|bytes| bytes.first_chunk::<24>());
        chance.is_some_and(|chance| self.all().any(|key| same(&key.token(*chance), text)))
    }

    /// The token of a link by which somebody has enough of a topic. It needs no sign-in and no table: whoever
    /// holds the letter may follow it.
    pub fn unsubscribe_token(&self, link: Unsubscribe) -> String {
        let Unsubscribe { who, topic } = link;
        let (kind, id) = match who {
            Addressee::Learner(id) => (b'l', id),
            Addressee::Enquiry(id) => (b'e', id),
        };
        let topic = match topic {
            Topic::Deadlines => b'd',
            Topic::Reminders => b'r',
            Topic::Evaluations => b'e',
        };
        let mut bytes = vec![kind, topic];
        bytes.extend_from_slice(id.as_bytes());
        let mac = self.mac("unsubscribe", &[&bytes]);
        bytes.extend_from_slice(&mac[..16]);
        hex(&bytes)
    }

    /// What a token of [`Self::unsubscribe_token`] says; none where it is not one of ours.
    pub fn read_unsubscribe_token(&self, token: &str) -> Option<Unsubscribe> {
        let id = Uuid::try_parse(token.get(4..36)?).ok()?;
        let who = match token.get(..2)? {
            "6c" => Addressee::Learner(id),
            "65" => Addressee::Enquiry(id),
            _ => return None,
        };
        let topic = match token.get(2..4)? {
            "64" => Topic::Deadlines,
            "72" => Topic::Reminders,
            "65" => Topic::Evaluations,
            _ => return None,
        };
        let link = Unsubscribe { who, topic };
        self.all().any(|key| same(&key.unsubscribe_token(link), token)).then_some(link)
    }

    /// What is added to the address to which the letter with this notice comes back: which one, and 80 bits that
    /// nobody guesses.
    pub fn bounce_tag(&self, notice: Uuid) -> String {
        format!("{}{}", notice.simple(), hex(&self.mac("bounce", &[notice.as_bytes()])[..10]))
    }

    /// The notice of which [`Self::bounce_tag`] gave `tag`; none where it is not one of ours.
    pub fn read_bounce_tag(&self, tag: &str) -> Option<Uuid> {
        let notice = Uuid::try_parse(tag.get(..32)?).ok()?;
        self.all().any(|key| same(&key.bounce_tag(notice), tag)).then_some(notice)
    }

    /// The key with which challenges of the human check are signed.
    pub fn human_check_key(&self) -> String {
        hex(&self.mac("human check", &[]))
    }

    /// The keys with which challenges that come back may have been signed.
    pub fn human_check_keys(&self) -> Vec<String> {
        self.all().map(Self::human_check_key).collect()
    }

    /// What stands for a client's network in rate limits, so that no address is stored.
    pub fn client_key(&self, client: Network) -> String {
        hex(&self.mac("client", &[client.to_string().as_bytes()])[..16])
    }

    /// The last segment of the address of a learner's calendar: whose it is, and 192 bits that nobody
    /// guesses. The next number makes another.
    pub fn calendar_token(&self, learner_id: Uuid, rotation: i32) -> String {
        let mac = self.mac("calendar", &[learner_id.as_bytes(), &rotation.to_be_bytes()]);
        format!("{}{}", learner_id.simple(), hex(&mac[..24]))
    }

    /// Whether this is what [`Self::calendar_token`] gave for them.
    pub fn is_calendar_token(&self, token: &str, learner_id: Uuid, rotation: i32) -> bool {
        self.all().any(|key| same(token, &key.calendar_token(learner_id, rotation)))
    }
}

/// Whose calendar a token claims to be; whether it is good is for the key to say.
pub fn calendar_owner(token: &str) -> Option<Uuid> {
    let plain =
        token.len() == 80 && token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if plain { Uuid::try_parse(token.get(..32)?).ok() } else { None }
}

/// To whom a letter went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// A learner, by id.
    Learner(Uuid),
    /// Somebody who only asked: the enquiry's id.
    Enquiry(Uuid),
}

/// Somebody has enough of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Who.
    pub who: Addressee,
    /// Of what.
    pub topic: Topic,
}

/// The hash under which a bearer token is stored. A token is at least 192 bits of chance, so a plain hash is
/// enough.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A fingerprint of an input or of an answer, to tell whether one that comes again is the same.
pub fn fingerprint(text: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(text.as_ref()))
}

/// Compares two stored hashes in a time that does not depend on where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
