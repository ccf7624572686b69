//! A worker that is killed in the middle of its queue. Tests begin in the order of their names: this one
//! waits for the end of a real lease of a minute, and by its name it does so while the others run.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use entity::notice::{self, Status};
use entity::{Nature, nature::RealNature};
use futures_util::future::join;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::smoke::course_text;
use crate::support::app::KEY;
use crate::support::process::{Running, binary, wait_until};
use crate::support::smtp::SmtpServer;
use crate::support::{Backend, SAMPLE_SLUG, TestApp, lives};

/// Letters in the queue.
const LETTERS: usize = 60;
/// How many arrive before the kill.
const BEFORE: usize = 20;
/// How many letters a worker has in hand at most.
const HANDS: usize = 8;
/// Within how many seconds after the kill everything arrives: the lease, and room for a slow machine.
const PATIENCE: u64 = 90;

/// The ledger's rows about the registrations.
async fn notices(app: &TestApp) -> Vec<notice::Model> {
    notice::Entity::find()
        .filter(notice::Column::Rule.eq("registration_started"))
        .all(app.db())
        .await
        .expect("notices")
}

/// What a worker has in hand, once that no longer changes: a server may still be at the last statement of a
/// client that is gone.
async fn in_hand(app: &TestApp) -> Vec<notice::Model> {
    let mut last = None;
    wait_until("the ledger to stand still", 10, async || {
        let mut held = notices(app).await;
        held.retain(|notice| matches!(notice.status, Status::Claimed | Status::Sending));
        let still = last.as_ref() == Some(&held);
        last = Some(held.clone());
        still.then_some(held)
    })
    .await
}

fn id(notice: &notice::Model) -> String {
    notice.message_id.trim_matches(['<', '>']).to_owned()
}

/// How often each letter arrived, by Message-ID; letters about anything else left out.
fn arrivals(post: &SmtpServer, ledger: &[notice::Model]) -> HashMap<String, usize> {
    let ours: HashSet<String> = ledger.iter().map(id).collect();
    let mut count = HashMap::new();
    for letter in post.letters().into_iter().filter(|letter| ours.contains(&letter.message_id)) {
        *count.entry(letter.message_id).or_default() += 1;
    }
    count
}

/// An app whose clock stands at the real now, with a queue of letters that nobody works on.
async fn with_a_queue(backend: Backend) -> Option<TestApp> {
    let app = TestApp::open(backend, &RealNature.now().to_string()).await?;
    app.imports(&course_text(SAMPLE_SLUG, 0)).await;
    let mut people = Vec::new();
    for number in 0..LETTERS {
        people.push(app.signs_in(&format!("p{number}@example.org")).await);
    }
    for person in &people {
        let started = person.registers(&app, "nurse").await;
        assert_eq!(started["status"], "STARTED", "{backend:?}: {started}");
    }
    Some(app)
}

async fn a_killed_worker_loses_nothing(backend: Backend) {
    let Some(app) = with_a_queue(backend).await else { return };
    let post = SmtpServer::start().await;
    post.takes(Duration::from_millis(300));
    let mail = post.url();
    let key = String::from_utf8_lossy(KEY);
    let settings = [
        ("DATABASE_URL", app.url()),
        ("MAIL_URL", mail.as_str()),
        ("MAIL_FROM", "Example Course Office <office@example.org>"),
        ("SECRET_KEY", &*key),
        ("MAIL_HANDS", "8"),
    ];
    let doomed = Running::start(&settings, &["work"]);
    wait_until("some letters to arrive", 60, async || (post.letters().len() >= BEFORE).then_some(())).await;
    doomed.killed();
    let killed = tokio::time::Instant::now();

    let in_hand = in_hand(&app).await;
    let before = post.letters().len();
    assert!((1..=HANDS).contains(&in_hand.len()), "{backend:?}: {} in hand", in_hand.len());
    assert!(before < LETTERS, "{backend:?}: the kill came too late");
    let ledger = notices(&app).await;
    assert_eq!(ledger.len(), LETTERS, "{backend:?}: one notice for each registration");

    let _heirs = [Running::start(&settings, &["work"]), Running::start(&settings, &["work"])];
    wait_until("every letter", PATIENCE, async || (arrivals(&post, &ledger).len() == LETTERS).then_some(()))
        .await;
    let arrived = killed.elapsed();
    assert!(
        arrived < Duration::from_secs(PATIENCE),
        "{backend:?}: everything had arrived only after {arrived:?}"
    );
    wait_until("the ledger to say so", PATIENCE, async || {
        notices(&app).await.iter().all(|notice| notice.status == Status::Sent).then_some(())
    })
    .await;
    let recorded = killed.elapsed();

    let arrivals = arrivals(&post, &ledger);
    let twice: HashSet<String> =
        arrivals.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id.clone()).collect();
    let sending: HashSet<String> =
        in_hand.iter().filter(|notice| notice.status == Status::Sending).map(id).collect();
    assert!(
        arrivals.values().all(|times| *times <= 2),
        "{backend:?}: a letter came more than twice: {arrivals:?}"
    );
    assert!(
        twice.is_subset(&sending),
        "{backend:?}: {twice:?} came twice, but only {sending:?} were being sent at the kill"
    );
    let readers: HashSet<String> = post.letters().into_iter().map(|letter| letter.to).collect();
    assert_eq!(readers.len(), LETTERS, "{backend:?}: somebody got nothing");
    tell(&format!(
        "{backend:?}: killed after {before} of {LETTERS} letters, {} in hand, {} of them being sent; all had arrived after {arrived:?} and \
         were in the ledger after {recorded:?}; {} came twice",
        in_hand.len(),
        sending.len(),
        twice.len()
    ));
}

#[allow(clippy::print_stderr, reason = "figures are for whoever runs the tests")]
fn tell(figure: &str) {
    eprintln!("{figure}");
}

/// Both databases at once, because each waits for a lease of a real minute.
#[test]
fn in_the_middle_of_its_queue_loses_nothing() {
    // Nothing may be waiting on a database while this task is blocked by the build.
    binary();
    lives(async {
        join(
            a_killed_worker_loses_nothing(Backend::Sqlite),
            a_killed_worker_loses_nothing(Backend::Postgres),
        )
        .await;
    });
}
