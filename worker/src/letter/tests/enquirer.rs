//! Letters to people who only asked: nothing that a stranger typed does harm, and nobody is sold anything
//! without an address.

use super::*;

#[test]
fn nothing_that_a_stranger_typed_does_harm() {
    for (letter, matter) in all().expect("samples") {
        let Matter::Enquiry(mut matter) = matter else { continue };
        matter.enquiry.enquiry.name = NASTY.to_owned();
        matter.enquiry.enquiry.question =
            Some(format!("{NASTY}\r\n\r\n{NASTY} https://evil.example/a www.evil.example"));
        matter.enquiry.enquiry.answer = Some(NASTY.to_owned());
        matter.course_mut().course.summary = Some(NASTY.to_owned());
        matter.prices[0].label = NASTY.to_owned();
        let written = write_to_enquirer(&matter);
        is_sound(letter, &written);
        assert!(!written.text.lines().any(|line| line.starts_with("Bcc:")), "{}", written.text);
        assert!(written.html.contains("&lt;script&gt;"));
        for part in [&written.text, &written.html] {
            assert!(!part.contains("evil.example"), "{letter:?}: {part}");
        }
    }
}

/// An enquiry comes from anybody, with anybody's address: a letter in the office's name must not carry what a
/// stranger wrote to it.
#[test]
fn nothing_that_a_stranger_typed_goes_out_before_staff_have_answered() {
    for (letter, matter) in all().expect("samples") {
        let Matter::Enquiry(mut matter) = matter else { continue };
        matter.enquiry.enquiry.name = "Your account is locked".to_owned();
        matter.enquiry.enquiry.question = Some("Unlock it at https://evil.example/unlock now".to_owned());
        let Written { subject, text, html, .. } = write_to_enquirer(&matter);
        for part in [&subject, &text, &html] {
            assert!(!part.contains("locked"), "{letter:?}: {part}");
            assert!(!part.contains("Unlock") || letter == Letter::EnquiryAnswered, "{letter:?}: {part}");
        }
    }
}

#[test]
fn letters_to_enquirers_say_what_is_needed_and_nothing_of_a_registration() {
    for (letter, facts) in [
        (
            Letter::InformationRequested,
            &[
                "Hello,\n",
                "held live online",
                "Wednesday, May 13",
                "10:00 a.m. to 5:00 p.m. Eastern Time",
                "You can register until 11:59 p.m. Eastern Time on Wednesday, May 6",
                "Nurse (RN/APRN): $1,795.50 early, $1,995.00 regular",
                "The early price is available until 11:59 p.m. Eastern Time on Wednesday, April 8.",
                "fee of $10.00",
                "16.00 AMA PRA",
                "https://learn.example.org/courses/core-practice-of-palliative-care-2026",
                "The course office has received your question and will answer it",
                "You agreed to e-mails about the deadlines",
                "https://learn.example.org/unsubscribe/6564",
            ][..],
        ),
        (
            Letter::EnquiryAnswered,
            &[
                "> Can I take part",
                "1. give you a number\n2. tell your group",
                "because someone asked about Core Practice of Palliative Care from this address.",
            ],
        ),
        (
            Letter::EarlyFeeEnding,
            &[
                "is available until 11:59 p.m. Eastern Time on Wednesday, April 8",
                "Physician (MD/DO): $2,065.50 early, $2,295.00 regular",
                "agreed to e-mails about its deadlines",
                "Stop e-mails about deadlines: https://learn.example.org/unsubscribe/6564",
                "1 Example Street",
            ],
        ),
        (
            Letter::RegistrationClosing,
            &["until 11:59 p.m. Eastern Time on Wednesday, May 6", "Physician (MD/DO): $2,295.00\n"],
        ),
    ] {
        let Written { text, .. } = write_to_enquirer(&enquiry_matter(letter).expect("a sample"));
        for fact in facts {
            assert!(text.contains(fact), "{letter:?} does not say {fact:?}:\n{text}");
        }
        assert!(!text.contains("seat") && !text.contains("Your registration"), "{text}");
    }
    // Who has said as what sees one price, who has agreed to nothing is told of nothing.
    let mut matter = enquiry_matter(Letter::InformationRequested).expect("a sample");
    matter.enquiry.enquiry.profession = Some(entity::profession::Profession::Chaplain);
    matter.enquiry.enquiry.consented_at = None;
    matter.enquiry.enquiry.question = None;
    let text = write_to_enquirer(&matter).text;
    assert!(
        text.contains("Allied Health Professional / Other: $1,795.50 early") && !text.contains("Physician"),
        "{text}"
    );
    assert!(
        !text.contains("agreed") && !text.contains("You asked:") && !text.contains("a separate e-mail"),
        "{text}"
    );
}

