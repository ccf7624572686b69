//! What mail servers send, in the shapes that they have, and what is left of it when it is mangled.

mod mangled;
mod samples;

use entity::bounce::Kind;

use super::{Told, read};
use samples::{ADA, MESSAGE_ID, RETURN_PATH};

/// What a sample says of the letter to Ada, where it came back to the letter's own address or not.
fn told(raw: &str, known: bool) -> Option<(Kind, String)> {
    let report = read(raw.as_bytes()).expect("a message").report?;
    report.of(ADA, known).map(|(kind, status, _)| (kind, status))
}

#[test]
fn what_mail_servers_send_is_understood() {
    for (name, raw, kind, status) in [
        (
            "Postfix",
            samples::postfix("failed", "5.1.1", "smtp; 550 5.1.1 <ada@example.org>: unknown"),
            Kind::Hard,
            "5.1.1",
        ),
        (
            "Postfix, a full mailbox",
            samples::postfix("failed", "5.2.2", "smtp; 552 5.2.2 over quota"),
            Kind::Soft,
            "5.2.2",
        ),
        (
            "Postfix, after five days",
            samples::postfix("failed", "4.4.1", "X-Postfix; connection timed out"),
            Kind::Soft,
            "4.4.1",
        ),
        ("Exim", samples::exim(), Kind::Hard, "5.0.0"),
        ("Exchange", samples::exchange(), Kind::Hard, "5.1.10"),
        ("Gmail", samples::gmail(), Kind::Hard, "5.1.1"),
        ("Amazon SES", samples::ses(), Kind::Hard, "5.1.1"),
        ("a report of abuse", samples::abuse("abuse"), Kind::Complaint, "abuse"),
    ] {
        assert_eq!(told(&raw, true), Some((kind, status.to_owned())), "{name}");
        // With the line ends of a Unix mailbox, and the line that begins a message there.
        let unix = format!("From MAILER-DAEMON Wed May  6 13:00:00 2026\n{}", raw.replace("\r\n", "\n"));
        assert_eq!(told(&unix, true), Some((kind, status.to_owned())), "{name}, as in a mailbox");
        let report = read(raw.as_bytes()).and_then(|arrived| arrived.report).expect("a report");
        assert!(report.message_ids.iter().any(|id| id == MESSAGE_ID), "{name}: {report:?}");
    }
}

#[test]
fn what_says_nothing_against_the_address_says_nothing() {
    for (name, raw) in [
        ("put off", samples::postfix("delayed", "4.4.1", "X-Postfix; connection timed out")),
        ("delivered", samples::postfix("delivered", "2.0.0", "smtp; 250 ok")),
        ("passed on", samples::postfix("relayed", "2.0.0", "smtp; 250 ok")),
        ("spam, they say", samples::postfix("failed", "5.7.1", "smtp; 554 5.7.1 rejected as spam")),
        ("too large", samples::postfix("failed", "5.3.4", "smtp; 552 5.3.4 message too big")),
        ("our own domain", samples::postfix("failed", "5.1.8", "smtp; 550 5.1.8 sender's domain not found")),
        ("no spam", samples::abuse("not-spam")),
        ("no signature", samples::abuse("auth-failure")),
        ("away", samples::away()),
        ("read", samples::was_read()),
        ("a letter", samples::letter()),
    ] {
        assert_eq!(told(&raw, true), None, "{name}");
    }
}

#[test]
fn to_whom_it_came_and_what_came_back_are_found() {
    let arrived =
        read(samples::postfix("failed", "5.1.1", "smtp; 550 5.1.1 unknown").as_bytes()).expect("it");
    assert_eq!(arrived.to, [RETURN_PATH]);
    let report = arrived.report.expect("a report");
    assert_eq!(report.return_paths, [RETURN_PATH], "the head of the letter has it, too");
    let Told::Deliveries(deliveries) = &report.told else { panic!("{report:?}") };
    assert_eq!(deliveries[0].recipients, [ADA, ADA]);
    let report =
        read(samples::abuse("abuse").as_bytes()).and_then(|arrived| arrived.report).expect("a report");
    assert_eq!(report.return_paths[0], RETURN_PATH);
    assert_eq!(read(b""), None);
    assert_eq!(read(b"\r\n\r\nnothing"), None);
    assert_eq!(read(b"no head at all"), None);
}

#[test]
fn a_report_about_others_says_nothing_of_her() {
    let of = |recipients: &[&str], known| {
        let report = read(samples::of_recipients(recipients).as_bytes()).and_then(|arrived| arrived.report);
        report.expect("a report").of(ADA, known).map(|(kind, ..)| kind)
    };
    assert_eq!(of(&["eve@example.org"], false), None, "known by its Message-ID alone");
    assert_eq!(of(&["eve@example.org"], true), Some(Kind::Hard), "her mailbox forwards there");
    assert_eq!(of(&["eve@example.org", "bob@example.org"], true), None, "a list that she reads");
    assert_eq!(of(&["eve@example.org", "ADA@example.org"], true), Some(Kind::Hard));
    assert_eq!(of(&[], true), None);
}
