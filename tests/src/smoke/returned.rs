//! `lectern bounce`: what a mail server hands to the binary, and with what end it goes.

use entity::nature::{Nature, RealNature};
use entity::suppression::{self, Reason};
use sea_orm::EntityTrait;

use crate::support::app::KEY;
use crate::support::process::hears;
use crate::support::returned::{away, status};
use crate::support::{Backend, TestApp, fact, lives};

const INES: &str = "ines@example.org";

/// What stands in the environment of the mail server's program.
fn settings<'a>(url: &'a str, key: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("DATABASE_URL", url),
        ("SECRET_KEY", key),
        ("BOUNCE_ADDRESS", "bounces@example.org"),
        ("MAIL_URL", "file:/nowhere"),
        ("MAIL_FROM", "Example Course Office <office@example.org>"),
    ]
}

/// A letter to somebody who asked comes back: one of now, because the binary goes by the clock.
async fn comes_back(backend: Backend) {
    let Some(mut app) = TestApp::open(backend, &RealNature.now().to_string()).await else { return };
    app.has_the_course().await;
    app.takes_what_comes_back("the key of another story, 32 characters");
    let key = String::from_utf8(KEY.to_vec()).expect("text");
    let settings = settings(app.url(), &key);
    let asked = fact::enquire(&app, INES, false).await;
    app.works().await;
    let letters = app.post().letters();
    let sent = letters.iter().find(|posted| posted.envelope.to.as_sent() == INES).expect("a letter");
    let (to, letter) = (sent.envelope.from.as_sent(), String::from_utf8_lossy(&sent.message).into_owned());
    let ended = |settings: &[(&str, &str)], arguments: &[&str], message: &[u8]| {
        let arguments = [&["bounce"], arguments].concat();
        let output = hears(settings, &arguments, message);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let back = status(&to, &letter, INES, ("failed", "5.1.1"));

    // No message; nothing to do; too much of it; and nobody to ask.
    assert_eq!(ended(&settings, &[], b"").0, Some(65));
    assert_eq!(ended(&settings, &[], b"\xff\xfe\x00 no head").0, Some(65));
    assert_eq!(ended(&settings, &[], &vec![b'a'; lectern::bounce::LONGEST + 1]).0, Some(65));
    let (code, said) = ended(&settings, &[], away(&to).as_bytes());
    assert_eq!((code, said.contains("Nothing to do")), (Some(0), true), "{said}");
    let (code, said) = ended(&settings, &["--recipient", "bounces+0@example.org"], back.as_bytes());
    assert_eq!((code, said.contains("none of ours")), (Some(0), true), "{said}");
    let gone = match backend {
        Backend::Sqlite => "sqlite:///nowhere/at/all.sqlite3",
        Backend::Postgres => "postgres://nobody@127.0.0.1:1/nowhere",
    };
    let (code, said) = ended(&self::settings(gone, &key), &[], back.as_bytes());
    assert_eq!(code, Some(75), "{said}");
    let (code, said) = ended(&[("LISTEN", "nowhere")], &[], back.as_bytes());
    assert_eq!((code, said.contains("LISTEN")), (Some(75), true), "{said}");
    let rows = async || suppression::Entity::find().all(app.db()).await.expect("suppressions");
    assert_eq!(rows().await, []);

    // The mail server knows to whom it came, whatever the message says.
    let to_others = back.replace(&to, "undisclosed-recipients:;");
    let (code, said) = ended(&settings, &["--recipient", &to.to_uppercase()], to_others.as_bytes());
    assert_eq!((code, said.contains("Noted as hard: the address is suppressed")), (Some(0), true), "{said}");
    assert_eq!(
        rows().await.iter().map(|row| (row.email.as_str(), row.reason)).collect::<Vec<_>>(),
        [(INES, Reason::HardBounce)]
    );
    assert_eq!(ended(&settings, &[], back.as_bytes()).0, Some(0), "brought again, it is done");
    let staff = app.staff("office@example.org").await;
    app.nature.move_to(RealNature.now());
    fact::answer(&app, &staff, asked, "Yes.").await;
    app.works().await;
    assert_eq!(app.letters_to(INES).len(), 1, "no letter goes there any more");
}

#[test]
fn what_comes_back_is_handed_to_the_binary_on_sqlite() {
    crate::support::process::binary();
    lives(comes_back(Backend::Sqlite));
}

#[test]
fn what_comes_back_is_handed_to_the_binary_on_postgres() {
    crate::support::process::binary();
    lives(comes_back(Backend::Postgres));
}
