//! `MAIL_URL`: where mail goes.
//!
//! - `smtp://[user:password@]host[:port][?starttls=required|opportunistic|none]`, port 587 with a user and 25
//!   without. With a user or a `ca` STARTTLS is required unless the address says otherwise; without either it
//!   is used where the server offers it.
//! - `smtps://[user:password@]host[:port]`, TLS from the first byte, port 465.
//! - `?ca=FILE` (`&ca=FILE` after another option): the server's certificate has to come from an authority in
//!   this PEM file, instead of one that the machine trusts. For a relay of your own, with a certificate of
//!   your own. Percent-encode `&`, `%` and `?` in it.
//! - `file:FOLDER`, one `.eml` file per letter.

use std::path::PathBuf;
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
    /// PEM file of the authorities that may vouch for the server; none: those that the machine trusts.
    pub ca: Option<PathBuf>,
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
    /// It has something after the `?` that is none of its options.
    #[error(
        "has something after the ? that is no option: `{0}`; there are starttls=… and ca=FILE, with & between them"
    )]
    UnknownOption(String),
    /// It has another `starttls=` than there are.
    #[error("says starttls={0}; there are required, opportunistic and none")]
    Starttls(String),
    /// It has an option twice, or one that does not fit the rest: `starttls=` with `smtps://`, or a `ca=`
    /// without TLS or without a file.
    #[error(
        "has an option that does not fit the rest: starttls={{required|opportunistic|none}} is for smtp://, ca=FILE for TLS, each once"
    )]
    Option,
    /// It names no folder.
    #[error("names no folder")]
    Folder,
    /// The file of authorities cannot be read, or holds no certificate.
    #[error("names a ca that is of no use: {0}")]
    Ca(String),
    /// TLS could not be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl FromStr for MailUrl {
    type Err = BadMailUrl;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        if let Some(folder) = url.strip_prefix("file:") {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return if folder.is_empty() {
                Err(BadMailUrl::Folder)
            } else {
                Ok(Self::File(folder.to_owned()))
            };
        }
        let (rest, implicit) = match (url.strip_prefix("smtps://"), url.strip_prefix("smtp://")) {
            (Some(rest), _) => (rest, true),
            (None, Some(rest)) => (rest, false),
            (None, None) => return Err(BadMailUrl::Scheme),
        };
        let (rest, options) = match rest.split_once('?') {
            Some((rest, options)) => (rest, Options::read(options)?),
            None => (rest, Options::default()),
        };
        let rest = rest.trim_end_matches('/');
        let (login, place) =
            rest.rsplit_once('@').map_or((None, rest), |(login, place)| (Some(login), place));
        let login = login.map(credentials).transpose()?;
        let starttls = match (implicit, options.starttls) {
            (true, None) => Starttls::Implicit,
            (true, Some(_)) => return Err(BadMailUrl::Option),
            (false, Some(Starttls::None)) if options.ca.is_some() => return Err(BadMailUrl::Option),
            (false, Some(said)) => said,
            (false, None) if login.is_some() || options.ca.is_some() => Starttls::Required,
            (false, None) => Starttls::Opportunistic,
        };
        let (host, port) = host_and_port(place)?;
        let usual = match (implicit, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        Ok(Self::Smtp(Server { host, port: port.unwrap_or(usual), login, starttls, ca: options.ca }))
    }
}

/// What stands after the `?`.
#[derive(Default)]
struct Options {
    starttls: Option<Starttls>,
    ca: Option<PathBuf>,
}

impl Options {
    fn read(text: &str) -> Result<Self, BadMailUrl> {
        let mut options = Self::default();
        for option in text.split('&') {
            let said_twice = match option.split_once('=').unwrap_or((option, "")) {
                ("starttls", "required") => options.starttls.replace(Starttls::Required).is_some(),
                ("starttls", "opportunistic") => options.starttls.replace(Starttls::Opportunistic).is_some(),
                ("starttls", "none") => options.starttls.replace(Starttls::None).is_some(),
                ("ca", file) => {
                    let file =
                        percent_decoded(file).filter(|file| !file.is_empty()).ok_or(BadMailUrl::Option)?;
                    options.ca.replace(PathBuf::from(file)).is_some()
                }
                ("starttls", other) => return Err(BadMailUrl::Starttls(told(other))),
                (other, _) => return Err(BadMailUrl::UnknownOption(told(other))),
            };
            if said_twice {
                return Err(BadMailUrl::Option);
            }
        }
        Ok(options)
    }
}

/// A piece of the address as it is repeated in a message: no secret stands after the `?`, and a wrong piece
/// may be long.
fn told(piece: &str) -> String {
    piece.chars().filter(|letter| !letter.is_control()).take(40).collect()
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
    if host.is_empty()
        || host.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '/')
    {
        return Err(BadMailUrl::Host);
    }
    let port = port
        .map(|port| port.parse::<u16>().ok().filter(|port| *port > 0).ok_or(BadMailUrl::Port))
        .transpose()?;
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

    fn server(
        host: &str,
        port: u16,
        login: Option<(&str, &str)>,
        starttls: Starttls,
    ) -> Result<MailUrl, BadMailUrl> {
        let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
        Ok(MailUrl::Smtp(Server { host: host.to_owned(), port, login, starttls, ca: None }))
    }

    fn vouched_for(ca: &str, url: Result<MailUrl, BadMailUrl>) -> Result<MailUrl, BadMailUrl> {
        match url? {
            MailUrl::Smtp(server) => Ok(MailUrl::Smtp(Server { ca: Some(PathBuf::from(ca)), ..server })),
            MailUrl::File(folder) => panic!("{folder} has no certificate"),
        }
    }

    #[test]
    fn addresses_of_the_post_are_read() {
        for (url, expected) in [
            ("smtp://127.0.0.1:1025", server("127.0.0.1", 1025, None, Starttls::Opportunistic)),
            ("smtp://relay.example.org", server("relay.example.org", 25, None, Starttls::Opportunistic)),
            (
                "smtp://ce%40x:p%3Aw@relay.example.org",
                server("relay.example.org", 587, Some(("ce@x", "p:w")), Starttls::Required),
            ),
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
            ("smtp://relay?tls=yes", Err(BadMailUrl::UnknownOption("tls".to_owned()))),
            ("smtp://relay?starttls=perhaps", Err(BadMailUrl::Starttls("perhaps".to_owned()))),
            ("smtps://relay?starttls=none", Err(BadMailUrl::Option)),
            (
                "smtps://relay?ca=/etc/a%26b.pem",
                vouched_for("/etc/a&b.pem", server("relay", 465, None, Starttls::Implicit)),
            ),
            // Who names an authority wants the certificate looked at: a server that offers no STARTTLS will
            // not do.
            ("smtp://relay?ca=ca.pem", vouched_for("ca.pem", server("relay", 25, None, Starttls::Required))),
            (
                "smtp://relay?starttls=opportunistic&ca=ca.pem",
                vouched_for("ca.pem", server("relay", 25, None, Starttls::Opportunistic)),
            ),
            ("smtp://relay?starttls=none&ca=ca.pem", Err(BadMailUrl::Option)),
            ("smtp://relay?ca=a.pem&ca=b.pem", Err(BadMailUrl::Option)),
            ("smtps://relay?ca=", Err(BadMailUrl::Option)),
            ("smtp://relay?", Err(BadMailUrl::UnknownOption(String::new()))),
        ] {
            assert_eq!(url.parse::<MailUrl>(), expected, "{url}");
        }
    }
}
