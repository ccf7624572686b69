//! Every fact of the reference course can be read.

use serde_json::{Value, json};

use super::{each, page, variant};
use crate::support::stories;

const HAN: &str = "Harry Han";
const DOW: &str = "Lindsay Dow";
const BATTISTA: &str = "Vanessa Battista";
const BLOOMHARDT: &str = "Hadley Bloomhardt";

/// A row of the agenda: start, end, kind, title, whether it is taught in two tracks, who speaks.
type Row = (&'static str, &'static str, &'static str, &'static str, bool, &'static [&'static str]);

const FIRST_DAY: [Row; 10] = [
    (
        "10:00",
        "10:30",
        "PLENARY",
        "Welcome to the Core Principles of Palliative Care",
        false,
        &[HAN, DOW, BATTISTA, BLOOMHARDT],
    ),
    ("10:30", "11:15", "TALK", "The Frame of Palliative Care", false, &[BATTISTA, HAN, BLOOMHARDT, DOW]),
    ("11:15", "11:30", "BREAK", "Break", false, &[]),
    ("11:30", "12:30", "TALK", "Scaffolds for a Comprehensive Palliative Care Assessment", true, &[]),
    ("12:30", "13:30", "MEAL", "Lunch", false, &[]),
    ("13:30", "14:30", "TALK", "Scaffolds for a Comprehensive Palliative Care Assessment", true, &[]),
    ("14:30", "14:45", "BREAK", "Break", false, &[]),
    ("14:45", "15:45", "TALK", "Clinical Trajectories for Patients with Serious Illness", true, &[]),
    ("15:45", "16:00", "TRANSITION", "Transition", false, &[]),
    ("16:00", "17:00", "SMALL_GROUP", "Small Group Community Building and Reflection", false, &[]),
];

const SECOND_DAY: [Row; 9] = [
    ("10:00", "10:15", "PLENARY", "Welcome Back", false, &[HAN, BATTISTA, BLOOMHARDT, DOW]),
    ("10:15", "10:45", "TALK", "Delivering Serious News", false, &[DOW]),
    ("10:45", "11:15", "SMALL_GROUP", "Small Group Start-Up", false, &[]),
    ("11:15", "13:00", "PRACTICE", "Delivering Serious News -- Practice", false, &[]),
    ("13:00", "14:00", "MEAL", "Lunch", false, &[]),
    ("14:00", "14:30", "TALK", "Exploring Values and Preferences and Making Recommendations", false, &[DOW]),
    (
        "14:30",
        "16:30",
        "PRACTICE",
        "Exploring Values and Preferences and Making Recommendations: Practice",
        false,
        &[],
    ),
    ("16:30", "16:45", "SMALL_GROUP", "Small Group Reflection", false, &[]),
    ("16:45", "17:00", "PLENARY", "Large Group Close", false, &[]),
];

const THIRD_DAY: [Row; 11] = [
    ("10:00", "10:15", "PLENARY", "Welcome Back", false, &[BATTISTA, HAN, BLOOMHARDT, DOW]),
    ("10:15", "11:30", "TALK", "Pain", true, &[]),
    ("11:30", "11:45", "BREAK", "Break", false, &[]),
    ("11:45", "12:30", "TALK", "Dyspnea", true, &[]),
    ("12:30", "13:30", "MEAL", "Lunch", false, &[]),
    ("13:30", "14:00", "TALK", "GI (Nausea/Vomiting, Constipation)", true, &[]),
    ("14:00", "14:30", "TALK", "Depression/Anxiety/Adjustment", true, &[]),
    ("14:30", "14:45", "BREAK", "Break", false, &[]),
    ("14:45", "15:30", "TALK", "Caring for the Dying Patient", true, &[]),
    ("15:30", "16:15", "SMALL_GROUP", "Community Building and Self Reflection (Small Groups)", false, &[]),
    ("16:15", "16:30", "PLENARY", "Closing", false, &[BATTISTA, HAN, BLOOMHARDT, DOW]),
];

/// What the API should tell of a row on `date`.
fn told(date: &str, (start, end, kind, title, tracks, faculty): &Row) -> Value {
    let tracks: &[&str] = if *tracks { &["Adult", "Pediatric"] } else { &[] };
    // In May, New York is four hours behind UTC.
    let utc = |time: &str| {
        let (hours, minutes) = time.split_once(':').expect("a time");
        format!("{date}T{:02}:{minutes}:00Z", hours.parse::<u32>().expect("hours") + 4)
    };
    json!({
        "title": title, "kind": kind, "date": date, "startTime": start, "endTime": end, "startsAt": utc(start), "endsAt": utc(end),
        "tracks": tracks.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "faculty": faculty.iter().map(|name| json!({ "role": "SPEAKER", "member": { "name": name } })).collect::<Vec<_>>(),
    })
}

