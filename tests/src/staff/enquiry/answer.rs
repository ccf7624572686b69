//! The staff who see enquiries and answer them, and everybody else, who does not.

use entity::Nature;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{asks, course_id, enquires, other_course, proof};
use crate::support::{Person, SAMPLE_SLUG, TestApp, stories};

const ANSWERED: &str = "enquiry { __typename id answer answeredAt answeredBy { email } notices(first: 10) { nodes { letter dueAt } } }";

/// Every way in which an enquiry could be found.
const EVERYWHERE: &str = "query($id: ID!, $notice: ID!, $slug: String!) {
    node(id: $id) { id }
    notice: node(id: $notice) { id }
    course(slug: $slug) { enquiries(first: 10) { totalCount nodes { id } } }
    enquiries(first: 10) { totalCount nodes { id email course { slug } } } }";

async fn listed(app: &TestApp, staff: &Person, filter: Value) -> Vec<String> {
    let query =
        "query($filter: EnquiryFilter) { enquiries(first: 100, filter: $filter) { nodes { email } } }";
    let data = staff.asks(app, query, json!({ "filter": filter })).await;
    data["enquiries"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["email"].as_str().expect("an address").to_owned())
        .collect()
}

async fn newest(app: &TestApp, staff: &Person) -> Value {
    let query = "{ enquiries(first: 1) { nodes { id notices { nodes { id letter } } } } }";
    staff.asks(app, query, json!({})).await["enquiries"]["nodes"][0].clone()
}

stories! {
    async fn staff_see_the_enquiries_of_their_own_courses_and_nobody_else_any(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&other_course()).await;
        enquires(&app, "ada@example.org", true).await;
        app.works().await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let office = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let enquiry = newest(&app, &ours).await;
        let variables = json!({ "id": enquiry["id"], "notice": enquiry["notices"]["nodes"][0]["id"], "slug": SAMPLE_SLUG });
        for staff in [&ours, &office] {
            let seen = staff.asks(&app, EVERYWHERE, variables.clone()).await;
            let one = json!({ "totalCount": 1, "nodes": [{ "id": enquiry["id"] }] });
            assert_eq!(
                (&seen["node"]["id"], &seen["notice"]["id"], &seen["course"]["enquiries"]),
                (&variables["id"], &variables["notice"], &one)
            );
            assert_eq!(
                seen["enquiries"]["nodes"],
                json!([{ "id": enquiry["id"], "email": "ada@example.org", "course": { "slug": SAMPLE_SLUG } }])
            );
        }
        let nothing = json!({ "node": null, "notice": null, "course": { "enquiries": null }, "enquiries": { "totalCount": 0, "nodes": [] } });
        for person in [Some(&theirs), Some(&ada), None] {
            let token = person.map(|person| person.token.as_str());
            assert_eq!(app.asks(token, EVERYWHERE, variables.clone()).await, nothing, "{person:?}");
        }
        let input = json!({ "enquiryId": enquiry["id"], "answer": "No." });
        for person in [&theirs, &ada] {
            assert_eq!(
                person.does(&app, "answerEnquiry", input.clone(), ANSWERED).await["code"],
                "NOT_FOUND"
            );
        }
        assert_eq!(app.does(None, "answerEnquiry", input, ANSWERED).await["code"], "UNAUTHENTICATED");
    }

    async fn an_enquiry_is_answered_once_and_on_record(app with the course at "2026-04-01T12:00-04:00") {
        enquires(&app, "ada@example.org", false).await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let enquiry = newest(&app, &staff).await;
        app.travels_to("2026-04-02T09:00-04:00").await;
        assert_eq!(listed(&app, &staff, json!({ "answered": false })).await, ["ada@example.org"]);
        let answers = async |text: &str| {
            staff
                .does(&app, "answerEnquiry", json!({ "enquiryId": enquiry["id"], "answer": text }), ANSWERED)
                .await
        };
        for text in ["  ", "\u{0}", &"a".repeat(20_001)] {
            let refused = answers(text).await;
            assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!(["answer"])));
        }
        let (one, other) = tokio::join!(answers("**Yes**, there is."), answers("No, there is not."));
        let (won, lost) = if one["__typename"] == "Enquiry" { (one, other) } else { (other, one) };
        assert_eq!(
            (&won["answeredAt"], &won["answeredBy"]["email"]),
            (&json!("2026-04-02T13:00:00Z"), &json!("ours@example.org")),
            "{won}"
        );
        assert_eq!(lost["code"], "ENQUIRY_ALREADY_ANSWERED");
        assert_eq!(listed(&app, &staff, json!({ "answered": false })).await, Vec::<String>::new());

        use sea_orm::ColumnTrait;
        let acts = entity::audit::Entity::find()
            .filter(entity::audit::Column::Act.eq("answerEnquiry"))
            .all(app.db())
            .await
            .expect("rows");
        assert_eq!(acts.len(), 1);
        assert_eq!(
            (acts[0].after.clone(), acts[0].actor.as_str()),
            (Some(json!({ "answer": won["answer"] })), "ours@example.org")
        );
        app.works().await;
        let query =
            "query($id: ID!) { node(id: $id) { ... on Enquiry { notices { nodes { letter dueAt } } } } }";
        let data = staff.asks(&app, query, json!({ "id": enquiry["id"] })).await;
        let letters = json!([{ "letter": "INFORMATION_REQUESTED", "dueAt": "2026-04-01T16:00:00Z" }, { "letter": "ENQUIRY_ANSWERED", "dueAt": "2026-04-02T13:00:00Z" }]);
        assert_eq!(data["node"]["notices"]["nodes"], letters);
    }

    async fn enquiries_are_found_by_words_and_by_page(app with the course at "2026-04-01T12:00-04:00") {
        let course = course_id(&app, SAMPLE_SLUG).await;
        for (number, (name, question)) in
            [("Élan Vital", None), ("Ada", Some("Is it 100% online?")), ("Bob", Some("Élan vital?"))]
                .into_iter()
                .enumerate()
        {
            let input = json!({ "courseId": course, "name": name, "email": format!("p{number}@example.org"), "question": question, "proof": proof(&app, &course).await });
            assert_eq!(asks(&app, "192.0.2.1", input).await["__typename"], "InformationRequest");
            app.nature.move_to(app.nature.now().plus_seconds(1));
        }
        let staff = app.staff("office@example.org").await;
        for (text, found) in [
            ("élan VITAL", vec!["p2@example.org", "p0@example.org"]),
            ("100%", vec!["p1@example.org"]),
            ("P1@", vec!["p1@example.org"]),
            ("nobody", vec![]),
        ] {
            assert_eq!(listed(&app, &staff, json!({ "text": text })).await, found, "{text}");
        }
        let query = "query($after: String) { enquiries(first: 2, after: $after) { totalCount nodes { name profession { code } consent { version } hasRegistered unsubscribedAt } pageInfo { endCursor hasNextPage } } }";
        let first = staff.asks(&app, query, json!({})).await["enquiries"].clone();
        assert_eq!(
            (&first["totalCount"], &first["nodes"][0]["name"], &first["pageInfo"]["hasNextPage"]),
            (&json!(3), &json!("Bob"), &json!(true))
        );
        let second =
            staff.asks(&app, query, json!({ "after": first["pageInfo"]["endCursor"] })).await["enquiries"]
                .clone();
        assert_eq!(
            second["nodes"],
            json!([{ "name": "Élan Vital", "profession": null, "consent": null, "hasRegistered": false, "unsubscribedAt": null }])
        );
    }
}
