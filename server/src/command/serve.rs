//! Serving, working, or both in one process.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use entity::course;
use lectern::app::AppState;
use lectern::catalogue::draft;
use lectern::config::{Config, Mail, Mistake};
use lectern::graphql::document::Documents;
use lectern::http::kept::Kept;
use lectern::http::metrics::Metrics;
use lectern::http::operators::Operators;
use lectern::http::{Front, descriptors, listen, tls};
use lectern::limits::client::{Limits, SHARE};
use lectern::limits::document::Mode;
use lectern::preview::Preview;
use lectern::store::{self, Clock, Database};
use lectern::wake::Change;
use lectern::{course_file, graphql, home, steward, wake};
use sea_orm::{EntityTrait, PaginatorTrait};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use worker::letter::{Letterhead, Writer};
use worker::{Health, Listener, Worker, post};

use super::gauges::{Connections, Letters, Skew};
use super::say::tell_aside;
use super::{ACTOR, CommandError, timed_app};

/// Serves the API, and runs the worker unless told otherwise, until told to stop.
pub async fn serve(config: Config, with_worker: bool) -> Result<ExitCode, CommandError> {
    let limits = limits(&config)?;
    let tls = match &config.tls {
        Some((certificate, key)) => Some(tls::acceptor(certificate, key)?),
        None => None,
    };
    let documents = documents(&config)?;
    let listener = bound(config.listen).await?;
    let operators_listener = match config.operator_listen {
        Some(address) => Some(bound(address).await?),
        None => None,
    };
    let (app, clock) = timed_app(&config, config.database_limits).await?;
    home::look(&app.db, app.nature.now()).await?;
    let moved = if config.embedded { bring_the_sample(&app).await? } else { None };
    let stop = stop_on_signal();
    let health = Arc::new(Health::default());
    let mut front = Front {
        mailbox: match &config.mail {
            Mail::Mailbox(folder) => Some(folder.clone()),
            Mail::Url(_) => None,
        },
        kept: Arc::new(Kept::new(config.answers_memory)),
        origins: config.origins.clone(),
        graphiql: config.graphiql,
        bounce_key_hash: config.bounces.key_hash.clone(),
        stop: stop.clone(),
        ..Front::new(app, graphql::schema::served(preview(&config)?), documents, limits, config.behind_proxy)
    };
    front.metrics.watch(Arc::clone(&front.occupancy), Arc::clone(&front.admission), Arc::clone(&front.live));
    let operators = operators(&front.app.db, &front.metrics, clock.clone(), with_worker.then_some(&health));
    let watched = match operators_listener {
        Some(listener) => {
            front.operators = None;
            Some(tokio::spawn(listen::serve_operators(listener, operators, stop.clone())))
        }
        None => {
            front.operators = Some(operators);
            None
        }
    };
    let app = &front.app;
    let working = if with_worker {
        let worker = worker(&config, app)?;
        front.metrics.add(|registry| worker.post.pace().show(registry));
        Some(tokio::spawn(worker::run(worker, app.wake.work(), stop.clone(), health)))
    } else {
        None
    };
    if let Some(clock) = clock {
        tokio::spawn(clock.keep(app.db.clone(), stop.clone()));
    }
    tokio::spawn(wake::listen::listen(app.clone(), stop.clone()));
    tokio::spawn(home::watch(app.db.clone(), Arc::clone(&app.nature), stop.clone()));
    tokio::spawn(steward::run(app.clone(), stop.clone()));
    greet(&config, moved);
    let served = tokio::spawn(listen::serve(listener, tls, front));
    let ended = match working {
        Some(working) => {
            let ended = working.await;
            stop.cancel();
            let _ = served.await;
            finish(ended)
        }
        None => {
            let _ = served.await;
            Ok(ExitCode::SUCCESS)
        }
    };
    if let Some(watched) = watched {
        let _ = watched.await;
    }
    ended
}

/// A listener at `address`.
async fn bound(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| CommandError::Listen(address.to_string(), error))
}

/// What operators are told of this process: of its worker where it has one, and of the clock where the
/// database's counts.
fn operators(
    db: &Database,
    metrics: &Arc<Metrics>,
    clock: Option<Arc<Clock>>,
    health: Option<&Arc<Health>>,
) -> Operators {
    if let Some(clock) = &clock {
        metrics.add(|registry| registry.register_collector(Box::new(Skew(Arc::clone(clock)))));
    }
    metrics.add(|registry| registry.register_collector(Box::new(Connections(db.clone()))));
    let plain = Operators { clock, ..Operators::new(db.clone(), Arc::clone(metrics)) };
    let Some(health) = health else { return plain };
    metrics.add(|registry| registry.register_collector(Box::new(Letters(Arc::clone(health)))));
    let (is_well, complains) = (Arc::clone(health), Arc::clone(health));
    Operators {
        worker: Arc::new(move || is_well.is_well()),
        complaints: Arc::new(move || complains.complaints()),
        ..plain
    }
}

