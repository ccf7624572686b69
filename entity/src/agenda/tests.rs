//! The agenda, asked about a small course: what happens to the course itself, people who only asked, and what staff said.
//!
//! The course: Monday, June 1, 2026, in New York, one session for everybody at 9:00 and one for the pediatric track at 14:00.

use uuid::Uuid;

use super::change::{self, Moved};
use super::{CourseFacts, DEFAULT_RULES, EnquiryFacts, Letter, Occasion, Offset, Reason, RegistrationFacts, SessionFacts, Topic};
use super::{instructed, of_enquiry, of_registration, timetable};
use crate::announcement::{Professions, Statuses};
use crate::letter_instruction::{self, Kind};
use crate::profession::Profession;
use crate::quote::Basis;
use crate::registration::Status;
use crate::schedule_change::TrackIds;
use crate::{Instant, announcement, course, enquiry, registration, reminder_rule, schedule_change, session};

const ADULT: u128 = 0xa;
const PEDIATRIC: u128 = 0xb;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn session(number: u128, from: &str, to: &str, tracks: &[u128]) -> SessionFacts {
    SessionFacts {
        session: session::Model {
            id: id(number),
            course_id: id(1),
            slug: format!("session-{number}"),
            title: format!("Session {number}"),
            kind: session::Kind::Talk,
            starts_at: at(from),
            ends_at: at(to),
            position: 1,
            join_url: None,
        },
        track_ids: tracks.iter().copied().map(id).collect(),
    }
}

fn rule((position, rule): (i16, super::DefaultRule)) -> reminder_rule::Model {
    let (offset_days, wall_time, offset_minutes) = match rule.offset {
        Offset::Days { days, at } => (Some(days), Some(at), None),
        Offset::Exact { minutes } => (None, None, Some(minutes)),
    };
    reminder_rule::Model {
        id: id(0x100 + u128::from(position.unsigned_abs())),
        course_id: id(1),
        slug: rule.slug.to_owned(),
        position,
        letter: rule.letter,
        offset_days,
        wall_time,
        offset_minutes,
        enabled: rule.enabled,
        applies_from: at("2026-01-01T00:00Z"),
        subject: None,
        opening: None,
        professions: None,
        track_id: None,
    }
}

fn course() -> CourseFacts {
    let written_at = at("2026-01-01T00:00Z");
    CourseFacts {
        course: course::Model {
            id: id(1),
            slug: "course".to_owned(),
            version: 1,
            status: course::Status::Published,
            title: "Course".to_owned(),
            kind: "Course".to_owned(),
            length_label: None,
            summary: None,
            overview: None,
            format: course::Format::LiveOnline,
            time_zone: "America/New_York".parse().expect("a zone"),
            starts_on: "2026-06-01".parse().expect("a date"),
            ends_on: "2026-06-01".parse().expect("a date"),
            starts_at: Some(at("2026-06-01T09:00-04:00")),
            ends_at: Some(at("2026-06-01T15:00-04:00")),
            registration_opens_at: None,
            early_deadline_on: Some("2026-05-01".parse().expect("a date")),
            registration_deadline_on: Some("2026-05-20".parse().expect("a date")),
            evaluation_deadline_on: None,
            payment_days: 14,
            currency: "USD".to_owned(),
            processing_fee_cents: None,
            capacity: None,
            series_id: None,
            series_position: None,
            centre: None,
            contact_email: None,
            registration_site: None,
            credit_headline: None,
            created_at: written_at,
            updated_at: written_at,
            published_at: Some(written_at),
            cancelled_at: None,
            cancellation_note: None,
        },
        sessions: vec![
            session(0x51, "2026-06-01T09:00-04:00", "2026-06-01T10:00-04:00", &[]),
            session(0x52, "2026-06-01T14:00-04:00", "2026-06-01T15:00-04:00", &[PEDIATRIC]),
        ],
        rules: (1..).zip(DEFAULT_RULES).map(rule).collect(),
        changes: Vec::new(),
        announcements: Vec::new(),
    }
}

/// Somebody confirmed on April 1, in `track`.
fn confirmed(track: Option<u128>) -> RegistrationFacts {
    let on = at("2026-04-01T12:00-04:00");
    RegistrationFacts {
        registration: registration::Model {
            id: id(0x20),
            code: "CODE".to_owned(),
            course_id: id(1),
            learner_id: id(0x21),
            profession: Profession::Nurse,
            track_id: track.map(id),
            status: Status::Confirmed,
            started_at: on,
            hold_until: None,
            confirmed_at: Some(on),
            cancelled_at: None,
            expired_at: None,
            updated_at: on,
        },
        basis: Some(Basis::Early),
        evaluated_at: None,
        unsubscribed: Vec::new(),
        instructions: Vec::new(),
    }
}

