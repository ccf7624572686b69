//! The moments at which what is told of registration and prices changes, and no others.

use super::sample::{at, course, day};
use super::*;
use crate::price;
use crate::profession::Profession;

fn price() -> price::Model {
    price::Model {
        id: Uuid::nil(),
        course_id: Uuid::nil(),
        position: 1,
        profession: Profession::Nurse,
        label: "Nurse".to_owned(),
        regular_minor: 200,
        early_minor: Some(100),
    }
}

/// Courses with every order of the moments that count, on days when the clocks change, too.
fn courses() -> Vec<Model> {
    let days = [None, Some("2026-02-10"), Some("2026-03-07"), Some("2026-03-08"), Some("2026-03-12")]
        .map(|text| text.map(day));
    let opens = [
        None,
        Some(at("2026-02-01T00:00:00Z")),
        Some(at("2026-03-08T06:59:59.999999Z")),
        Some(at("2026-03-20T00:00:00Z")),
    ];
    let mut all = Vec::new();
    for status in [Status::Draft, Status::Published, Status::Cancelled, Status::Archived] {
        for early in days {
            for deadline in days {
                for opens in opens {
                    let (early_deadline_on, registration_deadline_on, registration_opens_at) =
                        (early, deadline, opens);
                    let course = course("2026-03-09", "2026-03-10");
                    all.push(Model {
                        status,
                        early_deadline_on,
                        registration_deadline_on,
                        registration_opens_at,
                        ..course
                    });
                }
            }
        }
    }
    all
}

#[test]
fn terms_stay_as_they_are_until_the_moment_that_is_told() {
    let price = price();
    let (from, to) = (at("2026-01-31T00:00:00Z"), at("2026-04-01T00:00:00Z"));
    let mut changes = 0;
    for course in courses() {
        let told = |moment: Instant| (course.window(moment), price.at(&course, moment));
        let mut now = from;
        while now < to {
            let until = course.terms_change_after(now).unwrap_or(to);
            assert!(now < until, "{now} {course:?}");
            let length = until.as_micros() - now.as_micros();
            for part in 0..=64 {
                let within = Instant::from_micros(now.as_micros() + (length - 1) / 64 * part);
                assert_eq!(told(within), told(now), "{within} is like {now}, until {until}: {course:?}");
            }
            let last = Instant::from_micros(until.as_micros() - 1);
            assert_eq!(told(last), told(now), "{last} is like {now}, until {until}: {course:?}");
            changes += usize::from(until < to && told(until) != told(now));
            now = until;
        }
    }
    assert!(changes > 200, "{changes} changes were seen");
}
