//! Changes to the agenda of a course: gathered, netted, and told to those concerned.

use super::super::change::{self, Moved};
use super::super::told::{Said, Told};
use super::super::{Letter, NotSentReason, of_registration, timetable};
use super::*;

fn spans(moved: &[Moved]) -> Vec<(u128, Option<String>, Option<String>)> {
    let start = |span: Option<change::Span>| span.map(|(from, _)| from.to_string());
    moved.iter().map(|moved| (moved.session_id.as_u128(), start(moved.old), start(moved.new))).collect()
}

fn numbered(number: u128, change: schedule_change::Model) -> schedule_change::Model {
    schedule_change::Model { id: id(number), ..change }
}

/// The letter about the changes gathered from `since` on, which knew all up to `through`.
fn changed(since: &str, sent_at: &str, through: Option<u128>) -> Said {
    let told = Some(Told { through: through.map(id), sessions: None, links: Vec::new() });
    Said { letter: Letter::ScheduleChanged, occurrence: since.to_owned(), sent_at: at(sent_at), told }
}

#[test]
fn changes_within_ten_minutes_are_told_together_and_later_ones_by_themselves() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-04T09:00-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        change("2026-05-04T09:05-04:00", 0x53, &[], None, Some(ONE)),
        numbered(0x903, change("2026-05-04T09:09:59-04:00", 0x51, &[], Some(NOON), Some(ONE))),
        // Ten minutes after the first change a new gathering begins.
        numbered(0x904, change("2026-05-04T09:10-04:00", 0x51, &[], Some(ONE), None)),
    ];
    let mut person = confirmed(None);
    let gatherings = change::of_person(&facts, &person);
    let [first, second] = gatherings.as_slice() else { panic!("{gatherings:?}") };
    assert_eq!((first.since, first.due_at), (at("2026-05-04T09:00-04:00"), at("2026-05-04T09:10-04:00")));
    assert_eq!(second.due_at, at("2026-05-04T09:20-04:00"));
    assert_eq!(change::moments(&facts), [first.due_at, second.due_at]);
    assert!(timetable(&facts).contains(&first.due_at), "the sweep is called");
    // The first was sent when the last change had not been made: each tells what its reader did not know.
    let some = |text: &str| Some(text.to_owned());
    person.said = vec![changed("2026-05-04T13:00:00Z", "2026-05-04T09:10-04:00", Some(0x903))];
    let gatherings = change::of_person(&facts, &person);
    let [first, second] = gatherings.as_slice() else { panic!("{gatherings:?}") };
    assert_eq!(
        (first.told, spans(&first.moved)),
        (true, vec![(0x51, some(NINE), some(ONE)), (0x53, None, some(ONE))])
    );
    assert_eq!((second.told, spans(&second.moved)), (false, vec![(0x51, some(ONE), None)]));
}

/// A worker that was away: both are due, and what the first would say is no longer true.
#[test]
fn of_gatherings_that_are_due_together_the_last_says_all() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-04T09:00-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        numbered(0x902, change("2026-05-04T09:30-04:00", 0x51, &[], Some(NOON), Some(ONE))),
    ];
    let mut person = confirmed(None);
    let verdicts_at = |person: &RegistrationFacts, now: &str| -> Vec<_> {
        let letters = of_registration(&facts, person, at(now));
        verdicts(&letters, Letter::ScheduleChanged).into_iter().map(|(_, verdict)| verdict).collect()
    };
    assert_eq!(verdicts_at(&person, "2026-05-04T09:39-04:00"), [Ok(()), Ok(())]);
    assert_eq!(verdicts_at(&person, "2026-05-04T09:40-04:00"), [Err(NotSentReason::Superseded), Ok(())]);
    let told = change::of_person(&facts, &person);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(spans(&told[1].moved), [(0x51, some(NINE), some(ONE))], "from what the person knows");
    // The first one was late and told both: nothing is left for the second.
    person.said = vec![changed("2026-05-04T13:00:00Z", "2026-05-04T09:31-04:00", Some(0x902))];
    assert_eq!(verdicts_at(&person, "2026-05-04T09:40-04:00"), [Ok(())]);
    assert_eq!(
        verdicts_at(&confirmed(None), "2026-06-01T13:00-04:00"),
        [Err(NotSentReason::Superseded), Err(NotSentReason::Pointless)]
    );
}

