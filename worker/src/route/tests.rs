use super::*;
use crate::post::Reply;

const START: &str = "2026-05-06T13:00:00Z";

fn at(seconds: i64) -> Instant {
    START.parse::<Instant>().expect("an instant").plus_seconds(seconds)
}

fn letter(reader: &str) -> Outgoing {
    let domain = reader.rsplit_once('@').expect("an address").1.to_owned();
    Outgoing { id: Uuid::from_u128(1), fence: 1, reader: reader.to_owned(), domain, is_fresh: true }
}

fn tried(reader: &str) -> Outgoing {
    Outgoing { is_fresh: false, ..letter(reader) }
}

fn says(step: Step, code: u16, text: &str) -> PostError {
    PostError::reply(step, Reply::new(code, text))
}

fn policy() -> PostError {
    says(Step::Answer, 550, "5.7.1 rejected by policy")
}

/// A letter is refused for a reason of policy, and its end is written.
fn refuses(route: &Route, letter: &Outgoing, seconds: i64) -> Vec<Outgoing> {
    let (verdict, _) = route.failed(letter, &policy(), at(seconds));
    assert_eq!(verdict, Verdict::EndsForNow(NotSentReason::RefusedByServer));
    route.refused(letter.clone())
}

/// A route on which five domains in a row refused.
fn cautious() -> Arc<Route> {
    let route = Arc::new(Route::default());
    for domain in ["a", "b", "c", "d"] {
        assert_eq!(refuses(&route, &letter(&format!("ada@{domain}.example.org")), 0), []);
    }
    assert_eq!(refuses(&route, &letter("ada@e.example.org"), 0).len(), 5);
    route
}

#[test]
fn what_is_said_up_to_mail_pauses_the_route_for_longer_and_longer() {
    let route = Arc::new(Route::default());
    let refused = PostError::silence(Step::Connect, "connection refused");
    let ada = letter("ada@example.org");
    assert_eq!(route.gate(at(0)), Gate::Open);
    assert!(route.is_up());
    assert_eq!(route.failed(&ada, &refused, at(0)), (Verdict::Waits(at(60)), Some(News::Down)));
    assert!(!route.is_up());
    let again = says(Step::Sender, 451, "4.3.0 later");
    assert_eq!(route.failed(&ada, &again, at(59)), (Verdict::Waits(at(60)), None), "the same wall");
    assert_eq!((route.gate(at(59)), route.paused(at(59))), (Gate::Shut(at(60)), Some(at(60))));
    assert_eq!(route.admit("example.org", 8, at(59)).expect_err("no way"), at(60));
    let mut seconds = 60;
    for pause in [120, 240, 480, 900, 900] {
        assert_eq!(route.gate(at(seconds)), Gate::OneByOne, "somebody has to look");
        let pass = route.admit("example.org", 8, at(seconds)).expect("the one");
        assert!(route.admit("example.com", 8, at(seconds)).is_err(), "another one");
        let verdict = route.failed(&ada, &refused, at(seconds));
        assert_eq!(verdict, (Verdict::Waits(at(seconds + pause)), None), "told once");
        drop(pass);
        seconds += pause;
    }
    assert!(!route.is_up());
    assert_eq!(route.accepted(&ada), Some(News::Up));
    assert!(route.is_up());
    assert_eq!((route.gate(at(seconds)), route.accepted(&ada)), (Gate::Open, None));
    assert_eq!(
        route.failed(&ada, &refused, at(seconds)).0,
        Verdict::Waits(at(seconds + 60)),
        "from the start"
    );
}

#[test]
fn a_letter_that_comes_as_far_as_its_reader_shows_that_the_way_is_open() {
    for error in [
        says(Step::Reader, 550, "5.1.1 nobody"),
        says(Step::Answer, 451, "4.3.0 later"),
        PostError::silence(Step::Reader, "no answer"),
    ] {
        let route = Arc::new(Route::default());
        let ada = letter("ada@example.org");
        route.failed(&ada, &says(Step::Greeting, 421, "busy"), at(0));
        route.failed(&ada, &error, at(10));
        assert_eq!(route.gate(at(10)), Gate::Shut(at(60)), "it had begun before");
        route.failed(&ada, &error, at(60));
        assert_eq!(route.gate(at(60)), Gate::Open, "{error}");
    }
}

