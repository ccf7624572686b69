//! SPF (RFC 7208): who may send for a domain, and whether the record stays within its limits.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use super::{Answer, Finding, Kind, Records, SetUp, Weight};

/// The most terms that ask the DNS, of answers without a record, and of hosts of one `mx` (section 4.6.4).
const LOOKUPS: u32 = 10;
const VOIDS: u32 = 2;
const HOSTS: usize = 10;
/// Where the walk ends, however much more there is.
const FAR: u32 = 40;

/// What is said of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// Looks at the record of the domain to which bounces go; whether all our addresses may send, where any was
/// named and the record stands.
pub(super) async fn look(records: &dyn Records, set_up: &SetUp, findings: &mut Vec<Finding>) -> Option<bool> {
    let domain = &set_up.envelope;
    let mut told = |weight, sentence: String| findings.push(Finding::new(weight, "SPF", sentence));
    let mut all = None;
    let addresses: Vec<Option<IpAddr>> = set_up.addresses.iter().copied().map(Some).collect();
    let mut is_first = true;
    for address in if addresses.is_empty() { vec![None] } else { addresses } {
        let mut walk = Walk { records, address, lookups: 0, voids: 0, wrong: Vec::new(), notes: Vec::new() };
        let verdict = walk.record(domain.clone()).await;
        let stands = walk.within(domain);
        if std::mem::take(&mut is_first) {
            walk.wrong.drain(..).for_each(|wrong| told(Weight::Mend, wrong));
            walk.notes.drain(..).for_each(|note| told(Weight::Note, note));
            if stands {
                told(
                    Weight::Good,
                    format!("The record of {domain} stands; it takes {} of {LOOKUPS} lookups.", walk.lookups),
                );
            }
        }
        let Some(address) = address else { continue };
        let passes = stands && verdict == Some(Verdict::Pass);
        let (weight, words) = if passes { (Weight::Good, "may") } else { (Weight::Mend, "may not") };
        told(weight, format!("{address} {words} send for {domain}."));
        all = Some(all.unwrap_or(true) && passes);
    }
    if all.is_none() {
        let sentence = "No address was named. Say from which ones mail comes to others: --ip ADDRESS.";
        told(Weight::Note, sentence.to_owned());
    }
    all
}

/// A walk through a record and all that it includes. It goes to the end even where a term has matched, so
/// that it counts what somebody else's address would cost.
struct Walk<'a> {
    records: &'a dyn Records,
    address: Option<IpAddr>,
    lookups: u32,
    voids: u32,
    wrong: Vec<String>,
    notes: Vec<String>,
}

