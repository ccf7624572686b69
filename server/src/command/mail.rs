//! What can be asked about mail.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use lectern::config::{Config, Mail, MailCommand};
use lectern::mail_check::dns::Dns;
use lectern::mail_check::file::Known;
use lectern::mail_check::{Finding, Records, SetUp, Weight, bulk, look};
use worker::post::{MailUrl, Sender, Starttls};

use super::{CommandError, say};

/// Tells what is found of the set-up; the exit code says whether something is to be mended.
pub(super) async fn mail(config: &Config, command: MailCommand) -> Result<ExitCode, CommandError> {
    let MailCommand::Check { domain, envelope, records, selector, ip } = command;
    let domains = match domain {
        Some(domain) => vec![domain.to_ascii_lowercase()],
        None => senders(config)?,
    };
    let known: Box<dyn Records> = match records {
        Some(file) => Box::new(read(&file)?),
        None => Box::new(Dns::of_this_machine().map_err(|why| CommandError::Mail(format!("no DNS: {why}")))?),
    };
    let mut text = String::new();
    let mut worst = Weight::Good;
    for from in domains {
        let findings = of_domain(config, &*known, from.clone(), envelope.clone(), &selector, &ip).await;
        text.push_str(&format!("{from}\n"));
        for Finding { weight, about, sentence } in findings {
            worst = worst.max(weight);
            let word = match weight {
                Weight::Good => "ok",
                Weight::Note => "note",
                Weight::Mend => "MEND",
            };
            text.push_str(&format!("  {word:4}  {about:9}  {sentence}\n"));
        }
    }
    say::hand_over(&text)?;
    Ok(if worst == Weight::Mend { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn of_domain(
    config: &Config,
    records: &dyn Records,
    from: String,
    envelope: Option<String>,
    selectors: &[String],
    addresses: &[IpAddr],
) -> Vec<Finding> {
    let key = |selector: &String| {
        let (name, domain) = selector.split_once('@').unwrap_or((selector, &from));
        (name.to_owned(), domain.to_ascii_lowercase())
    };
    let set_up = SetUp {
        envelope: envelope.map_or_else(|| from.clone(), |domain| domain.to_ascii_lowercase()),
        keys: selectors.iter().map(key).collect(),
        addresses: addresses.to_vec(),
        is_https: config.public_url.starts_with("https://"),
        is_private: is_private(&config.mail),
        from,
    };
    let (mut findings, standing) = look(records, &set_up).await;
    findings.extend(bulk::judged(standing, &set_up));
    findings
}

/// The domains that our letters are from.
fn senders(config: &Config) -> Result<Vec<String>, CommandError> {
    let mut domains = Vec::new();
    for sender in [&config.mail_from, &config.mail_from_news] {
        let sender = sender.parse::<Sender>().map_err(|error| CommandError::Mail(error.to_string()))?;
        let domain = sender.domain().to_ascii_lowercase();
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    Ok(domains)
}

/// Whether nobody between here and the relay can read along; a relay on this machine has nobody between.
fn is_private(mail: &Mail) -> bool {
    let Mail::Url(url) = mail else { return true };
    let Ok(MailUrl::Smtp(server)) = url.parse::<MailUrl>() else { return true };
    let is_here =
        server.host == "localhost" || server.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match server.starttls {
        Starttls::Required | Starttls::Implicit => true,
        Starttls::Opportunistic | Starttls::None => is_here,
    }
}

fn read(file: &PathBuf) -> Result<Known, CommandError> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| CommandError::File(name(), error))?;
    let wrong = |why: String| CommandError::File(name(), std::io::Error::other(why));
    Known::read(&text).map_err(wrong)
}