#[test]
fn what_is_said_of_one_letter_hurts_no_other() {
    let route = Arc::new(Route::default());
    for (error, verdict) in [
        (says(Step::Reader, 450, "4.2.1 busy"), Verdict::PutOff(at(0))),
        (says(Step::Reader, 450, "4.7.1 greylisted"), Verdict::PutOff(at(0))),
        (PostError::silence(Step::Reader, "no answer"), Verdict::PutOff(at(0))),
        (PostError::silence(Step::Content, "reset"), Verdict::PutOff(at(0))),
        (says(Step::Reader, 550, "5.1.1 nobody"), Verdict::Ends(NotSentReason::AddressRefused)),
        (PostError::ours(Step::Reader, "not an address"), Verdict::Ends(NotSentReason::AddressInvalid)),
        (says(Step::Answer, 552, "5.3.4 too big"), Verdict::Ends(NotSentReason::RefusedByServer)),
    ] {
        for number in 0..40 {
            let reader = letter(&format!("p{number}@example.org"));
            assert_eq!(route.failed(&reader, &error, at(0)), (verdict, None), "{error}");
        }
    }
    assert_eq!(route.gate(at(0)), Gate::Open);
    assert!(route.admit("example.org", 8, at(0)).is_ok());
}

#[test]
fn three_readers_who_are_put_off_alike_make_it_their_domains_matter() {
    let route = Arc::new(Route::default());
    let less = says(Step::Reader, 421, "4.7.28 too many messages");
    let (one, two, three) = (letter("a@example.org"), letter("b@example.org"), letter("c@example.org"));
    for reader in [&one, &one, &one, &two, &letter("c@example.com")] {
        assert_eq!(route.failed(reader, &less, at(0)), (Verdict::PutOff(at(0)), None));
    }
    let news = Some(News::DomainPaused(at(60)));
    assert_eq!(route.failed(&three, &less, at(0)), (Verdict::PutOff(at(60)), news));
    assert_eq!(route.admit("example.org", 8, at(1)).expect_err("it pauses"), at(60));
    assert!(route.admit("example.com", 8, at(1)).is_ok());
    assert_eq!((route.paused_domains(at(1)), route.paused_domains(at(60)), route.is_up()), (1, 0, true));
    let pass = route.admit("example.org", 8, at(60)).expect("one asks");
    assert_eq!(route.admit("example.org", 8, at(60)).expect_err("one alone"), at(65));
    drop(pass);
    assert_eq!(route.failed(&one, &less, at(60)), (Verdict::PutOff(at(180)), None), "twice as long");
    route.accepted(&letter("d@example.com"));
    assert!(route.admit("example.org", 8, at(61)).is_err(), "another domain's yes says nothing of this one");
    route.accepted(&two);
    assert!(route.admit("example.org", 8, at(61)).is_ok());
}

#[test]
fn one_domain_that_refuses_says_nothing_of_us_and_five_do() {
    let route = Route::default();
    for number in 0..40 {
        assert_eq!(refuses(&route, &letter(&format!("p{number}@a.example.org")), 0), []);
    }
    for domain in ["b", "c", "d"] {
        assert_eq!(refuses(&route, &letter(&format!("ada@{domain}.example.org")), 0), []);
    }
    route.accepted(&letter("ada@example.com"));
    for domain in ["d", "e", "f", "g"] {
        assert_eq!(refuses(&route, &letter(&format!("ada@{domain}.example.org")), 0), []);
    }
    assert_eq!(route.gate(at(0)), Gate::Open);
    let back = refuses(&route, &letter("ada@h.example.org"), 0);
    let readers: Vec<&str> = back.iter().map(|letter| letter.reader.as_str()).collect();
    let expected = ["d", "e", "f", "g", "h"].map(|domain| format!("ada@{domain}.example.org"));
    assert_eq!(readers, expected);
    assert_eq!(route.gate(at(0)), Gate::OneByOne);
    let late = letter("ada@i.example.org");
    assert_eq!(route.refused(late.clone()), [late], "its end was written while the fifth was judged");
}

