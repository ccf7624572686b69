//! What is written is read back by a parser, as a learner's calendar would.

use entity::mailing::Letter;
use icalendar::{Component, parser};

use crate::letter::sample::registration_matter;
use crate::letter::{Calendar, Letterhead, Matter, RegistrationMatter, Writer};

fn calendar(office_name: &str, matter: RegistrationMatter) -> Option<Calendar> {
    let letterhead = Letterhead {
        public_url: "https://learn.example.org".to_owned(),
        office_name: office_name.to_owned(),
        contact: "office@example.org".to_owned(),
        postal_address: None,
    };
    let writer = Writer::new(letterhead).expect("a writer");
    writer.write(&Matter::Registration(Box::new(matter))).expect("a letter").calendar
}

fn sample(letter: Letter) -> RegistrationMatter {
    registration_matter(letter).expect("a sample")
}

/// The events of a calendar, each as its properties, with the lines checked on the way.
fn events(calendar: &Calendar) -> Vec<icalendar::Event> {
    let ics = &calendar.ics;
    assert!(
        ics.ends_with("END:VCALENDAR\r\n")
            && ics.contains("METHOD:PUBLISH\r\n")
            && ics.contains("VERSION:2.0\r\n")
    );
    assert_eq!(ics.matches('\n').count(), ics.matches("\r\n").count());
    assert_eq!(ics.matches('\r').count(), ics.matches("\r\n").count());
    assert!(ics.split("\r\n").all(|line| line.len() <= 75), "{ics}");
    let read: icalendar::Calendar = parser::read_calendar(&parser::unfold(ics)).expect("a calendar").into();
    read.events().cloned().collect()
}

#[test]
fn an_event_for_each_day() {
    let calendar = calendar("Lectern Office", sample(Letter::RegistrationConfirmed)).expect("a calendar");
    assert_eq!(
        (calendar.method, calendar.file_name.as_str()),
        ("PUBLISH", "core-practice-of-palliative-care-2026.ics")
    );
    let events = events(&calendar);
    let told: Vec<[&str; 4]> = events
        .iter()
        .map(|event| {
            ["DTSTART", "DTEND", "SEQUENCE", "STATUS"].map(|key| event.property_value(key).expect(key))
        })
        .collect();
    assert_eq!(
        told,
        [
            ["20260513T140000Z", "20260513T210000Z", "3", "CONFIRMED"],
            ["20260514T140000Z", "20260514T210000Z", "3", "CONFIRMED"],
            ["20260515T140000Z", "20260515T203000Z", "3", "CONFIRMED"],
        ]
    );
    let first = &events[0];
    assert_eq!(
        first.property_value("UID"),
        Some("01960000-0000-7000-8000-000000000001-2026-05-13@learn.example.org")
    );
    assert_eq!(first.property_value("DTSTAMP"), Some("20260402T190000Z"));
    assert_eq!(first.property_value("SUMMARY"), Some("Core Practice of Palliative Care (day 1 of 3)"));
    assert_eq!(first.property_value("URL"), Some("https://learn.example.org/registrations/K7QD4MXPTZ"));
    assert_eq!(first.property_value("ORGANIZER"), Some("mailto:course-office@example.org"));
}

#[test]
fn a_cancellation_takes_the_same_events_out() {
    let ids = |calendar: Calendar| -> Vec<String> {
        events(&calendar).iter().filter_map(|event| event.property_value("UID").map(str::to_owned)).collect()
    };
    let cancelled = calendar("Lectern Office", sample(Letter::RegistrationCancelled)).expect("a calendar");
    assert_eq!(cancelled.ics.matches("STATUS:CANCELLED\r\n").count(), 3);
    assert_eq!(
        ids(cancelled),
        ids(calendar("Lectern Office", sample(Letter::RegistrationConfirmed)).expect("a calendar"))
    );
    // Who never had the days in the calendar gets nothing to take out.
    let mut never = sample(Letter::RegistrationCancelled);
    never.registration.registration.confirmed_at = None;
    assert_eq!(calendar("Lectern Office", never), None);
}

