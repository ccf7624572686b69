//! The route: what one peer's trouble does to everybody else's letters, which is nothing; and what it means
//! when all say the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use entity::Nature;
use entity::mailing::NotSentReason;
use entity::nature::SharedNature;
use entity::notice::{self, Status};
use lectern::store::Database;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use worker::Worker;
use worker::post::post_from_url;
use worker::route::Gate;

use crate::support::process::wait_until;
use crate::support::smtp::{Act, At, SmtpServer};
use crate::support::{TestApp, stories};

/// A worker that speaks to this server, and knows nothing of the past.
fn worker_at(app: &TestApp, server: &SmtpServer) -> Worker<Database> {
    let mut worker = app.worker.clone();
    worker.post = post_from_url(&server.url(), "stories.example.org").expect("a post");
    worker.route = Arc::default();
    worker
}

/// These people register, and each is owed a letter.
async fn are_owed_letters(app: &TestApp, emails: &[String]) {
    let mut people = Vec::new();
    for email in emails {
        people.push(app.signs_in(email).await);
    }
    for person in &people {
        person.registers(app, "nurse").await;
    }
    sweeps(app).await;
}

async fn sweeps(app: &TestApp) {
    let nature: SharedNature = app.nature.clone();
    worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
}

/// Delivers what is ready, one after another, each letter once at most.
async fn delivers(app: &TestApp, worker: &Worker<Database>) {
    for notice in worker::claim::claim(app.db(), "w", 500, app.nature.now()).await.expect("a claim") {
        worker::deliver::deliver(worker, notice).await;
    }
}

fn moves(app: &TestApp, seconds: i64) {
    app.nature.move_to(app.nature.now().plus_seconds(seconds));
}

/// The letters about registrations whose last address ends like this.
async fn to(app: &TestApp, ending: &str) -> Vec<notice::Model> {
    let rows = notice::Entity::find().filter(notice::Column::Rule.eq("registration_started"));
    let rows = rows.all(app.db()).await.expect("notices");
    let people = entity::learner::Entity::find().all(app.db()).await.expect("learners");
    let reader = |notice: &notice::Model| {
        people
            .iter()
            .any(|person| person.id.to_string() == notice.recipient && person.email.ends_with(ending))
    };
    rows.into_iter().filter(reader).collect()
}

/// How many letters about registrations stand like this.
async fn count(app: &TestApp, status: Status) -> usize {
    to(app, "").await.iter().filter(|notice| notice.status == status).count()
}

