//! What the binary does, a function a command.

mod backup;
mod bounce;
mod data_dir;
mod gauges;
mod mail;
mod rehearse;
mod restored;
mod say;
mod serve;
mod staff;

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use data_dir::DataDir;
use entity::nature::{RealNature, SharedNature};
use entity::plain::PublicUrl;
use lectern::app::{AppState, Office};
use lectern::catalogue::draft;
use lectern::config::{Cli, Command, Config, Mistake};
use lectern::error::{Error, Fault};
use lectern::graphql::document::CannotTrust;
use lectern::http::tls;
use lectern::store::clock::Whose;
use lectern::store::{Clock, Database, Limits, Standing};
use lectern::wake::Wake;
use lectern::{access, course_file, graphql, selfcheck, store};
use sea_orm::DbErr;

/// Who the audit trail says it was when it was the command line.
const ACTOR: &str = "command line";

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The system gives us no threads.
    #[error("no threads are to be had: {0}")]
    Threads(io::Error),
    /// Settings are wrong.
    #[error("the configuration does not stand:\n{}", .0.iter().map(|mistake| format!("  {} {}", mistake.name, mistake.message)).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<Mistake>),
    /// The database cannot be opened.
    #[error(transparent)]
    CannotOpen(#[from] store::CannotOpen),
    /// There is no file where the database should be.
    #[error(
        "there is no database at {0}; `lectern serve` or `lectern import` makes one (see DATA_DIR and DATABASE_URL)"
    )]
    NoDatabase(String),
    /// The schema is older than the binary.
    #[error("the database's schema is not up to date: run `lectern migrate` first")]
    NotMigrated,
    /// The schema is newer than the binary.
    #[error(
        "a newer release of Lectern has changed this database; start that release, or restore a copy of the database from before it"
    )]
    Newer,
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// What was asked for cannot be handed over.
    #[error("standard output cannot be written: {0}")]
    Output(io::Error),
    /// An action said no.
    #[error(transparent)]
    Error(Error),
    /// The course file has mistakes.
    #[error("{file} has mistakes; nothing was imported:\n{mistakes}")]
    CourseFile {
        /// The file.
        file: String,
        /// A line for each.
        mistakes: String,
    },
    /// No such course.
    #[error("there is no course called {0}")]
    NoCourse(String),
    /// Mail cannot be set up.
    #[error("mail cannot be set up: {0}")]
    Mail(String),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] tls::CannotSpeak),
    /// The address to listen on is not to be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(String, io::Error),
    /// The API's schema breaks a rule of GraphQL.
    #[error("the schema does not stand: {0}")]
    Schema(&'static str),
    /// Trusted documents cannot be trusted.
    #[error(transparent)]
    TrustedDocuments(#[from] CannotTrust),
    /// A backup cannot be made.
    #[error("no backup was made: {0}")]
    Backup(String),
    /// What was said does not decide what becomes of what fell due.
    #[error("{0}")]
    Restored(String),
    /// The worker stopped.
    #[error("the worker stopped: {0}")]
    Worker(String),
}

impl From<DbErr> for CommandError {
    fn from(error: DbErr) -> Self {
        if store::is_newer(&error) { Self::Newer } else { Self::Database(error) }
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Fault(Fault::Database(error)) if store::is_newer(&error) => Self::Newer,
            other => Self::Error(other),
        }
    }
}

/// Tells an error to the person at the keyboard.
pub fn say_error(error: &CommandError) {
    say::warn(format_args!("lectern: {error}"));
}