#[test]
fn what_invites_people_to_buy_bears_a_postal_address_or_is_not_written() {
    let nowhere = Writer::new(Letterhead {
        public_url: "https://learn.example.org/".to_owned(),
        office_name: "Lectern Office".to_owned(),
        contact: "office@example.org".to_owned(),
        postal_address: Some(" \n".to_owned()),
    })
    .expect("a writer");
    for (letter, matter) in all().expect("samples") {
        let commercial = matches!(matter, Matter::Enquiry(_)) && letter.topic().is_some();
        assert_eq!(matter.is_commercial(), commercial, "{letter:?}");
        assert_eq!(
            matches!(nowhere.write(&matter), Err(CannotWrite::NoPostalAddress)),
            commercial,
            "{letter:?}"
        );
    }
}

#[test]
fn the_fee_is_told_of_those_who_pay_it() {
    let mut matter = enquiry_matter(Letter::InformationRequested).expect("a sample");
    assert!(write_to_enquirer(&matter).text.contains("fee of $10.00 is added; it is not refundable"));
    (matter.prices[0].regular_minor, matter.prices[0].early_minor) = (0, None);
    let text = write_to_enquirer(&matter).text;
    assert!(text.contains("fee of $10.00 is added to every price above zero; it is not"), "{text}");
}

/// Only what is still to come is promised, and what has closed has no price.
#[test]
fn who_asks_late_is_promised_what_is_still_to_come() {
    let matter = enquiry_matter(Letter::InformationRequested).expect("a sample");
    let asked_at = |moment: &str| {
        let mut matter = matter.clone();
        matter.now = moment.parse().expect("an instant");
        matter.enquiry.enquiry.created_at = matter.now;
        matter.enquiry.enquiry.consented_at = Some(matter.now);
        write_to_enquirer(&matter)
    };
    let both = "shortly before the early price ends and before registration closes, and stop";
    assert!(asked_at("2026-03-20T15:00:00Z").text.contains(both));
    let late = asked_at("2026-04-20T15:00:00Z");
    assert!(late.text.contains("They come shortly before registration closes, and stop"), "{}", late.text);
    let over = asked_at("2026-05-10T15:00:00Z");
    assert!(over.text.contains("Registration has closed."), "{}", over.text);
    for words in ["You agreed", "$", "unsubscribe"] {
        assert!(!over.text.contains(words), "{words}: {}", over.text);
    }
    let mut free = matter.clone();
    for price in &mut free.prices {
        (price.regular_minor, price.early_minor) = (0, None);
    }
    let text = write_to_enquirer(&free).text;
    assert!(!text.contains("early price") && text.contains("before registration closes"), "{text}");
}

/// Who pays nothing pays no fee, and is not told of one.
#[test]
fn a_free_course_has_no_processing_fee() {
    let mut told = 0;
    for (letter, matter) in all().expect("samples") {
        let Matter::Enquiry(mut matter) = matter else { continue };
        told += usize::from(write_to_enquirer(&matter).text.contains("processing fee of $10.00"));
        for price in &mut matter.prices {
            (price.regular_minor, price.early_minor) = (0, None);
        }
        let text = write_to_enquirer(&matter).text;
        assert!(!text.contains("processing fee"), "{letter:?}: {text}");
    }
    assert!(told > 0, "no letter tells the fee of a course that costs something");
}