/// Documents, with those that are trusted.
fn documents(config: &Config) -> Result<Documents, CommandError> {
    let documents = Documents::new(config.documents).map_err(CommandError::Schema)?;
    let Some((folder, mode)) = &config.trusted_documents else { return Ok(documents) };
    let documents = documents.trusting(folder, *mode)?;
    tracing::info!(documents = documents.trusted(), folder = %folder.display(), "trusted documents were read");
    Ok(documents)
}

/// What clients may take: as configured and, where nothing is said, as the limit on open files allows.
fn limits(config: &Config) -> Result<Limits, CommandError> {
    let connections =
        descriptors::room(config.max_connections, config.database_connections).map_err(|too_few| {
            let name = if config.max_connections.is_some() { "MAX_CONNECTIONS" } else { "ulimit -n" };
            CommandError::Settings(vec![Mistake { name, message: format!("does not do: {too_few}") }])
        })?;
    let connections_per_address = config.max_connections_per_address.unwrap_or(connections / SHARE).max(1);
    Ok(Limits { connections, connections_per_address, ..config.clients.clone() })
}

/// Runs the worker alone, until told to stop, and answers operators where an address is set for that.
pub async fn work(config: Config) -> Result<ExitCode, CommandError> {
    let listener = match config.work_listen {
        Some(address) => Some(bound(address).await?),
        None => None,
    };
    let (app, clock) = timed_app(&config, config.database_limits).await?;
    home::look(&app.db, app.nature.now()).await?;
    let worker = worker(&config, &app)?;
    tracing::info!(worker = %worker.name, "at work");
    let stop = stop_on_signal();
    let (health, metrics) = (Arc::new(Health::default()), Arc::new(Metrics::default()));
    metrics.add(|registry| worker.post.pace().show(registry));
    let operators = operators(&app.db, &metrics, clock.clone(), Some(&health));
    let watched =
        listener.map(|listener| tokio::spawn(listen::serve_operators(listener, operators, stop.clone())));
    if let Some(clock) = clock {
        tokio::spawn(clock.keep(app.db.clone(), stop.clone()));
    }
    tokio::spawn(wake::listen::listen(app.clone(), stop.clone()));
    tokio::spawn(home::watch(app.db.clone(), Arc::clone(&app.nature), stop.clone()));
    let ended = tokio::spawn(worker::run(worker, app.wake.work(), stop.clone(), health)).await;
    stop.cancel();
    if let Some(watched) = watched {
        let _ = watched.await;
    }
    finish(ended)
}

fn finish(
    ended: Result<Result<(), worker::Stopped>, tokio::task::JoinError>,
) -> Result<ExitCode, CommandError> {
    match ended {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(stopped)) => Err(CommandError::Worker(stopped.to_string())),
        Err(lost) => Err(CommandError::Worker(lost.to_string())),
    }
}

/// Who writes the letters, who they are from, and who those are from that invite people to buy.
fn stationery(config: &Config) -> Result<(Arc<Writer>, post::Sender, post::Sender), CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::Mail(error.to_string());
    let style = Letterhead {
        public_url: config.public_url.clone(),
        office_name: config.office_name.clone(),
        contact: config.contact.clone(),
        postal_address: config.postal_address.clone(),
    };
    let writer = Arc::new(Writer::new(style).map_err(|error| failed(&error))?);
    let sender = |text: &str| text.parse::<post::Sender>().map_err(|error| failed(&error));
    Ok((writer, sender(&config.mail_from)?, sender(&config.mail_from_news)?))
}

/// What shows letters as the worker would write them.
pub fn preview(config: &Config) -> Result<Preview, CommandError> {
    let (writer, sender, news_sender) = stationery(config)?;
    Ok(Preview::new(writer, sender, news_sender))
}

/// What is wrong with the address to which mail goes, as far as [`lectern::config`], which knows no post, has
/// nothing to say of it.
pub fn wrong_mail_url(url: Option<&str>) -> Option<Mistake> {
    let url = url.filter(|url| *url != "mailbox")?;
    match post::post_from_url(url, "localhost") {
        Ok(_) | Err(post::BadMailUrl::Scheme) => None,
        Err(wrong) => Some(Mistake { name: "MAIL_URL", message: wrong.to_string() }),
    }
}