/// Does what was asked.
pub async fn run(cli: Cli) -> Result<ExitCode, CommandError> {
    let command = cli.command.unwrap_or(Command::Serve { no_worker: false });
    if matches!(command, Command::Schema) {
        say::hand_over(graphql::schema::printed())?;
        return Ok(ExitCode::SUCCESS);
    }
    if matches!(command, Command::Access) {
        say::hand_over(&access::print())?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = match (cli.settings.check(), serve::wrong_mail_url(cli.settings.mail_url.as_deref())) {
        (Ok(config), None) => config,
        (checked, wrong) => {
            let error = CommandError::Settings(checked.err().into_iter().flatten().chain(wrong).collect());
            // Whoever has what came back keeps it until the settings are right.
            let keeps = matches!(command, Command::Bounce { .. });
            return if keeps { Ok(bounce::not_now(&error)) } else { Err(error) };
        }
    };
    for Mistake { name, message } in &config.renamed {
        tracing::warn!("{name} {message}");
    }
    match command {
        Command::Schema | Command::Access => Ok(ExitCode::SUCCESS),
        Command::Serve { no_worker } => serve::serve(config, !no_worker).await,
        Command::Work => serve::work(config).await,
        Command::Migrate => {
            let _mine = DataDir::of(&config).await?;
            let db = open(&config, Limits::PATIENT).await?;
            store::migrate(&db).await?;
            store::fold_again(&db).await?;
            draft::give_rules(&db, &nature(&config, &db).await?.0).await?;
            say::tell("The schema is up to date.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Import { file, check, into_the_past } => {
            import(&config, &file, draft::Manner { version: None, into_the_past, check }).await
        }
        Command::Export { slug } => {
            let app = existing_app(&config).await?;
            let found = draft::find(&app, &slug).await?.ok_or(CommandError::NoCourse(slug))?;
            let text = course_file::print(&found);
            say::hand_over(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Rehearse { slug, role, moves, cancelled_on, track } => {
            rehearse::rehearse(&config, slug, role, moves, cancelled_on, track).await
        }
        Command::Bounce { recipient } => bounce::bounce(&config, recipient.as_deref()).await,
        Command::Backup { file } => backup::make(&config, &file).await,
        Command::Restored { send, count_as_sent } => {
            restored::restored(&config, restored::Said { send, count_as_sent }).await
        }
        Command::Mail { command } => mail::mail(&config, command).await,
        Command::Staff { command } => staff::staff(&config, command).await,
        Command::SignIns { command } => staff::sign_ins(&config, command).await,
        Command::Selfcheck => {
            let app = existing_app(&config).await?;
            let findings = selfcheck::run(&app.db, app.nature.now()).await?;
            let mut report = String::new();
            for finding in &findings {
                let verdict = if finding.rows == 0 {
                    "ok"
                } else if finding.is_broken() {
                    "BROKEN"
                } else {
                    "warning"
                };
                report.push_str(&format!(
                    "{verdict:8} {:40} {:>6}  {}\n",
                    finding.name, finding.rows, finding.sentence
                ));
            }
            say::hand_over(&report)?;
            let broken = findings.iter().any(selfcheck::Finding::is_broken);
            Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

/// Time, ids and chance as they are; with the database's clock, where that counts.
async fn nature(config: &Config, db: &Database) -> Result<(SharedNature, Option<Arc<Clock>>), CommandError> {
    let machine: SharedNature = Arc::new(RealNature);
    let clock = match config.clock {
        Whose::Database => Clock::of(db, Arc::clone(&machine)).await?,
        Whose::Machine => None,
    };
    Ok((clock.clone().map_or(machine, |clock| clock as SharedNature), clock))
}

/// Opens the database.
async fn open(config: &Config, limits: Limits) -> Result<Database, CommandError> {
    Ok(store::open(&config.database_url, config.database_connections, limits).await?)
}

/// The app's state for somebody who waits, and who only reads: a database that is not there is not made.
async fn existing_app(config: &Config) -> Result<AppState, CommandError> {
    match store::missing_file(&config.database_url) {
        Some(file) => Err(CommandError::NoDatabase(file.display().to_string())),
        None => ready_app(config, Limits::PATIENT).await,
    }
}

/// The app's state over a database whose schema is up to date; the embedded one is brought there.
async fn ready_app(config: &Config, limits: Limits) -> Result<AppState, CommandError> {
    Ok(timed_app(config, limits).await?.0)
}

/// The same with the database's clock, where that counts: whoever stays keeps it.
async fn timed_app(config: &Config, limits: Limits) -> Result<(AppState, Option<Arc<Clock>>), CommandError> {
    // Of several that begin at once the first makes database and key, and the others find them made.
    let mine = DataDir::of(config).await?;
    let db = open(config, limits).await?;
    if config.embedded {
        store::migrate(&db).await?;
    } else {
        match store::standing(&db).await? {
            Standing::UpToDate => {}
            Standing::Behind(_) => return Err(CommandError::NotMigrated),
            Standing::Ahead(step) => tracing::warn!(step, "the database's schema is newer than this release"),
        }
    }
    let (nature, clock) = nature(config, &db).await?;
    if config.embedded {
        draft::give_rules(&db, &nature).await?;
    }
    let key = match &config.secret_key {
        Some(key) => key.clone(),
        None => mine.key(&nature)?,
    };
    let key = match &config.secret_key_old {
        Some(old) => key.in_place_of(old.clone()),
        None => key,
    };
    let public_url = PublicUrl::parse(&config.public_url).map_err(|no| {
        CommandError::Settings(vec![Mistake { name: "PUBLIC_URL", message: format!("does not do: {no}") }])
    })?;
    let office = Office { public_url, name: config.office_name.clone(), contact: config.contact.clone() };
    let app = AppState::new(db, nature, key, Wake::default());
    let app = app.with_memory(config.catalogue_memory).of_office(office);
    Ok((app.returning_to(config.bounces.return_path.clone()), clock))
}

/// A refusal of a course file with everything that is wrong with it, each at its place.
fn with_all_mistakes(error: Error, file: &str) -> CommandError {
    match error {
        Error::Refused(no) if !no.details().is_empty() => CommandError::CourseFile {
            file: file.to_owned(),
            mistakes: no
                .details()
                .iter()
                .map(|detail| format!("  {file}: {}: {}", detail.path.join("."), detail.message))
                .collect::<Vec<_>>()
                .join("\n"),
        },
        other => other.into(),
    }
}

async fn import(config: &Config, path: &Path, manner: draft::Manner) -> Result<ExitCode, CommandError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::File(file.clone(), error))?;
    let course = course_file::parse(&text).map_err(|mistakes| CommandError::CourseFile {
        mistakes: mistakes
            .iter()
            .map(|mistake| format!("  {file}:{}: {}: {}", mistake.line, mistake.path, mistake.message))
            .collect::<Vec<_>>()
            .join("\n"),
        file: file.clone(),
    })?;
    let check = manner.check;
    let app = if check { existing_app(config).await? } else { ready_app(config, Limits::PATIENT).await? };
    let saved = draft::import_from(&app, &course, ACTOR, manner).await;
    let draft::Saved { changes, warnings, .. } = saved.map_err(|error| with_all_mistakes(error, &file))?;
    for warning in &warnings {
        say::warn(format_args!("warning: {warning}"));
    }
    match (changes.0.len(), check) {
        (0, _) => say::tell(format_args!("{file}: nothing to change.")),
        (1, true) => say::tell(format_args!("{file}: 1 change would be made:")),
        (count, true) => say::tell(format_args!("{file}: {count} changes would be made:")),
        (1, false) => say::tell(format_args!("{file}: 1 change made:")),
        (count, false) => say::tell(format_args!("{file}: {count} changes made:")),
    }
    for change in &changes.0 {
        say::tell(format_args!("  {change}"));
    }
    Ok(ExitCode::SUCCESS)
}
