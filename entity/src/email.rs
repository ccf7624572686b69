//! Addresses for mail, as people type them.
//!
//! Stricter than RFC 5321 allows and wide enough for every address a learner has: an ASCII local part without
//! quotes, a domain with a dot. A Unicode domain is kept in its ASCII form (RFC 5891), so no relay needs
//! SMTPUTF8. Control characters can never pass.

/// A text that is not an address we can write to.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnAddress;

/// An address fit for the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    local: String,
    domain: String,
}

impl Address {
    /// Reads what a person typed; spaces around it are dropped.
    pub fn parse(typed: &str) -> Result<Self, NotAnAddress> {
        let (local, domain) = typed.trim().rsplit_once('@').ok_or(NotAnAddress)?;
        let atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if local.is_empty() || local.len() > 64 || dots || !local.bytes().all(atext) {
            return Err(NotAnAddress);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnAddress)?;
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(label) {
            return Err(NotAnAddress);
        }
        Ok(Self { local: local.to_owned(), domain })
    }

    /// The address as mail is sent to it; the local part as typed.
    pub fn as_sent(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// What makes two addresses one person's: everything in lower case.
    pub fn key(&self) -> String {
        self.as_sent().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_people_have_are_taken() {
        for (typed, sent, key) in [
            (" Ada@Example.org ", "Ada@example.org", "ada@example.org"),
            ("o'neil+ce@mail.example.org", "o'neil+ce@mail.example.org", "o'neil+ce@mail.example.org"),
            ("a@bücher.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ] {
            let address = Address::parse(typed).expect(typed);
            assert_eq!((address.as_sent().as_str(), address.key().as_str()), (sent, key));
        }
    }

    #[test]
    fn what_could_harm_is_refused() {
        for typed in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@localhost",
            "a da@example.org",
            "ada@exam ple.org",
            "ada@example.org\r\nBcc: x@example.org",
            "\"ada\"@example.org",
            "a..b@example.org",
            ".a@example.org",
            "ada@-example.org",
            "ada@example..org",
            "a@[127.0.0.1]",
            "a,b@example.org",
            "<a@example.org>",
        ] {
            assert_eq!(Address::parse(typed), Err(NotAnAddress), "{typed:?}");
        }
    }
}
