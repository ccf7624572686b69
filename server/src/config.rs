//! Configuration: flags and environment, read once, with every mistake told at once.
//!
//! Only this module may read the environment (clap does). Nothing secret is defaulted outside of the embedded
//! default: whoever opens Lectern to the world must say where mail goes and bring a key.

mod bounces;
mod check;
mod clients;
mod command;
mod documents;
mod log;
mod renamed;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use entity::secret::SecretKey;

use crate::http::origins::Origins;
use crate::limits::client::Limits as ClientLimits;
use crate::limits::document::{Limits as DocumentLimits, Mode};
use crate::store::{Limits, clock};
pub use bounces::{BounceSettings, Bounces};
pub use clients::ClientSettings;
pub use command::{Command, MailCommand, SignInsCommand, StaffCommand, StaffRole};
pub use documents::DocumentSettings;
pub use log::log_filter;
pub use renamed::RenamedSettings;

/// Lectern: continuing-education courses, registrations and the letters that go with them.
#[derive(Debug, Parser)]
#[command(name = "lectern", version, about, max_term_width = 110)]
pub struct Cli {
    /// Settings, common to all commands.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do; `serve` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Reads a command line, its program's name first, with the environment behind it. What follows
    /// `--listen` there is for whoever is started: for `work` the address at which operators ask. `LISTEN` in
    /// the environment stays the server's, which may run beside it with the same settings.
    ///
    /// # Errors
    /// What clap has to say: mistakes, help and version.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        let was_said = matches.value_source("listen") == Some(ValueSource::CommandLine);
        if was_said && matches!(cli.command, Some(Command::Work)) {
            cli.settings.work_listen = cli.settings.listen.take();
        }
        Ok(cli)
    }
}

/// Settings as they are written; [`Settings::check`] makes a [`Config`] of them.
#[derive(Clone, Debug, Default, Args)]
pub struct Settings {
    /// Database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME [default: an embedded SQLite file in the
    /// data directory]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// The most connections to the database
    #[arg(long, env = "DATABASE_CONNECTIONS", global = true, default_value_t = 10)]
    pub database_connections: u32,
    /// The longest that one statement may take in the database, in milliseconds
    #[arg(long, env = "DATABASE_STATEMENT_MS", global = true, default_value_t = 10_000)]
    pub database_statement_ms: u64,
    /// The longest that a request waits for a connection to the database, in milliseconds
    #[arg(long, env = "DATABASE_WAIT_MS", global = true, default_value_t = 800)]
    pub database_wait_ms: u64,
    /// Whose clock counts on PostgreSQL; an embedded database has none
    #[arg(long, env = "CLOCK", global = true, value_enum, default_value_t = clock::Whose::Database)]
    pub clock: clock::Whose,
    /// How many megabytes of memory course pages may take; what does not fit is read from the database when
    /// it is asked for
    #[arg(long, env = "CATALOGUE_MEMORY", global = true, default_value_t = 32)]
    pub catalogue_memory: u64,
    /// How many megabytes of memory answers may take that are the same for everybody; 0: each is made anew
    #[arg(long, env = "ANSWERS_MEMORY", global = true, default_value_t = 16)]
    pub answers_memory: u64,
    /// Where mail goes: smtp://HOST:PORT, smtps://…, file:DIRECTORY, or mailbox (shown at /mailbox, sent
    /// nowhere) [default: mailbox]
    #[arg(long, env = "MAIL_URL", global = true, hide_env_values = true)]
    pub mail_url: Option<String>,
    /// Sender of all letters, such as `Course Office <office@example.org>`
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Sender of letters about deadlines to people who have not registered [default: MAIL_FROM]
    #[arg(long, env = "MAIL_FROM_NEWS", global = true)]
    pub mail_from_news: Option<String>,
    /// What comes back.
    #[command(flatten)]
    pub bounces: BounceSettings,
    /// How many e-mails are sent at a time
    #[arg(long, env = "MAIL_HANDS", global = true, default_value_t = 32)]
    pub mail_hands: u32,
    /// The address under which people reach this server [default: http://LISTEN]
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8000]
    #[arg(long, env = "LISTEN", global = true)]
    pub listen: Option<String>,
    /// Address and port on which a server answers /healthz, /readyz and /metrics, and then nowhere else
    /// [default: where everybody asks]
    #[arg(long, env = "OPERATOR_LISTEN", global = true)]
    pub operator_listen: Option<String>,
    /// Address and port on which `lectern work` answers them; its --listen says the same [default: none]
    #[arg(long, env = "WORK_LISTEN", global = true)]
    pub work_listen: Option<String>,
    /// Key behind sign-in codes, 32 characters of chance or more [default: made once and kept in the data
    /// directory]
    #[arg(long, env = "SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// The key that SECRET_KEY took the place of: what was signed with it is still believed
    #[arg(long, env = "SECRET_KEY_OLD", global = true, hide_env_values = true)]
    pub secret_key_old: Option<String>,
    /// Where the embedded database, the local mailbox and the key are kept
    #[arg(long, env = "DATA_DIR", global = true, default_value = "lectern-data")]
    pub data_dir: PathBuf,
    /// Name of the office, as it signs its letters [default: Lectern Course Office]
    #[arg(long, env = "OFFICE_NAME", global = true)]
    pub office_name: Option<String>,
    /// Where learners write with questions [default: the address of MAIL_FROM]
    #[arg(long, env = "CONTACT", global = true)]
    pub contact: Option<String>,
    /// Postal address of the office, for the foot of letters; without it, no letters go to people who have
    /// not registered
    #[arg(long, env = "POSTAL_ADDRESS", global = true)]
    pub postal_address: Option<String>,
    /// Take the client's address from X-Forwarded-For, because a proxy of ours stands in front
    #[arg(long, env = "BEHIND_PROXY", global = true, default_value_t = false)]
    pub behind_proxy: bool,
    /// Origins whose pages may use the API from a browser, such as `https://www.example.org`, between commas;
    /// or * for any
    #[arg(long, env = "ALLOWED_ORIGINS", global = true)]
    pub allowed_origins: Option<String>,
    /// Certificate to speak TLS with, in PEM, with those that vouch for it; read when the server starts
    #[arg(long, env = "TLS_CERTIFICATE", global = true)]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's key, in PEM
    #[arg(long, env = "TLS_KEY", global = true)]
    pub tls_key: Option<PathBuf>,
    /// What clients may take.
    #[command(flatten)]
    pub clients: ClientSettings,
    /// How large a GraphQL document may be.
    #[command(flatten)]
    pub documents: DocumentSettings,
    /// Serve GraphiQL, with which the API is asked in a browser [default: where only this machine reaches the
    /// server]
    #[arg(long, env = "GRAPHIQL", global = true)]
    pub graphiql: Option<bool>,
    /// What is logged, such as `info` or `lectern=debug`
    #[arg(
        long,
        env = "LOG",
        global = true,
        default_value = "info,sqlx=warn,sea_orm_migration=warn,apalis=warn"
    )]
    pub log: String,
    /// Log lines as JSON
    #[arg(long, env = "LOG_JSON", global = true, default_value_t = false)]
    pub log_json: bool,
    /// Settings by their old names.
    #[command(flatten)]
    pub renamed: RenamedSettings,
}

