//! Letters in private: TLS from the first byte or from STARTTLS on, passwords, and whom we do not trust.

use std::sync::Arc;

use entity::notice::{self, Status};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use worker::post::{BadMailUrl, post_from_url};

use crate::support::smtp::{Act, At, Login, Privacy, SmtpServer};
use crate::support::{Authority, TestApp, stories};

/// Where the servers of the stories are.
const HOST: &str = "127.0.0.1";

/// Ada registers, so that a letter is owed.
async fn owes_a_letter(app: &TestApp) {
    app.has_the_course().await;
    app.signs_in("ada@example.org").await.registers(app, "nurse").await;
    let nature: entity::nature::SharedNature = app.nature.clone();
    worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
}

/// Delivers the letter over this post, ten minutes after the attempt before; says how the notice stands then,
/// and whether all mail rests.
async fn sends(app: &TestApp, url: &str) -> (notice::Model, bool) {
    app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(10));
    let now = entity::Nature::now(&*app.nature);
    let mut worker = app.worker.clone();
    worker.post = post_from_url(url, "stories.example.org").expect("a post");
    worker.route = Arc::default();
    for notice in worker::claim::claim(app.db(), "w", 10, now).await.expect("a claim") {
        worker::deliver::deliver(&worker, notice).await;
    }
    let owed = notice::Entity::find().filter(notice::Column::Rule.eq("registration_started"));
    let notice = owed.one(app.db()).await.expect("notices").expect("a notice");
    (notice, worker.route.paused(now).is_some())
}

/// The letter stays at home: it waits, it costs no attempt, nothing else is sent meanwhile, and the ledger
/// says why.
async fn keeps_it_home(app: &TestApp, url: &str, why: &str) {
    let (notice, resting) = sends(app, url).await;
    assert_eq!((notice.status, notice.attempts, notice.reason), (Status::Planned, 0, None), "{why}");
    assert!(resting, "{why}");
    assert!(notice.ready_at.expect("it waits") > entity::Nature::now(&*app.nature), "{why}");
    let said = notice.smtp_reply.expect("why");
    assert!(said.contains(why), "«{said}» does not say «{why}»");
    assert!(!said.contains("open sesame"), "{said}");
}

/// The letter leaves.
async fn lets_it_go(app: &TestApp, url: &str, server: &SmtpServer) {
    let (notice, resting) = sends(app, url).await;
    assert_eq!(
        (notice.status, notice.attempts, resting),
        (Status::Sent, 1, false),
        "{:?}",
        notice.smtp_reply
    );
    let letters = server.letters();
    assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["ada@example.org"]);
    assert_eq!(letters[0].message_id, notice.message_id.trim_matches(['<', '>']));
}

fn login(mechanism: &'static str) -> Option<Login> {
    Some(Login { mechanism, user: "office@example.org", password: "open sesame: 100%" })
}

/// The same, as `MAIL_URL` says it.
const KNOWN: &str = "office%40example.org:open%20sesame%3A%20100%25";
const FORGOTTEN: &str = "office%40example.org:open%20sesame";

