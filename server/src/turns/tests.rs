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
    Box::pin(tokio::task::unconstrained(async move { turns.take(client, 1).await }))
}

/// What is free, and how many lines there are.
fn standing(turns: &Turns<u8>) -> (i64, usize) {
    let lines = turns.lines();
    let waiting = lines.clients.values().filter(|standing| !standing.line.is_empty()).count();
    assert_eq!(waiting, lines.order.len());
    assert!(
        lines.clients.values().all(|standing| standing.has > 0 || !standing.line.is_empty()),
        "who has nothing is forgotten"
    );
    let has: u64 = lines.clients.values().map(|standing| standing.has).sum();
    assert_eq!(i64::try_from(has), Ok(i64::from(lines.whole) - lines.free + lines.resting));
    (lines.free, waiting)
}

#[tokio::test]
async fn whoever_comes_waits_for_one_turn_of_each_other_client() {
    let turns = Turns::new(1, 1_000);
    let mut turn = turns.take(1, 1).await.expect("a free turn");
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
    let turn = turns.take(1, 1).await.expect("a free turn");
    let (mut first, mut second) = (taking(&turns, 1), taking(&turns, 1));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    assert_eq!(turns.take(1, 1).await.map(drop), Err(Crowded));
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
    let turn = turns.take(1, 1).await.expect("a free turn");
    let (mut gone, mut there) = (taking(&turns, 2), taking(&turns, 3));
    assert!(poll!(&mut gone).is_pending() && poll!(&mut there).is_pending());
    drop(turn);
    // It has the turn and does not know yet.
    drop(gone);
    drop(there.now_or_never().expect("its turn").expect("a turn"));
    assert_eq!(standing(&turns), (1, 0));
}

#[tokio::test]
async fn who_has_nothing_is_next_whatever_the_others_have_and_wait_for() {
    let turns = Turns::new(3, 100);
    let mut held: Vec<_> =
        [turns.take(1, 1).await, turns.take(1, 1).await, turns.take(2, 1).await].into_iter().collect();
    let (mut greedy, mut modest, mut new) = (taking(&turns, 1), taking(&turns, 2), taking(&turns, 3));
    assert!(
        poll!(&mut greedy).is_pending() && poll!(&mut modest).is_pending() && poll!(&mut new).is_pending()
    );
    held.remove(0).map(drop).expect("a turn");
    let third = new.now_or_never().expect("who has nothing is next").expect("a turn");
    assert!(poll!(&mut greedy).is_pending() && poll!(&mut modest).is_pending());
    drop(third);
    // Both have one by now; the other waits for longer.
    let again = greedy.now_or_never().expect("who has waited longest").expect("a turn");
    drop((held, again));
    drop(modest.now_or_never().expect("its turn").expect("a turn"));
    assert_eq!(standing(&turns), (3, 0));
}

#[tokio::test]
async fn nobody_slips_in_before_who_is_next_and_who_gives_up_lets_them_in() {
    let turns = Turns::new(10, 100);
    let first = turns.take(1, 7).await.expect("room");
    let mut heavy = Box::pin(turns.take(2, 5));
    assert!(poll!(&mut heavy).is_pending());
    let mut light = taking(&turns, 3);
    assert!(poll!(&mut light).is_pending(), "there is room, but not for who is next");
    drop(heavy);
    drop(light.now_or_never().expect("its turn").expect("a turn"));
    // What weighs more than there is has it all.
    let mut whole = Box::pin(turns.take(2, 1_000));
    assert!(poll!(&mut whole).is_pending());
    drop(first);
    let whole = whole.now_or_never().expect("its turn").expect("a turn");
    assert_eq!(turns.taken(), 10);
    drop(whole);
    assert_eq!(standing(&turns), (10, 0));
}

#[tokio::test]
async fn who_rests_makes_room_and_goes_on_whether_there_is_room_or_not() {
    let turns = Turns::new(10, 100);
    let resting = Arc::new(turns.take(1, 8).await.expect("room"));
    let mut other = Box::pin(turns.take(2, 8));
    assert!(poll!(&mut other).is_pending());
    let rest = Arc::clone(&resting).rest();
    // For two things at once it rests once.
    let (again, taken) = (Arc::clone(&resting).rest(), turns.taken());
    let other = other.now_or_never().expect("there is room meanwhile").expect("a turn");
    assert_eq!((taken, turns.taken()), (8, 8));
    drop(again);
    assert_eq!(turns.taken(), 8, "it still waits");
    drop(rest);
    assert_eq!(turns.taken(), 16);
    let mut third = taking(&turns, 3);
    assert!(poll!(&mut third).is_pending());
    drop(other);
    let third = third.now_or_never().expect("there is room again").expect("a turn");
    // Who ends while resting has everything until then.
    let rest = Arc::clone(&resting).rest();
    drop(resting);
    assert_eq!(turns.taken(), 1);
    drop((rest, third));
    assert_eq!(standing(&turns), (10, 0));
}

