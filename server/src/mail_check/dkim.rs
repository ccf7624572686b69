//! The keys by which a relay signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Finding, Kind, Records, SetUp, Weight, tag, tags};

/// The fewest bits of a key that is believed (RFC 8301), and of one that will do for years.
const BITS: (usize, usize) = (1024, 2048);

/// Looks at every key; whether all are of good use, where any was named.
pub(super) async fn look(records: &dyn Records, set_up: &SetUp, findings: &mut Vec<Finding>) -> Option<bool> {
    if set_up.keys.is_empty() {
        let sentence = "No key was named. Your relay says which selectors it signs with: --selector NAME, or NAME@DOMAIN.";
        findings.push(Finding::new(Weight::Note, "DKIM", sentence));
        return None;
    }
    let mut all = true;
    for (selector, domain) in &set_up.keys {
        let name = format!("{selector}._domainkey.{domain}");
        let found = match records.ask(&name, Kind::Txt).await {
            Answer::Found(texts) => judged(&texts.concat()),
            Answer::Nothing => Err("has no record".to_owned()),
            Answer::Trouble(why) => Err(format!("cannot be looked up: {why}")),
        };
        let (weight, sentence) = match found {
            Ok((weight, words)) => (weight, format!("{name} {words}.")),
            Err(words) => (Weight::Mend, format!("{name} {words}.")),
        };
        all &= weight < Weight::Mend;
        findings.push(Finding::new(weight, "DKIM", sentence));
    }
    Some(all)
}

/// What a key's record says of it.
fn judged(record: &str) -> Result<(Weight, String), String> {
    let tags = tags(record);
    if tag(&tags, "v").is_some_and(|version| version != "DKIM1") {
        return Err("is no DKIM key: its v is another than DKIM1".to_owned());
    }
    let key: String = tag(&tags, "p").ok_or("has no key (p)")?.split_whitespace().collect();
    if key.is_empty() {
        return Err("was revoked: its p is empty".to_owned());
    }
    let bytes = STANDARD.decode(&key).map_err(|_| "is damaged: its p is no base64")?;
    let is_testing = tag(&tags, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
    let (weight, words) = match tag(&tags, "k").unwrap_or("rsa") {
        "ed25519" if bytes.len() == 32 => {
            (Weight::Note, "is an Ed25519 key, which many do not know: sign by an RSA key, too".to_owned())
        }
        "ed25519" => return Err("is damaged: an Ed25519 key has 32 bytes".to_owned()),
        "rsa" => match rsa_bits(&bytes) {
            None => return Err("is damaged: its p is no RSA key".to_owned()),
            Some(bits) if bits < BITS.0 => {
                return Err(format!("has {bits} bits, and no key below {} is believed", BITS.0));
            }
            Some(bits) if bits < BITS.1 => {
                (Weight::Note, format!("has {bits} bits; take {} for the next", BITS.1))
            }
            Some(bits) => (Weight::Good, format!("is an RSA key of {bits} bits")),
        },
        other => return Err(format!("is of a kind that nobody knows: {other}")),
    };
    if is_testing {
        return Ok((Weight::Note, format!("{words}, and says that it is for tests (t=y)")));
    }
    Ok((weight, words))
}

/// The bits of the modulus of a public key in DER: a SubjectPublicKeyInfo (RFC 5280), or a bare RSAPublicKey
/// (RFC 8017), which some publish.
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (0x30, outer, _) = value(der)? else { return None };
    let modulus = match value(outer)? {
        (0x02, modulus, _) => modulus,
        (0x30, _, behind) => {
            let (0x03, bits, _) = value(behind)? else { return None };
            let (0x30, key, _) = value(bits.strip_prefix(&[0])?)? else { return None };
            let (0x02, modulus, _) = value(key)? else { return None };
            modulus
        }
        _ => return None,
    };
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let modulus = &modulus[first..];
    Some(modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?)
}

/// The tag of a DER value, what it holds, and what comes behind it.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long - 0x80))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        // Of unknown length, or longer than any key.
        0x80 | 0x84..=0xff => return None,
    };
    let (held, behind) = rest.split_at_checked(length)?;
    Some((*tag, held, behind))
}
