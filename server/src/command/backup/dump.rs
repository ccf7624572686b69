//! What `pg_dump` writes of a database of PostgreSQL.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::command::CommandError;

/// What is said where the program is missing.
const NO_PG_DUMP: &str = "pg_dump was not found: install PostgreSQL's client programs, of the server's version or a newer one \
    (postgresql-client on Debian, Ubuntu and Alpine, postgresql on Fedora, libpq from Homebrew)";

/// Settings of an address that libpq knows, by sqlx's names for them and by its own.
const SHARED: [(&str, &str); 13] = [
    ("host", "host"),
    ("port", "port"),
    ("user", "user"),
    ("dbname", "dbname"),
    ("sslmode", "sslmode"),
    ("ssl-mode", "sslmode"),
    ("sslrootcert", "sslrootcert"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("sslcert", "sslcert"),
    ("ssl-cert", "sslcert"),
    ("sslkey", "sslkey"),
    ("ssl-key", "sslkey"),
];

/// Has the database at `url` written to `file`, in PostgreSQL's own format for `pg_restore`.
pub(super) async fn write(url: &str, file: &Path) -> Result<(), CommandError> {
    let Address { bare, password } = Address::of(url);
    let mut command = Command::new("pg_dump");
    command
        .args(["--format=custom", "--no-password", "--file"])
        .arg(file)
        .arg("--dbname")
        .arg(bare)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // What stands on a command line, everybody on the machine can read.
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    match command.output().await {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(CommandError::Backup(String::from_utf8_lossy(&done.stderr).trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(CommandError::Backup(NO_PG_DUMP.to_owned())),
        Err(error) => Err(CommandError::Backup(format!("pg_dump: {error}"))),
    }
}

/// An address as libpq takes it, without the password.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    bare: String,
    password: Option<String>,
}

impl Address {
    fn of(url: &str) -> Self {
        let (place, settings) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = place.split_once("://").unwrap_or(("postgres", place));
        let (who, rest) = rest.rsplit_once('@').map_or((None, rest), |(who, rest)| (Some(who), rest));
        let (user, secret) = who.map_or((None, None), |who| match who.split_once(':') {
            Some((user, secret)) => (Some(user), Some(secret)),
            None => (Some(who), None),
        });
        let mut password = secret.map(decoded);
        let mut bare = format!("{scheme}://");
        if let Some(user) = user {
            bare.push_str(&format!("{user}@"));
        }
        bare.push_str(rest);
        let mut mark = '?';
        for setting in settings.split('&') {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            if name == "password" {
                password = Some(decoded(value));
            } else if let Some((_, known)) = SHARED.iter().find(|(ours, _)| *ours == name) {
                bare.push_str(&format!("{mark}{known}={value}"));
                mark = '&';
            }
        }
        Self { bare, password }
    }
}

/// `%40` as what it stands for.
fn decoded(text: &str) -> String {
    // A plus sign is one in an address, and not a space as in a form.
    let plain = text.replace('+', "%2B");
    form_urlencoded::parse(format!("x={plain}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stands_on_no_command_line() {
        for (url, bare, password) in [
            (
                "postgres://ada:s%40f%2Be+x@db.example.org:5433/lectern",
                "postgres://ada@db.example.org:5433/lectern",
                Some("s@f+e+x"),
            ),
            (
                "postgresql://ada@db/lectern?password=p%26q&sslmode=require",
                "postgresql://ada@db/lectern?sslmode=require",
                Some("p&q"),
            ),
            (
                "postgres://db/lectern?ssl-mode=verify-full&statement-cache-capacity=5&ssl-root-cert=/ca.pem",
                "postgres://db/lectern?sslmode=verify-full&sslrootcert=/ca.pem",
                None,
            ),
            ("postgres://ada@localhost/x?host=/run/pg", "postgres://ada@localhost/x?host=/run/pg", None),
        ] {
            let expected = Address { bare: bare.to_owned(), password: password.map(str::to_owned) };
            assert_eq!(Address::of(url), expected, "{url}");
        }
    }
}
