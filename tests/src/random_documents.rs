//! Documents at random, in a number that fits between other tests; `cargo bench` judges a million.

use crate::support::judge::{self, Opinion};

/// Documents that are written, and how often each is mutilated.
const WRITTEN: u64 = 300;
const MUTILATED: usize = 19;
/// What a thread of the runtime has.
const STACK: usize = 2 * 1024 * 1024;

#[test]
fn random_documents_are_judged_rightly_on_the_stack_of_a_worker() {
    let half = WRITTEN / 2;
    let workers = [0..half, half..WRITTEN].map(|seeds| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || judge::run(seeds, MUTILATED, Opinion::Second))
            .expect("a thread")
    });
    for worker in workers {
        worker.join().expect("it lives");
    }
}