#[test]
fn while_we_may_be_at_fault_nothing_is_failed_and_ten_that_are_new_close_the_route() {
    let route = cautious();
    for number in 0..40 {
        let known = tried(&format!("p{number}@example.org"));
        assert_eq!(route.failed(&known, &policy(), at(0)), (Verdict::PutOff(at(0)), None));
    }
    for number in 0..9 {
        let new = letter(&format!("p{number}@example.org"));
        assert_eq!(route.failed(&new, &policy(), at(0)), (Verdict::PutOff(at(0)), None));
    }
    assert_eq!(route.gate(at(0)), Gate::OneByOne);
    let tenth = letter("p9@example.org");
    assert_eq!(route.failed(&tenth, &policy(), at(0)), (Verdict::PutOff(at(60)), Some(News::Down)));
    assert_eq!(route.gate(at(59)), Gate::Shut(at(60)));
    assert_eq!(route.failed(&tenth, &policy(), at(60)), (Verdict::PutOff(at(180)), None), "the next one");
    route.failed(&tenth, &says(Step::Reader, 550, "5.1.1 nobody"), at(180));
    assert_eq!(route.gate(at(180)), Gate::OneByOne, "that is no acceptance");
    assert_eq!(route.accepted(&tenth), Some(News::Up));
    assert_eq!(route.gate(at(180)), Gate::Open);
    assert_eq!(refuses(&route, &tenth, 180), [], "the first of a new row");
}

#[test]
fn three_lost_answers_in_a_row_to_different_readers_pause_the_route() {
    let lost = PostError::silence(Step::Answer, "the line went dead");
    let (one, two, three) = (letter("a@example.org"), letter("b@example.com"), letter("c@example.org"));
    let route = Arc::new(Route::default());
    for reader in [&one, &one, &one, &two] {
        assert_eq!(route.failed(reader, &lost, at(0)), (Verdict::Lost, None));
    }
    route.failed(&three, &says(Step::Answer, 552, "5.3.4 too big"), at(0));
    for reader in [&one, &three] {
        assert_eq!(route.failed(reader, &lost, at(0)), (Verdict::Lost, None), "the row was broken");
    }
    route.failed(&three, &says(Step::Reader, 550, "5.1.1 nobody"), at(0));
    let third = route.failed(&two, &lost, at(0));
    assert_eq!(third, (Verdict::Lost, Some(News::Down)), "an answer to RCPT says nothing of the final dot");
    assert_eq!(route.gate(at(0)), Gate::Shut(at(60)));
    assert_eq!(route.failed(&one, &lost, at(60)), (Verdict::Lost, None));
    assert_eq!(route.gate(at(60)), Gate::Shut(at(180)));
    route.failed(&three, &says(Step::Answer, 451, "4.3.0 later"), at(180));
    assert_eq!(route.gate(at(180)), Gate::Open);
}

#[test]
fn a_domain_that_does_not_answer_has_its_share_and_no_more() {
    let route = Arc::new(Route::default());
    let mut under_way: Vec<Pass> = (0..20)
        .map(|_| route.admit("example.org", 8, at(0)).expect("a quick domain takes what it can"))
        .collect();
    assert_eq!(route.admit("example.org", 8, at(5)).expect_err("its share is slow"), at(35));
    assert!(route.admit("example.com", 8, at(5)).is_ok());
    under_way.truncate(8);
    assert!(route.admit("example.org", 8, at(5)).is_err());
    under_way.truncate(7);
    let more = route.admit("example.org", 8, at(5)).expect("one of them has come to its end");
    assert!(route.admit("example.org", 8, at(9)).is_ok(), "the new one is not slow yet");
    assert!(!route.rests());
    drop((under_way, more));
    assert!(route.rests());
    assert!(route.admit("example.org", 1, at(60)).is_ok());
}
