//! Whether settings fit together, and what follows from them.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use entity::email::Address;
use entity::secret::SecretKey;

use super::{Config, Mail, Mistake, Settings, log_filter};
use crate::http::origins::Origins;
use crate::store::Limits;

/// Where Lectern listens where nothing else is said.
const DEFAULT_LISTEN: &str = "127.0.0.1:8000";
/// The office's name where nothing else is said.
const DEFAULT_OFFICE: &str = "Lectern Course Office";
/// The fewest bytes of a key.
pub(super) const MIN_KEY_BYTES: usize = 32;

impl Settings {
    /// Makes a configuration, or tells every mistake.
    ///
    /// # Errors
    /// Every setting that is wrong, with what would be right.
    pub fn check(&self) -> Result<Config, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut wrong = |name, message: &str| mistakes.push(Mistake { name, message: message.to_owned() });

        let listen = self.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
        let listen: SocketAddr = listen.parse().unwrap_or_else(|_| {
            wrong("LISTEN", "is not an address and a port, such as 127.0.0.1:8000");
            SocketAddr::from(([127, 0, 0, 1], 8000))
        });
        let mut operators = |name, address: Option<&String>| {
            let address: SocketAddr = match address?.parse() {
                Ok(address) => address,
                Err(_) => {
                    wrong(name, "is not an address and a port, such as 127.0.0.1:9464");
                    return None;
                }
            };
            if name == "OPERATOR_LISTEN" && address == listen && address.port() != 0 {
                wrong(name, "is the same as LISTEN; leave it out, or name another port");
            }
            Some(address)
        };
        let operator_listen = operators("OPERATOR_LISTEN", self.operator_listen.as_ref());
        let work_listen = operators("WORK_LISTEN", self.work_listen.as_ref());
        let tls = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (None, None) => None,
            (Some(_), None) => {
                wrong("TLS_KEY", "is needed with TLS_CERTIFICATE");
                None
            }
            (None, Some(_)) => {
                wrong("TLS_CERTIFICATE", "is needed with TLS_KEY");
                None
            }
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public_url = self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{listen}"));
        let public_url = public_url.trim_end_matches('/').to_owned();
        let host = host_of(&public_url);
        if host.is_none() {
            wrong("PUBLIC_URL", "is not an address such as https://courses.example.org");
        }
        let database_url = match &self.database_url {
            Some(url) if ["sqlite:", "postgres:", "postgresql:"].iter().any(|kind| url.starts_with(kind)) => {
                url.clone()
            }
            Some(_) => {
                wrong("DATABASE_URL", "must begin with sqlite: or postgres:");
                String::new()
            }
            None => embedded(&self.data_dir).unwrap_or_else(|| {
                wrong("DATA_DIR", "must be written in UTF-8");
                String::new()
            }),
        };
        if !(1..=1000).contains(&self.database_connections) {
            wrong("DATABASE_CONNECTIONS", "must be between 1 and 1000");
        }
        for (name, milliseconds) in [
            ("DATABASE_STATEMENT_MS", self.database_statement_ms),
            ("DATABASE_WAIT_MS", self.database_wait_ms),
        ] {
            if !(10..=600_000).contains(&milliseconds) {
                wrong(name, "must be between 10 and 600000");
            }
        }
        if !(1..=1_000_000).contains(&self.catalogue_memory) {
            wrong("CATALOGUE_MEMORY", "must be between 1 and 1000000 megabytes");
        }
        if self.answers_memory > 1_000_000 {
            wrong("ANSWERS_MEMORY", "must be between 0 and 1000000 megabytes");
        }
        if !(1..=200).contains(&self.mail_hands) {
            wrong("MAIL_HANDS", "must be between 1 and 200");
        }
        let mail = match self.mail_url.as_deref() {
            None | Some("mailbox") => Mail::Mailbox(self.data_dir.join("mailbox")),
            Some(url) if ["smtp://", "smtps://", "file:"].iter().any(|kind| url.starts_with(kind)) => {
                Mail::Url(url.to_owned())
            }
            Some(_) => {
                wrong("MAIL_URL", "must be mailbox, or begin with smtp://, smtps:// or file:");
                Mail::Mailbox(self.data_dir.join("mailbox"))
            }
        };
        let mailbox = matches!(mail, Mail::Mailbox(_));
        let office_name = self
            .office_name
            .as_ref()
            .or_else(|| self.renamed.of("OFFICE_NAME"))
            .map_or(DEFAULT_OFFICE, String::as_str);
        let mail_from = match &self.mail_from {
            Some(from) => from.clone(),
            None => {
                if !mailbox {
                    wrong("MAIL_FROM", "is needed when mail is sent: who writes the e-mails?");
                }
                format!("{office_name} <office@lectern.example.org>")
            }
        };
        let mail_from_news = self.mail_from_news.clone().unwrap_or_else(|| mail_from.clone());
        for (name, sender) in
            [("MAIL_FROM", Some(&mail_from)), ("MAIL_FROM_NEWS", self.mail_from_news.as_ref())]
        {
            if sender.is_some_and(|sender| {
                Address::parse(bare_address(sender)).is_err() || sender.chars().any(char::is_control)
            }) {
                wrong(name, "is not an address such as Course Office <office@example.org>");
            }
        }
        let secret_key = match &self.secret_key {
            Some(key) if key.len() >= MIN_KEY_BYTES => Some(SecretKey::new(key.as_bytes())),
            Some(_) => {
                wrong("SECRET_KEY", "must have 32 characters or more; `openssl rand -hex 32` makes one");
                None
            }
            None => {
                if self.database_url.is_some() {
                    wrong(
                        "SECRET_KEY",
                        "is needed with a database of your own; `openssl rand -hex 32` makes one",
                    );
                }
                None
            }
        };
        let secret_key_old = match &self.secret_key_old {
            Some(old) if old.len() < MIN_KEY_BYTES => {
                wrong(
                    "SECRET_KEY_OLD",
                    "must be the key that was SECRET_KEY before, of 32 characters or more",
                );
                None
            }
            Some(old) if self.secret_key.as_ref() == Some(old) => {
                wrong("SECRET_KEY_OLD", "is the same as SECRET_KEY; it is the key that was there before");
                None
            }
            old => old.as_ref().map(|old| SecretKey::new(old.as_bytes())),
        };
        let public = is_public(listen.ip(), host.as_deref());
        if public {
            if mailbox {
                wrong(
                    "MAIL_URL",
                    "must be set when LISTEN or PUBLIC_URL is open to others: the local mailbox would show everybody's mail",
                );
            }
            if self.secret_key.is_none() && self.database_url.is_none() {
                wrong("SECRET_KEY", "must be set when LISTEN or PUBLIC_URL is open to others");
            }
        }
        if office_name.trim().is_empty() || office_name.chars().any(char::is_control) {
            wrong("OFFICE_NAME", "must be a name on one line");
        }
        if self.contact.as_deref().is_some_and(|contact| Address::parse(contact).is_err()) {
            wrong("CONTACT", "is not an address such as office@example.org");
        }
        if let Err(message) = log_filter(&self.log) {
            wrong("LOG", &message);
        }
        let origins =
            Origins::parse(self.allowed_origins.as_deref().unwrap_or_default()).unwrap_or_else(|message| {
                wrong("ALLOWED_ORIGINS", &message);
                Origins::Ours
            });
        let bounces = self.bounces.check(&mut wrong);
        let clients = self.clients.check(&mut wrong);
        let documents = self.documents.check(&mut wrong);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Config {
            embedded: self.database_url.is_none(),
            database_url,
            database_connections: self.database_connections,
            mail_hands: self.mail_hands,
            database_limits: Limits {
                wait: Duration::from_millis(self.database_wait_ms),
                statement: Some(Duration::from_millis(self.database_statement_ms)),
            },
            clock: self.clock,
            catalogue_memory: self.catalogue_memory.saturating_mul(1024 * 1024),
            answers_memory: self.answers_memory.saturating_mul(1024 * 1024),
            mail,
            contact: self.contact.clone().unwrap_or_else(|| bare_address(&mail_from).to_owned()),
            mail_from,
            mail_from_news,
            bounces,
            public_url,
            listen,
            operator_listen,
            work_listen,
            secret_key,
            secret_key_old,
            data_dir: self.data_dir.clone(),
            office_name: office_name.to_owned(),
            postal_address: self.postal_address.clone(),
            behind_proxy: self.behind_proxy,
            origins,
            tls,
            max_connections: self.clients.max_connections,
            max_connections_per_address: self.clients.max_connections_per_address,
            clients,
            documents,
            trusted_documents: self
                .documents
                .trusted_documents
                .clone()
                .map(|folder| (folder, self.documents.trusted_documents_mode)),
            graphiql: self.graphiql.unwrap_or(!public),
            renamed: self.renamed.warnings(),
        })
    }
}

