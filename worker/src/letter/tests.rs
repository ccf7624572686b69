//! Every letter can be written, and nothing that people typed can harm it.

mod branches;
mod enquirer;

use entity::mailing::Letter;

use super::sample::{all, enquiry_matter, registration_matter};
use super::{CannotWrite, EnquiryMatter, Letterhead, Matter, RegistrationMatter, Writer, Written};

const NASTY: &str = "Eve \"E'\" <script>alert(1)</script>\r\nBcc: all@example.org {{ code }} {% if %} & co";

fn writer() -> Writer {
    Writer::new(Letterhead {
        public_url: "https://learn.example.org/".to_owned(),
        office_name: "Lectern Office".to_owned(),
        contact: "office@example.org".to_owned(),
        postal_address: Some("1 Example Street\nBoston, MA 02215".to_owned()),
    })
    .expect("a writer")
}

fn write(matter: &RegistrationMatter) -> Written {
    writer().write(&Matter::Registration(Box::new(matter.clone()))).expect("a letter")
}

fn write_to_enquirer(matter: &EnquiryMatter) -> Written {
    writer().write_stoppable(&Matter::Enquiry(Box::new(matter.clone())), Some("6564")).expect("a letter")
}

fn sample(letter: Letter) -> RegistrationMatter {
    registration_matter(letter).expect("a sample")
}

/// What must hold of any letter.
fn is_sound(letter: Letter, written: &Written) {
    let Written { subject, text, html, calendar, unsubscribe_url: _, reply_to: _ } = written;
    assert!(!subject.is_empty() && !subject.chars().any(char::is_control), "{letter:?}: {subject:?}");
    assert!(subject.chars().count() <= super::plain::SUBJECT_LENGTH, "{letter:?}: {subject}");
    for leftover in ["{{", "}}", "{%", "undefined", "none", "\r", "<p", "<td", "&amp;", "&#x", "\n\n\n"] {
        let typed = leftover.starts_with('{') || leftover.starts_with('}');
        assert!(
            !text.contains(leftover) || typed && text.contains("Eve"),
            "{letter:?} has {leftover:?}:\n{text}"
        );
    }
    assert!(text.lines().all(|line| line.len() < 900 && line.trim_end() == line), "{letter:?}: {text}");
    for forbidden in ["<script", "<mj", "src=\"http", "googleapis", "@import", "javascript:"] {
        assert!(!html.contains(forbidden), "{letter:?} has {forbidden} in its HTML:\n{html}");
    }
    for (start, _) in html.match_indices("href=") {
        assert!(
            ["https://", "mailto:"].iter().any(|kind| html[start + 6..].starts_with(kind)),
            "{letter:?}: {}",
            &html[start..start + 40]
        );
    }
    for part in [&text, &html] {
        assert!(
            part.contains("You are receiving this e-mail because") && part.contains("02215"),
            "{letter:?}: {part}"
        );
    }
    let has_calendar = matches!(
        letter,
        Letter::RegistrationConfirmed
            | Letter::RegistrationCancelled
            | Letter::RegistrationCorrected
            | Letter::ScheduleChanged
            | Letter::CourseCancelled
    );
    assert_eq!(calendar.is_some(), has_calendar, "{letter:?}");
}

#[test]
fn every_sample_is_written() {
    let writer = writer();
    let samples = all().expect("samples");
    assert_eq!(samples.len(), 23);
    for (letter, matter) in samples {
        is_sound(letter, &writer.write(&matter).expect("a letter"));
        let stoppable = writer.write_stoppable(&matter, Some("6c64")).expect("a letter");
        is_sound(letter, &stoppable);
        let url = letter.topic().map(|_| "https://learn.example.org/unsubscribe/6c64".to_owned());
        assert_eq!(stoppable.unsubscribe_url, url, "{letter:?}");
        if let Some(url) = url {
            for part in [&stoppable.text, &stoppable.html] {
                assert!(part.contains(&url), "{letter:?}: {part}");
            }
        }
    }
}