#[test]
fn nothing_that_people_typed_becomes_a_property() {
    let nasty = "A; \"B\", \\n C:\r\nATTACH:https://evil.example\nBEGIN:VALARM\r\u{2028}END:VEVENT ünïcödé 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字";
    let mut matter = sample(Letter::RegistrationConfirmed);
    matter.course_mut().course.title = nasty.to_owned();
    matter.course_mut().course.slug = "a/../b c\r\n\"".to_owned();
    matter.course_mut().course.contact_email = Some(nasty.to_owned());
    matter.registration.registration.code = "x\r\nATTACH:y".to_owned();
    let calendar = calendar(nasty, matter).expect("a calendar");
    assert_eq!(calendar.file_name, "abc.ics");
    let events = events(&calendar);
    assert_eq!(events.len(), 3);
    for event in &events {
        assert!(event.property_value("ATTACH").is_none() && event.components().is_empty());
        let summary = event.property_value("SUMMARY").expect("a summary");
        assert!(
            summary.starts_with(
                "A; \"B\", \\n C: ATTACH:https://evil.example BEGIN:VALARM END:VEVENT ünïcödé 漢字"
            ),
            "{summary}"
        );
        assert_eq!(event.property_value("ORGANIZER"), Some("mailto:office@example.org"));
        assert_eq!(
            event.property_value("URL"),
            Some("https://learn.example.org/registrations/x%0D%0AATTACH%3Ay")
        );
    }
}

#[test]
fn a_course_without_sessions_has_no_calendar() {
    let mut matter = sample(Letter::RegistrationConfirmed);
    matter.course_mut().sessions.clear();
    assert_eq!(calendar("Lectern Office", matter), None);
}

#[test]
fn only_the_learners_track_counts() {
    let mut matter = sample(Letter::RegistrationConfirmed);
    // The last day is for the other track alone.
    let adult = matter.tracks[0].id;
    for facts in &mut matter.course_mut().sessions {
        if facts.session.starts_at > "2026-05-15T00:00-04:00".parse().expect("instant") {
            facts.track_ids = vec![adult];
        }
    }
    assert_eq!(events(&calendar("Lectern Office", matter).expect("a calendar")).len(), 2);
}

#[test]
fn a_day_that_was_moved_away_is_taken_out_and_the_others_stay() {
    let changed = calendar("Lectern Office", sample(Letter::ScheduleChanged)).expect("a calendar");
    let told: Vec<[String; 3]> = events(&changed)
        .iter()
        .map(|event| ["UID", "DTSTART", "STATUS"].map(|key| event.property_value(key).expect(key).to_owned()))
        .collect();
    let day = |date: &str, start: &str, status: &str| {
        [
            format!("01960000-0000-7000-8000-000000000001-{date}@learn.example.org"),
            start.to_owned(),
            status.to_owned(),
        ]
    };
    assert_eq!(
        told,
        [
            day("2026-05-13", "20260513T140000Z", "CONFIRMED"),
            day("2026-05-14", "20260514T140000Z", "CONFIRMED"),
            day("2026-05-15", "20260515T140000Z", "CONFIRMED"),
            day("2026-05-16", "20260516T140000Z", "CANCELLED"),
        ]
    );
}

#[test]
fn a_cancelled_course_takes_the_days_out_of_the_calendars_that_have_them() {
    let cancelled = calendar("Lectern Office", sample(Letter::CourseCancelled)).expect("a calendar");
    assert_eq!(cancelled.ics.matches("STATUS:CANCELLED\r\n").count(), 3);
    assert!(
        events(&cancelled)[0]
            .property_value("DESCRIPTION")
            .is_some_and(|why| why.starts_with("The course will not take place."))
    );
    let mut unpaid = sample(Letter::CourseCancelled);
    unpaid.registration.registration.confirmed_at = None;
    assert_eq!(calendar("Lectern Office", unpaid), None);
}
