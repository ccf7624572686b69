//! What a mail server answers, and what that means (RFC 5321, RFC 3463). Where it was said decides.

use std::fmt;

use entity::Instant;
use entity::notice::Try;

use super::{PostError, Said};

/// How much of a reply is kept, in characters.
const KEPT: usize = 500;

/// A reply of a mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The rest, on one line.
    pub text: String,
}

/// A step of the conversation with a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding the server, and connecting.
    Connect,
    /// Its greeting; over a line that is private from the first byte on, EHLO, too.
    Greeting,
    /// EHLO.
    Hello,
    /// TLS, from the first byte or by STARTTLS, and EHLO after it.
    Tls,
    /// AUTH.
    Login,
    /// MAIL: the server judges us.
    Sender,
    /// RCPT: the server judges the reader.
    Reader,
    /// DATA: may the content come?
    Data,
    /// The content, before the final dot: nothing is handed over yet.
    Content,
    /// The final dot, and the answer to it.
    Answer,
}

/// What it means that a letter did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// No letter leaves at the moment.
    RouteDown,
    /// No letter leaves until somebody changes something: the server does not want us.
    RouteClosed,
    /// This letter, later.
    NotNow,
    /// This letter, later; many of them mean that the reader's domain wants less (421, 4.7.x).
    TooMuch,
    /// Never: there is no such reader (5.1.x).
    NoSuchReader,
    /// Never: no mail server understands the reader's address.
    NotAnAddress,
    /// Never, for another reason.
    Refused,
    /// Never, for a reason of policy (5.7.x, 530, 535); many of them mean that we are at fault.
    Distrusted,
    /// The content was handed over, and no answer came.
    Lost,
}

impl Meaning {
    /// Whether it is about all mail rather than about one letter.
    pub fn is_of_the_route(self) -> bool {
        matches!(self, Self::RouteDown | Self::RouteClosed)
    }
}

impl Step {
    /// As metrics call it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Hello => "ehlo",
            Self::Tls => "tls",
            Self::Login => "auth",
            Self::Sender => "mail",
            Self::Reader => "rcpt",
            Self::Data => "data",
            Self::Content | Self::Answer => "content",
        }
    }

    /// Up to MAIL the server speaks of us, from RCPT on of one letter.
    fn is_about_the_letter(self) -> bool {
        match self {
            Self::Connect | Self::Greeting | Self::Hello | Self::Tls | Self::Login | Self::Sender => false,
            Self::Reader | Self::Data | Self::Content | Self::Answer => true,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Greeting => "greeting",
            Self::Hello => "EHLO",
            Self::Tls => "TLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL",
            Self::Reader => "RCPT",
            Self::Data => "DATA",
            Self::Content => "content",
            Self::Answer => "final dot",
        })
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

impl Reply {
    /// A reply with the control characters taken out of its text, and cut to a length that is worth keeping.
    pub fn new(code: u16, text: &str) -> Self {
        let text = text
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(KEPT)
            .collect::<String>();
        Self { code, text: text.trim().to_owned() }
    }

    /// What it leaves on record of a try that it has ended well at `at`.
    pub fn as_try(&self, at: Instant) -> Try {
        Try {
            at,
            step: None,
            code: Some(self.code),
            status: self.status().map(str::to_owned),
            queue_id: self.queue_id().map(str::to_owned),
            said: self.to_string(),
        }
    }

    /// The enhanced status code (RFC 3463), where the reply carries one of its own class.
    pub fn status(&self) -> Option<&str> {
        self.subject().and_then(|_| self.text.split_whitespace().next())
    }

    /// The name under which the server has taken a letter, as the common ones tell it; none where it does not.
    pub fn queue_id(&self) -> Option<&str> {
        queue_id(self.status().map_or(self.text.as_str(), |status| &self.text[status.len()..]))
    }

    /// Subject and detail of the enhanced status code (`1` and `2` in `5.1.2`), where the reply carries one.
    fn subject(&self) -> Option<(&str, &str)> {
        let status = self.text.split_whitespace().next()?;
        let mut parts = status.split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let number =
            |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let whole = parts.next().is_none() && number(subject) && number(detail);
        (whole && class == (self.code / 100).to_string()).then_some((subject, detail))
    }