stories! {
    async fn letters_go_over_tls_from_the_first_byte(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let authority = Authority::make();
        let server = SmtpServer::start_with(Privacy::Implicit(authority.vouches_for(HOST)), None).await;
        lets_it_go(&app, &format!("smtps://{}?ca={}", server.address, authority.file()), &server).await;
        assert_eq!(server.heard_privately(), ["EHLO", "MAIL", "RCPT", "DATA"]);
        assert!(server.heard_openly().is_empty());
    }

    async fn letters_go_over_starttls(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let authority = Authority::make();
        let server = SmtpServer::start_with(Privacy::Starttls(authority.vouches_for(HOST)), None).await;
        lets_it_go(&app, &format!("{}?starttls=required&ca={}", server.url(), authority.file()), &server)
            .await;
        assert_eq!(server.heard_openly(), ["EHLO", "STARTTLS"]);
        assert_eq!(server.heard_privately(), ["EHLO", "MAIL", "RCPT", "DATA"]);
    }

    async fn starttls_is_used_where_it_is_offered(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let authority = Authority::make();
        let server = SmtpServer::start_with(Privacy::Starttls(authority.vouches_for(HOST)), None).await;
        keeps_it_home(&app, &server.url(), "certificate").await;
        lets_it_go(
            &app,
            &format!("{}?starttls=opportunistic&ca={}", server.url(), authority.file()),
            &server,
        )
        .await;
        assert_eq!(
            server.heard_openly(),
            ["EHLO", "STARTTLS", "EHLO", "STARTTLS"],
            "also with a certificate that is not trusted"
        );
    }

    /// Whoever sits on the line could otherwise put answers in the server's mouth.
    async fn what_is_said_between_starttls_and_the_handshake_is_not_believed(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let authority = Authority::make();
        let server = SmtpServer::start_with(Privacy::Starttls(authority.vouches_for(HOST)), None).await;
        let url = format!("{}?starttls=required&ca={}", server.url(), authority.file());
        server.plays(At::StartTls, "", Act::Says("220 go on\r\n250 post.example.org"));
        keeps_it_home(&app, &url, "something was said between STARTTLS and the handshake").await;
        assert_eq!(server.heard_openly(), ["EHLO", "STARTTLS"]);
        server.relents();
        lets_it_go(&app, &url, &server).await;
    }

    async fn a_server_without_starttls_is_told_nothing(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let (authority, server) =
            (Authority::make(), SmtpServer::start_with(Privacy::None, login("PLAIN")).await);
        for url in [
            format!("{}?starttls=required", server.url()),
            format!("{}?ca={}", server.url(), authority.file()),
            format!("smtp://{KNOWN}@{}", server.address),
        ] {
            keeps_it_home(&app, &url, "does not offer STARTTLS").await;
        }
        keeps_it_home(
            &app,
            &format!("smtp://{KNOWN}@{}?starttls=opportunistic", server.address),
            "not sent over an open line",
        )
        .await;
        assert_eq!(server.heard_openly(), ["EHLO"; 4]);
        assert!(server.letters().is_empty());
        lets_it_go(&app, &format!("smtp://{KNOWN}@{}?starttls=none", server.address), &server).await;
    }

    async fn a_server_that_nobody_vouches_for_is_told_nothing(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let (authority, stranger) = (Authority::make(), Authority::make());
        let known = authority.file();
        let who =
            |acceptor| async { SmtpServer::start_with(Privacy::Implicit(acceptor), login("PLAIN")).await };
        let (forged, renamed) =
            (who(stranger.vouches_for(HOST)).await, who(authority.vouches_for("relay.example.org")).await);
        for server in [&forged, &renamed] {
            keeps_it_home(&app, &format!("smtps://{KNOWN}@{}?ca={known}", server.address), "certificate")
                .await;
            keeps_it_home(&app, &format!("smtps://{KNOWN}@{}", server.address), "certificate").await;
            assert!(server.heard_privately().is_empty() && server.letters().is_empty());
        }
        let server =
            SmtpServer::start_with(Privacy::Starttls(stranger.vouches_for(HOST)), login("PLAIN")).await;
        keeps_it_home(
            &app,
            &format!("smtp://{KNOWN}@{}?starttls=required&ca={known}", server.address),
            "certificate",
        )
        .await;
        assert_eq!(server.heard_openly(), ["EHLO", "STARTTLS"]);
        assert!(server.heard_privately().is_empty() && server.letters().is_empty());
        // The letter was late, not lost.
        lets_it_go(&app, &format!("smtp://{KNOWN}@{}?ca={}", server.address, stranger.file()), &server).await;
    }

    async fn a_server_that_speaks_no_tls_is_told_nothing(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let (authority, server) = (Authority::make(), SmtpServer::start().await);
        keeps_it_home(
            &app,
            &format!("smtps://{}?ca={}", server.address, authority.file()),
            "TLS: ",
        )
        .await;
        assert!(server.letters().is_empty() && !server.heard_openly().contains(&"MAIL".to_owned()));
    }

    async fn the_password_is_said_in_private_and_has_to_be_right(app at "2026-04-01T12:00-04:00") {
        let authority = Authority::make();
        let ca = authority.file();
        owes_a_letter(&app).await;
        for mechanism in ["PLAIN", "LOGIN"] {
            let server =
                SmtpServer::start_with(Privacy::Starttls(authority.vouches_for(HOST)), login(mechanism))
                    .await;
            keeps_it_home(
                &app,
                &format!("smtp://{FORGOTTEN}@{}?ca={ca}", server.address),
                "535 5.7.8 bad credentials",
            )
            .await;
            keeps_it_home(&app, &format!("{}?ca={ca}", server.url()), "530 5.7.0 authentication required")
                .await;
            assert_eq!(server.heard_privately(), ["EHLO", "AUTH", "EHLO", "MAIL"]);
            assert_eq!(server.heard_openly(), ["EHLO", "STARTTLS"].repeat(2));
            assert!(server.letters().is_empty());
        }
        let unheard_of =
            SmtpServer::start_with(Privacy::Implicit(authority.vouches_for(HOST)), login("GSSAPI")).await;
        keeps_it_home(&app, &format!("smtps://{KNOWN}@{}?ca={ca}", unheard_of.address), "mechanism").await;
        assert_eq!(unheard_of.heard_privately(), ["EHLO"]);
        let server =
            SmtpServer::start_with(Privacy::Starttls(authority.vouches_for(HOST)), login("PLAIN")).await;
        lets_it_go(&app, &format!("smtp://{KNOWN}@{}?ca={ca}", server.address), &server).await;
        assert_eq!(server.heard_privately(), ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]);
    }

    async fn the_older_way_to_say_a_password_is_known_too(app at "2026-04-01T12:00-04:00") {
        owes_a_letter(&app).await;
        let authority = Authority::make();
        let server =
            SmtpServer::start_with(Privacy::Implicit(authority.vouches_for(HOST)), login("LOGIN")).await;
        lets_it_go(&app, &format!("smtps://{KNOWN}@{}?ca={}", server.address, authority.file()), &server)
            .await;
        assert_eq!(server.heard_privately(), ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]);
    }
}

#[test]
fn a_file_of_authorities_that_is_of_no_use_is_found_out_at_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    let refusal = || {
        post_from_url(&format!("smtps://relay.example.org?ca={}", file.display()), "stories.example.org")
            .expect_err("no post")
    };
    assert!(matches!(refusal(), BadMailUrl::Ca(_)), "no such file");
    std::fs::write(&file, "").expect("a file");
    assert!(matches!(refusal(), BadMailUrl::Ca(why) if why.ends_with("no certificate in it")));
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").expect("a file");
    assert!(matches!(refusal(), BadMailUrl::Tls(_)), "no certificate of an authority");
}
