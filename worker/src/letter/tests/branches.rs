//! What letters say is true in every branch: whoever is written to, whatever was paid, however the course is
//! held.

use entity::course::{self, Format};
use entity::email_change::{Cause, Side};

use super::*;

/// A change to the facts of a sample, and what its letter must and must not say then.
type Branch = (Letter, fn(&mut RegistrationMatter), &'static [&'static str], &'static [&'static str]);

fn as_it_is(_: &mut RegistrationMatter) {}

fn overpaid(matter: &mut RegistrationMatter) {
    matter.paid_minor += 49_000;
}

fn paid_in_part(matter: &mut RegistrationMatter) {
    matter.paid_minor = 60_000;
}

fn with_directions_alone(matter: &mut RegistrationMatter) {
    let course: &mut course::Model = &mut matter.course_mut().course;
    (course.format, course.venue_name, course.venue_address) = (Format::Hybrid, None, None);
    course.venue_directions = Some("Take the Green Line.".to_owned());
}

fn confirmed_on_the_last_day(matter: &mut RegistrationMatter) {
    let days = matter.days();
    let last = days.last().expect("a day").1;
    matter.registration.registration.confirmed_at = Some(last);
    matter.now = last;
}

fn unsubscribed(matter: &mut RegistrationMatter) {
    matter.registration.unsubscribed = vec![entity::letter::Topic::Reminders];
}

fn not_confirmed(matter: &mut RegistrationMatter) {
    matter.registration.registration.confirmed_at = None;
}

fn without_links(matter: &mut RegistrationMatter) {
    for one in &mut matter.course_mut().sessions {
        one.session.join_url = None;
    }
}

const BRANCHES: [Branch; 13] = [
    (
        Letter::RegistrationConfirmed,
        as_it_is,
        &["We will remind you before the course starts and on each course day", "Your receipt"],
        &["Overpaid", "Still to pay"],
    ),
    (
        Letter::RegistrationConfirmed,
        overpaid,
        &[
            "  Overpaid: $490.00\n",
            "The course office will contact you about the $490.00 that you paid above the price.",
        ],
        &["Still to pay"],
    ),
    (Letter::RegistrationCorrected, overpaid, &["  Overpaid: $490.00\n"], &["Still to pay"]),
    (
        Letter::RegistrationConfirmed,
        confirmed_on_the_last_day,
        &[
            "What comes next",
            "No other e-mail comes before these sessions:\n",
            "Join online: https://meet.example.org/core-practice",
        ],
        &["We will remind you"],
    ),
    (
        Letter::RegistrationConfirmed,
        without_links,
        &["We will remind you before the course starts and on each course day."],
        &["join online", "No other e-mail"],
    ),
    (Letter::RegistrationClosing, as_it_is, &["We have not received your payment yet."], &["full payment"]),
    (Letter::PaymentDue, paid_in_part, &["We have not received your full payment for this course"], &[]),
    (Letter::RegistrationConfirmed, unsubscribed, &["What comes next"], &["We will remind you"]),
    (
        Letter::CourseStarting,
        unsubscribed,
        &["See your registration: https://"],
        &["We will also e-mail you"],
    ),
    (
        Letter::RegistrationConfirmed,
        with_directions_alone,
        &["Take the Green Line.", "with the link for those who join online"],
        &["Where:"],
    ),
    (
        Letter::RegistrationClosing,
        paid_in_part,
        &[
            "We have not received your full payment yet.",
            "Still to pay: $1,405.00",
            "because you have a registration in progress for",
        ],
        &["have not paid", "You started"],
    ),
    (Letter::RegistrationExpired, paid_in_part, &["because you had a seat in"], &["to come"]),
    (Letter::CourseCancelled, not_confirmed, &["You paid"], &["calendar"]),
];

#[test]
fn letters_are_true_in_every_branch() {
    for (letter, change, said, unsaid) in BRANCHES {
        let mut matter = sample(letter);
        change(&mut matter);
        let Written { text, html, calendar, .. } = write(&matter);
        for words in said {
            assert!(text.contains(words), "{letter:?} does not say {words:?}:\n{text}");
        }
        for words in unsaid {
            for part in [&text, &html] {
                assert!(!part.contains(words), "{letter:?} says {words:?}:\n{part}");
            }
        }
        assert_eq!(text.contains("the attached file"), calendar.is_some(), "{letter:?}: {text}");
    }
}

#[test]
fn people_who_only_asked_are_told_where_it_is_held() {
    for letter in [Letter::InformationRequested, Letter::EarlyFeeEnding, Letter::RegistrationClosing] {
        let mut matter = enquiry_matter(letter).expect("a sample");
        assert!(!write_to_enquirer(&matter).text.contains("Where:"), "{letter:?}: it is held online");
        matter.course_mut().course.format = Format::InPerson;
        matter.course_mut().course.venue_name = Some("Gordon Hall".to_owned());
        let text = write_to_enquirer(&matter).text;
        assert!(text.contains("It is held in person, on these days:"), "{letter:?}: {text}");
        assert!(text.contains("Where:\n  Gordon Hall\n"), "{letter:?}: {text}");
    }
}

#[test]
fn an_address_that_was_exchanged_is_still_good_for_signing_in() {
    let told = |side, cause| {
        writer().write(&Matter::EmailChange { side, cause, name: None }).expect("a letter").text
    };
    for side in Side::BOTH {
        let text = told(side, Cause::Exchanged);
        assert!(text.contains("you can sign in with either address"), "{text}");
        assert!(!text.contains("please use the new address"), "{text}");
    }
    assert!(told(Side::Old, Cause::Own).contains("To sign in, please use the new address."));
    assert!(told(Side::Old, Cause::LetGo).contains("This address no longer opens your account"));
    let kept = told(Side::New, Cause::LetGo);
    assert!(kept.contains("by this address alone") && !kept.contains("was changed"), "{kept}");
}
