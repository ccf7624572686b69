//! Rosters: filtered, ordered, and seen by those who run the course alone.

use serde_json::{Value, json};

use crate::support::{Person, TestApp, stories};

const LIST: &str =
    "query($filter: RegistrationFilter, $order: RegistrationOrder, $first: Int, $after: String) {
    registrations(filter: $filter, orderBy: $order, first: $first, after: $after) {
        totalCount edges { cursor node { learner { email } } } pageInfo { hasNextPage endCursor } } }";

/// The people of a list, in its order.
fn people(list: &Value) -> Vec<&str> {
    let edges = list["registrations"]["edges"].as_array().unwrap_or_else(|| panic!("{list}"));
    edges
        .iter()
        .map(|edge| {
            edge["node"]["learner"]["email"].as_str().expect("an address").trim_end_matches("@example.org")
        })
        .collect()
}

/// Somebody called so, in the track of this number.
async fn comes(
    app: &TestApp,
    who: &str,
    name: Option<&str>,
    profession: &str,
    track: usize,
) -> (Person, Value) {
    let person = app.signs_in(&format!("{who}@example.org")).await;
    if let Some(name) = name {
        person.does(app, "updateProfile", json!({ "name": name }), "").await;
    }
    let data = app
        .asks(None, "{ course(slug: \"core-practice-of-palliative-care\") { id tracks { id } } }", json!({}))
        .await;
    let course = &data["course"];
    let input = json!({ "courseId": course["id"], "trackId": course["tracks"][track]["id"], "professionCode": profession });
    let registration = person.registers_for(app, input).await;
    app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
    (person, registration)
}

/// Walks through a list one by one; returns its people.
async fn walk(app: &TestApp, staff: &Person, order: Value) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = staff.asks(app, LIST, json!({ "order": order, "first": 1, "after": after })).await;
        seen.extend(people(&page).into_iter().map(str::to_owned));
        if page["registrations"]["pageInfo"]["hasNextPage"] == false {
            return seen;
        }
        after = page["registrations"]["pageInfo"]["endCursor"].clone();
    }
}

stories! {
    async fn a_roster_is_filtered_and_ordered(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let (_, ada) = comes(&app, "ada", Some("Zoë Adams"), "nurse", 0).await;
        let (_, _bob) = comes(&app, "bob", Some("Bob Young"), "physician", 1).await;
        let (_, cyd) = comes(&app, "cyd", Some("alma Cruz"), "nurse", 1).await;
        let (_, _dan) = comes(&app, "dan", None, "chaplain", 1).await;
        staff.records_payment(&app, &cyd).await;
        app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
        staff.records_payment(&app, &ada).await;

        for (field, up) in [
            ("STARTED_AT", vec!["ada", "bob", "cyd", "dan"]),
            ("LEARNER_NAME", vec!["cyd", "bob", "dan", "ada"]),
        ] {
            let mut expected = up.clone();
            assert_eq!(walk(&app, &staff, json!({ "field": field })).await, expected, "{field}");
            expected.reverse();
            assert_eq!(
                walk(&app, &staff, json!({ "field": field, "direction": "DESC" })).await,
                expected,
                "{field} down"
            );
        }
        let confirmed = walk(&app, &staff, json!({ "field": "CONFIRMED_AT" })).await;
        assert_eq!(confirmed[..2], ["cyd", "ada"]);
        assert_eq!(walk(&app, &staff, json!({ "field": "CODE" })).await.len(), 4);
        let newest = staff.asks(&app, LIST, json!({})).await;
        assert_eq!(people(&newest), ["dan", "cyd", "bob", "ada"]);

        let by_name =
            staff.asks(&app, LIST, json!({ "order": { "field": "LEARNER_NAME" }, "first": 1 })).await;
        let cursor = &by_name["registrations"]["pageInfo"]["endCursor"];
        let mixed = app
            .answers(Some(&staff.token), LIST, json!({ "order": { "field": "CODE" }, "after": cursor }))
            .await;
        assert_eq!(
            mixed["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "a cursor is good for one order alone"
        );

        let data = app
            .asks(
                None,
                "{ course(slug: \"core-practice-of-palliative-care\") { id tracks { id } } }",
                json!({}),
            )
            .await;
        let pediatric = &data["course"]["tracks"][1]["id"];
        let now = entity::Nature::now(&*app.nature).to_string();
        for (filter, expected) in [
            (json!({ "trackId": pediatric }), vec!["bob", "cyd", "dan"]),
            (json!({ "trackId": pediatric, "status": ["CONFIRMED"] }), vec!["cyd"]),
            (json!({ "trackId": data["course"]["id"] }), vec![]),
            (json!({ "text": "ZOË" }), vec!["ada"]),
            (json!({ "text": ada["code"] }), vec!["ada"]),
            (json!({ "text": "%" }), vec![]),
            (json!({ "professionCode": ["nurse", "chaplain"] }), vec!["ada", "cyd", "dan"]),
            (json!({ "status": [] }), vec![]),
            (json!({ "confirmedFrom": "2026-04-01T00:00:00Z" }), vec!["ada", "cyd"]),
            (json!({ "confirmedFrom": now }), vec!["ada"]),
            (json!({ "confirmedBefore": now }), vec!["cyd"]),
            (json!({ "startedBefore": "2026-04-01T16:01:00Z" }), vec!["ada"]),
        ] {
            let list =
                staff.asks(&app, LIST, json!({ "filter": filter, "order": { "field": "STARTED_AT" } })).await;
            assert_eq!(
                (people(&list), &list["registrations"]["totalCount"]),
                (expected.clone(), &json!(expected.len())),
                "{filter}"
            );
        }
        let long =
            app.answers(Some(&staff.token), LIST, json!({ "filter": { "text": "x".repeat(201) } })).await;
        assert_eq!(long["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }

    async fn a_roster_is_nobody_elses(app with the course at "2026-04-01T12:00-04:00") {
        comes(&app, "ada", Some("Ada Lee"), "nurse", 0).await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        let learner = app.signs_in("learner@example.org").await;
        let of_course =
            "query($order: RegistrationOrder) { course(slug: \"core-practice-of-palliative-care\") {
            registrations(orderBy: $order) { totalCount nodes { learner { name } externalId } } } }";
        for field in ["STARTED_AT", "LEARNER_NAME", "CODE", "CONFIRMED_AT"] {
            let order = json!({ "order": { "field": field }, "filter": { "text": "ada" } });
            for nobody in [&other, &learner] {
                let list = nobody.asks(&app, LIST, order.clone()).await;
                assert_eq!((people(&list).len(), &list["registrations"]["totalCount"]), (0, &json!(0)));
                assert_eq!(
                    nobody.asks(&app, of_course, order.clone()).await["course"]["registrations"],
                    Value::Null
                );
            }
            let list = ours.asks(&app, LIST, order.clone()).await;
            assert_eq!(
                (people(&list), &list["registrations"]["totalCount"]),
                (vec!["ada"], &json!(1)),
                "{field}"
            );
            let list = ours.asks(&app, of_course, order).await;
            assert_eq!(list["course"]["registrations"]["totalCount"], 1);
        }
    }
}