    /// Whether the reader's server greylists: it wants to see this letter to this reader again, and no less
    /// of others.
    fn is_greylisting(&self) -> bool {
        let text = self.text.to_ascii_lowercase();
        ["greylist", "graylist", "grey-list", "gray-list"].iter().any(|word| text.contains(word))
    }

    fn about_the_letter(&self, step: Step) -> Meaning {
        match (self.code, self.subject()) {
            (530 | 535, _) | (500.., Some(("7", _))) => Meaning::Distrusted,
            // 5.1.7 and 5.1.8 are about the sender's address.
            (500.., Some(("1", detail))) if !matches!(detail, "7" | "8") => Meaning::NoSuchReader,
            (500.., Some(_) | None) => Meaning::Refused,
            (400..500, _) if self.is_greylisting() => Meaning::NotNow,
            (421, _) | (400..500, Some(("7", _))) => Meaning::TooMuch,
            (400..500, Some(_) | None) => Meaning::NotNow,
            // A yes of another kind than the one that is wanted: the server does not speak the protocol.
            (0..400, Some(_) | None) if step == Step::Answer => Meaning::Lost,
            (0..400, Some(_) | None) => Meaning::NotNow,
        }
    }
}

/// The longest name of a letter in a mail server's queue that is believed, in characters.
const LONGEST_NAME: usize = 120;

fn queue_id(text: &str) -> Option<&str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let behind = |mark: &str| words.iter().find_map(|word| word.strip_prefix(mark));
    let named = match words.as_slice() {
        // Postfix and OpenSMTPD's kin: 250 2.0.0 Ok: queued as 4bFxyz1234
        [.., queued, r#as, name] if queued.eq_ignore_ascii_case("queued") && *r#as == "as" => Some(*name),
        // Sendmail: 250 2.0.0 5A6B7C8D012345 Message accepted for delivery
        [name, message, accepted, ..] if *message == "Message" && *accepted == "accepted" => Some(*name),
        // Gmail: 250 2.0.0 OK  1795839112 d2e1a72fcca58-7a4-si123 - gsmtp
        [.., name, "-", "gsmtp"] => Some(*name),
        // Amazon SES: 250 Ok 0100019a-...-000000
        [ok, name] if ok.eq_ignore_ascii_case("ok") && !name.starts_with("id=") => Some(*name),
        // Exim: 250 OK id=1vOabc-00000001Abc-0xyz; Exchange: 250 2.6.0 <...> [InternalId=123, Hostname=...] Queued
        _ => behind("id=").or_else(|| behind("[InternalId=")),
    };
    let name = named?.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let is_name =
        name.len() >= 4 && name.len() <= LONGEST_NAME && name.bytes().any(|byte| byte.is_ascii_digit());
    is_name.then_some(name)
}

impl PostError {
    /// What it leaves on record of a try that was over at `at`.
    pub fn as_try(&self, at: Instant) -> Try {
        let step = Some(self.step.to_string());
        match &self.said {
            Said::Reply(reply) => Try { step, ..reply.as_try(at) },
            Said::Silence(said) | Said::Ours(said) => {
                Try { at, step, code: None, status: None, queue_id: None, said: said.clone() }
            }
        }
    }

    /// Whether it is an answer of the mail server.
    pub fn is_reply(&self) -> bool {
        matches!(self.said, Said::Reply(_))
    }

    /// Whether the conversation can go on with another letter: every step came to its end.
    pub(super) fn goes_on(&self) -> bool {
        match &self.said {
            // 421 is said by a server that takes its leave.
            Said::Reply(reply) => reply.code != 421,
            Said::Ours(_) => true,
            Said::Silence(_) => false,
        }
    }

    /// What it means for the letter, and for the others.
    pub fn meaning(&self) -> Meaning {
        match (&self.said, self.step.is_about_the_letter()) {
            (Said::Reply(reply), true) => reply.about_the_letter(self.step),
            (Said::Reply(reply), false) if reply.code >= 500 => Meaning::RouteClosed,
            (Said::Ours(_), false) => Meaning::RouteClosed,
            (Said::Reply(_) | Said::Silence(_), false) => Meaning::RouteDown,
            (Said::Silence(_), true) if self.step == Step::Answer => Meaning::Lost,
            (Said::Silence(_), true) => Meaning::NotNow,
            (Said::Ours(_), true) => Meaning::NotAnAddress,
        }
    }
}

#[cfg(test)]
mod tests;
