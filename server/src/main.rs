//! The binary: the composition root. It reads the configuration, opens the database and does what was asked;
//! it is the only place, with [`command`], where server and worker meet.

mod command;

use std::io::IsTerminal;
use std::process::ExitCode;

use command::CommandError;
use lectern::config::{Cli, log_filter};
use rustix::fs::Mode;
use rustix::process::umask;
use tokio::runtime::Builder;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// A quarter of a course page's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Log lines that wait for a slow reader before further ones are dropped.
const LOG_LINES: usize = 8192;

/// The stack of a thread that answers requests, in bytes: resolvers stand in each other as deep as a
/// document's fields, which settings can raise to 60, and without optimization each takes 125 KB. What nobody
/// uses takes no memory.
const STACK: usize = 16 * 1024 * 1024;

/// What files that are made may not be: anybody else's. In the database and in the local mailbox stand codes
/// that open accounts.
const OTHERS: Mode = Mode::RWXG.union(Mode::RWXO);

fn main() -> ExitCode {
    umask(OTHERS);
    let cli = Cli::read(std::env::args_os()).unwrap_or_else(|told| told.exit());
    match Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            command::say_error(&CommandError::Threads(error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> ExitCode {
    let _log = start_logging(&cli.settings.log, cli.settings.log_json);
    match command::run(cli).await {
        Ok(code) => code,
        Err(error) => {
            command::say_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Log lines go to standard error; what was asked for goes to standard output. What is still to be written is
/// written when the guard goes.
///
/// A log that cannot be written changes nothing. Lines are written by a thread of their own, which is the
/// only one that waits where nobody reads them, and are dropped where too many wait or writing fails; nor
/// does the library print about its own failures, because that would panic.
fn start_logging(filter: &str, json: bool) -> WorkerGuard {
    // A filter that cannot be read is told with the other settings.
    let filter = log_filter(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LOG_LINES)
        .thread_name("log")
        .finish(std::io::stderr());
    let ansi = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(ansi)
        .log_internal_errors(false);
    if json {
        lines.json().init()
    } else {
        lines.with_target(false).init()
    }
    guard
}
