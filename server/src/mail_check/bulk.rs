//! What Gmail, Yahoo and Microsoft do with the e-mails of whoever sends them 5,000 or more in a day, as their
//! rules stand in 2026. Below that they ask for less, and may count at any time.

use super::{Finding, SetUp, Standing, Weight};

/// Something that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Spf,
    Dkim,
    Dmarc,
    Aligned,
    OneClick,
    Private,
    Names,
}

/// Somebody who asks, what is asked, and what comes of it where it is not so.
struct Provider {
    name: &'static str,
    asks: &'static [Ask],
    otherwise: &'static str,
}

const PROVIDERS: [Provider; 3] = [
    Provider {
        name: "Gmail",
        asks: &[Ask::Spf, Ask::Dkim, Ask::Dmarc, Ask::Aligned, Ask::OneClick, Ask::Private, Ask::Names],
        otherwise: "puts off or refuses them, or files them as spam",
    },
    Provider {
        name: "Yahoo",
        asks: &[Ask::Spf, Ask::Dkim, Ask::Dmarc, Ask::Aligned, Ask::OneClick, Ask::Names],
        otherwise: "puts off or refuses them, or files them as spam",
    },
    Provider {
        name: "Microsoft",
        asks: &[Ask::Spf, Ask::Dkim, Ask::Dmarc, Ask::Aligned],
        otherwise: "refuses them (550 5.7.515)",
    },
];

impl Ask {
    /// Whether it is so; none where nobody can tell from what was said.
    fn is_met(self, standing: Standing, set_up: &SetUp) -> Option<bool> {
        match self {
            Self::Spf => standing.spf,
            Self::Dkim => standing.dkim,
            Self::Dmarc => Some(standing.dmarc),
            Self::Aligned => Some(standing.spf_aligned || standing.dkim_aligned),
            Self::OneClick => Some(set_up.is_https),
            Self::Private => Some(set_up.is_private),
            Self::Names => standing.names,
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "a DMARC policy",
            Self::Aligned => "a sender that SPF or DKIM speaks for",
            Self::OneClick => "one click to unsubscribe (an https PUBLIC_URL)",
            Self::Private => "TLS on the way (MAIL_URL with starttls=required, or smtps)",
            Self::Names => "names of our addresses (PTR)",
        }
    }
}

/// What each of them does with much mail of this set-up.
pub fn judged(standing: Standing, set_up: &SetUp) -> Vec<Finding> {
    let of = |provider: &Provider| {
        let words = |met: Option<bool>| {
            let some = provider.asks.iter().filter(|ask| ask.is_met(standing, set_up) == met);
            some.map(|ask| ask.in_words()).collect::<Vec<_>>().join(", ")
        };
        let (name, otherwise) = (provider.name, provider.otherwise);
        let (missing, unknown) = (words(Some(false)), words(None));
        let (weight, sentence) = match (missing.is_empty(), unknown.is_empty()) {
            (true, true) => (Weight::Good, format!("{name} takes much mail of this set-up.")),
            (true, false) => {
                (Weight::Note, format!("{name} also asks for what was not looked at: {unknown}."))
            }
            (false, _) => (Weight::Mend, format!("{name} {otherwise}, for want of: {missing}.")),
        };
        Finding::new(weight, "bulk mail", sentence)
    };
    PROVIDERS.iter().map(of).collect()
}
