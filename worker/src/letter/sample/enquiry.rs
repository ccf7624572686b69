//! A matter for the letters to people who only asked.

use entity::deadline::at_wall_time;
use entity::mailing::{EnquiryFacts, Letter, of_enquiry};
use entity::profession::Profession;
use entity::{LocalDate, Zone, enquiry};
use jiff::civil::{date, time};

use super::{NoSample, facts, id, offered_by, sample_course};
use crate::letter::EnquiryMatter;

/// A matter for a `letter` to somebody who only asked.
///
/// # Errors
/// When this machine does not know the sample's time zones, or for a letter that does not go to such people.
pub fn enquiry_matter(letter: Letter) -> Result<EnquiryMatter, NoSample> {
    let zone: Zone = "America/New_York".parse()?;
    let at =
        |day: i8, hour: i8| at_wall_time(LocalDate(date(2026, 3, day)), time(hour, 0, 0, 0).into(), &zone);
    let course = sample_course(&zone);
    // Who wants letters about deadlines has not said as what; who wants an answer has.
    let profession = (letter == Letter::EnquiryAnswered).then_some(Profession::Nurse);
    let enquiry = EnquiryFacts {
        enquiry: enquiry::Model {
            id: id(0x50),
            course_id: course.course.id,
            name: "Ines Duarte".to_owned(),
            email: "ines.duarte@example.org".to_owned(),
            email_key: "ines.duarte@example.org".to_owned(),
            profession,
            question: Some("Can I take part in the small groups by phone?\n\nMy ward has no camera.".to_owned()),
            consent_version: Some("1".to_owned()),
            consented_at: Some(at(20, 11)),
            answer: Some("Yes. Please tell us a week before, so that we can:\n\n1. give you a number\n2. tell your group".to_owned()),
            answered_by: Some(id(0x51)),
            answered_at: Some(at(21, 9)),
            created_at: at(20, 11),
            updated_at: at(21, 9),
        },
        has_registered: false,
        unsubscribed_at: None,
        suppressions: Vec::new(),
        instructions: Vec::new(),
    };
    let planned = of_enquiry(&course, &enquiry, at(20, 11))
        .into_iter()
        .find(|planned| planned.letter == letter)
        .ok_or(NoSample::NotCalledFor(letter))?;
    Ok(EnquiryMatter {
        now: planned.due_at,
        planned,
        course: course.into(),
        offered_by: offered_by(),
        prices: facts::prices(),
        enquiry,
    })
}