impl Walk<'_> {
    /// Whether the record stands; what keeps it from that is told.
    fn within(&mut self, domain: &str) -> bool {
        if self.lookups > LOOKUPS {
            let lookups = self.lookups;
            self.wrong.push(format!("The record of {domain} takes {lookups} lookups, and with more than {LOOKUPS} it counts for nothing."));
        }
        if self.voids > VOIDS {
            let voids = self.voids;
            self.wrong.push(format!("The record of {domain} asks {voids} times for what is not there, and with more than {VOIDS} it counts for nothing."));
        }
        self.wrong.is_empty()
    }

    /// What the record of a domain says of the address; none where it has no word for it.
    fn record(&mut self, domain: String) -> Pin<Box<dyn Future<Output = Option<Verdict>> + Send + '_>> {
        Box::pin(async move {
            let texts = match self.records.ask(&domain, Kind::Txt).await {
                Answer::Found(texts) => texts,
                Answer::Nothing => Vec::new(),
                Answer::Trouble(why) => {
                    self.wrong.push(format!("The record of {domain} cannot be looked up: {why}."));
                    return None;
                }
            };
            let is_ours = |text: &&String| {
                let version = text.split(' ').next().unwrap_or_default();
                version.eq_ignore_ascii_case("v=spf1")
            };
            let ours: Vec<&String> = texts.iter().filter(is_ours).collect();
            let [record] = ours.as_slice() else {
                let why =
                    if ours.is_empty() { "no record" } else { "several records, so none of them counts" };
                self.wrong.push(format!("{domain} has {why}."));
                return None;
            };
            self.terms(&domain, record).await
        })
    }

    async fn terms(&mut self, domain: &str, record: &str) -> Option<Verdict> {
        let (mut verdict, mut redirect, mut ends) = (None, None, false);
        for term in record.split_whitespace().skip(1) {
            if self.lookups > FAR {
                return None;
            }
            if let Some(target) = strip(term, "redirect=") {
                redirect = Some(target.to_owned());
                continue;
            }
            let is_modifier =
                term.split_once('=').is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric()));
            if is_modifier {
                continue;
            }
            let (on_match, mechanism) = match term.split_at_checked(1) {
                Some(("+", rest)) => (Verdict::Pass, rest),
                Some(("-", rest)) => (Verdict::Fail, rest),
                Some(("~", rest)) => (Verdict::SoftFail, rest),
                Some(("?", rest)) => (Verdict::Neutral, rest),
                _ => (Verdict::Pass, term),
            };
            if mechanism.eq_ignore_ascii_case("all") {
                ends = true;
                if on_match == Verdict::Pass {
                    self.wrong.push(format!("The record of {domain} lets everybody send (+all)."));
                }
            }
            if self.matches(domain, mechanism).await && verdict.is_none() {
                verdict = Some(on_match);
            }
            if ends {
                break;
            }
        }
        match redirect {
            Some(target) if !ends => {
                self.lookups += 1;
                let further = self.record(target).await;
                verdict.or(further)
            }
            Some(_) => verdict,
            None => {
                if !ends {
                    self.notes.push(format!(
                        "The record of {domain} does not end in -all or ~all: it says nothing of others."
                    ));
                }
                verdict
            }
        }
    }

    async fn matches(&mut self, domain: &str, mechanism: &str) -> bool {
        let end = mechanism.find([':', '/']).unwrap_or(mechanism.len());
        let (name, rest) = mechanism.split_at(end);
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "all" => return true,
            "ip4" | "ip6" => return self.block(rest.trim_start_matches(':'), name == "ip6"),
            _ => {}
        }
        let (target, lengths) = match rest.strip_prefix(':') {
            Some(rest) => rest.split_once('/').map_or((rest, ""), |(target, lengths)| (target, lengths)),
            None => (domain, rest.trim_start_matches('/')),
        };
        self.lookups += 1;
        // What a macro stands for depends on each e-mail.
        let is_macro = target.contains('%');
        match name.as_str() {
            "include" if is_macro => false,
            "include" if rest.is_empty() => self.no_term(domain, mechanism),
            "include" => self.record(target.to_owned()).await == Some(Verdict::Pass),
            "a" | "mx" | "exists" if is_macro => false,
            "a" => self.hosts(vec![target.to_owned()], lengths, true).await,
            "mx" => match self.records.ask(target, Kind::Mx).await {
                Answer::Found(hosts) if hosts.len() > HOSTS => {
                    self.wrong.push(format!(
                        "{target} has more than {HOSTS} hosts for mail, so the term mx is an error."
                    ));
                    false
                }
                Answer::Found(hosts) => self.hosts(hosts, lengths, false).await,
                Answer::Nothing => {
                    self.voids += 1;
                    false
                }
                Answer::Trouble(why) => {
                    self.wrong.push(format!("The mail hosts of {target} cannot be looked up: {why}."));
                    false
                }
            },
            "exists" => match self.records.ask(target, Kind::Address).await {
                Answer::Found(_) => true,
                Answer::Nothing => {
                    self.voids += 1;
                    false
                }
                Answer::Trouble(_) => false,
            },
            "ptr" => {
                self.notes
                    .push(format!("The record of {domain} has the term ptr, which should not be used."));
                false
            }
            _ => {
                self.lookups -= 1;
                self.no_term(domain, mechanism)
            }
        }
    }

    fn no_term(&mut self, domain: &str, mechanism: &str) -> bool {
        self.wrong.push(format!("The record of {domain} has a term that nobody knows: {mechanism}."));
        false
    }

    /// Whether the address is one of these hosts', or near enough.
    async fn hosts(&mut self, hosts: Vec<String>, lengths: &str, counts: bool) -> bool {
        let (v4, v6) = lengths.split_once("//").unwrap_or((lengths, ""));
        let length = |text: &str, most: u8| if text.is_empty() { Some(most) } else { text.parse().ok() };
        let mut found = false;
        for host in hosts {
            match self.records.ask(&host, Kind::Address).await {
                Answer::Found(addresses) => {
                    let addresses = addresses.iter().filter_map(|text| text.parse::<IpAddr>().ok());
                    found |= self.address.is_some_and(|ours| {
                        addresses.into_iter().any(|theirs| {
                            let kept = if theirs.is_ipv4() {
                                length(v4, 32)
                            } else {
                                length(v6.trim_start_matches('/'), 128)
                            };
                            kept.is_some_and(|kept| is_within(ours, theirs, kept))
                        })
                    });
                }
                Answer::Nothing if counts => self.voids += 1,
                Answer::Nothing | Answer::Trouble(_) => {}
            }
        }
        found
    }

    /// Whether the address is in a block that is written down.
    fn block(&mut self, text: &str, is_v6: bool) -> bool {
        let most = if is_v6 { 128 } else { 32 };
        let (address, length) = text.split_once('/').map_or((text, Some(most)), |(address, length)| {
            (address, length.parse::<u8>().ok().filter(|length| *length <= most))
        });
        match (address.parse::<IpAddr>(), length) {
            (Ok(block), Some(length)) if block.is_ipv6() == is_v6 => {
                self.address.is_some_and(|ours| is_within(ours, block, length))
            }
            (Ok(_) | Err(_), _) => {
                self.wrong.push(format!("This is no block of addresses: {text}."));
                false
            }
        }
    }
}

fn strip<'a>(term: &'a str, name: &str) -> Option<&'a str> {
    let (head, rest) = term.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then_some(rest)
}

/// Whether the first `length` bits of two addresses are the same.
fn is_within(ours: IpAddr, block: IpAddr, length: u8) -> bool {
    let same =
        |differing: u128, width: u32| differing.checked_shr(width - u32::from(length)).unwrap_or(0) == 0;
    match (ours, block) {
        (IpAddr::V4(ours), IpAddr::V4(block)) => same(u128::from(ours.to_bits() ^ block.to_bits()), 32),
        (IpAddr::V6(ours), IpAddr::V6(block)) => same(ours.to_bits() ^ block.to_bits(), 128),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}
