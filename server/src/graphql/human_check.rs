//! Challenges of the human check, as clients see them.

use async_graphql::SimpleObject;

use super::scalar::DateTime;
use crate::error::Fault;
use crate::human_check::Issued;

/// A proof of work to be done before one asks (ALTCHA, version 2): the client looks for a `counter` for which
/// the key, derived by `algorithm` from the nonce with the counter behind it (four bytes, big-endian) and
/// from the salt, begins with `keyPrefix`. The proof is the base64 of
/// `{ "challenge": …, "solution": { "counter": …, "derivedKey": … } }`, with the challenge as in `json`.
#[derive(Clone, Debug, SimpleObject)]
pub struct HumanCheckChallenge {
    /// The whole challenge in JSON, as the ALTCHA widget takes it and as it goes back in the proof.
    json: String,
    /// How a key is derived, such as `PBKDF2/SHA-256`.
    algorithm: String,
    /// How many rounds one derivation has.
    cost: u32,
    /// Length of the derived key, in bytes.
    key_length: u32,
    /// Hexadecimal digits with which the derived key must begin.
    key_prefix: String,
    /// What the counter is put behind, in hexadecimal digits.
    nonce: String,
    /// Salt of the derivation, in hexadecimal digits.
    salt: String,
    /// What makes the challenge ours: it covers everything else, and what the challenge was made for.
    signature: String,
    /// From when on a proof is refused.
    expires_at: DateTime,
}

impl TryFrom<Issued> for HumanCheckChallenge {
    type Error = Fault;

    fn try_from(issued: Issued) -> Result<Self, Fault> {
        let json = issued.json()?;
        let Issued { challenge, expires_at } = issued;
        let parameters = challenge.parameters;
        Ok(Self {
            json,
            algorithm: parameters.algorithm,
            cost: parameters.cost,
            key_length: u32::try_from(parameters.key_length).unwrap_or(u32::MAX),
            key_prefix: parameters.key_prefix,
            nonce: parameters.nonce,
            salt: parameters.salt,
            signature: challenge.signature.unwrap_or_default(),
            expires_at: DateTime(expires_at),
        })
    }
}
