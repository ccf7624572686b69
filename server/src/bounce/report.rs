//! What a report says: about which letter, and what.

use entity::bounce::{Kind, of_delivery, of_feedback};

use super::mime::{Entity, fields, named};

/// The most recipients of whom a report is read: a letter of ours has one.
const RECIPIENTS: usize = 20;

/// A message that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The addresses to which it came, as its head has them.
    pub to: Vec<String>,
    /// The report that it is; none where it is another message, such as an answer of somebody who is away.
    pub report: Option<Report>,
}

/// A report about a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The letter's sender on the envelope, as far as the report says: the address to which it comes back.
    pub return_paths: Vec<String>,
    /// The letter's Message-ID, without angle brackets.
    pub message_ids: Vec<String>,
    /// What it says.
    pub told: Told,
}

/// What a report says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// What became of the letter, of each recipient.
    Deliveries(Vec<Delivery>),
    /// What sort of report its reader has made.
    Feedback(String),
}

/// What became of a letter to a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The recipient: as it was, and as it became by forwarding, in lower case.
    pub recipients: Vec<String>,
    /// What was done.
    pub action: String,
    /// The status (RFC 3463).
    pub status: String,
    /// What the other mail server said.
    pub diagnostic: String,
}

/// Reads a message; none where it is none at all.
pub fn read(raw: &[u8]) -> Option<Arrived> {
    // What a mail server hands to a program may begin with a line of the mailbox format.
    let raw = match raw.strip_prefix(b"From ") {
        Some(rest) => rest.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default(),
        None => raw,
    };
    let whole = Entity::of(raw);
    let head = whole.fields();
    if head.is_empty() {
        return None;
    }
    let kind = whole.kind();
    let report = match kind.boundary.filter(|_| kind.name == "multipart/report") {
        Some(boundary) => report(&whole.parts(&boundary)),
        None => None,
    };
    let to = ["delivered-to", "x-original-to", "to"].into_iter().flat_map(|name| named(&head, name));
    Some(Arrived { to: to.flat_map(addresses).collect(), report })
}

fn report(parts: &[Entity<'_>]) -> Option<Report> {
    let (mut told, mut return_paths, mut message_ids) = (None, Vec::new(), Vec::new());
    for part in parts {
        match part.kind().name.as_str() {
            "message/delivery-status" | "message/global-delivery-status" if told.is_none() => {
                told = Some(Told::Deliveries(deliveries(&part.text())));
            }
            "message/feedback-report" if told.is_none() => {
                let said = fields(part.text().as_bytes());
                return_paths.extend(named(&said, "original-mail-from").flat_map(addresses));
                let kind = named(&said, "feedback-type").next().unwrap_or_default().to_owned();
                told = Some(Told::Feedback(kind));
            }
            "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/global-headers" => {
                // What stands before its first empty line is the head of the letter itself.
                let letter = part.text();
                let head = Entity::of(letter.as_bytes()).fields();
                return_paths.extend(named(&head, "return-path").flat_map(addresses));
                message_ids.extend(named(&head, "message-id").filter_map(message_id));
            }
            _ => {}
        }
    }
    told.map(|told| Report { return_paths, message_ids, told })
}

/// What a delivery status says of each recipient: blocks of fields, the first of which is about the report.
fn deliveries(text: &str) -> Vec<Delivery> {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in text.lines() {
        match blocks.last_mut() {
            _ if line.trim().is_empty() => blocks.push(String::new()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    let delivery = |block: String| {
        let said = fields(block.as_bytes());
        let first = |name| named(&said, name).next().unwrap_or_default().to_owned();
        let recipients: Vec<String> = ["original-recipient", "final-recipient"]
            .into_iter()
            .flat_map(|name| named(&said, name))
            // `rfc822; ada@example.org`, and utf-8 for addresses that are not ASCII.
            .flat_map(|value| addresses(value.split_once(';').map_or(value, |(_, address)| address)))
            .map(|address| address.to_lowercase())
            .collect();
        (!recipients.is_empty()).then(|| Delivery {
            recipients,
            action: first("action"),
            status: first("status"),
            diagnostic: first("diagnostic-code"),
        })
    };
    blocks.into_iter().filter_map(delivery).take(RECIPIENTS).collect()
}

/// The addresses in a field, without names and brackets; a few at most.
fn addresses(value: &str) -> Vec<String> {
    let words = value.split([',', ' ', '\t', '<', '>', '"', '(', ')', ';']);
    words.filter(|word| word.contains('@')).take(RECIPIENTS).map(str::to_owned).collect()
}

/// A Message-ID without its angle brackets.
fn message_id(value: &str) -> Option<String> {
    let inside = value.trim().strip_prefix('<')?.split('>').next()?;
    (inside.contains('@') && inside.len() < 1000).then(|| inside.to_owned())
}

impl Report {
    /// What it says of the letter to `address` (in lower case), with the words for it. A report that is `known`
    /// to be about this letter, because it came back to the letter's own address, need not name that address: a
    /// mailbox may forward, and then another is named, but it may name no more than one.
    pub fn of(&self, address: &str, known: bool) -> Option<(Kind, String, String)> {
        match &self.told {
            Told::Feedback(kind) => Some((of_feedback(kind)?, kind.clone(), String::new())),
            Told::Deliveries(deliveries) => {
                let named =
                    deliveries.iter().find(|delivery| delivery.recipients.iter().any(|to| to == address));
                let only = match deliveries.as_slice() {
                    [only] if known => Some(only),
                    _ => None,
                };
                let Delivery { action, status, diagnostic, .. } = named.or(only)?;
                Some((of_delivery(action, status, diagnostic)?, status.clone(), diagnostic.clone()))
            }
        }
    }
}
