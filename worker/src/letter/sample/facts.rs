//! The facts of the sample course: its row, its rules, its agenda, its prices.

use entity::deadline::at_wall_time;
use entity::mailing::{DEFAULT_RULES, DefaultRule, SessionFacts};
use entity::profession::Profession;
use entity::session::Kind;
use entity::{Instant, LocalDate, WallTime, Zone, course, price, reminder_rule, session};
use jiff::civil::{date, time};

use super::id;

/// Its prices.
pub(super) fn prices() -> Vec<price::Model> {
    let row =
        |(position, profession, regular_minor, early_minor): (i16, Profession, i64, i64)| price::Model {
            id: id(0x60 + u128::from(position.unsigned_abs())),
            course_id: id(1),
            position,
            profession,
            label: profession.label().to_owned(),
            regular_minor,
            early_minor: Some(early_minor),
        };
    [
        (1, Profession::Physician, 229_500, 206_550),
        (2, Profession::Nurse, 199_500, 179_550),
        (3, Profession::AlliedHealthOther, 199_500, 179_550),
    ]
    .map(row)
    .to_vec()
}

pub(super) fn course(zone: &Zone) -> course::Model {
    let at = |day: i8, hour: i8, minute: i8| {
        at_wall_time(LocalDate(date(2026, 5, day)), time(hour, minute, 0, 0).into(), zone)
    };
    let entered_at = at_wall_time(LocalDate(date(2026, 1, 5)), WallTime::NINE, zone);
    course::Model {
        slug: "core-practice-of-palliative-care-2026".to_owned(),
        version: 3,
        status: course::Status::Published,
        title: "Core Practice of Palliative Care".to_owned(),
        kind: "Continuing Education".to_owned(),
        length_label: Some("Three Days".to_owned()),
        time_zone: zone.clone(),
        starts_on: LocalDate(date(2026, 5, 13)),
        ends_on: LocalDate(date(2026, 5, 15)),
        starts_at: Some(at(13, 10, 0)),
        ends_at: Some(at(15, 16, 30)),
        // The course's page names no early deadline; the sample needs one, to have a letter about it.
        early_deadline_on: Some(LocalDate(date(2026, 4, 8))),
        registration_deadline_on: Some(LocalDate(date(2026, 5, 6))),
        payment_days: 14,
        currency: "USD".to_owned(),
        processing_fee_minor: Some(1000),
        series_position: Some(2),
        centre: Some("Harvard Medical School Center for Palliative Care".to_owned()),
        contact_email: Some("course-office@example.org".to_owned()),
        credit_headline: Some("16.00 AMA PRA Category 1 Credit(s)™".to_owned()),
        published_at: Some(entered_at),
        ..course::Model::blank(id(1), entered_at)
    }
}

pub(super) fn rules(applies_from: Instant) -> Vec<reminder_rule::Model> {
    let copied = |(place, rule): (i16, DefaultRule)| {
        rule.copied(id(0x100 + u128::from(place.unsigned_abs())), id(1), place, applies_from)
    };
    (1..).zip(DEFAULT_RULES).map(copied).collect()
}

/// The agenda: day of May, start and end (hour, minute), kind, name, and whether it is taught in both tracks
/// at once.
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
    (
        14,
        (14, 30),
        (16, 30),
        Kind::Practice,
        "Exploring Values and Preferences and Making Recommendations: Practice",
        false,
    ),
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
    (
        15,
        (15, 30),
        (16, 15),
        Kind::SmallGroup,
        "Community Building and Self Reflection (Small Groups)",
        false,
    ),
    (15, (16, 15), (16, 30), Kind::Plenary, "Closing", false),
];

pub(super) fn sessions(zone: &Zone) -> Vec<SessionFacts> {
    let session = |(number, (day, from, to, kind, title, tracks)): (u8, Row)| {
        let at = |(hour, minute)| {
            at_wall_time(LocalDate(date(2026, 5, day)), time(hour, minute, 0, 0).into(), zone)
        };
        let join_url = kind.teaches().then(|| "https://meet.example.org/core-practice".to_owned());
        let (session_id, course_id, slug) =
            (id(0x200 + u128::from(number)), id(1), format!("session-{number}"));
        let session = session::Model {
            slug,
            title: title.to_owned(),
            kind,
            join_url,
            ..session::Model::blank(session_id, course_id, (at(from), at(to)))
        };
        SessionFacts { session, track_ids: if tracks { vec![id(0x10), id(0x11)] } else { Vec::new() } }
    };
    (1..).zip(ROWS).map(session).collect()
}
