//! A course is drafted.

use serde_json::{Value, json};

use super::{COURSE, OFFERS, last_act, read, two_organizations};
use crate::support::stories;

fn input() -> Value {
    json!({ "slug": "grief", "title": "Grief", "format": "LIVE_ONLINE", "timeZone": "America/New_York", "startsOn": "2026-09-01",
        "endsOn": "2026-09-02", "offeredBy": [OFFERS], "currency": "USD" })
}

fn with(more: Value) -> Value {
    let mut input = input();
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    input
}

stories! {
    async fn a_draft_is_made_with_the_default_rules_and_seen_by_its_staff_alone(app at "2026-04-01T12:00-04:00") {
        let (ours, theirs) = two_organizations(&app).await;
        let more = json!({ "summary": "How to be with grief.", "registrationDeadline": "2026-08-20", "capacity": 30, "processingFee": "10",
            "prices": [{ "professionCode": "nurse", "regular": "100.00", "early": "90.00" }], "objectives": ["Listen"], "topics": ["Grief"],
            "audiences": [{ "name": "Nurses", "professionCode": "nurse" }], "competencies": [{ "name": "IOM", "competencies": ["Care"] }],
            "credits": [{ "typeCode": "nursing_contact_hours", "label": "Contact hours", "amount": "6.5", "parts": [{ "label": "Law", "amount": "1" }], "requirements": [{ "kind": "PARTICIPATION" }] }],
            "statements": [{ "kind": "DISCLAIMER", "text": "No *advice*." }], "series": { "series": "palliative-care", "position": 3 },
            "registrationOpensAt": "2026-05-01T13:00:00Z", "accreditedBy": ["harvard-medical-school"] });
        let made = ours.does(&app, "createCourse", with(more), COURSE).await;
        assert_eq!(
            (&made["slug"], &made["status"], &made["version"]),
            (&json!("grief"), &json!("DRAFT"), &json!(1)),
            "{made}"
        );
        let facts = "summary topics objectives audiences competencies { name competencies } seats { capacity } processingFee { amount }
            prices { profession { code } regular { amount } early { amount } } credits { label amount parts { amount } requirements { kind } }
            statements { kind text version } series { position series { slug } } registrationWindow { opensAt deadline } accreditedBy { slug }
            offeredBy { slug } reminderRules { slug }";
        let read = read(&app, &ours, "grief", facts).await;
        assert_eq!(
            read["series"],
            json!({ "position": 3, "series": { "slug": "palliative-care" } }),
            "{read}"
        );
        assert_eq!(
            read["registrationWindow"],
            json!({ "opensAt": "2026-05-01T13:00:00Z", "deadline": "2026-08-20" })
        );
        assert_eq!(
            read["credits"][0],
            json!({ "label": "Contact hours", "amount": "6.50", "parts": [{ "amount": "1.00" }], "requirements": [{ "kind": "PARTICIPATION" }] })
        );
        assert_eq!(read["prices"][0]["early"]["amount"], "90.00");
        assert_eq!(
            (&read["accreditedBy"][0]["slug"], &read["offeredBy"][0]["slug"]),
            (&json!("harvard-medical-school"), &json!(OFFERS))
        );
        assert_eq!(
            read["reminderRules"].as_array().expect("rules").len(),
            entity::mailing::DEFAULT_RULES.len()
        );
        for (person, who) in [(Some(&theirs), "other staff"), (None, "the signed-out")] {
            let found = app
                .asks(
                    person.map(|person| person.token.as_str()),
                    "{ course(slug: \"grief\") { id } }",
                    json!({}),
                )
                .await;
            assert_eq!(found["course"], Value::Null, "{who}");
        }
        let (row, _) = last_act(&app).await;
        assert_eq!(
            (row.act.as_str(), row.subject_type.as_str(), row.course_id),
            ("createCourse", "course", Some(row.subject_id))
        );
        assert!(row.actor_id.is_some() && row.actor.contains("ours@example.org"), "{row:?}");
        assert_eq!(row.after.expect("what it became")["course"]["title"], "Grief");
    }

    async fn what_cannot_be_made_is_refused_with_every_mistake(app at "2026-04-01T12:00-04:00") {
        let (ours, theirs) = two_organizations(&app).await;
        let wrong = with(
            json!({ "slug": "Not good", "endsOn": "2026-08-01", "contactEmail": "nobody", "registrationSite": "https://x/",
            "prices": [{ "professionCode": "nurse", "regular": "1.00", "early": "2.00" }, { "professionCode": "nurse", "regular": "1.00" }] }),
        );
        let no = ours.does(&app, "createCourse", wrong, COURSE).await;
        assert_eq!(no["code"], "INVALID_INPUT", "{no}");
        let paths: Vec<String> = no["details"]
            .as_array()
            .expect("details")
            .iter()
            .map(|row| {
                row["path"]
                    .as_array()
                    .expect("a path")
                    .iter()
                    .map(|part| part.as_str().expect("text"))
                    .collect::<Vec<_>>()
                    .join(".")
            })
            .collect();
        assert_eq!(
            paths,
            [
                "slug",
                "endsOn",
                "contactEmail",
                "registrationSite",
                "prices.0.early",
                "prices.1.professionCode"
            ],
            "{no}"
        );
        assert_eq!(no["path"], json!(["slug"]));
        assert!(no["details"].as_array().expect("details").iter().all(|row| row["line"].is_null()));
        let taken = ours.does(&app, "createCourse", with(json!({ "slug": "others" })), COURSE).await;
        assert_eq!(
            (&taken["message"], &taken["path"]),
            (&json!("This slug is taken."), &json!(["slug"])),
            "{taken}"
        );
        let unknown =
            ours.does(&app, "createCourse", with(json!({ "offeredBy": [OFFERS, "nobody"] })), COURSE).await;
        assert_eq!(unknown["path"], json!(["offeredBy", "1"]), "{unknown}");
        let not_mine = theirs.does(&app, "createCourse", input(), COURSE).await;
        assert_eq!(
            (&not_mine["code"], &not_mine["path"]),
            (&json!("INVALID_INPUT"), &json!(["offeredBy"])),
            "{not_mine}"
        );
        for day in ["0001-01-01", "9999-12-31"] {
            let far = ours
                .does(&app, "createCourse", with(json!({ "startsOn": day, "endsOn": day })), COURSE)
                .await;
            assert_eq!(far["path"], json!(["startsOn"]), "{far}");
        }
        let learner = app.signs_in("nurse@example.org").await;
        assert_eq!(learner.does(&app, "createCourse", input(), COURSE).await["code"], "FORBIDDEN");
        assert_eq!(app.does(None, "createCourse", input(), COURSE).await["code"], "UNAUTHENTICATED");
    }
}
