//! The binary: the composition root. It reads the configuration, opens the database and does what was asked; it is the only place, with
//! [`command`], where server and worker meet.

mod command;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use lectern::config::Cli;
use tracing_subscriber::EnvFilter;

/// A quarter of a course page's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(&cli.settings.log, cli.settings.log_json);
    match command::run(cli).await {
        Ok(code) => code,
        Err(error) => {
            command::say_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Log lines go to standard error; what was asked for goes to standard output.
fn start_logging(filter: &str, json: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    if json { lines.json().init() } else { lines.with_target(false).init() }
}
