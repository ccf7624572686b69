//! The worker's health.

use super::*;

#[test]
fn a_mark_that_is_ahead_is_told_until_a_sweep_finds_it_right() {
    let health = Health::default();
    health.looked();
    assert!(!health.swept(0), "nothing to tell");
    assert_eq!(health.is_well(), Ok(()));
    assert!(health.swept(86_400), "it is new");
    assert!(!health.swept(86_395), "it has been told");
    assert_eq!(health.is_well(), Err("the sweep's mark is 86395 seconds ahead of the clock".to_owned()));
    assert!(!health.swept(0));
    assert_eq!(health.is_well(), Ok(()));
}

#[test]
fn a_first_sweep_is_given_a_minute_and_a_failed_one_none() {
    let start = Instant::now();
    let after = |seconds: u64| start + Duration::from_secs(seconds);
    let alive = |pulse: Pulse, seconds: u64| pulse.is_alive(after(seconds), SWEEP_PATIENCE);
    let mut sweep = Pulse::default();
    assert!(!alive(sweep, 0), "nothing has begun");
    sweep.begin(after(1));
    assert!(alive(sweep, 60));
    assert!(!alive(sweep, 61), "stuck");
    sweep.begin(after(70));
    assert!(!alive(sweep, 71), "it has been at it all the time");
    sweep.fail();
    assert!(!alive(sweep, 2), "failed");
    sweep.begin(after(80));
    assert!(!alive(sweep, 81), "whoever has only ever failed is not well for trying again");
    sweep = Pulse::Succeeded(after(90));
    sweep.fail();
    assert!(alive(sweep, 149), "what failed once is tried again");
    assert!(!alive(sweep, 150));
}

#[test]
fn letters_that_wait_are_complained_of_and_keep_nobody_from_being_served() {
    let (health, now) = (Health::default(), Instant::now());
    assert_eq!((health.complaints(), health.way().is_up), (Vec::new(), true));
    let fresh = |seconds: i64| Due { letters: 3, oldest_fresh_seconds: seconds, oldest_seconds: seconds };
    let way = Way { paused_domains: 1, ..Way::default() };
    health.found(fresh(600), way, now);
    assert_eq!((health.complaints().len(), health.due(), health.way()), (0, 3, way));
    health.found(fresh(1500), Way { is_up: false, ..way }, now);
    let told =
        ["no e-mails leave: the mail server does not take them", "an e-mail has been due for 25 minutes"];
    assert_eq!(health.complaints(), told);
    health.found(Due::default(), Way::default(), now);
    assert_eq!(health.complaints(), Vec::<String>::new());
}

#[test]
fn what_is_put_off_is_complained_of_where_nothing_is_accepted() {
    let (health, start) = (Health::default(), Instant::now());
    let put_off = Due { letters: 1, oldest_fresh_seconds: 0, oldest_seconds: 1500 };
    let after = |seconds: u64| {
        health.found(put_off, Way::default(), start + Duration::from_secs(seconds));
        health.oldest_due_seconds()
    };
    assert_eq!((after(0), after(599)), (0, 0), "one difficult address is no outage");
    assert_eq!(after(600), 1500, "none was accepted for ten minutes");
    health.count(Count::Sent);
    assert_eq!(after(60), 0, "mail leaves");
}

#[test]
fn an_outage_is_told_when_it_begins_and_when_it_is_over() {
    let outage = Outage::default();
    assert_eq!([outage.is_over(), outage.is_new(), outage.is_new()], [false, true, false]);
    assert_eq!([outage.is_over(), outage.is_over(), outage.is_new()], [true, false, true]);
}