/// Back and forth, with a reminder in between that told of the day as it was for a while.
#[test]
fn a_change_is_held_against_what_the_person_was_told() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-31T08:55-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        numbered(0x902, change("2026-05-31T09:03-04:00", 0x51, &[], Some(NOON), Some(NINE))),
    ];
    let mut person = confirmed(None);
    assert_eq!(change::of_person(&facts, &person), [], "nobody has heard of it");
    let said = |letter: Letter, sessions: Option<Vec<u128>>| Said {
        letter,
        occurrence: "2026-06-01".to_owned(),
        sent_at: at("2026-05-31T09:00-04:00"),
        told: Some(Told {
            through: Some(id(0x900)),
            sessions: sessions.map(|some| some.into_iter().map(id).collect()),
            links: Vec::new(),
        }),
    };
    let some = |text: &str| Some(text.to_owned());
    let back = [(0x51, some(NOON), some(NINE))];
    for (letter, sessions) in [(Letter::CourseStarting, None), (Letter::DayStarting, Some(vec![0x51]))] {
        person.said = vec![said(letter, sessions)];
        assert_eq!(spans(&change::of_person(&facts, &person)[0].moved), back, "{letter:?}");
    }
    person.said = vec![said(Letter::DayStarting, Some(vec![0x52]))];
    assert_eq!(change::of_person(&facts, &person), [], "that one told of another session");
    // What an earlier release has sent is taken to have told what had been changed by then.
    person.said = vec![Said { told: None, ..said(Letter::CourseStarting, None) }];
    assert_eq!(spans(&change::of_person(&facts, &person)[0].moved), back);
}

#[test]
fn a_reminder_waits_for_a_change_that_is_being_gathered() {
    let mut facts = course();
    let due = |facts: &CourseFacts, letter: Letter| -> Vec<String> {
        let letters = of_registration(facts, &confirmed(None), at("2026-05-01T00:00Z"));
        letters.iter().filter(|one| one.letter == letter).map(|one| one.due_at.to_string()).collect()
    };
    assert_eq!(due(&facts, Letter::CourseStarting), ["2026-05-25T13:00:00Z", "2026-05-31T13:00:00Z"]);
    assert_eq!(due(&facts, Letter::DayStarting), ["2026-06-01T12:00:00Z"]);
    facts.changes = vec![
        change("2026-05-31T08:55-04:00", 0x52, &[], Some(NOON), Some(ONE)),
        change("2026-06-01T07:55-04:00", 0x52, &[], Some(ONE), Some(NOON)),
    ];
    assert_eq!(due(&facts, Letter::CourseStarting), ["2026-05-25T13:00:00Z", "2026-05-31T13:05:00Z"]);
    assert_eq!(due(&facts, Letter::DayStarting), ["2026-06-01T12:05:00Z"]);
    // A change of another day is none that the reminder of the day tells of.
    facts.changes[1] = change("2026-06-01T07:55-04:00", 0x53, &[], Some("2026-06-02T13:00Z"), None);
    assert_eq!(due(&facts, Letter::DayStarting), ["2026-06-01T12:00:00Z"]);
    // One to whom a change says nothing does not wait for it.
    facts.changes = vec![change("2026-05-31T08:55-04:00", 0x52, &[PEDIATRIC], Some(NOON), Some(ONE))];
    let letters = of_registration(&facts, &confirmed(Some(ADULT)), at("2026-05-01T00:00Z"));
    let adult = letters.iter().rfind(|one| one.letter == Letter::CourseStarting);
    assert_eq!(adult.map(|one| one.due_at.to_string()), Some("2026-05-31T13:00:00Z".to_owned()));
}

#[test]
fn a_gathering_ends_in_time_to_be_of_use() {
    let told_at = |changes: Vec<schedule_change::Model>| {
        change::moments(&CourseFacts { changes, ..course() })
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let gone = |made: &str| change(made, 0x51, &[], Some(NINE), None);
    assert_eq!(told_at(vec![gone("2026-06-01T08:20-04:00")]), ["2026-06-01T12:30:00Z"], "ten minutes");
    assert_eq!(
        told_at(vec![gone("2026-06-01T08:25-04:00")]),
        ["2026-06-01T12:30:00Z"],
        "half an hour before"
    );
    assert_eq!(told_at(vec![gone("2026-06-01T08:52-04:00")]), ["2026-06-01T12:52:00Z"], "at once");
    // Pulled forward: the new time counts. What is changed in one go is told in one letter.
    let forward = change("2026-06-01T10:10-04:00", 0x51, &[], Some(NOON), Some("2026-06-01T14:30Z"));
    let second = change("2026-06-01T10:10-04:00", 0x52, &[], Some(ONE), Some("2026-06-01T20:00Z"));
    assert_eq!(told_at(vec![forward.clone(), second]), ["2026-06-01T14:10:00Z"]);
    // One that is pressing takes what has been gathered along.
    let early = change("2026-06-01T10:05-04:00", 0x52, &[], Some(ONE), Some("2026-06-01T20:00Z"));
    assert_eq!(told_at(vec![early, forward]), ["2026-06-01T14:10:00Z"]);
    // What has begun is not waited for.
    assert_eq!(told_at(vec![gone("2026-06-01T09:05-04:00")]), ["2026-06-01T13:15:00Z"]);
}

#[test]
fn what_is_as_before_in_the_end_is_not_told() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-04T09:00-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        change("2026-05-04T09:03-04:00", 0x53, &[], None, Some(ONE)),
        change("2026-05-04T09:04-04:00", 0x51, &[], Some(NOON), Some(NINE)),
        change("2026-05-04T09:06-04:00", 0x53, &[], Some(ONE), None),
    ];
    assert_eq!(change::of_person(&facts, &confirmed(None)), []);
    assert_eq!(
        verdicts(
            &of_registration(&facts, &confirmed(None), at("2026-05-04T10:00-04:00")),
            Letter::ScheduleChanged
        ),
        []
    );
}