stories! {
    async fn forty_difficult_addresses_hold_up_nobody_else(app with the course at "2026-04-01T12:00-04:00") {
        let kinds = ["refuses", "distrusts", "drops", "greylists"];
        let emails: Vec<String> = (0..200)
            .map(|number| match number % 5 {
                0 => format!("p{number}@{}.example.org", kinds[number / 5 % kinds.len()]),
                _ => format!("p{number}@d{}.example.org", number % 7),
            })
            .collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        server.plays(At::Rcpt, "@refuses.example.org", Act::Says("550 5.1.1 no such person"));
        server.plays(At::Dot, "@distrusts.example.org", Act::Says("550 5.7.1 rejected by DMARC policy"));
        server.plays(At::Rcpt, "@drops.example.org", Act::Drops);
        server.plays(At::Rcpt, "@greylists.example.org", Act::Says("450 4.7.1 greylisted, come again"));
        let worker = worker_at(&app, &server);
        delivers(&app, &worker).await;
        assert_eq!(server.letters().len(), 160, "everybody else has a letter");
        assert_eq!(worker.route.gate(app.nature.now()), Gate::Open);
        let refused = |reason| (Status::Failed, Some(reason), 1);
        for (kind, stands, said) in [
            ("refuses", refused(NotSentReason::AddressRefused), "RCPT: 550 5.1.1 no such person"),
            ("distrusts", refused(NotSentReason::RefusedByServer), "final dot: 550 5.7.1 rejected by DMARC"),
            ("drops", (Status::Retry, None, 1), "RCPT: "),
            ("greylists", (Status::Retry, None, 1), "RCPT: 450 4.7.1 greylisted"),
        ] {
            let letters = to(&app, &format!("@{kind}.example.org")).await;
            assert_eq!(letters.len(), 10);
            for letter in letters {
                assert_eq!((letter.status, letter.reason, letter.attempts), stands, "{kind}");
                assert!(letter.smtp_reply.as_deref().is_some_and(|reply| reply.starts_with(said)), "{letter:?}");
            }
        }

        // What failed before comes again after its back-off, behind what was never tried.
        moves(&app, 120);
        server.relents();
        app.does(None, "requestSignInCode", json!({ "email": "late@example.org" }), "").await;
        sweeps(&app).await;
        delivers(&app, &worker).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 160 + 1 + 20);
        assert_eq!(letters[160].to, "late@example.org");
        assert_eq!((count(&app, Status::Sent).await, count(&app, Status::Failed).await), (180, 20));
    }

    async fn what_the_server_says_at_mail_costs_no_letter_an_attempt(app with the course at "2026-04-01T12:00-04:00") {
        let emails: Vec<String> = (0..20).map(|number| format!("p{number}@example.org")).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        let worker = worker_at(&app, &server);
        for (at, act) in [
            (At::Mail, Act::Says("451 4.3.0 not now")),
            (At::Mail, Act::Drops),
            (At::Greeting, Act::Says("421 4.3.2 too busy")),
            (At::Greeting, Act::Drops),
        ] {
            server.relents();
            server.plays(at, "", act.clone());
            let paused = worker.route.paused(app.nature.now());
            assert_eq!(paused, None);
            delivers(&app, &worker).await;
            assert!(worker.route.paused(app.nature.now()).is_some(), "{act:?}");
            for letter in to(&app, "").await {
                assert_eq!((letter.status, letter.attempts), (Status::Planned, 0), "{act:?}");
            }
            moves(&app, 900);
        }
        assert!(!worker.route.is_up());
        let due = worker::survey::due(&worker, app.nature.now()).await.expect("a look");
        assert_eq!((due.letters, due.oldest_fresh_seconds), (20, 3600), "none of them was tried");
        let asked = server.heard_openly().iter().filter(|word| *word == "MAIL").count();
        assert_eq!(asked, 2, "one letter asks for all");
        server.relents();
        delivers(&app, &worker).await;
        assert_eq!((server.letters().len(), worker.route.gate(app.nature.now())), (20, Gate::Open));
        let due = worker::survey::due(&worker, app.nature.now()).await.expect("a look");
        assert_eq!((due, worker.route.is_up()), (worker::survey::Due::default(), true));
    }

    async fn refusals_everywhere_are_taken_back(app with the course at "2026-04-01T12:00-04:00") {
        let emails: Vec<String> = (0..30).map(|number| format!("p{number}@d{number}.example.org")).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        server.plays(At::Dot, "", Act::Says("550 5.7.1 your network is listed"));
        let worker = worker_at(&app, &server);
        delivers(&app, &worker).await;
        let now = app.nature.now();
        assert_eq!(worker.route.paused(now), Some(now.plus_seconds(60)));
        assert_eq!(count(&app, Status::Failed).await, 0, "the fault may be ours");
        let put_off: Vec<notice::Model> =
            to(&app, "").await.into_iter().filter(|letter| letter.status == Status::Retry).collect();
        assert_eq!(put_off.len(), 15, "five, and ten that were never tried");
        assert!(put_off.iter().all(|letter| letter.reason.is_none() && letter.attempts == 1));
        assert_eq!(count(&app, Status::Planned).await, 15);

        // The mail server's staff have helped: the first yes opens the route for all.
        moves(&app, 120);
        server.relents();
        delivers(&app, &worker).await;
        assert_eq!(worker.route.gate(app.nature.now()), Gate::Open);
        moves(&app, 60);
        delivers(&app, &worker).await;
        assert_eq!((count(&app, Status::Sent).await, server.letters().len()), (30, 30));
        let first_tried: Vec<i16> = to(&app, "").await.iter().map(|letter| letter.attempts).collect();
        assert_eq!(first_tried.iter().filter(|attempts| **attempts == 2).count(), 15);
    }

    async fn answers_that_are_lost_in_a_row_pause_the_route_and_a_drop_before_the_dot_is_tried_again(
        app at "2026-04-01T12:00-04:00"
    ) {
        app.has_the_course().await;
        let emails: Vec<String> = (0..10).map(|number| format!("p{number}@example.org")).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        server.plays(At::Data, "p0@example.org", Act::Drops);
        server.plays(At::Dot, "", Act::KeepsSilent);
        let worker = worker_at(&app, &server);
        delivers(&app, &worker).await;
        assert!(worker.route.paused(app.nature.now()).is_some());
        assert_eq!(count(&app, Status::Unknown).await, 3, "three, and no more are risked");
        let dropped = to(&app, "p0@example.org").await.remove(0);
        assert!([Status::Retry, Status::Planned].contains(&dropped.status), "{dropped:?}");
        moves(&app, 700);
        server.relents();
        delivers(&app, &worker).await;
        assert_eq!(worker.route.gate(app.nature.now()), Gate::Open);
        moves(&app, 60);
        delivers(&app, &worker).await;
        assert_eq!(count(&app, Status::Sent).await, 10);
        assert_eq!(server.letters().len(), 13, "those three came twice, under their old ids");
        let mut copies: HashMap<String, Vec<String>> = HashMap::new();
        for letter in server.letters() {
            copies.entry(letter.message_id).or_default().push(letter.raw);
        }
        assert_eq!(copies.len(), 10);
        for copies in copies.values() {
            assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "not the same bytes: {copies:?}");
        }
    }

    async fn three_of_one_domain_who_are_put_off_alike_slow_that_domain_alone(
        app at "2026-04-01T12:00-04:00"
    ) {
        app.has_the_course().await;
        let emails: Vec<String> =
            (0..20).map(|number| format!("p{number}@d{}.example.org", number % 2)).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        server.plays(At::Rcpt, "@d0.example.org", Act::Says("421 4.7.28 too many messages"));
        let worker = worker_at(&app, &server);
        delivers(&app, &worker).await;
        assert_eq!(server.letters().len(), 10, "the other domain's");
        let slow = to(&app, "@d0.example.org").await;
        let tried = slow.iter().filter(|letter| letter.attempts == 1).count();
        assert_eq!((tried, slow.len()), (3, 10), "three were asked for");
        moves(&app, 100);
        server.relents();
        delivers(&app, &worker).await;
        assert_eq!(server.letters().len(), 20);
    }

    /// The real queue, with all its hands.
    async fn while_all_refuse_one_letter_goes_at_a_time(app with the course at "2026-04-01T12:00-04:00") {
        let emails: Vec<String> = (0..20).map(|number| format!("p{number}@d{number}.example.org")).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        server.plays(At::Rcpt, "", Act::Says("554 5.7.1 relaying denied"));
        let worker = worker_at(&app, &server).with_hands(4);
        let (stop, route) = (CancellationToken::new(), worker.route.clone());
        let work = tokio::spawn(worker::run(worker, Arc::new(Notify::new()), stop.clone(), Arc::default()));
        let closed = async || matches!(route.gate(app.nature.now()), Gate::Shut(_)).then_some(());
        wait_until("the route to close", 60, closed).await;
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
        assert_eq!(count(&app, Status::Failed).await, 0);
        assert!(count(&app, Status::Retry).await >= 15);
        assert_eq!(server.letters().len(), 0);
    }

    /// The real queue, with few hands, all of which meet somebody who does not answer.
    async fn forty_addresses_that_hang_hold_up_nobody_else(app with the course at "2026-04-01T12:00-04:00") {
        let emails: Vec<String> = (0..200)
            .map(|number| match number % 5 {
                0 => format!("p{number}@hangs{number}.example.org"),
                _ => format!("p{number}@d{}.example.org", number % 7),
            })
            .collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        for number in (0..200).step_by(5) {
            server.plays(At::Rcpt, &format!("@hangs{number}.example.org"), Act::Hangs);
        }
        let worker = Worker { patience: Duration::from_millis(50), ..worker_at(&app, &server).with_hands(8) };
        let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
        let work = tokio::spawn(worker::run(worker, wake.clone(), stop.clone(), Arc::default()));
        let arrived = async |number| (server.letters().len() == number).then_some(());
        wait_until("everybody else's letters", 60, async || arrived(160).await).await;
        app.does(None, "requestSignInCode", json!({ "email": "late@example.org" }), "").await;
        wake.notify_one();
        wait_until("the code", 60, async || arrived(161).await).await;
        assert_eq!(server.letters()[160].to, "late@example.org");
        assert_eq!(count(&app, Status::Retry).await, 0, "those forty still wait for an answer");
        server.relents();
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
        assert_eq!((count(&app, Status::Retry).await, count(&app, Status::Sent).await), (40, 160));
    }

    async fn letters_share_a_connection_until_one_of_them_breaks_it(app with the course at "2026-04-01T12:00-04:00") {
        let emails: Vec<String> = (0..6).map(|number| format!("p{number}@example.org")).collect();
        are_owed_letters(&app, &emails).await;
        let server = SmtpServer::start().await;
        let worker = worker_at(&app, &server);
        let letter = ["MAIL", "RCPT", "DATA"];
        let mut ready = worker::claim::claim(app.db(), "w", 6, app.nature.now()).await.expect("a claim").into_iter();
        let mut next = async |at: Option<(At, Act)>| {
            server.relents();
            if let Some((at, act)) = at {
                server.plays(at, "", act);
            }
            worker::deliver::deliver(&worker, ready.next().expect("a letter")).await
        };
        next(None).await;
        next(Some((At::Rcpt, Act::Says("450 4.2.1 busy")))).await;
        next(Some((At::Dot, Act::Says("552 5.3.4 too large")))).await;
        next(None).await;
        let expected = ["EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT"];
        let expected = [&expected[..], &["RSET"], &letter, &["RSET"], &letter].concat();
        assert_eq!(server.heard_openly(), expected, "a no is an answer, too");
        next(Some((At::Dot, Act::Drops))).await;
        next(None).await;
        let expected = [&expected[..], &["RSET"], &letter, &["EHLO"], &letter].concat();
        assert_eq!(server.heard_openly(), expected, "nothing more is said where an answer is owed");
        assert_eq!(server.letters().len(), 3);
    }

    async fn nothing_but_250_is_a_yes_to_the_final_dot(app with the course at "2026-04-01T12:00-04:00") {
        are_owed_letters(&app, &["ada@example.org".to_owned()]).await;
        let server = SmtpServer::start().await;
        server.plays(At::Dot, "", Act::Says("354 go on"));
        delivers(&app, &worker_at(&app, &server)).await;
        let letter = to(&app, "ada@example.org").await.remove(0);
        assert_eq!(letter.status, Status::Unknown);
        assert_eq!(letter.smtp_reply.as_deref(), Some("final dot: 354 go on"));
    }
}
