//! The backends that the queue hands to apalis: a tick every few seconds, and streams of our own.

use std::pin::Pin;
use std::task::{Context, Poll};

use apalis::prelude::{Backend, Task, TaskBuilder, WorkerContext};
use apalis_core::backend::BackendConfig;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::layers::Identity;
use apalis_core::task::task_id::RandomId;
use apalis_cron::timezone::Utc;
use apalis_cron::{Schedule, Tick};
use entity::nature::{Nature, RealNature};
use futures_util::stream::{BoxStream, Stream, StreamExt};

/// Seconds between two ticks of the sweep.
const TICK_SECONDS: u64 = 5;

/// Every few seconds, by the machine's clock whatever nature the worker was handed: the library waits by it,
/// and nothing is decided by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Every;

impl Schedule<Utc> for Every {
    fn next_tick(&mut self, _: &Utc) -> Option<Tick<Utc>> {
        let seconds = u64::try_from(RealNature.now().as_micros() / 1_000_000).ok()?;
        Some(Tick::new((seconds / TICK_SECONDS + 1) * TICK_SECONDS))
    }
}

/// A backend made of a stream.
pub(super) struct Source<T> {
    stream: BoxStream<'static, T>,
}

impl<T> Source<T> {
    pub(super) fn new(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        Self { stream: stream.boxed() }
    }
}

/// The error that our backends never have.
type Never = std::convert::Infallible;

impl<T> Backend for Source<T> {
    type Task = Task<T>;
    type Error = Never;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Never>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Option<Result<Task<T>, Never>>> {
        Pin::new(&mut self.stream)
            .poll_next(cx)
            .map(|item| item.map(|item| Ok(TaskBuilder::new(item).build())))
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Never>> {
        Poll::Ready(Ok(()))
    }
}

impl<T> BackendConfig for Source<T> {
    type Args = T;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
