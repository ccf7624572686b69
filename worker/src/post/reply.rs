//! What a mail server answers, and what that means for a letter (RFC 5321, RFC 3463).

use std::fmt;

use super::PostError;

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

/// In which step of the conversation a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Greeting, EHLO, STARTTLS or AUTH: nothing of the letter was said yet.
    Greeting,
    /// MAIL: the server judges us.
    Sender,
    /// RCPT: the server judges the reader.
    Reader,
    /// DATA and the content.
    Content,
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What we say ourselves has no code.
        if self.code == 0 { f.write_str(&self.text) } else { write!(f, "{} {}", self.code, self.text) }
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

    /// Subject of the enhanced status code (`1` in `5.1.2`), where the reply carries one.
    fn subject(&self) -> Option<&str> {
        let status = self.text.split_whitespace().next()?;
        let mut parts = status.split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let number =
            |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let whole = parts.next().is_none() && number(subject) && number(detail);
        (whole && class == (self.code / 100).to_string()).then_some(subject)
    }

    /// What this refusal means for the letter.
    pub fn refusal(self, step: Step) -> PostError {
        match (self.code, step) {
            (500.., Step::Greeting | Step::Sender) | (530 | 535, Step::Reader | Step::Content) => {
                PostError::Unwelcome(self)
            }
            (_, Step::Greeting) => PostError::Unreachable(self.to_string()),
            (500.., Step::Reader | Step::Content) => match self.subject() {
                Some("7") => PostError::Unwelcome(self),
                Some("1") => PostError::AddressRefused(self),
                Some(_) | None => PostError::Refused(self),
            },
            (421, Step::Sender | Step::Reader | Step::Content) => PostError::Throttled(self),
            (400..500, Step::Sender | Step::Reader | Step::Content) if self.subject() == Some("7") => {
                PostError::Throttled(self)
            }
            (400..500, Step::Sender | Step::Reader | Step::Content) => PostError::Deferred(self),
            // A yes where a no was reported, or no reply at all: the server does not speak the protocol.
            (0..400, Step::Sender | Step::Reader) => PostError::Unreachable(self.to_string()),
            (0..400, Step::Content) => PostError::NoAnswer(self.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_mean_what_the_house_says_they_mean() {
        type Meaning = fn(Reply) -> PostError;
        let cases: [(u16, &str, Step, Meaning); 14] = [
            (450, "4.2.1 mailbox busy", Step::Reader, PostError::Deferred),
            (451, "local error", Step::Content, PostError::Deferred),
            (421, "4.3.2 closing", Step::Reader, PostError::Throttled),
            (450, "4.7.1 greylisted", Step::Reader, PostError::Throttled),
            (550, "5.1.1 no such user", Step::Reader, PostError::AddressRefused),
            (550, "no such user", Step::Reader, PostError::Refused),
            (552, "5.3.4 too big", Step::Content, PostError::Refused),
            (554, "5.7.1 relaying denied", Step::Reader, PostError::Unwelcome),
            (530, "authentication required", Step::Reader, PostError::Unwelcome),
            (535, "5.7.8 bad credentials", Step::Greeting, PostError::Unwelcome),
            (550, "5.1.8 bad sender", Step::Sender, PostError::Unwelcome),
            (451, "4.3.0 later", Step::Sender, PostError::Deferred),
            // An enhanced code of another class than the reply is no enhanced code.
            (550, "4.7.1 confused", Step::Reader, PostError::Refused),
            (550, "5.1.1.1 confused", Step::Reader, PostError::Refused),
        ];
        for (code, text, step, meaning) in cases {
            let reply = Reply::new(code, text);
            assert_eq!(reply.clone().refusal(step), meaning(reply), "{code} {text} {step:?}");
        }
        assert!(matches!(
            Reply::new(454, "TLS not available").refusal(Step::Greeting),
            PostError::Unreachable(_)
        ));
        assert!(matches!(Reply::new(354, "go on").refusal(Step::Content), PostError::NoAnswer(_)));
        assert_eq!(Reply::new(250, "ok\r\nBcc: x").text, "ok  Bcc: x");
        assert_eq!(Reply::new(535, "5.7.8 bad credentials").to_string(), "535 5.7.8 bad credentials");
        assert_eq!(Reply::new(0, "no STARTTLS").to_string(), "no STARTTLS");
    }
}
