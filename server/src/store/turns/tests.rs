//! Turns, without a database.

use std::pin::Pin;

use futures_util::{FutureExt, poll};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

type Taking = Pin<Box<dyn Future<Output = Result<Turn<u8>, Crowded>>>>;

fn taking(turns: &Arc<Turns<u8>>, client: u8) -> Taking {
    let turns = Arc::clone(turns);
    // Whether it is ready is asked more often than the runtime lets a task ask in one go.
    Box::pin(tokio::task::unconstrained(async move { turns.take(client).await }))
}

/// How many turns are free, and how many lines there are.
fn standing(turns: &Turns<u8>) -> (usize, usize) {
    let lines = turns.lines();
    assert_eq!(lines.waiting.len(), lines.round.len());
    (lines.free, lines.waiting.len())
}

#[tokio::test]
async fn whoever_comes_waits_for_one_turn_of_each_other_client() {
    let turns = Turns::new(1, 1_000);
    let mut turn = turns.take(1).await.expect("a free turn");
    let mut greedy: Vec<_> = (0..500).map(|_| taking(&turns, 1)).collect();
    for one in &mut greedy {
        assert!(poll!(one).is_pending());
    }
    let mut others: Vec<_> = (2..5).map(|client| taking(&turns, client)).collect();
    for one in &mut others {
        assert!(poll!(one).is_pending());
    }
    drop(turn);
    turn = greedy.remove(0).now_or_never().expect("the line of the first client came first").expect("a turn");
    for one in others {
        drop(turn);
        turn = one.now_or_never().expect("its turn").expect("a turn");
    }
    drop(turn);
    drop(greedy.remove(0).now_or_never().expect("again").expect("a turn"));
    drop(greedy);
    assert_eq!(standing(&turns), (1, 0));
}

#[tokio::test]
async fn a_line_has_an_end_and_other_lines_have_their_own() {
    let turns = Turns::new(1, 2);
    let turn = turns.take(1).await.expect("a free turn");
    let (mut first, mut second) = (taking(&turns, 1), taking(&turns, 1));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    assert_eq!(turns.take(1).await.map(drop), Err(Crowded));
    let mut other = taking(&turns, 2);
    assert!(poll!(&mut other).is_pending());
    // Who gives up makes room.
    drop(first);
    let mut third = taking(&turns, 1);
    assert!(poll!(&mut third).is_pending());
    drop((turn, second, other, third));
    assert_eq!(standing(&turns), (1, 0));
}

#[tokio::test]
async fn a_turn_handed_to_somebody_who_gave_up_goes_on() {
    let turns = Turns::new(1, 10);
    let turn = turns.take(1).await.expect("a free turn");
    let (mut gone, mut there) = (taking(&turns, 2), taking(&turns, 3));
    assert!(poll!(&mut gone).is_pending() && poll!(&mut there).is_pending());
    drop(turn);
    // It has the turn and does not know yet.
    drop(gone);
    drop(there.now_or_never().expect("its turn").expect("a turn"));
    assert_eq!(standing(&turns), (1, 0));
}

/// Whoever waits, and how often each other client was served since then.
struct Waiting {
    client: u8,
    taking: Taking,
    since: HashMap<u8, usize>,
}

/// People of six clients, one of them far more often than the others, come, give up, and are done, at random.
struct Crowd {
    turns: Arc<Turns<u8>>,
    all: usize,
    waiting: Vec<Waiting>,
    held: Vec<Turn<u8>>,
}

impl Crowd {
    async fn come(&mut self, client: u8) {
        let mut one = taking(&self.turns, client);
        match poll!(&mut one) {
            std::task::Poll::Ready(Ok(turn)) => {
                assert!(self.waiting.is_empty(), "somebody slipped in");
                self.held.push(turn);
            }
            std::task::Poll::Ready(Err(Crowded)) => {
                assert_eq!(self.waiting.iter().filter(|one| one.client == client).count(), LONGEST);
            }
            std::task::Poll::Pending => self.waiting.push(Waiting { client, taking: one, since: HashMap::new() }),
        }
    }

    /// Those who were handed a turn learn of it.
    async fn settle(&mut self) {
        let mut place = 0;
        while place < self.waiting.len() {
            let std::task::Poll::Ready(turn) = poll!(&mut self.waiting[place].taking) else {
                place += 1;
                continue;
            };
            self.held.push(turn.expect("a turn"));
            let served = self.waiting.remove(place).client;
            assert!(self.waiting[..place].iter().all(|one| one.client != served), "within a line the first is first");
            let mut lines_seen = Vec::new();
            for one in &mut self.waiting {
                // What holds is said of whoever is first in a line.
                if !lines_seen.contains(&one.client) {
                    lines_seen.push(one.client);
                    *one.since.entry(served).or_default() += 1;
                    assert!(one.client == served || one.since[&served] <= 1, "{} was passed by {served} twice", one.client);
                }
            }
        }
        let (free, lines) = standing(&self.turns);
        assert_eq!(free + self.held.len(), self.all, "no turn is lost, and none is made up");
        assert!(free == 0 || lines == 0, "a turn lies idle while somebody waits");
        assert_eq!(lines == 0, self.waiting.is_empty());
    }
}

const LONGEST: usize = 20;

#[tokio::test]
async fn no_turn_is_lost_and_nobody_is_passed_twice_by_the_same_client_whatever_happens() {
    for seed in 0..40 {
        let mut chance = StdRng::seed_from_u64(seed);
        let all = chance.random_range(1..5);
        let mut crowd = Crowd { turns: Turns::new(all, LONGEST), all, waiting: Vec::new(), held: Vec::new() };
        for _ in 0..1_500 {
            match chance.random_range(0..10) {
                0..=4 => crowd.come(if chance.random_bool(0.7) { 0 } else { chance.random_range(1..6) }).await,
                5..=7 if !crowd.held.is_empty() => drop(crowd.held.swap_remove(chance.random_range(0..crowd.held.len()))),
                8 if !crowd.waiting.is_empty() => drop(crowd.waiting.remove(chance.random_range(0..crowd.waiting.len()))),
                9 if !crowd.waiting.is_empty() && !crowd.held.is_empty() => {
                    // Somebody is done, and somebody gives up before anybody could know who is next.
                    crowd.held.pop();
                    drop(crowd.waiting.remove(chance.random_range(0..crowd.waiting.len())));
                }
                _ => {}
            }
            crowd.settle().await;
        }
        crowd.waiting.clear();
        crowd.held.clear();
        assert_eq!(standing(&crowd.turns), (all, 0));
    }
}
