//! Samples: a matter for every letter, made of the facts of the reference course.
//!
//! They show staff what a letter looks like, and the tests that every letter can be written. The people in them do not exist.

use entity::agenda::{CourseFacts, DEFAULT_RULES, Letter, Offset, RegistrationFacts, SessionFacts, of_registration};
use entity::deadline::at_wall_time;
use entity::profession::Profession;
use entity::session::Kind;
use entity::{
    Instant, LocalDate, WallTime, Zone, course, learner, organization, quote, quote_line, registration, reminder_rule, session, track,
};
use jiff::civil::{date, time};
use sea_orm::Iterable;
use uuid::Uuid;

use super::{Matter, RegistrationMatter};

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

/// A matter for every letter of the house.
///
/// # Errors
/// When this machine does not know the sample's time zones.
pub fn all() -> Result<Vec<(Letter, Matter)>, NoSample> {
    Letter::iter().map(|letter| Ok((letter, matter(letter)?))).collect()
}

/// A matter for `letter`.
///
/// # Errors
/// When this machine does not know the sample's time zones.
pub fn matter(letter: Letter) -> Result<Matter, NoSample> {
    match letter {
        Letter::SignInCode => Ok(sign_in_code()),
        Letter::RegistrationStarted
        | Letter::RegistrationConfirmed
        | Letter::RegistrationCancelled
        | Letter::EarlyFeeEnding
        | Letter::RegistrationClosing
        | Letter::CourseStarting
        | Letter::DayStarting
        | Letter::SessionStarting
        | Letter::EvaluationOpen
        | Letter::EvaluationClosing
        | Letter::ScheduleChanged
        | Letter::CourseCancelled
        | Letter::Announcement
        | Letter::InformationRequested
        | Letter::EnquiryAnswered => registration_matter(letter).map(|matter| Matter::Registration(Box::new(matter))),
    }
}

/// A matter for the letter with a sign-in code.
pub fn sign_in_code() -> Matter {
    // May 6, 2026, 14:10 UTC.
    Matter::SignInCode { code: "K7QD-4MXP".to_owned(), expires_at: Instant::from_micros(1_778_076_600_000_000) }
}

/// A matter for a `letter` about a registration.
///
/// # Errors
/// When this machine does not know the sample's time zones, or for a letter that is not about a registration.
pub fn registration_matter(letter: Letter) -> Result<RegistrationMatter, NoSample> {
    let zone: Zone = "America/New_York".parse()?;
    let at = |month: i8, day: i8, hour: i8| at_wall_time(LocalDate(date(2026, month, day)), time(hour, 0, 0, 0).into(), &zone);
    let facts = CourseFacts {
        course: course(&zone),
        sessions: sessions(&zone),
        rules: rules(at(1, 5, 9)),
        changes: Vec::new(),
        announcements: Vec::new(),
    };
    // Whoever is told that registration closes has come after the early price.
    let early = letter != Letter::RegistrationClosing;
    let (basis, price, words, started_at) = match early {
        true => (quote::Basis::Early, 179_550, "early registration", at(3, 27, 11)),
        false => (quote::Basis::Regular, 199_500, "registration", at(4, 24, 11)),
    };
    let paid = !matches!(letter, Letter::RegistrationStarted | Letter::EarlyFeeEnding | Letter::RegistrationClosing);
    let status = if letter == Letter::RegistrationCancelled {
        registration::Status::Cancelled
    } else if paid {
        registration::Status::Confirmed
    } else {
        registration::Status::Started
    };
    let held_until = Some(facts.course.hold_until(started_at));
    let registration = registration::Model {
        id: id(0x20),
        code: "K7QD4MXPTZ".to_owned(),
        course_id: facts.course.id,
        learner_id: id(0x21),
        external_id: None,
        profession: Profession::Nurse,
        track_id: Some(id(0x11)),
        status,
        started_at,
        hold_until: held_until,
        confirmed_at: paid.then(|| at(4, 2, 15)),
        cancelled_at: (letter == Letter::RegistrationCancelled).then(|| at(4, 20, 10)),
        expired_at: None,
        updated_at: started_at,
    };
    let person =
        RegistrationFacts { registration, basis: Some(basis), evaluated_at: None, unsubscribed: Vec::new(), instructions: Vec::new() };
    let occasion = of_registration(&facts, &person, started_at)
        .into_iter()
        .find(|occasion| occasion.letter == letter)
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
        created_at: started_at,
        updated_at: started_at,
    };
    let quote = quote::Model {
        id: id(0x22),
        registration_id: id(0x20),
        currency: "USD".to_owned(),
        basis,
        total_cents: price + 1000,
        valid_until: held_until
            .filter(|_| !paid)
            .map(|held| if early { facts.course.early_ends_at().map_or(held, |ends| held.min(ends)) } else { held }),
        created_at: started_at,
    };
    let row = |position, kind, label: &str, amount_cents| quote_line::Model {
        id: id(0x30 + u128::from(position)),
        quote_id: id(0x22),
        position: i16::from(position),
        kind,
        label: label.to_owned(),
        amount_cents,
    };
    let tuition = format!("{}, {words}: Nurse (RN/APRN)", facts.course.title);
    Ok(RegistrationMatter {
        now: occasion.due_at,
        occasion,
        offered_by: vec![organization::Model {
            id: id(0x23),
            slug: "bidmc".to_owned(),
            version: 1,
            name: "Beth Israel Deaconess Medical Center".to_owned(),
            url: None,
        }],
        tracks: vec![track(0x10, 1, "Adult"), track(0x11, 2, "Pediatric")],
        registration: person,
        learner,
        quote: Some(quote),
        quote_lines: vec![
            row(1_u8, quote_line::Kind::Tuition, &tuition, price),
            row(2, quote_line::Kind::ProcessingFee, "Processing fee (not refundable)", 1000),
        ],
        paid_cents: if paid { price + 1000 } else { 0 },
        course: facts,
    })
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0196_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn track(number: u128, position: i16, name: &str) -> track::Model {
    track::Model { id: id(number), course_id: id(1), slug: name.to_lowercase(), position, name: name.to_owned() }
}

