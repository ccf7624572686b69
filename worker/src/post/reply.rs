//! What a mail server answers, and what that means (RFC 5321, RFC 3463). Where it was said decides.

use std::fmt;

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

impl PostError {
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
mod tests {
    use super::*;

    #[test]
    fn where_an_answer_is_given_decides_what_it_means() {
        let cases = [
            (Step::Greeting, 421, "4.3.2 too many connections", Meaning::RouteDown),
            (Step::Greeting, 554, "5.7.1 your network is listed", Meaning::RouteClosed),
            (Step::Tls, 454, "TLS not available", Meaning::RouteDown),
            (Step::Login, 535, "5.7.8 bad credentials", Meaning::RouteClosed),
            (Step::Login, 454, "4.7.0 temporary failure", Meaning::RouteDown),
            (Step::Sender, 451, "4.3.0 later", Meaning::RouteDown),
            (Step::Sender, 550, "5.1.8 bad sender", Meaning::RouteClosed),
            (Step::Sender, 530, "5.7.0 authentication required", Meaning::RouteClosed),
            (Step::Reader, 450, "4.2.1 mailbox busy", Meaning::NotNow),
            (Step::Reader, 451, "4.7.1 Greylisted, come again", Meaning::NotNow),
            (Step::Reader, 450, "4.7.1 try again", Meaning::TooMuch),
            (Step::Reader, 421, "4.3.2 closing", Meaning::TooMuch),
            (Step::Reader, 550, "5.1.1 no such user", Meaning::NoSuchReader),
            (Step::Reader, 550, "5.1.8 bad sender's system", Meaning::Refused),
            (Step::Reader, 550, "no such user", Meaning::Refused),
            (Step::Reader, 530, "authentication required", Meaning::Distrusted),
            (Step::Reader, 554, "5.7.1 relaying denied", Meaning::Distrusted),
            // An enhanced code of another class than the reply is no enhanced code.
            (Step::Reader, 550, "4.7.1 confused", Meaning::Refused),
            (Step::Reader, 550, "5.1.1.1 confused", Meaning::Refused),
            (Step::Data, 451, "later", Meaning::NotNow),
            (Step::Data, 250, "no 354", Meaning::NotNow),
            (Step::Answer, 451, "local error", Meaning::NotNow),
            (Step::Answer, 552, "5.3.4 too big", Meaning::Refused),
            (Step::Answer, 550, "5.7.1 DMARC", Meaning::Distrusted),
            (Step::Answer, 354, "go on", Meaning::Lost),
        ];
        for (step, code, text, meaning) in cases {
            let error = PostError::reply(step, Reply::new(code, text));
            assert_eq!(error.meaning(), meaning, "{error}");
        }
        for (step, silence, ours) in [
            (Step::Connect, Meaning::RouteDown, Meaning::RouteClosed),
            (Step::Sender, Meaning::RouteDown, Meaning::RouteClosed),
            (Step::Reader, Meaning::NotNow, Meaning::NotAnAddress),
            (Step::Data, Meaning::NotNow, Meaning::NotAnAddress),
            (Step::Content, Meaning::NotNow, Meaning::NotAnAddress),
            (Step::Answer, Meaning::Lost, Meaning::NotAnAddress),
        ] {
            assert_eq!(PostError::silence(step, "gone").meaning(), silence, "{step}");
            assert_eq!(PostError::ours(step, "no").meaning(), ours, "{step}");
        }
    }

    #[test]
    fn a_reply_is_one_line_and_an_error_names_its_step() {
        assert_eq!(Reply::new(250, "ok\r\nBcc: x").text, "ok  Bcc: x");
        let reply = Reply::new(535, "5.7.8 bad credentials");
        assert_eq!(PostError::reply(Step::Login, reply).to_string(), "AUTH: 535 5.7.8 bad credentials");
        assert_eq!(PostError::silence(Step::Answer, "no answer").to_string(), "final dot: no answer");
    }
}