#[test]
fn every_letter_begins_with_how_things_stand() {
    let writer = writer();
    for (letter, matter) in all().expect("samples") {
        let Written { subject, text, html, reply_to, .. } = writer.write(&matter).expect("a letter");
        let heading = html.split("</h1>").next().and_then(|head| head.rsplit('>').next()).expect("a heading");
        let about =
            subject.strip_prefix(heading).unwrap_or_else(|| panic!("{letter:?}: {subject}: {heading}"));
        assert_eq!(about.starts_with(": "), letter != Letter::Announcement, "{letter:?}: {subject}");
        // What is shown beside the subject in a list of messages is the first sentence.
        let first = text.lines().skip(1).find(|row| !row.is_empty()).expect("a sentence");
        let shown =
            html.split_once("<body").and_then(|(_, body)| body.split_once(&first[..20.min(first.len())]));
        assert!(shown.is_some_and(|(before, _)| !before.contains("<h1")), "{letter:?}: {first}");
        let office = reply_to.expect("somebody to answer to");
        assert!(html.contains(&format!("href=\"mailto:{}\"", office.as_sent())), "{letter:?}");
        assert!(html.contains("prefers-color-scheme: dark"), "{letter:?}");
    }
}

#[test]
fn subjects_say_when() {
    for (letter, subject) in [
        (Letter::CourseStarting, "Your course starts on Wednesday, May 13"),
        (Letter::EarlyFeeEnding, "The early price ends on Wednesday, April 8"),
        (Letter::RegistrationClosing, "Registration closes on Wednesday, May 6"),
        (Letter::PaymentDue, "Your payment is due: your seat is held until "),
        (Letter::EvaluationClosing, "Your evaluation is open until "),
        (Letter::SessionStarting, " starts at 10:00 a.m. Eastern Time on Wednesday, May 13: "),
    ] {
        let written = write(&sample(letter)).subject;
        assert!(written.contains(subject) && written.contains("Core Practice"), "{letter:?}: {written}");
    }
}

#[test]
fn nothing_that_people_typed_does_harm() {
    for (letter, matter) in all().expect("samples") {
        let Matter::Registration(mut matter) = matter else { continue };
        let own_words = letter.without_rule().is_none();
        matter.learner.name = Some(NASTY.to_owned());
        matter.course_mut().course.title = NASTY.to_owned();
        matter.course_mut().course.slug = "../\"><script>".to_owned();
        matter.course_mut().course.contact_email = Some(NASTY.to_owned());
        matter.course_mut().course.credit_headline = Some(NASTY.to_owned());
        matter.offered_by[0].name = NASTY.to_owned();
        matter.registration.registration.code = "\"><script>".to_owned();
        matter.quote_lines[0].label = NASTY.to_owned();
        for track in &mut matter.tracks {
            track.name = NASTY.to_owned();
        }
        for session in &mut matter.course_mut().sessions {
            session.session.title = NASTY.to_owned();
            session.session.join_url = Some("javascript:alert(1)//https://".to_owned());
        }
        for rule in &mut matter.course_mut().rules {
            rule.subject = Some(format!("{NASTY}{}", "x".repeat(500)));
            rule.opening = Some(format!("{NASTY}\n\n{NASTY}"));
        }
        for change in &mut matter.course_mut().changes {
            change.title = NASTY.to_owned();
        }
        for announcement in &mut matter.course_mut().announcements {
            announcement.subject = NASTY.to_owned();
            announcement.body =
                format!("{NASTY}\n\n[x](javascript:alert(1)) ![x](https://evil.example/x.png)");
        }
        matter.course_mut().course.cancellation_note = Some(NASTY.to_owned());
        let written = write(&matter);
        is_sound(letter, &written);
        if own_words {
            assert!(
                written.subject.starts_with("Eve \"E'\" <script>alert(1)</script> Bcc: all@example.org"),
                "{}",
                written.subject
            );
        }
        assert!(written.html.contains("&lt;script&gt;"));
        assert!(!written.text.lines().any(|line| line.starts_with("Bcc:")), "{}", written.text);
    }
}