impl Config {
    /// What is allowed and worth knowing, for whoever starts Lectern.
    pub fn warnings(&self) -> Vec<Mistake> {
        let mut warnings = Vec::new();
        if self.postal_address.as_deref().is_none_or(|address| address.trim().is_empty()) {
            warnings.push(Mistake {
                name: "POSTAL_ADDRESS",
                message: "is not set: e-mails about deadlines to people who have not registered need one, and are not sent".to_owned(),
            });
        }
        if matches!(self.mail, Mail::Url(_)) && !self.public_url.starts_with("https://") {
            warnings.push(Mistake {
                name: "PUBLIC_URL",
                message: "is not an https address: mail programs will offer no button to unsubscribe"
                    .to_owned(),
            });
        }
        warnings
    }

    /// The domain under which letters get their ids: the sender's.
    pub fn mail_domain(&self) -> &str {
        bare_address(&self.mail_from).rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

/// The address of the embedded database in `folder`: in an address a question mark begins settings and a
/// percent sign a byte. None where the folder's name is no text.
fn embedded(folder: &Path) -> Option<String> {
    let file = folder.join("lectern.sqlite3");
    let file = file.to_str()?.replace('%', "%25").replace('?', "%3F");
    Some(format!("sqlite://{file}"))
}

/// The address within `Name <address>`, or the whole.
fn bare_address(from: &str) -> &str {
    match (from.rfind('<'), from.strip_suffix('>')) {
        (Some(open), Some(without)) => &without[open + 1..],
        _ => from,
    }
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => authority.split(':').next().unwrap_or_default(),
    };
    (!host.is_empty() && !url.chars().any(|letter| letter.is_control() || letter.is_whitespace()))
        .then(|| host.to_owned())
}

/// Whether anybody but this machine can reach the server.
fn is_public(listen: IpAddr, host: Option<&str>) -> bool {
    let local = |host: &str| {
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    !listen.is_loopback() || host.is_some_and(|host| !local(host))
}

#[cfg(test)]
mod tests;
