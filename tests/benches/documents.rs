//! A million documents, written and mutilated at random, read and made ready to run on the stack that a
//! thread of the runtime has: the process lives, nothing is nested deeper than was counted, and no document
//! takes long.
//!
//! `cargo bench -p lectern-tests` judges the same million each time, and prints how many a second that is.
#![allow(clippy::expect_used, reason = "a benchmark ends where something is wrong")]
#![allow(clippy::print_stdout, reason = "figures are for whoever runs the benchmarks")]

use std::time::Instant;

use lectern_tests::support::judge::{self, Opinion};

/// Documents that are written, and how often each is mutilated: a million in all.
const WRITTEN: u64 = 50_000;
const MUTILATED: usize = 19;
/// What a thread of the runtime has.
const STACK: usize = 2 * 1024 * 1024;
/// Where the seeds begin: beyond those of the test that is run with all others.
const FIRST: u64 = 1_000_000;

fn main() {
    let threads = std::thread::available_parallelism()
        .map_or(1, |threads| u64::try_from(threads.get()).expect("a few"));
    let begin = Instant::now();
    let workers: Vec<_> = (0..threads)
        .map(|thread| {
            let seeds = FIRST + WRITTEN * thread / threads..FIRST + WRITTEN * (thread + 1) / threads;
            std::thread::Builder::new()
                .stack_size(STACK)
                .spawn(move || judge::run(seeds, MUTILATED, Opinion::Ours))
                .expect("a thread")
        })
        .collect();
    let judged: u64 = workers.into_iter().map(|worker| worker.join().expect("it lives")).sum();
    let took = begin.elapsed();
    println!(
        "{judged} documents judged in {took:?} by {threads} threads: {:.0} a second",
        judged as f64 / took.as_secs_f64()
    );
}
