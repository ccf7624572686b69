//! The queue: two workers, a mail server that is down or difficult, crashes.

use std::sync::Arc;

use entity::notice::{self, Status};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use worker::post::{PostError, Reply, Step, post_from_url};

use crate::support::person::Person;
use crate::support::process::wait_until;
use crate::support::smtp::{Mood, SmtpServer};
use crate::support::{TestApp, stories};

async fn of_rule(app: &TestApp, rule: &str) -> notice::Model {
    notice::Entity::find()
        .filter(notice::Column::Rule.eq(rule))
        .one(app.db())
        .await
        .expect("notices")
        .expect("a notice")
}

stories! {
    async fn two_workers_never_send_one_notice_twice(app with the course at "2026-04-01T12:00-04:00") {
        let mut people = Vec::new();
        for number in 0..30 {
            people.push(app.signs_in(&format!("p{number}@example.org")).await);
        }
        for person in &people {
            person.registers(&app, "nurse").await;
        }
        let nature: entity::nature::SharedNature = app.nature.clone();
        let (one, other) = (app.second_worker("one").await, app.second_worker("other").await);
        let (swept, again) = tokio::join!(
            worker::sweep::sweep(&one.db, &nature, "stories.example.org"),
            worker::sweep::sweep(&other.db, &nature, "stories.example.org")
        );
        swept.expect("a sweep");
        again.expect("a sweep at the same time");
        let work = async |worker: worker::Worker<lectern::store::Database>| {
            let mut delivered = 0;
            loop {
                let claimed =
                    worker::claim::claim(&worker.db, &worker.name, 3, entity::Nature::now(&*worker.nature))
                        .await
                        .expect("a claim");
                if claimed.is_empty() {
                    return delivered;
                }
                for notice in claimed {
                    worker::deliver::deliver(&worker, notice).await;
                    delivered += 1;
                }
            }
        };
        let (mine, yours) = tokio::join!(work(one), work(other));
        assert_eq!(mine + yours, 30);
        for number in 0..30 {
            assert_eq!(app.subjects_to(&format!("p{number}@example.org")).len(), 1, "p{number}");
        }
    }

    async fn a_mail_server_that_is_down_delays_letters_and_loses_none(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let smtp = SmtpServer::start().await;
        let nobody =
            std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let mut worker = app.worker.clone();
        worker.post = post_from_url(&format!("smtp://{nobody}"), "stories.example.org").expect("a post");
        ada.registers(&app, "nurse").await;
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        for notice in worker::claim::claim(app.db(), "w", 10, nature.now()).await.expect("a claim") {
            worker::deliver::deliver(&worker, notice).await;
        }
        let waiting = of_rule(&app, "registration_started").await;
        assert_eq!(
            (waiting.status, waiting.attempts),
            (Status::Planned, 0),
            "a refused connection costs no attempt"
        );
        assert!(waiting.ready_at.expect("it waits") > nature.now());
        app.nature.move_to(nature.now().plus_minutes(10));
        worker.post = post_from_url(&smtp.url(), "stories.example.org").expect("a post");
        worker.route = Arc::default();
        for notice in worker::claim::claim(app.db(), "w", 10, nature.now()).await.expect("a claim") {
            worker::deliver::deliver(&worker, notice).await;
        }
        let letters = smtp.letters();
        assert_eq!(letters.len(), 1);
        assert_eq!(
            format!("<{}>", letters[0].message_id),
            format!("<{}>", waiting.message_id.trim_matches(['<', '>'])),
            "one Message-ID for life"
        );
        assert_eq!(of_rule(&app, "registration_started").await.status, Status::Sent);
    }

    async fn a_deferred_letter_is_tried_again_and_a_refused_address_is_not(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let smtp = SmtpServer::start().await;
        let mut worker = app.worker.clone();
        worker.post = post_from_url(&smtp.url(), "stories.example.org").expect("a post");
        ada.registers(&app, "nurse").await;
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let deliver = async |worker: &worker::Worker<lectern::store::Database>| {
            for notice in worker::claim::claim(app.db(), "w", 10, entity::Nature::now(&*app.nature))
                .await
                .expect("a claim")
            {
                worker::deliver::deliver(worker, notice).await;
            }
        };
        smtp.feels(Mood::Defers);
        deliver(&worker).await;
        let deferred = of_rule(&app, "registration_started").await;
        assert_eq!((deferred.status, deferred.attempts), (Status::Retry, 1));
        let wait = deferred.ready_at.expect("it waits").as_micros() - nature.now().as_micros();
        assert!((48_000_000..=72_000_000).contains(&wait), "a minute, a fifth more or less: {wait}");
        smtp.feels(Mood::KnowsNobody);
        app.nature.move_to(nature.now().plus_minutes(2));
        worker.route = Arc::default();
        deliver(&worker).await;
        let refused = of_rule(&app, "registration_started").await;
        assert_eq!(
            (refused.status, refused.reason, refused.ready_at),
            (Status::Failed, Some(entity::mailing::NotSentReason::AddressRefused), None)
        );
        assert!(refused.smtp_reply.expect("what the server said").contains("5.1.1"));
        assert_eq!(smtp.letters().len(), 0);
    }

    async fn staff_see_each_try_and_under_which_name_a_letter_was_taken(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let staff = app.staff("staff@example.org").await;
        let smtp = SmtpServer::start().await;
        let mut worker = app.worker.clone();
        worker.post = post_from_url(&smtp.url(), "stories.example.org").expect("a post");
        let registered = ada.registers(&app, "nurse").await;
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        for (mood, minutes) in [(Mood::Defers, 0), (Mood::Accepts, 2)] {
            smtp.feels(mood);
            app.nature.move_to(nature.now().plus_minutes(minutes));
            for notice in worker::claim::claim(app.db(), "w", 10, nature.now()).await.expect("a claim") {
                worker::deliver::deliver(&worker, notice).await;
            }
        }
        let asked = "query($code: String!) { registration(code: $code) { notices { nodes {
            attempts smtpReply tries { at step replyCode statusCode queueId said } } } } }";
        let asks = async |person: &Person| {
            let told = person.asks(&app, asked, json!({ "code": registered["code"] })).await;
            told["registration"]["notices"]["nodes"][0].clone()
        };
        let seen = asks(&staff).await;
        let tries = seen["tries"].as_array().expect("tries");
        assert_eq!((seen["attempts"].as_i64(), tries.len()), (Some(2), 2), "{seen:#}");
        let (put_off, taken) = (&tries[0], &tries[1]);
        assert_eq!((put_off["at"].as_str(), put_off["replyCode"].as_i64()), (Some("2026-04-01T16:00:00Z"), Some(451)));
        assert_eq!((put_off["step"].as_str(), &put_off["queueId"]), (Some("final dot"), &json!(null)));
        let yes = json!({ "at": "2026-04-01T16:02:00Z", "step": null, "replyCode": 250, "statusCode": "2.0.0",
            "queueId": "4bFxQ81zK3z1", "said": "250 2.0.0 Ok: queued as 4bFxQ81zK3z1" });
        assert_eq!(taken, &yes);
        let hers = asks(&ada).await;
        assert_eq!((&hers["tries"], &hers["smtpReply"], hers["attempts"].as_i64()), (&json!(null), &json!(null), Some(2)));
    }

    async fn a_letter_whose_answer_was_lost_is_sent_once_more_under_the_same_id(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        app.post().refuse_next(PostError::silence(Step::Answer, "the line went dead"));
        app.works().await;
        let unknown = of_rule(&app, "registration_started").await;
        assert_eq!(unknown.status, Status::Unknown);
        assert_eq!(app.subjects_to("ada@example.org").len(), 0);
        app.travels_to("2026-04-01T12:11-04:00").await;
        let letters = app.letters_to("ada@example.org");
        assert_eq!(letters.last().expect("a letter").message_id, unknown.message_id.trim_matches(['<', '>']));
        let sent = of_rule(&app, "registration_started").await;
        let said: Vec<String> = sent.tries.unwrap_or_default().0.iter().map(ToString::to_string).collect();
        assert_eq!((sent.status, said), (Status::Sent, vec!["final dot: the line went dead".to_owned(), "250 kept in memory".to_owned()]));
        app.travels_to("2026-04-01T13:11-04:00").await;
        assert_eq!(app.subjects_to("ada@example.org").len(), 1);
    }

    async fn a_lease_that_ran_out_is_taken_over_and_the_old_worker_changes_nothing(app with the course at "2026-04-01T12:00-04:00") {
        app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let taken = worker::claim::claim(app.db(), "dead", 10, nature.now()).await.expect("a claim");
        assert_eq!(taken.len(), 1);
        assert_eq!(
            worker::claim::claim(app.db(), "eager", 10, nature.now()).await.expect("a claim").len(),
            0,
            "it is in other hands"
        );
        app.nature.move_to(nature.now().plus_seconds(61));
        app.delivers().await;
        assert_eq!(app.subjects_to("ada@example.org").len(), 1);
        assert_eq!(
            worker::deliver::deliver(&app.worker, taken[0].clone()).await,
            worker::deliver::Outcome::Overtaken
        );
        assert_eq!(app.subjects_to("ada@example.org").len(), 1, "the fencing number holds");
    }

    async fn what_the_server_promised_is_in_the_ledger(app with the course at "2026-04-01T12:00-04:00") {
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        staff.records_payment(&app, &started).await;
        app.post().refuse_next(PostError::reply(Step::Answer, Reply::new(451, "4.3.0 later")));
        app.works().await;
        app.travels_to("2026-04-01T12:02-04:00").await;
        let open = notice::Entity::find().filter(notice::open()).count(app.db()).await.expect("a count");
        assert_eq!(open, 0);
        let sent = of_rule(&app, "registration_confirmed").await;
        assert_eq!((sent.status, sent.attempts), (Status::Sent, 2));
        assert!(sent.smtp_reply.expect("a reply").starts_with("250"));
    }

    async fn a_letter_is_well_formed_mail(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let input = serde_json::json!({ "name": "Zoë <b>Example</b>" });
        ada.does(&app, "updateProfile", input, "").await;
        ada.takes_part(&app, "nurse").await;
        let letter = app.letters_to(&ada.email).pop().expect("a letter");
        for header in [
            "From: ",
            "To: ",
            "Subject: ",
            "Date: ",
            "Message-ID: <",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ] {
            assert_eq!(
                letter.raw.matches(&format!("\r\n{header}")).count()
                    + usize::from(letter.raw.starts_with(header)),
                1,
                "{header}\n{}",
                letter.raw
            );
        }
        assert!(
            letter.raw.contains("multipart/alternative") && letter.raw.contains("text/calendar"),
            "{}",
            letter.raw
        );
        assert!(letter.raw.lines().all(|line| line.len() <= 998), "RFC 5322 bounds a line");
        assert!(
            letter.html.contains("<html") && !letter.html.contains("<b>Example"),
            "nobody writes HTML into our letters"
        );
        assert!(
            !letter.html.contains("<img") && !letter.html.contains("http://track"),
            "nothing is loaded, nobody is followed"
        );
        assert!(letter.text.contains("$2,005.00") && !letter.text.contains("<html"));
        let calendar = letter.calendar.expect("a calendar");
        let uids: std::collections::BTreeSet<&str> =
            calendar.lines().filter(|line| line.starts_with("UID:")).collect();
        assert_eq!(uids.len(), 3, "{calendar}");
    }

    /// Whatever is due does not keep people from being served.
    async fn nobody_waits_for_the_first_sweep(app at "2026-04-01T12:00-04:00") {
        use sea_orm::{ConnectionTrait, DbBackend};
        app.has_the_course().await;
        let held = app.state.begin().await.expect("a transaction");
        if held.get_database_backend() == DbBackend::Postgres {
            held.execute_unprepared("lock table sweep_mark in access exclusive mode")
                .await
                .expect("the lock");
        }
        let (health, stop) =
            (Arc::new(worker::Health::default()), tokio_util::sync::CancellationToken::new());
        assert!(!health.sweep_is_alive(), "a worker that has not begun is not well");
        let wake = Arc::new(tokio::sync::Notify::new());
        let work = tokio::spawn(worker::run(app.worker.clone(), wake, stop.clone(), Arc::clone(&health)));
        wait_until("the sweep to begin", 20, async || health.sweep_is_alive().then_some(())).await;
        assert!(!health.has_swept(), "it cannot come to an end while the mark is held");
        held.rollback().await.expect("the end of the lock");
        wait_until("the sweep to succeed", 20, async || health.has_swept().then_some(())).await;
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
    }
}
