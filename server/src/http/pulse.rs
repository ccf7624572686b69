//! What a connection is doing, as far as its time limits go. Written by the stream and by the requests on it,
//! read by the connection's driver.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::limits::client::Limits;

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Late {
    /// A head did not arrive in time, or never began.
    Head,
    /// No further request came.
    Idle,
    /// A client does not take its answer.
    Answer,
}

/// The state of one connection.
#[derive(Debug)]
pub struct Pulse(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Since when no request is in hand.
    quiet_since: Instant,
    /// When something was last sent.
    said: Instant,
    /// Since when the head of a request has been coming in.
    head_since: Option<Instant>,
    /// Whether a request has come at all.
    begun: bool,
    /// Whether it speaks HTTP/2, in whose silences other frames may pass.
    streams: bool,
    /// Requests in hand.
    requests: usize,
    /// Answers on their way, by when they began.
    answers: BTreeSet<(Instant, u64)>,
    /// Numbers requests.
    next: u64,
    /// Whether a body was left unread, so that the client may still be sending.
    unread: bool,
}

impl Pulse {
    /// A connection that has just been accepted.
    pub fn new(now: Instant) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            quiet_since: now,
            said: now,
            head_since: None,
            begun: false,
            streams: false,
            requests: 0,
            answers: BTreeSet::new(),
            next: 0,
            unread: false,
        })))
    }

    /// Bytes have arrived.
    pub fn hears(&self, now: Instant) {
        let mut state = self.state();
        if state.requests == 0 {
            state.head_since.get_or_insert(now);
        }
    }

    /// Bytes have left.
    pub fn says(&self, now: Instant) {
        self.state().said = now;
    }

    /// The head of a request is complete.
    pub fn begins(self: &Arc<Self>, streams: bool) -> InHand {
        let mut state = self.state();
        state.requests += 1;
        state.head_since = None;
        state.begun = true;
        state.streams = streams;
        state.next += 1;
        InHand { pulse: Arc::clone(self), number: state.next, answering_since: Mutex::new(None) }
    }

    /// When the connection is to be ended where nothing happens until then, and why.
    ///
    /// A request that is being worked on has no deadline here: its body has one of its own, queries have
    /// theirs, and a mutation runs to its end.
    pub fn deadline(&self, limits: &Limits) -> Option<(Instant, Late)> {
        let state = self.state();
        if state.requests > 0 {
            return state.answers.first().map(|(since, _)| (*since + limits.answer_time, Late::Answer));
        }
        match state.head_since {
            _ if !state.begun => Some((state.quiet_since + limits.head_time, Late::Head)),
            Some(since) if !state.streams => Some((since + limits.head_time, Late::Head)),
            _ => Some((state.quiet_since + limits.idle_time, Late::Idle)),
        }
    }

    /// Since when nothing is in hand, where nothing is.
    pub fn quiet_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0).then_some(state.quiet_since)
    }

    /// Since when all that is in hand are answers of which nothing has left, where that is so.
    pub fn stands_still_since(&self) -> Option<Instant> {
        let state = self.state();
        let last = state.answers.last().filter(|_| state.answers.len() == state.requests);
        last.map(|(since, _)| state.said.max(*since))
    }

    /// Whether a part of a head has arrived, of a request that can still be answered in plain HTTP/1.1.
    pub fn has_half_a_head(&self) -> bool {
        let state = self.state();
        state.requests == 0 && state.head_since.is_some() && !state.streams
    }

    /// Whether a client may still be sending what nobody reads.
    pub fn left_unread(&self) -> bool {
        self.state().unread
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request on a connection, from its head to the last byte of its answer.
#[derive(Debug)]
pub struct InHand {
    pulse: Arc<Pulse>,
    number: u64,
    answering_since: Mutex<Option<Instant>>,
}

impl InHand {
    /// The answer begins: from now on it is for the client to take it.
    pub fn answers(&self, now: Instant) {
        let mut since = self.answering_since.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            *since = Some(now);
            self.pulse.state().answers.insert((now, self.number));
        }
    }

    /// What was answered so far has been taken, and there will be more: until then nothing is for the client
    /// to take.
    pub fn waits(&self) {
        let mut since = self.answering_since.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = since.take() {
            self.pulse.state().answers.remove(&(since, self.number));
        }
    }

    /// The body of the request will not be read to its end.
    pub fn leaves_unread(&self) {
        self.pulse.state().unread = true;
    }

    /// Whether the body of a request on this connection was not read to its end.
    pub fn left_unread(&self) -> bool {
        self.pulse.left_unread()
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let since = *self.answering_since.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.pulse.state();
        state.requests -= 1;
        if let Some(since) = since {
            state.answers.remove(&(since, self.number));
        }
        if state.requests == 0 {
            state.quiet_since = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// In how many seconds the connection is ended, and why.
    fn ends(pulse: &Pulse) -> Option<(u64, Late)> {
        pulse
            .deadline(&Limits::default())
            .map(|(at, late)| (at.duration_since(Instant::now()).as_secs(), late))
    }

    #[tokio::test(start_paused = true)]
    async fn heads_silence_and_answers_have_their_times() {
        let pulse = Pulse::new(Instant::now());
        assert_eq!(ends(&pulse), Some((10, Late::Head)), "a new connection must say something");
        advance(4 * SECOND).await;
        pulse.hears(Instant::now());
        assert_eq!(ends(&pulse), Some((6, Late::Head)), "a byte buys no time");
        assert!(pulse.has_half_a_head());

        let first = pulse.begins(false);
        assert_eq!(ends(&pulse), None, "what is worked on is not hurried");
        advance(90 * SECOND).await;
        first.answers(Instant::now());
        assert_eq!(ends(&pulse), Some((60, Late::Answer)));
        advance(5 * SECOND).await;
        drop(first);
        assert_eq!(ends(&pulse), Some((60, Late::Idle)));

        advance(50 * SECOND).await;
        pulse.hears(Instant::now());
        assert_eq!(ends(&pulse), Some((10, Late::Head)), "the next head has the time of a head");
        advance(3 * SECOND).await;
        pulse.hears(Instant::now());
        assert_eq!(ends(&pulse), Some((7, Late::Head)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_without_end_is_late_only_while_a_piece_of_it_is_not_taken() {
        let pulse = Pulse::new(Instant::now());
        let stream = pulse.begins(false);
        stream.answers(Instant::now());
        advance(20 * SECOND).await;
        stream.waits();
        assert_eq!(ends(&pulse), None, "it waits for what happens");
        advance(600 * SECOND).await;
        stream.answers(Instant::now());
        assert_eq!(ends(&pulse), Some((60, Late::Answer)));
        drop(stream);
        assert_eq!(ends(&pulse), Some((60, Late::Idle)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_stands_still_while_nothing_leaves_and_nothing_is_worked_on() {
        let pulse = Pulse::new(Instant::now());
        let still = || pulse.stands_still_since().map(|since| since.elapsed().as_secs());
        assert_eq!(still(), None, "nothing is in hand");
        let (one, other) = (pulse.begins(true), pulse.begins(true));
        one.answers(Instant::now());
        advance(5 * SECOND).await;
        assert_eq!(still(), None, "the other is worked on");
        other.answers(Instant::now());
        advance(2 * SECOND).await;
        assert_eq!(still(), Some(2));
        pulse.says(Instant::now());
        assert_eq!(still(), Some(0));
        drop(other);
        advance(4 * SECOND).await;
        assert_eq!(still(), Some(4));
        drop(one);
        assert_eq!(still(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_of_several_streams_ends_the_connection() {
        let pulse = Pulse::new(Instant::now());
        let (slow, quick) = (pulse.begins(true), pulse.begins(true));
        slow.answers(Instant::now());
        advance(20 * SECOND).await;
        quick.answers(Instant::now());
        assert_eq!(ends(&pulse), Some((40, Late::Answer)));
        drop(slow);
        assert_eq!(ends(&pulse), Some((60, Late::Answer)));
        drop(quick);
        // Pings and window updates are no heads.
        pulse.hears(Instant::now());
        assert_eq!(ends(&pulse), Some((60, Late::Idle)));
    }
}
