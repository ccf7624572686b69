//! Whether others believe that our e-mails are ours: SPF (RFC 7208), DKIM keys (RFC 6376, 8463), DMARC
//! (RFC 9989), and what large mailbox providers ask of whoever sends much. It reads records, from a text or by
//! DNS, and sends nothing.

pub mod bulk;
mod dkim;
mod dmarc;
pub mod dns;
pub mod file;
mod spf;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

/// What can be asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Texts.
    Txt,
    /// Hosts that take its mail.
    Mx,
    /// Addresses, of either version.
    Address,
    /// The names of an address.
    Ptr,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Records, one or more.
    Found(Vec<String>),
    /// There are none.
    Nothing,
    /// Nobody knows.
    Trouble(String),
}

/// Who knows records.
#[async_trait::async_trait]
pub trait Records: Sync {
    /// Asks for the records of a name, or of an address in words.
    async fn ask(&self, name: &str, kind: Kind) -> Answer;
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// To be mended.
    Mend,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// What it is about.
    pub about: &'static str,
    /// What was found, in a sentence.
    pub sentence: String,
}

impl Finding {
    fn new(weight: Weight, about: &'static str, sentence: impl Into<String>) -> Self {
        Self { weight, about, sentence: sentence.into() }
    }
}

/// The set-up that is looked at.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The domain of the sender that people see.
    pub from: String,
    /// The domain to which bounces go, by which SPF is judged.
    pub envelope: String,
    /// Names of DKIM keys with the domains that sign by them.
    pub keys: Vec<(String, String)>,
    /// The addresses from which mail comes to others.
    pub addresses: Vec<IpAddr>,
    /// Whether the pages that people reach are private, which one click to unsubscribe needs.
    pub is_https: bool,
    /// Whether the way to the relay is private: known to be, or to be not.
    pub is_private: bool,
}

/// What was found of the parts, for what follows from them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// SPF says yes to our addresses; none where nobody said which they are.
    pub spf: Option<bool>,
    /// There is a key of good use; none where nobody said which.
    pub dkim: Option<bool>,
    /// There is a policy.
    pub dmarc: bool,
    /// The sender that people see is the one that SPF speaks of.
    pub spf_aligned: bool,
    /// And the one that signs.
    pub dkim_aligned: bool,
    /// Names and addresses of ours lead to each other; none where nobody said which.
    pub names: Option<bool>,
}

/// Looks at everything.
pub async fn look(records: &dyn Records, set_up: &SetUp) -> (Vec<Finding>, Standing) {
    let mut findings = Vec::new();
    let spf = spf::look(records, set_up, &mut findings).await;
    let dkim = dkim::look(records, set_up, &mut findings).await;
    let policy = dmarc::look(records, set_up, &mut findings).await;
    let (spf_strict, dkim_strict) =
        policy.as_ref().map_or((false, false), |policy| (policy.aspf, policy.adkim));
    let spf_aligned = dmarc::is_aligned(records, &set_up.from, &set_up.envelope, spf_strict).await;
    let mut dkim_aligned = false;
    for (_, domain) in &set_up.keys {
        dkim_aligned |= dmarc::is_aligned(records, &set_up.from, domain, dkim_strict).await;
    }
    let aligned = |what: &str, is_aligned: bool, domain: &str| {
        let sentence = if is_aligned {
            format!("{domain} and {} are one for {what}.", set_up.from)
        } else {
            format!("{domain} is another domain than {}, so {what} says nothing for DMARC.", set_up.from)
        };
        Finding::new(if is_aligned { Weight::Good } else { Weight::Note }, "DMARC", sentence)
    };
    findings.push(aligned("SPF", spf_aligned, &set_up.envelope));
    if let Some((_, domain)) = set_up.keys.first() {
        findings.push(aligned("DKIM", dkim_aligned, domain));
    }
    if !spf_aligned && !dkim_aligned {
        let sentence = format!("Neither SPF nor DKIM speaks for {}: every e-mail fails DMARC.", set_up.from);
        findings.push(Finding::new(Weight::Mend, "DMARC", sentence));
    }
    let names = names(records, set_up, &mut findings).await;
    let standing = Standing { spf, dkim, dmarc: policy.is_some(), spf_aligned, dkim_aligned, names };
    (findings, standing)
}

/// Whether each address has a name that leads back to it.
async fn names(records: &dyn Records, set_up: &SetUp, findings: &mut Vec<Finding>) -> Option<bool> {
    let mut all = None;
    for address in &set_up.addresses {
        let text = address.to_string();
        let mut leads_back = None;
        if let Answer::Found(names) = records.ask(&text, Kind::Ptr).await {
            for name in names {
                if let Answer::Found(addresses) = records.ask(&name, Kind::Address).await
                    && addresses.iter().any(|found| found.parse() == Ok(*address))
                {
                    leads_back = Some(name);
                }
            }
        }
        let (weight, sentence) = match &leads_back {
            Some(name) => (Weight::Good, format!("{text} is {name}, which leads back to it.")),
            None => (Weight::Mend, format!("{text} has no name (PTR) that leads back to it.")),
        };
        findings.push(Finding::new(weight, "PTR", sentence));
        all = Some(all.unwrap_or(true) && leads_back.is_some());
    }
    all
}

/// The tags of a record such as `v=DMARC1; p=none`; the last of those that are there twice.
fn tags(record: &str) -> Vec<(String, String)> {
    let parts = record.split(';').filter_map(|part| part.split_once('='));
    parts.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect()
}

fn tag<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
