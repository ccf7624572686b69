//! `MAIL_URL`: where mail goes.
//!
//! - `smtp://[user:password@]host[:port][?starttls=required|opportunistic|none]`, port 587 with a user and 25 without.
//!   With a user STARTTLS is required unless the address says otherwise; without one it is used where the server offers it.
//! - `smtps://[user:password@]host[:port]`, TLS from the first byte, port 465.
//! - `file:FOLDER`, one `.eml` file per letter.

use std::str::FromStr;

/// How a plain connection becomes a private one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starttls {
    /// Without it, nothing is sent.
    Required,
    /// Where the server offers it.
    Opportunistic,
    /// Never.
    None,
    /// TLS from the first byte, so there is nothing to start.
    Implicit,
}

/// A mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// User and password.
    pub login: Option<(String, String)>,
    /// How the connection becomes private.
    pub starttls: Starttls,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of every log.
        write!(f, "Server({}:{}, {:?}, login: {})", self.host, self.port, self.starttls, self.login.is_some())
    }
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailUrl {
    /// To a mail server.
    Smtp(Server),
    /// Into a folder.
    File(String),
}

/// Why a text is not a `MAIL_URL`. The text itself is not repeated, because it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMailUrl {
    /// It begins with none of the known schemes.
    #[error("begins with none of smtp://, smtps://, file:")]
    Scheme,
    /// It names no host.
    #[error("names no host")]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("has a port that is not a number from 1 to 65535")]
    Port,
    /// The user comes without a password, or either is badly percent-encoded.
    #[error("has a user without a password, or one that is badly percent-encoded")]
    Login,
    /// It has something after the `?` other than `starttls=required`, `opportunistic` or `none`.
    #[error("has an option other than starttls=required, starttls=opportunistic or starttls=none")]
    Option,
    /// It names no folder.
    #[error("names no folder")]
    Folder,
    /// TLS could not be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl FromStr for MailUrl {
    type Err = BadMailUrl;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        if let Some(folder) = url.strip_prefix("file:") {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return if folder.is_empty() { Err(BadMailUrl::Folder) } else { Ok(Self::File(folder.to_owned())) };
        }
        let (rest, implicit) = match (url.strip_prefix("smtps://"), url.strip_prefix("smtp://")) {
            (Some(rest), _) => (rest, true),
            (None, Some(rest)) => (rest, false),
            (None, None) => return Err(BadMailUrl::Scheme),
        };
        let (rest, option) = rest.split_once('?').map_or((rest, None), |(rest, option)| (rest, Some(option)));
        let rest = rest.trim_end_matches('/');
        let (login, place) = rest.rsplit_once('@').map_or((None, rest), |(login, place)| (Some(login), place));
        let login = login.map(credentials).transpose()?;
        let starttls = match (option, implicit, &login) {
            (None, true, _) => Starttls::Implicit,
            (None | Some("starttls=opportunistic"), false, None) | (Some("starttls=opportunistic"), false, Some(_)) => {
                Starttls::Opportunistic
            }
            (None, false, Some(_)) | (Some("starttls=required"), false, _) => Starttls::Required,
            (Some("starttls=none"), false, _) => Starttls::None,
            (Some(_), _, _) => return Err(BadMailUrl::Option),
        };
        let (host, port) = host_and_port(place)?;
        let usual = match (implicit, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        Ok(Self::Smtp(Server { host, port: port.unwrap_or(usual), login, starttls }))
    }
}

fn credentials(login: &str) -> Result<(String, String), BadMailUrl> {
    let (user, password) = login.split_once(':').ok_or(BadMailUrl::Login)?;
    match (percent_decoded(user), percent_decoded(password)) {
        (Some(user), Some(password)) if !user.is_empty() => Ok((user, password)),
        (Some(_) | None, Some(_) | None) => Err(BadMailUrl::Login),
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), BadMailUrl> {
    let (host, port) = match place.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(BadMailUrl::Port)?)),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '/') {
        return Err(BadMailUrl::Host);
    }
    let port = port.map(|port| port.parse::<u16>().ok().filter(|port| *port > 0).ok_or(BadMailUrl::Port)).transpose()?;
    Ok((host.to_owned(), port))
}

/// Undoes percent-encoding; none where it is broken.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, port: u16, login: Option<(&str, &str)>, starttls: Starttls) -> Result<MailUrl, BadMailUrl> {
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        Ok(MailUrl::Smtp(Server { host: host.to_owned(), port, login, starttls }))
    }

    #[test]
    fn addresses_of_the_post_are_read() {
        for (url, expected) in [
            ("smtp://127.0.0.1:1025", server("127.0.0.1", 1025, None, Starttls::Opportunistic)),
            ("smtp://relay.example.org", server("relay.example.org", 25, None, Starttls::Opportunistic)),
            ("smtp://ce%40x:p%3Aw@relay.example.org", server("relay.example.org", 587, Some(("ce@x", "p:w")), Starttls::Required)),
            ("smtp://a:b@relay:2525/?starttls=none", server("relay", 2525, Some(("a", "b")), Starttls::None)),
            ("smtps://a:b@relay", server("relay", 465, Some(("a", "b")), Starttls::Implicit)),
            ("smtp://[::1]:2525?starttls=required", server("::1", 2525, None, Starttls::Required)),
            ("file:mail", Ok(MailUrl::File("mail".to_owned()))),
            ("file:///var/mail", Ok(MailUrl::File("/var/mail".to_owned()))),
            ("file:", Err(BadMailUrl::Folder)),
            ("http://relay", Err(BadMailUrl::Scheme)),
            ("smtp://", Err(BadMailUrl::Host)),
            ("smtp://relay:0", Err(BadMailUrl::Port)),
            ("smtp://relay:mail", Err(BadMailUrl::Port)),
            ("smtp://user@relay", Err(BadMailUrl::Login)),
            ("smtp://user:%zz@relay", Err(BadMailUrl::Login)),
            ("smtp://relay?tls=yes", Err(BadMailUrl::Option)),
            ("smtps://relay?starttls=none", Err(BadMailUrl::Option)),
        ] {
            assert_eq!(url.parse::<MailUrl>(), expected, "{url}");
        }
    }
}