fn course(zone: &Zone) -> course::Model {
    let at = |day: i8, hour: i8, minute: i8| at_wall_time(LocalDate(date(2026, 5, day)), time(hour, minute, 0, 0).into(), zone);
    let entered_at = at_wall_time(LocalDate(date(2026, 1, 5)), WallTime::NINE, zone);
    course::Model {
        id: id(1),
        slug: "core-practice-of-palliative-care-2026".to_owned(),
        version: 3,
        status: course::Status::Published,
        title: "Core Practice of Palliative Care".to_owned(),
        kind: "Continuing Education".to_owned(),
        length_label: Some("Three Days".to_owned()),
        summary: None,
        overview: None,
        format: course::Format::LiveOnline,
        time_zone: zone.clone(),
        starts_on: LocalDate(date(2026, 5, 13)),
        ends_on: LocalDate(date(2026, 5, 15)),
        starts_at: Some(at(13, 10, 0)),
        ends_at: Some(at(15, 16, 30)),
        registration_opens_at: None,
        // The course's page names no early deadline; the sample needs one, to have a letter about it.
        early_deadline_on: Some(LocalDate(date(2026, 4, 8))),
        registration_deadline_on: Some(LocalDate(date(2026, 5, 6))),
        evaluation_deadline_on: None,
        payment_days: 14,
        currency: "USD".to_owned(),
        processing_fee_cents: Some(1000),
        capacity: None,
        series_id: None,
        series_position: Some(2),
        centre: Some("Harvard Medical School Center for Palliative Care".to_owned()),
        contact_email: Some("course-office@example.org".to_owned()),
        registration_site: None,
        credit_headline: Some("16.00 AMA PRA Category 1 Credit(s)™".to_owned()),
        created_at: entered_at,
        updated_at: entered_at,
        published_at: Some(entered_at),
        cancelled_at: None,
        cancellation_note: None,
    }
}

fn rules(applies_from: Instant) -> Vec<reminder_rule::Model> {
    let rule = |(place, rule): (i16, entity::agenda::DefaultRule)| {
        let (offset_days, wall_time, offset_minutes) = match rule.offset {
            Offset::Days { days, at } => (Some(days), Some(at), None),
            Offset::Exact { minutes } => (None, None, Some(minutes)),
        };
        reminder_rule::Model {
            id: id(0x100 + u128::from(place.unsigned_abs())),
            course_id: id(1),
            slug: rule.slug.to_owned(),
            position: place,
            letter: rule.letter,
            offset_days,
            wall_time,
            offset_minutes,
            enabled: rule.enabled,
            applies_from,
            subject: None,
            opening: None,
            professions: None,
            track_id: None,
        }
    };
    (1..).zip(DEFAULT_RULES).map(rule).collect()
}

