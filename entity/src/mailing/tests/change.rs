//! Changes to the agenda of a course: gathered, netted, and told to those concerned.

use super::super::change::{self, Moved};
use super::super::{Letter, NotSentReason, of_registration, timetable};
use super::*;

fn spans(moved: &[Moved]) -> Vec<(u128, Option<String>, Option<String>)> {
    let start = |span: Option<change::Span>| span.map(|(from, _)| from.to_string());
    moved.iter().map(|moved| (moved.session_id.as_u128(), start(moved.old), start(moved.new))).collect()
}

#[test]
fn changes_within_ten_minutes_are_told_together_and_later_ones_by_themselves() {
    let mut facts = course();
    facts.changes = vec![
        change("2026-05-04T09:00-04:00", 0x51, &[], Some(NINE), Some(NOON)),
        change("2026-05-04T09:05-04:00", 0x53, &[], None, Some(ONE)),
        change("2026-05-04T09:09:59-04:00", 0x51, &[], Some(NOON), Some(ONE)),
        // Ten minutes after the first change a new gathering begins.
        change("2026-05-04T09:10-04:00", 0x51, &[], Some(ONE), None),
    ];
    let person = confirmed(None);
    let gatherings = change::of_person(&facts, &person.registration);
    let [first, second] = gatherings.as_slice() else { panic!("{gatherings:?}") };
    assert_eq!((first.since, first.due_at), (at("2026-05-04T09:00-04:00"), at("2026-05-04T09:10-04:00")));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(spans(&first.moved), [(0x51, some(NINE), some(ONE)), (0x53, None, some(ONE))]);
    assert_eq!(
        (second.due_at, spans(&second.moved)),
        (at("2026-05-04T09:20-04:00"), vec![(0x51, some(ONE), None)])
    );
    assert_eq!(change::moments(&facts), [first.due_at, second.due_at]);
    assert!(timetable(&facts).contains(&first.due_at), "the sweep is called");

    // Before the gathering is over nothing is owed; afterwards until the old or the new start, whichever is
    // later.
    let told = |now: &str| {
        let letters = of_registration(&facts, &person, at(now));
        letters
            .into_iter()
            .filter(|one| one.letter == Letter::ScheduleChanged)
            .map(|one| one.verdict)
            .collect::<Vec<_>>()
    };
    assert_eq!(told("2026-05-04T09:30-04:00"), [Ok(()), Ok(())]);
    assert_eq!(told("2026-06-01T12:59-04:00"), [Ok(()), Ok(())]);
    assert_eq!(
        told("2026-06-01T13:00-04:00"),
        [Err(NotSentReason::Pointless), Err(NotSentReason::Pointless)]
    );
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
    assert_eq!(change::of_person(&facts, &confirmed(None).registration), []);
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
    let gatherings = change::of_person(&facts, &between.registration);
    assert_eq!(spans(&gatherings[0].moved), [(0x51, Some(NOON.to_owned()), Some(NINE.to_owned()))]);
    between.registration.confirmed_at = Some(at("2026-05-04T09:09-04:00"));
    assert_eq!(change::of_person(&facts, &between.registration), []);
    between.registration.confirmed_at = None;
    between.registration.status = Status::Started;
    assert_eq!(change::of_person(&facts, &between.registration), [], "who is not confirmed is told nothing");
}
