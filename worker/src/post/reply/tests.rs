//! What replies mean.

use super::*;

#[test]
fn where_an_answer_is_given_decides_what_it_means() {
    let cases = [
        (Step::Greeting, 421, "4.3.2 too many connections", Meaning::RouteDown),
        (Step::Greeting, 554, "5.7.1 your network is listed", Meaning::RouteClosed),
        (Step::Tls, 454, "TLS not available", Meaning::RouteDown),
        (Step::Login, 535, "5.7.8 bad credentials", Meaning::RouteClosed),
        (Step::Login, 454, "4.7.0 temporary failure", Meaning::RouteDown),
        (Step::Sender, 451, "4.3.0 later", Meaning::RouteDown),
        (Step::Sender, 550, "5.1.8 bad sender", Meaning::RouteClosed),
        (Step::Sender, 530, "5.7.0 authentication required", Meaning::RouteClosed),
        (Step::Reader, 450, "4.2.1 mailbox busy", Meaning::NotNow),
        (Step::Reader, 451, "4.7.1 Greylisted, come again", Meaning::NotNow),
        (Step::Reader, 450, "4.7.1 try again", Meaning::TooMuch),
        (Step::Reader, 421, "4.3.2 closing", Meaning::TooMuch),
        (Step::Reader, 550, "5.1.1 no such user", Meaning::NoSuchReader),
        (Step::Reader, 550, "5.1.8 bad sender's system", Meaning::Refused),
        (Step::Reader, 550, "no such user", Meaning::Refused),
        (Step::Reader, 530, "authentication required", Meaning::Distrusted),
        (Step::Reader, 554, "5.7.1 relaying denied", Meaning::Distrusted),
        // An enhanced code of another class than the reply is no enhanced code.
        (Step::Reader, 550, "4.7.1 confused", Meaning::Refused),
        (Step::Reader, 550, "5.1.1.1 confused", Meaning::Refused),
        (Step::Data, 451, "later", Meaning::NotNow),
        (Step::Data, 250, "no 354", Meaning::NotNow),
        (Step::Answer, 451, "local error", Meaning::NotNow),
        (Step::Answer, 552, "5.3.4 too big", Meaning::Refused),
        (Step::Answer, 550, "5.7.1 DMARC", Meaning::Distrusted),
        (Step::Answer, 354, "go on", Meaning::Lost),
    ];
    for (step, code, text, meaning) in cases {
        let error = PostError::reply(step, Reply::new(code, text));
        assert_eq!(error.meaning(), meaning, "{error}");
    }
    for (step, silence, ours) in [
        (Step::Connect, Meaning::RouteDown, Meaning::RouteClosed),
        (Step::Sender, Meaning::RouteDown, Meaning::RouteClosed),
        (Step::Reader, Meaning::NotNow, Meaning::NotAnAddress),
        (Step::Data, Meaning::NotNow, Meaning::NotAnAddress),
        (Step::Content, Meaning::NotNow, Meaning::NotAnAddress),
        (Step::Answer, Meaning::Lost, Meaning::NotAnAddress),
    ] {
        assert_eq!(PostError::silence(step, "gone").meaning(), silence, "{step}");
        assert_eq!(PostError::ours(step, "no").meaning(), ours, "{step}");
    }
}

#[test]
fn a_reply_is_one_line_and_an_error_names_its_step() {
    assert_eq!(Reply::new(250, "ok\r\nBcc: x").text, "ok  Bcc: x");
    let reply = Reply::new(535, "5.7.8 bad credentials");
    assert_eq!(PostError::reply(Step::Login, reply).to_string(), "AUTH: 535 5.7.8 bad credentials");
    assert_eq!(PostError::silence(Step::Answer, "no answer").to_string(), "final dot: no answer");
}

#[test]
fn a_yes_tells_under_which_name_the_letter_was_taken() {
    for (text, status, name) in [
        ("2.0.0 Ok: queued as 4bFxQ81zK3z1", Some("2.0.0"), Some("4bFxQ81zK3z1")),
        ("OK id=1vOQab-00000001Abc-0xyz", None, Some("1vOQab-00000001Abc-0xyz")),
        ("2.0.0 5AR3Kq8V012345 Message accepted for delivery", Some("2.0.0"), Some("5AR3Kq8V012345")),
        (
            "2.0.0 OK  1795839112 d2e1a72fcca58-7a4-si123 - gsmtp",
            Some("2.0.0"),
            Some("d2e1a72fcca58-7a4-si123"),
        ),
        ("Ok 0100019abcde-1f2e-000000", None, Some("0100019abcde-1f2e-000000")),
        (
            "2.6.0 <1@example.org> [InternalId=72361, Hostname=mx.example.org] Queued mail for delivery",
            Some("2.6.0"),
            Some("72361"),
        ),
        ("2.0.0 Ok: queued as nothing", Some("2.0.0"), None),
        ("OK", None, None),
        ("2.0.0 Ok", Some("2.0.0"), None),
        ("Requested mail action okay, completed", None, None),
        ("5.0.0 odd", None, None),
    ] {
        let reply = Reply::new(250, text);
        assert_eq!((reply.status(), reply.queue_id()), (status, name), "{text}");
    }
    let long = format!("Ok: queued as {}", "1".repeat(200));
    assert_eq!(Reply::new(250, &long).queue_id(), None, "that is no name");
}