#[test]
fn a_letter_that_is_sent_again_says_the_same() {
    for letter in
        [Letter::ScheduleChanged, Letter::Announcement, Letter::DayStarting, Letter::CourseCancelled]
    {
        let first = sample(letter);
        let mut again = first.clone();
        again.planned.occurrence = entity::mailing::instructed::again(&first.planned.occurrence, 2);
        assert_eq!(write(&again), write(&first), "{letter:?}");
    }
    let mut strange = sample(Letter::Announcement);
    strange.planned.occurrence = "somewhere else".to_owned();
    assert!(writer().write(&Matter::Registration(Box::new(strange))).is_err());
}

#[test]
fn the_office_has_its_own_words() {
    let mut matter = sample(Letter::CourseStarting);
    let slug = matter.planned.rule.clone();
    let rule = matter.course_mut().rules.iter_mut().find(|rule| rule.slug == slug).expect("the rule");
    rule.subject = Some("Bring a pencil".to_owned());
    rule.opening = Some("We look **forward** to you.\n\nBring a pencil\nand a friend.".to_owned());
    let written = write(&matter);
    assert_eq!(written.subject, "Bring a pencil");
    assert!(
        written.text.contains(
            "Dear Noor Haddad,\n\nWe look forward to you.\n\nBring a pencil and a friend.\n\nYour course"
        ),
        "{}",
        written.text
    );
    assert!(
        written.html.contains("<strong>forward</strong>")
            && written.html.contains("Bring a pencil\nand a friend.</p>")
    );
    // Somebody who has told no name, and a rule that is gone.
    matter.learner.name = Some("\u{202e} ".to_owned());
    for rule in &mut matter.course_mut().rules {
        rule.subject = Some("\u{202e}\r\n".to_owned());
    }
    assert_eq!(
        write(&matter).subject,
        "Your course starts on Wednesday, May 13: Core Practice of Palliative Care"
    );
    matter.course_mut().rules.clear();
    assert!(write(&matter).text.starts_with("Hello,\n\nYour course starts at"));
}

#[test]
fn letters_say_what_is_needed() {
    for (letter, facts) in [
        (
            Letter::RegistrationStarted,
            &[
                "$1,805.50",
                "held until 11:59 p.m. Eastern Time on Friday, April 10",
                "K7QD4MXPTZ",
                "Pediatric",
            ][..],
        ),
        (
            Letter::RegistrationStarted,
            &["This price is available until 11:59 p.m. Eastern Time on Wednesday, April 8"],
        ),
        (
            Letter::RegistrationConfirmed,
            &["Paid: $1,805.50", "Processing fee (not refundable): $10.00", "Friday, May 15"],
        ),
        (
            Letter::RegistrationConfirmed,
            &["10:00 a.m. to 4:30 p.m. Eastern Time", "until 11:59 p.m. Eastern Time on Sunday, June 14"],
        ),
        (
            Letter::RegistrationCancelled,
            &["fee of $10.00 is not refundable", "canceled at 10:00 a.m. Eastern Time on Monday, April 20"],
        ),
        (
            Letter::PaymentDue,
            &[
                "Your seat is held until 11:59 p.m. Eastern Time on Friday, April 10",
                "Total: $1,805.50",
                "closes after 11:59 p.m. Eastern Time on Wednesday, May 6",
            ],
        ),
        (
            Letter::RegistrationExpired,
            &[
                "was held until 11:59 p.m. Eastern Time on Friday, April 10",
                "We received $600.00",
                "register again until 11:59 p.m. Eastern Time on Wednesday, May 6",
            ],
        ),
        (
            Letter::EarlyFeeEnding,
            &["until 11:59 p.m. Eastern Time on Wednesday, April 8 (10:59 p.m. Central Time)"],
        ),
        (
            Letter::RegistrationClosing,
            &["until 11:59 p.m. Eastern Time on Wednesday, May 6 (10:59 p.m. Central Time)", "$2,005.00"],
        ),
        (
            Letter::CourseStarting,
            &["starts at 10:00 a.m. Eastern Time on Wednesday, May 13 (9:00 a.m. Central Time)"],
        ),
        (
            Letter::DayStarting,
            &["Join online: https://meet.example.org/core-practice", "4:00 p.m. to 5:00 p.m. Eastern Time"],
        ),
        (
            Letter::ScheduleChanged,
            &[
                "  Pain\n    Before: 10:00 a.m. to 11:00 a.m. Eastern Time on Saturday, May 16 (9:00 a.m. to 10:00 a.m. Central Time)\n    \
                 Now: 10:15 a.m. to 11:30 a.m. Eastern Time on Friday, May 15 (9:15 a.m. to 10:30 a.m. Central Time)\n",
                "  Closing (new)\n    Now: 4:15 p.m.",
                "\nSaturday, May 16\n\n  Ethics Rounds (canceled)\n    Before: 11:00 a.m. to 12:00 noon Eastern Time",
                "Your course days are now:\n\n  Wednesday, May 13",
                "update your calendar",
            ],
        ),
        (
            Letter::CourseCancelled,
            &[
                "will not take place",
                "small groups need people.\n\nThe course will be held again in the autumn; its page (https://learn.example.org/autumn) opens",
                "You paid $1,805.50.",
                "Open the attached file to update your calendar.",
                "K7QD4MXPTZ",
            ],
        ),
        (
            Letter::Announcement,
            &[
                "talk about your patients",
                "- a case of serious illness, without names\n- one question about it\n",
            ],
        ),
        (
            Letter::SessionStarting,
            &["Welcome to the Core Principles", "10:00 a.m. to 10:30 a.m. Eastern Time"],
        ),
        (
            Letter::EvaluationOpen,
            &["https://learn.example.org/registrations/K7QD4MXPTZ/evaluation", "16.00 AMA PRA", "June 14"],
        ),
        (
            Letter::EvaluationClosing,
            &["https://learn.example.org/registrations/K7QD4MXPTZ/evaluation", "16.00 AMA PRA", "June 14"],
        ),
    ] {
        let Written { text, .. } = write(&sample(letter));
        for fact in facts {
            assert!(text.contains(fact), "{letter:?} does not say {fact:?}:\n{text}");
        }
    }
    let code = writer().write(&super::sample::code(Letter::SignInCode)).expect("a letter");
    assert!(
        code.text.contains("\n    K7QD-4MXP\n") && code.text.contains("within 10 minutes of your request"),
        "{}",
        code.text
    );
    assert!(!code.subject.contains("K7QD"));
}

