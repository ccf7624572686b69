//! DMARC (RFC 9989): which policy holds for a domain, and which domains are one.

use super::{Answer, Finding, Kind, Records, SetUp, Weight, tag, tags};

/// From this many labels on, the walk goes on at those with one less at once (RFC 9989, section 4.10).
const MANY: usize = 8;

/// A policy, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// Whether DKIM's domain must be the very same.
    pub(super) adkim: bool,
    /// Whether SPF's must be.
    pub(super) aspf: bool,
}

/// Looks for the policy of the sender's domain.
pub(super) async fn look(
    records: &dyn Records,
    set_up: &SetUp,
    findings: &mut Vec<Finding>,
) -> Option<Policy> {
    let mut told = |weight, sentence: String| findings.push(Finding::new(weight, "DMARC", sentence));
    let mut found = None;
    for name in walk(&set_up.from) {
        match record(records, &name).await {
            Ok(Some(tags)) => {
                found = Some((name, tags));
                break;
            }
            Ok(None) => {}
            Err(why) => told(Weight::Mend, why),
        }
    }
    let Some((name, tags)) = found else {
        let sentence = format!(
            "{0} has no policy: publish _dmarc.{0} TXT \"v=DMARC1; p=none; rua=mailto:...\".",
            set_up.from
        );
        told(Weight::Mend, sentence);
        return None;
    };
    let of_subdomain = name != set_up.from;
    let policy =
        of_subdomain.then(|| tag(&tags, "sp")).flatten().or_else(|| tag(&tags, "p")).unwrap_or("none");
    match policy.to_ascii_lowercase().as_str() {
        "none" => {
            told(Weight::Note, format!("The policy at {name} is none: others may still write in your name."))
        }
        "quarantine" | "reject" => told(Weight::Good, format!("The policy at {name} is {policy}.")),
        _ => {
            told(
                Weight::Mend,
                format!("The policy at {name} is {policy}, which nobody knows: none, quarantine, or reject."),
            );
        }
    }
    for gone in ["pct", "rf", "ri"] {
        if tag(&tags, gone).is_some() {
            told(Weight::Note, format!("The tag {gone} at {name} is no longer one (RFC 9989): take it out."));
        }
    }
    if tag(&tags, "t").is_some_and(|value| value.eq_ignore_ascii_case("y")) {
        told(Weight::Note, format!("The policy at {name} is tested (t=y): the next milder one holds."));
    }
    if tag(&tags, "rua").is_none() {
        told(Weight::Note, format!("Nobody is told what fails: add rua=mailto:... at {name}."));
    }
    let is_strict = |name| tag(&tags, name).is_some_and(|value| value.eq_ignore_ascii_case("s"));
    Some(Policy { adkim: is_strict("adkim"), aspf: is_strict("aspf") })
}

/// Whether `other` speaks for `from`: it is the same, or, where that need not be, of the same organization.
pub(super) async fn is_aligned(records: &dyn Records, from: &str, other: &str, strict: bool) -> bool {
    from == other || !strict && organization(records, from).await == organization(records, other).await
}

/// The organization's domain (RFC 9989, section 4.10.2).
async fn organization(records: &dyn Records, domain: &str) -> String {
    let mut highest: Option<String> = None;
    for name in walk(domain) {
        let Ok(Some(tags)) = record(records, &name).await else { continue };
        match tag(&tags, "psd") {
            Some("n") => return name,
            Some("y") if name != domain => {
                // The domain below this one, which is everybody's.
                let above = domain.len() - name.len() - 1;
                let below = domain[..above].rsplit('.').next().unwrap_or_default();
                return format!("{below}.{name}");
            }
            Some(_) | None => highest = Some(name),
        }
    }
    highest.unwrap_or_else(|| domain.to_owned())
}

/// The names that are asked, from the domain itself up to its last label.
fn walk(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let from = |count: usize| labels[labels.len() - count..].join(".");
    let above = (labels.len() - 1).min(MANY - 1);
    std::iter::once(domain.to_owned()).chain((1..=above).rev().map(from)).collect()
}

/// The one record at a name; several are none.
async fn record(records: &dyn Records, domain: &str) -> Result<Option<Vec<(String, String)>>, String> {
    let texts = match records.ask(&format!("_dmarc.{domain}"), Kind::Txt).await {
        Answer::Found(texts) => texts,
        Answer::Nothing => return Ok(None),
        Answer::Trouble(why) => return Err(format!("_dmarc.{domain} cannot be looked up: {why}.")),
    };
    let mut ours = texts
        .iter()
        .map(|text| tags(text))
        .filter(|tags| tags.first().is_some_and(|(name, value)| name == "v" && value == "DMARC1"));
    match (ours.next(), ours.next()) {
        (Some(_), Some(_)) => Err(format!("_dmarc.{domain} has several records, so none of them counts.")),
        (one, _) => Ok(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_asks_at_most_eight_names() {
        assert_eq!(walk("mail.example.org"), ["mail.example.org", "example.org", "org"]);
        let long = "a.b.c.d.e.f.g.h.i.example.org";
        let names = walk(long);
        assert_eq!((names.len(), names[0].as_str(), names[1].as_str()), (8, long, "e.f.g.h.i.example.org"));
    }

    #[tokio::test]
    async fn who_is_of_one_organization() {
        let known = crate::mail_check::file::Known::read(
            "_dmarc.example.org TXT \"v=DMARC1; p=none\"\n_dmarc.edu.example TXT \"v=DMARC1; psd=y\"\n\
             _dmarc.own.example.org TXT \"v=DMARC1; psd=n\"",
        )
        .expect("records");
        let organization = async |domain: &str| organization(&known, domain).await;
        assert_eq!(organization("a.b.example.org").await, "example.org");
        assert_eq!(organization("a.school.edu.example").await, "school.edu.example");
        assert_eq!(organization("a.own.example.org").await, "own.example.org");
        assert_eq!(organization("nobody.example.net").await, "nobody.example.net");
        for (other, strict, expected) in [
            ("news.example.org", false, true),
            ("news.example.org", true, false),
            ("example.org", true, true),
            ("own.example.org", false, false),
            ("relay.example.net", false, false),
        ] {
            assert_eq!(is_aligned(&known, "example.org", other, strict).await, expected, "{other} {strict}");
        }
    }
}