/// Somebody who asked on April 1 and agreed to letters about deadlines.
fn asked() -> EnquiryFacts {
    let on = at("2026-04-01T12:00-04:00");
    EnquiryFacts {
        enquiry: enquiry::Model {
            id: id(0x30),
            course_id: id(1),
            name: "Ines".to_owned(),
            email: "ines@example.org".to_owned(),
            email_key: "ines@example.org".to_owned(),
            profession: None,
            question: None,
            consent_version: Some("1".to_owned()),
            consented_at: Some(on),
            answer: None,
            answered_by: None,
            answered_at: None,
            created_at: on,
            updated_at: on,
        },
        has_registered: false,
        unsubscribed_at: None,
        instructions: Vec::new(),
    }
}

/// A change made at `made`: an hour from `old` on became an hour from `new` on.
fn change(made: &str, session: u128, tracks: &[u128], old: Option<&str>, new: Option<&str>) -> schedule_change::Model {
    schedule_change::Model {
        id: id(0x900),
        course_id: id(1),
        session_id: id(session),
        title: format!("Session {session}"),
        track_ids: TrackIds(tracks.iter().copied().map(id).collect()),
        at: at(made),
        old_starts_at: old.map(at),
        old_ends_at: old.map(|old| at(old).plus_minutes(60)),
        new_starts_at: new.map(at),
        new_ends_at: new.map(|new| at(new).plus_minutes(60)),
    }
}

fn announced(statuses: &[Status]) -> announcement::Model {
    announcement::Model {
        id: id(0x70),
        course_id: id(1),
        subject: "News".to_owned(),
        body: "News".to_owned(),
        statuses: Statuses(statuses.to_vec()),
        professions: Professions::default(),
        track_id: None,
        written_by: id(0x71),
        created_at: at("2026-05-04T09:00-04:00"),
        confirmed_at: Some(at("2026-05-04T09:00-04:00")),
        due_at: Some(at("2026-05-04T09:10-04:00")),
        stopped_at: None,
    }
}

fn said(rule: &str, occurrence: &str, kind: Kind, moment: &str) -> letter_instruction::Model {
    letter_instruction::Model {
        id: id(0x80),
        subject_id: id(0x20),
        rule: rule.to_owned(),
        occurrence: occurrence.to_owned(),
        kind,
        at: at(moment),
        said_by: id(0x71),
    }
}

fn spans(moved: &[Moved]) -> Vec<(u128, Option<String>, Option<String>)> {
    let start = |span: Option<change::Span>| span.map(|(from, _)| from.to_string());
    moved.iter().map(|moved| (moved.session_id.as_u128(), start(moved.old), start(moved.new))).collect()
}

/// The verdicts on one letter, with their occurrences.
fn verdicts(occasions: &[Occasion], letter: Letter) -> Vec<(String, Result<(), Reason>)> {
    occasions.iter().filter(|one| one.letter == letter).map(|one| (one.occurrence.clone(), one.verdict)).collect()
}

const NOON: &str = "2026-06-01T16:00:00Z";
const ONE: &str = "2026-06-01T17:00:00Z";
const NINE: &str = "2026-06-01T13:00:00Z";

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
    assert_eq!((second.due_at, spans(&second.moved)), (at("2026-05-04T09:20-04:00"), vec![(0x51, some(ONE), None)]));
    assert_eq!(change::moments(&facts), [first.due_at, second.due_at]);
    assert!(timetable(&facts).contains(&first.due_at), "the sweep is called");

    // Before the gathering is over nothing is owed; afterwards until the old or the new start, whichever is later.
    let told = |now: &str| {
        let occasions = of_registration(&facts, &person, at(now));
        occasions.into_iter().filter(|one| one.letter == Letter::ScheduleChanged).map(|one| one.verdict).collect::<Vec<_>>()
    };
    assert_eq!(told("2026-05-04T09:30-04:00"), [Ok(()), Ok(())]);
    assert_eq!(told("2026-06-01T12:59-04:00"), [Ok(()), Ok(())]);
    assert_eq!(told("2026-06-01T13:00-04:00"), [Err(Reason::Pointless), Err(Reason::Pointless)]);
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
    assert_eq!(verdicts(&of_registration(&facts, &confirmed(None), at("2026-05-04T10:00-04:00")), Letter::ScheduleChanged), []);
}

