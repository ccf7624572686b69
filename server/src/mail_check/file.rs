//! Records from a text: a line for each, as in a zone's file, with whole names.
//!
//! ```text
//! example.org         TXT "v=spf1 include:_spf.relay.example.com -all"
//! _dmarc.example.org  TXT "v=DMARC1; p=none"
//! example.org         MX  10 mx.example.org
//! mx.example.org      A   192.0.2.25
//! 192.0.2.25          PTR mx.example.org
//! ```

use std::collections::BTreeMap;

use super::{Answer, Kind, Records};

/// Records that are known, and no others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(BTreeMap<(String, Kind), Vec<String>>);

impl Known {
    /// Reads a text.
    ///
    /// # Errors
    /// The first line that is no record, with its number.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut known: BTreeMap<(String, Kind), Vec<String>> = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            let (name, kind, value) = record(line).ok_or_else(|| {
                format!("line {number} is no record, such as: example.org TXT \"v=spf1 -all\"")
            })?;
            known.entry((name, kind)).or_default().push(value);
        }
        Ok(Self(known))
    }
}

#[async_trait::async_trait]
impl Records for Known {
    async fn ask(&self, name: &str, kind: Kind) -> Answer {
        let found = self.0.get(&(plain(name), kind));
        found.map_or(Answer::Nothing, |records| Answer::Found(records.clone()))
    }
}

/// A name as all write it: in lower case, without the dot at its end.
pub(super) fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn record(line: &str) -> Option<(String, Kind, String)> {
    let (name, mut rest) = line.split_once(char::is_whitespace)?;
    loop {
        let (word, behind) = rest.trim_start().split_once(char::is_whitespace)?;
        rest = behind.trim();
        let kind = match word.to_ascii_uppercase().as_str() {
            "TXT" => return Some((plain(name), Kind::Txt, joined(rest))),
            "MX" => {
                let host = rest.split_whitespace().nth(1)?;
                return Some((plain(name), Kind::Mx, plain(host)));
            }
            "A" | "AAAA" => Kind::Address,
            "PTR" => Kind::Ptr,
            "IN" => continue,
            seconds if seconds.bytes().all(|byte| byte.is_ascii_digit()) => continue,
            _ => return None,
        };
        return Some((plain(name), kind, plain(rest)));
    }
}

/// A text of several strings is one without anything between them.
fn joined(text: &str) -> String {
    if text.starts_with('"') { text.split('"').skip(1).step_by(2).collect() } else { text.to_owned() }
}