/// The agenda: day of May, start and end (hour, minute), kind, name, and whether it is taught in both tracks at once.
type Row = (i8, (i8, i8), (i8, i8), Kind, &'static str, bool);

const ROWS: [Row; 30] = [
    (13, (10, 0), (10, 30), Kind::Plenary, "Welcome to the Core Principles of Palliative Care", false),
    (13, (10, 30), (11, 15), Kind::Talk, "The Frame of Palliative Care", false),
    (13, (11, 15), (11, 30), Kind::Break, "Break", false),
    (13, (11, 30), (12, 30), Kind::Talk, "Scaffolds for a Comprehensive Palliative Care Assessment", true),
    (13, (12, 30), (13, 30), Kind::Meal, "Lunch", false),
    (13, (13, 30), (14, 30), Kind::Talk, "Scaffolds for a Comprehensive Palliative Care Assessment", true),
    (13, (14, 30), (14, 45), Kind::Break, "Break", false),
    (13, (14, 45), (15, 45), Kind::Talk, "Clinical Trajectories for Patients with Serious Illness", true),
    (13, (15, 45), (16, 0), Kind::Transition, "Transition", false),
    (13, (16, 0), (17, 0), Kind::SmallGroup, "Small Group Community Building and Reflection", false),
    (14, (10, 0), (10, 15), Kind::Plenary, "Welcome Back", false),
    (14, (10, 15), (10, 45), Kind::Talk, "Delivering Serious News", false),
    (14, (10, 45), (11, 15), Kind::SmallGroup, "Small Group Start-Up", false),
    (14, (11, 15), (13, 0), Kind::Practice, "Delivering Serious News: Practice", false),
    (14, (13, 0), (14, 0), Kind::Meal, "Lunch", false),
    (14, (14, 0), (14, 30), Kind::Talk, "Exploring Values and Preferences and Making Recommendations", false),
    (14, (14, 30), (16, 30), Kind::Practice, "Exploring Values and Preferences and Making Recommendations: Practice", false),
    (14, (16, 30), (16, 45), Kind::SmallGroup, "Small Group Reflection", false),
    (14, (16, 45), (17, 0), Kind::Plenary, "Large Group Close", false),
    (15, (10, 0), (10, 15), Kind::Plenary, "Welcome Back", false),
    (15, (10, 15), (11, 30), Kind::Talk, "Pain", true),
    (15, (11, 30), (11, 45), Kind::Break, "Break", false),
    (15, (11, 45), (12, 30), Kind::Talk, "Dyspnea", true),
    (15, (12, 30), (13, 30), Kind::Meal, "Lunch", false),
    (15, (13, 30), (14, 0), Kind::Talk, "GI (Nausea/Vomiting, Constipation)", true),
    (15, (14, 0), (14, 30), Kind::Talk, "Depression/Anxiety/Adjustment", true),
    (15, (14, 30), (14, 45), Kind::Break, "Break", false),
    (15, (14, 45), (15, 30), Kind::Talk, "Caring for the Dying Patient", true),
    (15, (15, 30), (16, 15), Kind::SmallGroup, "Community Building and Self Reflection (Small Groups)", false),
    (15, (16, 15), (16, 30), Kind::Plenary, "Closing", false),
];

fn sessions(zone: &Zone) -> Vec<SessionFacts> {
    let session = |(number, (day, from, to, kind, title, tracks)): (u8, Row)| {
        let at = |(hour, minute)| at_wall_time(LocalDate(date(2026, 5, day)), time(hour, minute, 0, 0).into(), zone);
        let join_url = kind.teaches().then(|| "https://meet.example.org/core-practice".to_owned());
        let (id, course_id, slug) = (id(0x200 + u128::from(number)), id(1), format!("session-{number}"));
        let session = session::Model {
            id,
            course_id,
            slug,
            title: title.to_owned(),
            kind,
            starts_at: at(from),
            ends_at: at(to),
            position: 1,
            join_url,
        };
        SessionFacts { session, track_ids: if tracks { vec![self::id(0x10), self::id(0x11)] } else { Vec::new() } }
    };
    (1..).zip(ROWS).map(session).collect()
}
