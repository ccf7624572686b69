//! Records by DNS, from the servers that this machine asks.

use std::net::IpAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::file::plain;
use super::{Answer, Kind, Records};

/// Whoever this machine asks.
pub struct Dns(TokioResolver);

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dns")
    }
}

impl Dns {
    /// By the machine's own settings.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn of_this_machine() -> Result<Self, String> {
        let builder = TokioResolver::builder_tokio().map_err(|error| error.to_string())?;
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    async fn lookup(&self, name: &str, kind: RecordType) -> Answer {
        // A dot at the end: names are whole, whatever the machine would put behind them.
        let found = match name.parse::<IpAddr>() {
            Ok(address) => self.0.lookup(address, kind).await,
            Err(_) => self.0.lookup(format!("{}.", plain(name)), kind).await,
        };
        match found {
            Ok(found) => {
                let records: Vec<String> =
                    found.answers().iter().filter_map(|record| words(&record.data)).collect();
                if records.is_empty() { Answer::Nothing } else { Answer::Found(records) }
            }
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => Answer::Nothing,
            Err(error) => Answer::Trouble(error.to_string()),
        }
    }
}

#[async_trait::async_trait]
impl Records for Dns {
    async fn ask(&self, name: &str, kind: Kind) -> Answer {
        match kind {
            Kind::Txt => self.lookup(name, RecordType::TXT).await,
            Kind::Mx => self.lookup(name, RecordType::MX).await,
            Kind::Ptr => self.lookup(name, RecordType::PTR).await,
            Kind::Address => {
                match (self.lookup(name, RecordType::A).await, self.lookup(name, RecordType::AAAA).await) {
                    (Answer::Found(mut all), Answer::Found(more)) => {
                        all.extend(more);
                        Answer::Found(all)
                    }
                    (Answer::Nothing, other) | (other, Answer::Nothing) => other,
                    (Answer::Found(found), Answer::Trouble(_))
                    | (Answer::Trouble(_), Answer::Found(found)) => Answer::Found(found),
                    (Answer::Trouble(why), Answer::Trouble(_)) => Answer::Trouble(why),
                }
            }
        }
    }
}

/// What a record says; none of a kind that nobody asked for, such as the alias on the way to it.
fn words(data: &RData) -> Option<String> {
    match data {
        RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
        RData::MX(host) => Some(plain(&host.exchange.to_string())),
        RData::A(address) => Some(address.0.to_string()),
        RData::AAAA(address) => Some(address.0.to_string()),
        RData::PTR(name) => Some(plain(&name.0.to_string())),
        _ => None,
    }
}