fn worker(config: &Config, app: &AppState) -> Result<Worker<Database>, CommandError> {
    let (writer, sender, news_sender) = stationery(config)?;
    let route: Arc<dyn post::Post> = match &config.mail {
        Mail::Mailbox(folder) => Arc::new(post::FilePost::new(folder.clone())),
        Mail::Url(url) => post::post_from_url(url, config.mail_domain())
            .map_err(|error| CommandError::Mail(error.to_string()))?,
    };
    for warning in config.warnings() {
        tracing::warn!("{} {}", warning.name, warning.message);
    }
    // Two workers never share a name, not even on one machine after a restart.
    let name = format!("worker-{}", app.nature.id().simple());
    // Nobody waits for the worker, so it may wait for a connection.
    let db = app.db.waiting(store::Limits::PATIENT.wait);
    let worker = Worker::new(db, Arc::clone(&app.nature), (*app.key).clone(), writer, route, sender, name);
    let (wake, db) = (app.wake.clone(), app.db.clone());
    let listener: Listener = Arc::new(move |course_id| {
        let (wake, db) = (wake.clone(), db.clone());
        tokio::spawn(async move { wake.changed(&db, Change::Notices(course_id)).await });
    });
    let worker = worker.with_news_sender(news_sender).with_return_path(config.bounces.return_path.clone());
    Ok(worker.with_listener(listener).with_hands(config.mail_hands))
}

/// Imports the sample course, its dates moved so that registration is open, where there is no course at all.
/// Says by how many weeks.
async fn bring_the_sample(app: &AppState) -> Result<Option<i32>, CommandError> {
    if course::Entity::find().count(&app.db).await? > 0 {
        return Ok(None);
    }
    let mut course =
        course_file::parse(course_file::SAMPLE).map_err(|mistakes| CommandError::CourseFile {
            file: "the sample course".to_owned(),
            mistakes: mistakes
                .iter()
                .map(|mistake| format!("  {}: {}", mistake.line, mistake.message))
                .collect::<Vec<_>>()
                .join("\n"),
        })?;
    let weeks = draft::moved_to_open(&mut course, app.nature.now());
    draft::import(app, &course, ACTOR).await?;
    Ok(Some(weeks))
}

/// Tells the person who started it where to look.
fn greet(config: &Config, moved: Option<i32>) {
    let url = &config.public_url;
    let mut lines = vec!["Lectern is ready.\n".to_owned(), format!("  API       {url}/graphql")];
    if config.graphiql {
        lines.push(format!("  GraphiQL  {url}/graphiql"));
    }
    if let Some(address) = config.operator_listen {
        lines.push(format!("  Operators http://{address}/readyz, /metrics"));
    }
    if let Mail::Mailbox(folder) = &config.mail {
        lines.push(format!(
            "  Mailbox   {url}/mailbox   (e-mails stay on this machine, in {})",
            folder.display()
        ));
    }
    lines.push(format!("  Database  {}", config.database_url.split('@').next_back().unwrap_or_default()));
    if let Some(weeks) = moved {
        lines.push(format!("\nThe sample course was imported, with its dates moved by {weeks} weeks so that registration is open now."));
    }
    // Where only trusted documents are run for strangers, this one is not.
    if !matches!(config.trusted_documents, Some((_, Mode::Required))) {
        lines.push("\nA first query:\n".to_owned());
        lines.push(format!("  curl -s {url}/graphql -H 'Content-Type: application/json' \\"));
        lines.push(
            "    -d '{\"query\":\"{ courses { nodes { slug title startsAt registrationWindow { state deadline } } } }\"}'\n".to_owned(),
        );
    }
    tell_aside(lines.join("\n"));
}

/// Cancelled by Ctrl-C, or by the service manager's TERM, from the moment of this call on.
fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let token = stop.clone();
    let (interrupted, terminated) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    tokio::spawn(async move {
        tokio::select! {
            () = received(interrupted) => {}
            () = received(terminated) => {}
        }
        // First obeyed, then told.
        token.cancel();
        tracing::info!("stopping: what is in hand is finished first");
    });
    stop
}

/// Ends when the signal comes; never where it cannot be listened for.
async fn received(signal: std::io::Result<Signal>) {
    match signal {
        Ok(mut signal) => drop(signal.recv().await),
        Err(error) => {
            tracing::warn!(%error, "a signal cannot be listened for");
            std::future::pending().await
        }
    }
}
