//! Samples: a matter for every letter, made of the facts of the reference course.
//!
//! They show staff what a letter looks like, and the tests that every letter can be written. The people in
//! them do not exist.

mod enquiry;
mod facts;
mod news;

use entity::deadline::at_wall_time;
use entity::email_change::{Cause, Side};
use entity::letter::Audience;
use entity::mailing::{CourseFacts, Letter, RegistrationFacts, of_registration};
use entity::profession::Profession;
use entity::{Instant, LocalDate, Zone, learner, organization, quote, quote_line, registration, track};
use jiff::civil::{date, time};
use sea_orm::Iterable;
use uuid::Uuid;

use super::{Matter, RegistrationMatter};
pub use enquiry::enquiry_matter;

/// Why there is no sample.
#[derive(Debug, thiserror::Error)]
pub enum NoSample {
    /// The machine does not know a zone that the sample speaks of.
    #[error(transparent)]
    Zone(#[from] entity::civil::NotAZone),
    /// The sample course never calls for the letter.
    #[error("the sample course does not call for {0:?}")]
    NotCalledFor(Letter),
}

/// A matter for every letter; two for those that go both to people who have registered and to people who only
/// asked.
///
/// # Errors
/// When this machine does not know the sample's time zones.
pub fn all() -> Result<Vec<(Letter, Matter)>, NoSample> {
    let to_enquirers = Letter::iter()
        .filter(|letter| letter.spec().audience.invites_enquirers())
        .map(|letter| Ok((letter, to_enquirer(letter)?)));
    Letter::iter().map(|letter| Ok((letter, matter(letter)?))).chain(to_enquirers).collect()
}

/// A matter for a `letter` to somebody who only asked.
///
/// # Errors
/// When this machine does not know the sample's time zones, or for a letter that does not go to such people.
pub fn to_enquirer(letter: Letter) -> Result<Matter, NoSample> {
    enquiry_matter(letter).map(|matter| Matter::Enquiry(Box::new(matter)))
}

/// A matter for `letter`.
///
/// # Errors
/// When this machine does not know the sample's time zones.
pub fn matter(letter: Letter) -> Result<Matter, NoSample> {
    match letter.spec().audience {
        Audience::Address if letter == Letter::EmailChanged => Ok(email_change()),
        Audience::Address => Ok(code(letter)),
        Audience::Enquirer => to_enquirer(letter),
        Audience::Started
        | Audience::StartedEarlyOrEnquirer
        | Audience::StartedOrEnquirer
        | Audience::Confirmed
        | Audience::NotEvaluated
        | Audience::Cancelled
        | Audience::Expired
        | Audience::Concerned => {
            registration_matter(letter).map(|matter| Matter::Registration(Box::new(matter)))
        }
    }
}

/// A matter for a `letter` with a code.
pub fn code(letter: Letter) -> Matter {
    Matter::SignInCode { letter, code: "K7QD-4MXP".to_owned() }
}

/// A matter for the letter about an address that was changed.
pub fn email_change() -> Matter {
    Matter::EmailChange { side: Side::New, cause: Cause::Corrected, name: Some("Noor Haddad".to_owned()) }
}

/// A matter for a `letter` about a registration.
///
/// # Errors
/// When this machine does not know the sample's time zones, or for a letter that is not about a registration.
pub fn registration_matter(letter: Letter) -> Result<RegistrationMatter, NoSample> {
    let zone: Zone = "America/New_York".parse()?;
    let at = |month: i8, day: i8, hour: i8| {
        at_wall_time(LocalDate(date(2026, month, day)), time(hour, 0, 0, 0).into(), &zone)
    };
    let mut facts = sample_course(&zone);
    news::happen(&mut facts, letter, &zone);
    // Whoever is told that registration closes has come after the early price.
    let early = letter != Letter::RegistrationClosing;
    let (basis, price, words, started_at) = match early {
        true => (quote::Basis::Early, 179_550, "early registration", at(3, 27, 11)),
        false => (quote::Basis::Regular, 199_500, "registration", at(4, 24, 11)),
    };
    let status = match letter.spec().audience {
        Audience::Started | Audience::StartedEarlyOrEnquirer | Audience::StartedOrEnquirer => {
            registration::Status::Started
        }
        Audience::Cancelled => registration::Status::Cancelled,
        Audience::Expired => registration::Status::Expired,
        Audience::Confirmed
        | Audience::NotEvaluated
        | Audience::Concerned
        | Audience::Enquirer
        | Audience::Address => registration::Status::Confirmed,
    };
    let paid = !matches!(status, registration::Status::Started | registration::Status::Expired);
    let held_until = Some(facts.course.hold_until(started_at));
    let registration = registration::Model {
        id: id(0x20),
        code: "K7QD4MXPTZ".to_owned(),
        course_id: facts.course.id,
        learner_id: id(0x21),
        known_as: None,
        external_id: None,
        profession: Profession::Nurse,
        track_id: Some(id(0x11)),
        status,
        started_at,
        hold_until: held_until,
        confirmed_at: paid.then(|| at(4, 2, 15)),
        cancelled_at: (status == registration::Status::Cancelled).then(|| at(4, 20, 10)),
        expired_at: held_until.filter(|_| status == registration::Status::Expired),
        entered_by: None,
        corrected_at: (letter == Letter::RegistrationCorrected).then(|| at(4, 20, 10)),
        updated_at: started_at,
    };
    let person = RegistrationFacts {
        registration,
        basis: Some(basis),
        registered_again: false,
        evaluated_at: None,
        unsubscribed: Vec::new(),
        suppressions: Vec::new(),
        instructions: Vec::new(),
        said: Vec::new(),
    };
    // What has not happened yet is planned for now: the sample is looked at when all of it has happened.
    let row = &person.registration;
    let acts =
        [row.confirmed_at, row.cancelled_at, row.corrected_at, row.expired_at, facts.course.cancelled_at];
    let all_done_at = acts.into_iter().flatten().fold(started_at, Instant::max);
    let planned = of_registration(&facts, &person, all_done_at)
        .into_iter()
        .find(|planned| planned.letter == letter)
        .ok_or(NoSample::NotCalledFor(letter))?;
    let learner = learner::Model {
        id: id(0x21),
        email: "noor.haddad@example.org".to_owned(),
        email_key: "noor.haddad@example.org".to_owned(),
        name: Some("Noor Haddad".to_owned()),
        credentials: Some("RN".to_owned()),
        profession: Some(Profession::Nurse),
        time_zone: Some("America/Chicago".parse()?),
        calendar_rotation: 0,
        merged_into: None,
        signed_in_at: None,
        created_at: started_at,
        updated_at: started_at,
    };
    let quote = quote::Model {
        id: id(0x22),
        registration_id: id(0x20),
        currency: "USD".to_owned(),
        basis,
        total_minor: price + 1000,
        valid_until: held_until.filter(|_| !paid).map(|held| {
            if early { facts.course.early_ends_at().map_or(held, |ends| held.min(ends)) } else { held }
        }),
        created_at: started_at,
    };
    let row = |position, kind, label: &str, amount_minor| quote_line::Model {
        id: id(0x30 + u128::from(position)),
        quote_id: id(0x22),
        position: i16::from(position),
        kind,
        label: label.to_owned(),
        amount_minor,
    };
    let tuition = format!("{}, {words}: Nurse (RN/APRN)", facts.course.title);
    Ok(RegistrationMatter {
        now: planned.due_at,
        planned,
        offered_by: offered_by(),
        tracks: vec![track(0x10, 1, "Adult"), track(0x11, 2, "Pediatric")],
        rooms: Vec::new(),
        registration: person,
        learner,
        quote: Some(quote),
        quote_lines: vec![
            row(1_u8, quote_line::Kind::Tuition, &tuition, price),
            row(2, quote_line::Kind::ProcessingFee, "Processing fee (not refundable)", 1000),
        ],
        // Whose seat is let go has paid a part.
        paid_minor: match status {
            registration::Status::Started => 0,
            registration::Status::Expired => 60_000,
            registration::Status::Confirmed
            | registration::Status::Waitlisted
            | registration::Status::Cancelled => price + 1000,
        },
        course: facts.into(),
    })
}

/// The sample course on an ordinary day.
fn sample_course(zone: &Zone) -> CourseFacts {
    CourseFacts {
        course: facts::course(zone),
        sessions: facts::sessions(zone),
        rules: facts::rules(at_wall_time(LocalDate(date(2026, 1, 5)), time(9, 0, 0, 0).into(), zone)),
        changes: Vec::new(),
        announcements: Vec::new(),
    }
}

fn offered_by() -> Vec<organization::Model> {
    vec![organization::Model {
        id: id(0x23),
        slug: "bidmc".to_owned(),
        version: 1,
        name: "Beth Israel Deaconess Medical Center".to_owned(),
        url: None,
    }]
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0196_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn track(number: u128, position: i16, name: &str) -> track::Model {
    track::Model {
        id: id(number),
        course_id: id(1),
        slug: name.to_lowercase(),
        position,
        name: name.to_owned(),
    }
}