#[tokio::test]
async fn the_room_of_what_rests_is_for_who_has_nothing() {
    let turns = Turns::new(100, 100);
    let first = Arc::new(turns.take(1, 60).now_or_never().expect("room").expect("a turn"));
    let rest = Arc::clone(&first).rest();
    assert_eq!((turns.taken(), turns.resting()), (0, 60));
    // What nobody has is for everybody, and no more.
    let second = turns.take(1, 40).now_or_never().expect("room").expect("a turn");
    let mut greedy = taking(&turns, 1);
    assert!(poll!(&mut greedy).is_pending(), "though 60 are free");
    let new = turns.take(2, 50).now_or_never().expect("room for who has nothing").expect("a turn");
    let mut again = taking(&turns, 2);
    assert!(poll!(&mut again).is_pending(), "once");
    assert!(turns.take(3, 10).now_or_never().is_some_and(|turn| turn.is_ok()), "and for the next");
    drop(second);
    assert!(
        poll!(&mut greedy).is_pending() && poll!(&mut again).is_pending(),
        "what rests and what runs are more than the whole"
    );
    drop(new);
    drop((
        again.now_or_never().expect("its turn").expect("a turn"),
        greedy.now_or_never().expect("its turn").expect("a turn"),
    ));
    drop((rest, first));
    assert_eq!(standing(&turns), (100, 0));
}

/// Somebody who waits.
struct Waiting {
    client: u8,
    taking: Taking,
}

/// People of six clients, one of them far more often than the others, come, give up, and are done, at random.
struct Crowd {
    turns: Arc<Turns<u8>>,
    all: usize,
    waiting: Vec<Waiting>,
    held: Vec<(u8, Turn<u8>)>,
    /// What has happened so far.
    now: u64,
    /// When clients began to wait or were served last, where that is known.
    since: HashMap<u8, Option<u64>>,
}

impl Crowd {
    fn has(&self, client: u8) -> usize {
        self.held.iter().filter(|(other, _)| *other == client).count()
    }

    async fn come(&mut self, client: u8) {
        let mut one = taking(&self.turns, client);
        let mates = self.waiting.iter().filter(|one| one.client == client).count();
        match poll!(&mut one) {
            std::task::Poll::Ready(Ok(turn)) => {
                assert!(self.waiting.is_empty(), "somebody slipped in");
                self.held.push((client, turn));
                self.since.insert(client, Some(self.now));
            }
            std::task::Poll::Ready(Err(Crowded)) => assert_eq!(mates, LONGEST),
            std::task::Poll::Pending => {
                if mates == 0 {
                    self.since.insert(client, Some(self.now));
                }
                self.waiting.push(Waiting { client, taking: one });
            }
        }
    }

    /// Whoever was handed a turn learns of it: one at most, because nothing more than one turn has come free.
    async fn settle(&mut self) {
        let (mut place, mut served) = (0, None);
        while place < self.waiting.len() {
            let std::task::Poll::Ready(turn) = poll!(&mut self.waiting[place].taking) else {
                place += 1;
                continue;
            };
            let client = self.waiting.remove(place).client;
            assert!(
                self.waiting[..place].iter().all(|one| one.client != client),
                "within a line the first is first"
            );
            assert!(served.replace((client, turn.expect("a turn"))).is_none(), "one turn is handed to one");
        }
        if let Some((client, turn)) = served {
            let (has, since) = (self.has(client), self.since[&client]);
            for other in self.waiting.iter().map(|one| one.client).filter(|other| *other != client) {
                assert!(has <= self.has(other), "{other} has less than {client}");
                let waits_longer = since.zip(self.since[&other]).is_none_or(|(since, other)| since < other);
                assert!(has < self.has(other) || waits_longer, "{other} was passed by {client}");
            }
            self.since.insert(client, Some(self.now));
            self.held.push((client, turn));
        }
        let (free, lines) = standing(&self.turns);
        assert_eq!(free + self.held.len() as i64, self.all as i64, "no turn is lost, and none is made up");
        assert!(free == 0 || lines == 0, "a turn lies idle while somebody waits");
        assert_eq!(lines == 0, self.waiting.is_empty());
    }
}

const LONGEST: usize = 20;

#[tokio::test]
async fn no_turn_is_lost_and_who_has_least_is_next_whatever_happens() {
    for seed in 0..40 {
        let mut chance = StdRng::seed_from_u64(seed);
        let all: u32 = chance.random_range(1..5);
        let turns = Turns::new(all, LONGEST);
        let mut crowd = Crowd {
            turns,
            all: all as usize,
            waiting: Vec::new(),
            held: Vec::new(),
            now: 0,
            since: HashMap::new(),
        };
        for now in 0..1_500 {
            crowd.now = now;
            match chance.random_range(0..10) {
                0..=4 => {
                    crowd.come(if chance.random_bool(0.7) { 0 } else { chance.random_range(1..6) }).await
                }
                5..=7 if !crowd.held.is_empty() => {
                    drop(crowd.held.swap_remove(chance.random_range(0..crowd.held.len())))
                }
                8 if !crowd.waiting.is_empty() => {
                    drop(crowd.waiting.remove(chance.random_range(0..crowd.waiting.len())))
                }
                9 if !crowd.waiting.is_empty() && !crowd.held.is_empty() => {
                    // Somebody is done, and somebody gives up before anybody could know who is next; they may
                    // have been served in vain.
                    crowd.held.pop();
                    let gone = crowd.waiting.remove(chance.random_range(0..crowd.waiting.len()));
                    crowd.since.insert(gone.client, None);
                }
                _ => {}
            }
            crowd.settle().await;
        }
        crowd.waiting.clear();
        crowd.held.clear();
        assert_eq!(standing(&crowd.turns), (all.into(), 0));
    }
}