/// Settings that fit together.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database's address.
    pub database_url: String,
    /// Whether it is the embedded one that nobody asked for: then it is migrated at start and filled with the
    /// sample course.
    pub embedded: bool,
    /// The most connections to it.
    pub database_connections: u32,
    /// How many letters are sent at a time.
    pub mail_hands: u32,
    /// How long it may keep a request waiting.
    pub database_limits: Limits,
    /// How much memory course pages may take, in bytes.
    pub catalogue_memory: u64,
    /// Whose clock counts.
    pub clock: clock::Whose,
    /// How much memory answers may take that are everybody's, in bytes.
    pub answers_memory: u64,
    /// Where mail goes.
    pub mail: Mail,
    /// Sender of all letters.
    pub mail_from: String,
    /// Sender of letters about deadlines to people who have not registered.
    pub mail_from_news: String,
    /// What comes back.
    pub bounces: Bounces,
    /// Where people reach this server; no slash at the end.
    pub public_url: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where a server answers operators; none: where everybody asks.
    pub operator_listen: Option<SocketAddr>,
    /// Where a worker answers them, if anywhere.
    pub work_listen: Option<SocketAddr>,
    /// The key; none: the one in the data directory.
    pub secret_key: Option<SecretKey>,
    /// The key before it, if any, which is still believed.
    pub secret_key_old: Option<SecretKey>,
    /// Where files are kept.
    pub data_dir: PathBuf,
    /// Name of the office.
    pub office_name: String,
    /// Where learners write.
    pub contact: String,
    /// Postal address.
    pub postal_address: Option<String>,
    /// Whether X-Forwarded-For is believed.
    pub behind_proxy: bool,
    /// Pages of which other origins may ask.
    pub origins: Origins,
    /// Certificate and key, where the server speaks TLS itself.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The most connections, where somebody said.
    pub max_connections: Option<usize>,
    /// The most connections from one address, where somebody said.
    pub max_connections_per_address: Option<usize>,
    /// What else clients may take.
    pub clients: ClientLimits,
    /// How large a GraphQL document may be.
    pub documents: DocumentLimits,
    /// Where manifests of trusted documents are, and what becomes of other documents.
    pub trusted_documents: Option<(PathBuf, Mode)>,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// What was said by a name that is read for one release more, with the new one.
    pub renamed: Vec<Mistake>,
}

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mail {
    /// Into a directory that the server shows at `/mailbox`.
    Mailbox(PathBuf),
    /// To the address given: SMTP, or a directory of files.
    Url(String),
}

/// A setting that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The variable.
    pub name: &'static str,
    /// What is wrong with it, and what would be right.
    pub message: String,
}