#[test]
fn a_learner_far_away_reads_both_clocks() {
    let mut matter = sample(Letter::CourseStarting);
    matter.learner.time_zone = Some("Asia/Tokyo".parse().expect("zone"));
    let text = write(&matter).text;
    assert!(text.contains("10:00 a.m. Eastern Time on Wednesday, May 13 (11:00 p.m. Japan Time)"), "{text}");
    assert!(
        text.contains("(11:00 p.m. on Wednesday, May 13 to 6:00 a.m. Japan Time on Thursday, May 14)"),
        "{text}"
    );
}

#[test]
fn breaks_are_left_out_and_tracks_are_named_to_the_undecided() {
    let mut matter = sample(Letter::DayStarting);
    assert!(!write(&matter).text.contains("Lunch"));
    assert!(!write(&matter).text.contains("(Adult and Pediatric)"));
    matter.registration.registration.track_id = None;
    assert!(
        write(&matter)
            .text
            .contains("Clinical Trajectories for Patients with Serious Illness (Adult and Pediatric)")
    );
    // With several places to join, each session names its own.
    matter.course_mut().sessions[0].session.join_url = Some("https://meet.example.org/welcome".to_owned());
    let text = write(&matter).text;
    assert!(
        text.contains("    Join online: https://meet.example.org/welcome\n")
            && !text.contains("\nJoin online"),
        "{text}"
    );
}

#[test]
fn a_free_course_has_no_bill() {
    let mut matter = sample(Letter::RegistrationConfirmed);
    matter.quote = None;
    matter.quote_lines.clear();
    matter.paid_minor = 0;
    let text = write(&matter).text;
    assert!(
        text.contains("free of charge") && !text.contains('$') && !text.contains("received your payment"),
        "{text}"
    );
}

#[test]
fn a_matter_of_another_letter_is_refused() {
    let mut matter = sample(Letter::CourseStarting);
    matter.planned.letter = Letter::SignInCode;
    assert!(writer().write(&Matter::Registration(Box::new(matter))).is_err());
}
