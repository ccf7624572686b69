//! What staff said about single letters.

use super::super::{NotSentReason, RegistrationFacts, Topic, instructed, of_registration};
use super::*;

#[test]
fn a_stopped_letter_is_not_owed_and_one_to_be_sent_again_is_owed_once_more() {
    let facts = course();
    let week = "course_starting_7d";
    let now = at("2026-05-26T10:00-04:00");
    let judged = |instructions: Vec<letter_instruction::Model>,
                  now: Instant|
     -> Vec<(String, Instant, Result<(), NotSentReason>)> {
        let person = RegistrationFacts { instructions, ..confirmed(None) };
        let letters = of_registration(&facts, &person, now);
        letters
            .into_iter()
            .filter(|one| one.rule == week)
            .map(|one| (one.occurrence, one.due_at, one.verdict))
            .collect()
    };
    let day = "2026-06-01";
    let due = at("2026-05-25T09:00-04:00");
    let stop = said(week, day, Kind::Stop, "2026-05-20T09:00-04:00");
    assert_eq!(judged(vec![stop.clone()], now), [(day.to_owned(), due, Err(NotSentReason::StoppedByStaff))]);

    let again = said(week, day, Kind::Again, "2026-05-26T09:30-04:00");
    let once_more = (instructed::again(day, 1), again.at, Ok(()));
    assert_eq!(judged(vec![again.clone()], now), [(day.to_owned(), due, Ok(())), once_more.clone()]);
    assert_eq!(instructed::first_time(&once_more.0), day);
    // Stopped first and wanted after all.
    assert_eq!(
        judged(vec![stop, again.clone()], now),
        [(day.to_owned(), due, Err(NotSentReason::StoppedByStaff)), once_more.clone()]
    );
    // The further time can be stopped, too, and does not outlive what it is about.
    let stop_again = said(week, &once_more.0, Kind::Stop, "2026-05-26T09:31-04:00");
    assert_eq!(judged(vec![again.clone(), stop_again], now)[1].2, Err(NotSentReason::StoppedByStaff));
    assert_eq!(judged(vec![again.clone()], at("2026-06-01T09:00-04:00"))[1].2, Err(NotSentReason::Pointless));
    // An instruction about another letter changes nothing.
    assert_eq!(
        judged(vec![said("day_starting_1h", day, Kind::Stop, "2026-05-20T09:00-04:00")], now),
        [(day.to_owned(), due, Ok(()))]
    );
    // The facts are stronger: who has had enough of reminders, or has cancelled, gets none again.
    let person = RegistrationFacts {
        instructions: vec![again],
        unsubscribed: vec![Topic::Reminders],
        ..confirmed(None)
    };
    let letters = of_registration(&facts, &person, now);
    let verdicts: Vec<_> = letters.iter().filter(|one| one.rule == week).map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Err(NotSentReason::Unsubscribed), Err(NotSentReason::Unsubscribed)]);
}
