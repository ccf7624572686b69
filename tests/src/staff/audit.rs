//! The audit trail: read by those whom it concerns, changed by nobody.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{SAMPLE, said, stories};

const TRAIL: &str = "query($filter: AuditFilter, $first: Int, $after: String) { audit(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id at actor act subjectType subjectId course { slug } before after } } }";

fn acts(trail: &Value) -> Vec<&str> {
    let nodes = trail["audit"]["nodes"].as_array().unwrap_or_else(|| panic!("{trail}"));
    nodes.iter().map(|node| node["act"].as_str().expect("an act")).collect()
}

stories! {
    async fn what_was_done_is_seen_by_those_whom_it_concerns(app with the course at "2026-04-01T12:00-04:00") {
        let mut file = lectern::course_file::parse(SAMPLE).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        file.course.slug = said("of-the-school");
        file.course.offered_by = vec![said("harvard-medical-school")];
        file.organizations.retain(|organization| organization.slug == "harvard-medical-school");
        app.imports(&lectern::course_file::print(&file)).await;
        let office = app.staff("office@example.org").await;
        let hospital = app.staff_of("hospital@example.org", Some("beth-israel-deaconess")).await;
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let learner = app.signs_in("ada@example.org").await;
        let started = learner.registers(&app, "nurse").await;
        app.nature.move_to(crate::support::time::at("2026-04-01T13:00-04:00"));
        hospital.records_payment(&app, &started).await;

        let all = office.asks(&app, TRAIL, json!({ "first": 100 })).await;
        assert_eq!(all["audit"]["totalCount"], 6, "two imports, three roles, a payment: {all:#}");
        let payment = &all["audit"]["nodes"][0];
        assert_eq!(
            (&payment["act"], &payment["actor"], &payment["at"]),
            (&json!("recordPayment"), &json!("hospital@example.org"), &json!("2026-04-01T17:00:00Z"))
        );
        assert_eq!(
            (&payment["before"]["status"], &payment["after"]["status"]),
            (&json!("started"), &json!("confirmed"))
        );
        assert_eq!(
            (&payment["subjectType"], &payment["subjectId"], &payment["course"]["slug"]),
            (&json!("registration"), &started["id"], &json!("core-practice-of-palliative-care"))
        );

        let of_hospital = hospital.asks(&app, TRAIL, json!({})).await;
        assert_eq!(
            (acts(&of_hospital), &of_hospital["audit"]["totalCount"]),
            (vec!["recordPayment", "importCourse"], &json!(2))
        );
        let of_school = school.asks(&app, TRAIL, json!({})).await;
        assert_eq!((acts(&of_school), &of_school["audit"]["totalCount"]), (vec!["importCourse"], &json!(1)));
        assert_eq!(learner.asks(&app, TRAIL, json!({})).await["audit"], Value::Null);
        assert_eq!(app.asks(None, TRAIL, json!({})).await["audit"], Value::Null);

        let of_course =
            "query($slug: String!) { course(slug: $slug) { id audit { totalCount nodes { act } } } }";
        let slug = json!({ "slug": "core-practice-of-palliative-care" });
        for (person, expected) in
            [(&office, json!(2)), (&hospital, json!(2)), (&school, Value::Null), (&learner, Value::Null)]
        {
            assert_eq!(
                person.asks(&app, of_course, slug.clone()).await["course"]["audit"]["totalCount"],
                expected,
                "{}",
                person.email
            );
        }
        let node = "query($id: ID!) { node(id: $id) { __typename id ... on AuditEntry { act } } nodes(ids: [$id]) { id } }";
        for (person, seen) in [(&office, true), (&hospital, true), (&school, false), (&learner, false)] {
            let found = person.asks(&app, node, json!({ "id": payment["id"] })).await;
            assert_eq!(
                (found["node"]["act"] == "recordPayment", found["nodes"][0]["id"] == payment["id"]),
                (seen, seen),
                "{}",
                person.email
            );
        }

        let course = office.asks(&app, of_course, slug).await["course"]["id"].clone();
        let hospital_id =
            hospital.asks(&app, "{ viewer { learner { id } } }", json!({})).await["viewer"]["learner"]["id"]
                .clone();
        for (filter, expected) in [
            (json!({ "act": ["recordPayment", "none"] }), 1),
            (json!({ "act": [] }), 0),
            (json!({ "actorId": hospital_id }), 1),
            (json!({ "actorId": course }), 0),
            (json!({ "actor": "HOSPITAL@" }), 1),
            (json!({ "courseId": course }), 2),
            (json!({ "from": "2026-04-01T17:00:00Z" }), 1),
            (json!({ "before": "2026-04-01T17:00:00Z" }), 5),
            (json!({ "courseId": course, "before": "2026-04-01T17:00:00Z" }), 1),
        ] {
            assert_eq!(
                office.asks(&app, TRAIL, json!({ "filter": filter })).await["audit"]["totalCount"],
                expected,
                "{filter}"
            );
        }
        let (mut seen, mut after) = (0, Value::Null);
        loop {
            let page = office.asks(&app, TRAIL, json!({ "first": 2, "after": after })).await;
            seen += acts(&page).len();
            if page["audit"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["audit"]["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, 6);
    }

    async fn what_was_done_cannot_be_undone_in_the_books(app with the course at "2026-04-01T12:00-04:00") {
        for statement in ["update audit set actor = 'nobody'", "delete from audit"] {
            let refused = app.db().execute_unprepared(statement).await.expect_err(statement);
            assert!(refused.to_string().contains("audit rows cannot be"), "{refused}");
        }
        let office = app.staff("office@example.org").await;
        let trail = office.asks(&app, TRAIL, json!({ "filter": { "act": ["importCourse"] } })).await;
        assert_eq!(trail["audit"]["totalCount"], 1);
    }
}