fn without_ids(rows: &Value) -> Vec<Value> {
    let mut rows = rows.as_array().expect("rows").clone();
    rows.iter_mut().for_each(|row| drop(row.as_object_mut().expect("a row").remove("id")));
    rows
}

stories! {
    async fn the_agenda_has_thirty_rows_on_three_days_in_the_time_of_the_course(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        let days = page["days"].as_array().expect("days");
        assert_eq!(each(&page["days"], "date"), ["2026-05-13", "2026-05-14", "2026-05-15"]);
        let agenda: [&[Row]; 3] = [&FIRST_DAY, &SECOND_DAY, &THIRD_DAY];
        for (day, rows) in days.iter().zip(agenda) {
            let date = day["date"].as_str().expect("a date");
            let expected: Vec<Value> = rows.iter().map(|row| told(date, row)).collect();
            assert_eq!(without_ids(&day["sessions"]), expected, "{date}");
        }
        let of_days: Vec<String> = days.iter().flat_map(|day| each(&day["sessions"], "id")).collect();
        assert_eq!(
            (each(&page["sessions"]["nodes"], "id"), &page["sessions"]["totalCount"]),
            (of_days, &json!(30)),
            "the same in both lists"
        );
        assert_eq!(
            (&page["startsAt"], &page["endsAt"]),
            (&json!("2026-05-13T14:00:00Z"), &json!("2026-05-15T20:30:00Z"))
        );
        assert_eq!((&page["startsOn"], &page["endsOn"]), (&json!("2026-05-13"), &json!("2026-05-15")));
    }

    async fn the_head_of_the_page_says_what_the_course_is_and_whose(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        for (field, expected) in [
            ("title", "Core Practice of Palliative Care"),
            ("kind", "Continuing Education"),
            ("status", "PUBLISHED"),
            ("format", "LIVE_ONLINE"),
            ("lengthLabel", "Three Days"),
            ("timeZone", "America/New_York"),
            ("centre", "Harvard Medical School Center for Palliative Care"),
            ("contactEmail", "pallcare@partners.org"),
            ("registrationSite", "cmeregistration.hms.harvard.edu"),
            ("creditHeadline", "16.00 AMA PRA Category 1 Credit(s)™"),
        ] {
            assert_eq!(page[field], expected, "{field}");
        }
        assert!(
            page["summary"].as_str().is_some_and(|text| !text.is_empty())
                && page["overview"].as_str().is_some_and(|text| text.contains("\n\n"))
        );
        assert_eq!(each(&page["offeredBy"], "name"), ["Beth Israel Deaconess Medical Center"]);
        assert_eq!(each(&page["accreditedBy"], "name"), ["Harvard Medical School"]);
        assert_eq!(each(&page["directors"], "name"), [HAN, DOW, BATTISTA, BLOOMHARDT]);
        assert_eq!(
            (each(&page["faculty"]["nodes"], "name"), &page["faculty"]["totalCount"]),
            (each(&page["directors"], "name"), &json!(4))
        );
        assert_eq!(each(&page["tracks"], "name"), ["Adult", "Pediatric"]);
        assert_eq!(page["viewerRegistration"], Value::Null);
    }

    async fn what_is_learned_and_by_whom_is_in_order(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        let objectives = page["objectives"].as_array().expect("objectives");
        assert_eq!(objectives.len(), 4);
        for (objective, word) in objectives.iter().zip([
            "framework",
            "simulated patients",
            "community of peers",
            "reflective practice",
        ]) {
            assert!(objective.as_str().expect("a text").to_lowercase().contains(word), "{objective}");
        }
        assert_eq!(
            json!(each(&page["learningObjectives"], "text")),
            page["objectives"],
            "with ids and without"
        );
        assert_eq!(
            page["domains"],
            json!([
                "Whole-Person Assessment and Management",
                "Serious Illness Communication",
                "Community Building and Self-Reflection"
            ])
        );
        assert_eq!(
            page["audiences"],
            json!([
                "Primary Care Physicians",
                "Pharmacists",
                "Physician Assistants",
                "Psychologists",
                "Nurses",
                "Nurse Practitioners",
                "Specialty Physicians",
                "Social Workers",
                "Chaplains",
                "Psychiatrists",
                "Others"
            ])
        );
        assert_eq!(
            page["competencies"],
            json!([
                { "name": "Institute of Medicine", "competencies": ["Provide Patient-Centered Care", "Work in Interdisciplinary Teams",
                    "Employ Evidence-Based Practice", "Apply Quality Improvement", "Utilize Informatics"] },
                { "name": "ABMS/ACGME", "competencies": ["Patient Care and Procedural Skills", "Medical Knowledge", "Practice-Based Learning and Improvement",
                    "Professionalism", "Systems-Based Practice", "Interpersonal and Communication Skills"] },
            ])
        );
        assert_eq!(page["topics"].as_array().expect("topics").len(), 10);
        let mut series = page["series"].clone();
        assert!(
            series["series"]["summary"].as_str().expect("a summary").contains("not a prerequisite"),
            "{series}"
        );
        series["series"]["summary"] = Value::Null;
        assert_eq!(
            series,
            json!({ "position": 2, "of": 3, "series": { "title": "Palliative Care Series", "length": 3, "summary": null,
            "legacyTitle": "Palliative Care Education and Practice (PCEP)",
            "parts": [
                { "position": 1, "title": "Foundations of Palliative Care", "runs": [{ "month": "2025-10", "format": "IN_PERSON" }, { "month": "2026-01", "format": "LIVE_ONLINE" }] },
                { "position": 2, "title": "Core Practice of Palliative Care", "runs": [] },
            ] } })
        );
    }

    async fn prices_say_who_pays_what_and_what_counts_today(app with the course at "2026-04-01T12:00-04:00") {
        let page = page(&app).await;
        let prices: Vec<Value> = page["prices"]
            .as_array()
            .expect("prices")
            .iter()
            .map(|price| {
                assert_eq!(
                    (&price["regular"]["amount"], &price["early"]["amount"]),
                    (&json!("1995.00"), &json!("1795.50"))
                );
                assert_eq!(
                    price["current"],
                    json!({ "amount": "1995.00", "currency": "USD", "formatted": "$1,995.00" }),
                    "no early deadline, no early price"
                );
                json!([price["profession"]["code"], price["label"], price["audiences"]])
            })
            .collect();
        assert_eq!(
            prices,
            [
                json!([
                    "physician",
                    "Physician (MD/DO)",
                    ["Primary Care Physicians", "Specialty Physicians", "Psychiatrists"]
                ]),
                json!(["nurse", "Nurse (RN/APRN)", ["Nurses", "Nurse Practitioners"]]),
                json!(["physician_assistant", "PA", ["Physician Assistants"]]),
                json!(["psychologist", "Psychologist", ["Psychologists"]]),
                json!(["resident_fellow", "Resident/Fellow", []]),
                json!(["social_worker", "Social Worker", ["Social Workers"]]),
                json!([
                    "allied_health_other",
                    "Allied Health Professional / Other",
                    ["Pharmacists", "Chaplains", "Others"]
                ]),
            ]
        );
        assert_eq!(page["processingFee"], json!({ "amount": "10.00", "formatted": "$10.00" }));
        assert_eq!(
            page["registrationWindow"],
            json!({ "state": "OPEN", "opensAt": null, "earlyDeadline": null, "earlyEndsAt": null,
            "deadline": "2026-05-06", "closesAt": "2026-05-07T04:00:00Z" })
        );
        assert_eq!(page["seats"], Value::Null, "seats are not limited");
    }

    async fn an_early_price_counts_to_the_last_second_of_its_last_day(app at "2026-04-10T23:59:59-04:00") {
        app.imports(&variant(crate::support::SAMPLE_SLUG, |file| {
            file.registration.early_deadline = Some("2026-04-10".parse().expect("a day"));
            file.registration.capacity = Some(40);
        }))
        .await;
        let early = page(&app).await;
        assert_eq!(
            (&early["prices"][0]["current"]["amount"], &early["registrationWindow"]["state"]),
            (&json!("1795.50"), &json!("OPEN_EARLY"))
        );
        assert_eq!(early["registrationWindow"]["earlyEndsAt"], "2026-04-11T04:00:00Z");
        assert_eq!(early["seats"], json!({ "capacity": 40, "available": 40 }));
        app.nature.move_to(crate::support::time::at("2026-04-11T00:00:00-04:00"));
        let late = page(&app).await;
        assert_eq!(
            (&late["prices"][0]["current"]["amount"], &late["registrationWindow"]["state"]),
            (&json!("1995.00"), &json!("OPEN"))
        );
    }
}