#[test]
fn a_change_reaches_those_in_whose_track_it_is() {
    let mut facts = course();
    facts.changes = vec![change("2026-05-04T09:00-04:00", 0x52, &[PEDIATRIC], Some(NOON), Some(ONE))];
    for (track, told) in [(Some(ADULT), 0), (Some(PEDIATRIC), 1), (None, 1)] {
        let occasions = of_registration(&facts, &confirmed(track), at("2026-05-04T09:10-04:00"));
        assert_eq!(verdicts(&occasions, Letter::ScheduleChanged).len(), told, "{track:?}");
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

#[test]
fn a_cancelled_course_says_so_to_the_live_and_nothing_else() {
    let mut facts = course();
    facts.course.status = course::Status::Cancelled;
    facts.course.cancelled_at = Some(at("2026-05-04T09:00-04:00"));
    facts.changes = vec![change("2026-05-04T08:55-04:00", 0x51, &[], Some(NINE), Some(NOON))];
    facts.announcements = vec![announced(&[Status::Confirmed])];
    let now = at("2026-05-04T09:30-04:00");
    let owed = |person: &RegistrationFacts| -> Vec<Letter> {
        let confirmation = |one: &Occasion| one.letter != Letter::RegistrationConfirmed;
        of_registration(&facts, person, now)
            .into_iter()
            .filter(|one| one.verdict.is_ok() && confirmation(one))
            .map(|one| one.letter)
            .collect()
    };
    assert_eq!(owed(&confirmed(None)), [Letter::CourseCancelled]);

    let mut held = confirmed(None);
    held.registration.status = Status::Started;
    held.registration.confirmed_at = None;
    held.registration.hold_until = Some(at("2026-05-04T09:10-04:00"));
    assert_eq!(owed(&held), [Letter::CourseCancelled], "a hold that ends afterwards was live");
    held.registration.hold_until = Some(at("2026-05-04T08:00-04:00"));
    assert_eq!(owed(&held), []);

    let mut gone = confirmed(None);
    gone.registration.status = Status::Cancelled;
    gone.registration.cancelled_at = Some(at("2026-05-03T09:00-04:00"));
    assert_eq!(owed(&gone), [Letter::RegistrationCancelled]);

    let mut late = confirmed(None);
    late.registration.started_at = at("2026-05-04T09:20-04:00");
    assert_eq!(owed(&late), [], "nobody can have registered since");
}

#[test]
fn an_announcement_reaches_those_it_is_meant_for() {
    let mut facts = course();
    facts.announcements = vec![announced(&[Status::Confirmed])];
    let now = at("2026-05-04T09:10-04:00");
    let verdict =
        |facts: &CourseFacts, person: &RegistrationFacts| verdicts(&of_registration(facts, person, now), Letter::Announcement)[0].1;
    assert_eq!(verdict(&facts, &confirmed(Some(ADULT))), Ok(()));
    let mut started = confirmed(None);
    started.registration.status = Status::Started;
    assert_eq!(verdict(&facts, &started), Err(Reason::NotConcerned));
    let mut newer = confirmed(None);
    newer.registration.confirmed_at = Some(at("2026-05-04T09:10:01-04:00"));
    assert_eq!(verdict(&facts, &newer), Err(Reason::LateRegistration));
    facts.announcements[0].track_id = Some(id(PEDIATRIC));
    assert_eq!(verdict(&facts, &confirmed(Some(ADULT))), Err(Reason::NotConcerned));
    assert_eq!(verdict(&facts, &confirmed(None)), Ok(()));
    facts.announcements[0].professions = Professions(vec![Profession::Physician]);
    assert_eq!(verdict(&facts, &confirmed(None)), Err(Reason::NotConcerned));
    facts.announcements[0].stopped_at = Some(at("2026-05-04T09:05-04:00"));
    assert_eq!(verdict(&facts, &confirmed(None)), Err(Reason::StoppedByStaff));
    assert!(!timetable(&facts).contains(&now), "nobody is called for what was stopped");
}

#[test]
fn who_agreed_is_told_of_deadlines_until_they_registered_had_enough_or_the_course_began() {
    let (facts, now) = (course(), at("2026-05-13T09:00-04:00"));
    let closing = |person: &EnquiryFacts, now: Instant| {
        let occasions = of_enquiry(&facts, person, now);
        occasions.into_iter().find(|one| one.rule == "registration_closing_7d").map(|one| (one.due_at, one.verdict)).expect("an occasion")
    };
    assert_eq!(closing(&asked(), now), (now, Ok(())));
    assert_eq!(closing(&EnquiryFacts { has_registered: true, ..asked() }, now).1, Err(Reason::HasRegistered));
    let stopped = EnquiryFacts { unsubscribed_at: Some(at("2026-04-02T00:00Z")), ..asked() };
    assert_eq!(closing(&stopped, now).1, Err(Reason::Unsubscribed));
    // Who had had enough before and agrees again is asked again.
    let before = EnquiryFacts { unsubscribed_at: Some(at("2026-03-02T00:00Z")), ..asked() };
    assert_eq!(closing(&before, now).1, Ok(()));
    let mut without = asked();
    without.enquiry.consented_at = None;
    assert_eq!(closing(&without, now).1, Err(Reason::NoConsent));
    let mut late = asked();
    late.enquiry.consented_at = Some(at("2026-05-14T09:00-04:00"));
    assert_eq!(closing(&late, now).1, Err(Reason::LateRegistration));
    assert_eq!(closing(&asked(), at("2026-05-21T00:00-04:00")).1, Err(Reason::Pointless));

    let mut cancelled = course();
    cancelled.course.status = course::Status::Cancelled;
    let occasions = of_enquiry(&cancelled, &asked(), now);
    assert!(occasions.iter().all(|one| one.verdict.is_err()), "{occasions:?}");
    let mut answered = asked();
    answered.enquiry.answer = Some("Yes.".to_owned());
    answered.enquiry.answered_at = Some(now);
    let owed: Vec<Letter> =
        of_enquiry(&cancelled, &answered, now).into_iter().filter(|one| one.verdict.is_ok()).map(|one| one.letter).collect();
    assert_eq!(owed, [Letter::EnquiryAnswered], "an answer is owed whatever became of the course");
    assert!(occasions.iter().all(|one| !matches!(one.letter, Letter::CourseStarting | Letter::DayStarting)));
}

#[test]
fn a_stopped_letter_is_not_owed_and_one_to_be_sent_again_is_owed_once_more() {
    let facts = course();
    let week = "course_starting_7d";
    let now = at("2026-05-26T10:00-04:00");
    let judged = |instructions: Vec<letter_instruction::Model>, now: Instant| -> Vec<(String, Instant, Result<(), Reason>)> {
        let person = RegistrationFacts { instructions, ..confirmed(None) };
        let occasions = of_registration(&facts, &person, now);
        occasions.into_iter().filter(|one| one.rule == week).map(|one| (one.occurrence, one.due_at, one.verdict)).collect()
    };
    let day = "2026-06-01";
    let due = at("2026-05-25T09:00-04:00");
    let stop = said(week, day, Kind::Stop, "2026-05-20T09:00-04:00");
    assert_eq!(judged(vec![stop.clone()], now), [(day.to_owned(), due, Err(Reason::StoppedByStaff))]);

    let again = said(week, day, Kind::Again, "2026-05-26T09:30-04:00");
    let once_more = (instructed::again(day, 1), again.at, Ok(()));
    assert_eq!(judged(vec![again.clone()], now), [(day.to_owned(), due, Ok(())), once_more.clone()]);
    assert_eq!(instructed::first_time(&once_more.0), day);
    // Stopped first and wanted after all.
    assert_eq!(judged(vec![stop, again.clone()], now), [(day.to_owned(), due, Err(Reason::StoppedByStaff)), once_more.clone()]);
    // The further time can be stopped, too, and does not outlive what it is about.
    let stop_again = said(week, &once_more.0, Kind::Stop, "2026-05-26T09:31-04:00");
    assert_eq!(judged(vec![again.clone(), stop_again], now)[1].2, Err(Reason::StoppedByStaff));
    assert_eq!(judged(vec![again.clone()], at("2026-06-01T09:00-04:00"))[1].2, Err(Reason::Pointless));
    // An instruction about another letter changes nothing.
    assert_eq!(judged(vec![said("day_starting_1h", day, Kind::Stop, "2026-05-20T09:00-04:00")], now), [(day.to_owned(), due, Ok(()))]);
    // The facts are stronger: who has had enough of reminders, or has cancelled, gets none again.
    let person = RegistrationFacts { instructions: vec![again], unsubscribed: vec![Topic::Reminders], ..confirmed(None) };
    let occasions = of_registration(&facts, &person, now);
    let verdicts: Vec<_> = occasions.iter().filter(|one| one.rule == week).map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Err(Reason::Unsubscribed), Err(Reason::Unsubscribed)]);
}