#[test]
fn a_change_reaches_those_in_whose_track_it_is() {
    let mut facts = course();
    facts.changes = vec![change("2026-05-04T09:00-04:00", 0x52, &[PEDIATRIC], Some(NOON), Some(ONE))];
    for (track, told) in [(Some(ADULT), 0), (Some(PEDIATRIC), 1), (None, 1)] {
        let letters = of_registration(&facts, &confirmed(track), at("2026-05-04T09:10-04:00"));
        assert_eq!(verdicts(&letters, Letter::ScheduleChanged).len(), told, "{track:?}");
    }
}

#[test]
fn a_change_before_the_confirmation_is_not_told_because_the_confirmation_said_how_things_stood() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-04T09:00-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        change("2026-05-04T09:08-04:00", 0x51, &[], Some(NOON), Some(NINE)),
    ];
    let mut between = confirmed(None);
    between.registration.confirmed_at = Some(at("2026-05-04T09:04-04:00"));
    let gatherings = change::of_person(&facts, &between);
    assert_eq!(spans(&gatherings[0].moved), [(0x51, Some(NOON.to_owned()), Some(NINE.to_owned()))]);
    between.registration.confirmed_at = Some(at("2026-05-04T09:09-04:00"));
    assert_eq!(change::of_person(&facts, &between), []);
    // Whose seat is held is told, from the start of the registration on.
    between.registration.confirmed_at = None;
    between.registration.status = Status::Started;
    between.registration.started_at = at("2026-05-04T09:04-04:00");
    let gatherings = change::of_person(&facts, &between);
    assert_eq!(spans(&gatherings[0].moved), [(0x51, Some(NOON.to_owned()), Some(NINE.to_owned()))]);
    let held = |until: &str| {
        let mut person = between.clone();
        person.registration.hold_until = Some(at(until));
        verdicts(&of_registration(&facts, &person, at("2026-05-04T09:20-04:00")), Letter::ScheduleChanged)[0]
            .1
    };
    assert_eq!(held("2026-05-18T00:00-04:00"), Ok(()));
    assert_eq!(held("2026-05-04T09:15-04:00"), Err(NotSentReason::Expired));
}

/// A session for everyone becomes one of the pediatric track: it leaves the agendas of the adult track alone.
#[test]
fn a_session_that_changes_its_tracks_is_a_change_to_those_who_lose_or_gain_it() {
    let mut facts = course();
    let made = "2026-05-04T09:00-04:00";
    facts.changes = vec![
        change(made, 0x51, &[ADULT], Some(NINE), None),
        numbered(0x902, change(made, 0x51, &[PEDIATRIC], Some(NINE), Some(NINE))),
    ];
    let told = |facts: &CourseFacts, track: Option<u128>| -> Vec<_> {
        change::of_person(facts, &confirmed(track)).iter().flat_map(|one| spans(&one.moved)).collect()
    };
    assert_eq!(told(&facts, Some(ADULT)), [(0x51, Some(NINE.to_owned()), None)]);
    assert_eq!(told(&facts, Some(PEDIATRIC)), []);
    assert_eq!(told(&facts, None), [], "who has chosen no track takes part in all");
    // From one track to the other, an hour later in the day.
    facts.changes[1] = numbered(0x902, change(made, 0x51, &[PEDIATRIC], None, Some(NOON)));
    assert_eq!(told(&facts, Some(PEDIATRIC)), [(0x51, None, Some(NOON.to_owned()))]);
    assert_eq!(told(&facts, None), [(0x51, Some(NINE.to_owned()), Some(NOON.to_owned()))]);
}

/// The link of a session changes after the letter of its day, which told it.
#[test]
fn a_changed_link_is_told_to_those_who_know_the_old_one() {
    let mut facts = course();
    let mut changed = change("2026-06-01T08:10-04:00", 0x51, &[], Some(NINE), Some(NINE));
    changed.link_changed = true;
    facts.changes = vec![changed];
    let mut person = confirmed(None);
    assert_eq!(change::of_person(&facts, &person), [], "the letter of the day will say it");
    let told = Some(Told { through: None, sessions: Some(vec![id(0x51)]), links: Vec::new() });
    let day = |told| Said {
        letter: Letter::DayStarting,
        occurrence: "2026-06-01".to_owned(),
        sent_at: at("2026-06-01T08:00-04:00"),
        told,
    };
    person.said = vec![day(told)];
    let gatherings = change::of_person(&facts, &person);
    let [moved] = gatherings[0].moved.as_slice() else { panic!("{gatherings:?}") };
    assert!(moved.link && moved.old == moved.new, "{moved:?}");
    // A later letter of the day has told the new one.
    person.said.push(day(Some(Told {
        through: Some(id(0x900)),
        sessions: Some(vec![id(0x51)]),
        links: Vec::new(),
    })));
    assert_eq!(change::of_person(&facts, &person), []);
}
