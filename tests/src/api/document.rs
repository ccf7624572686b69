//! Documents: what is checked before anything runs, and what is run once.

use axum::http::StatusCode;
use lectern::listing::{Cursor, Key};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::request::ask;
use crate::support::{TestApp, stories};

/// The codes of an answer's errors.
fn codes(answer: &Value) -> Vec<&str> {
    answer["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["extensions"]["code"].as_str().unwrap_or_default())
        .collect()
}

async fn registrations(app: &TestApp, token: &str) -> usize {
    let query = "{ viewer { registrations { nodes { id } } } }";
    app.asks(Some(token), query, json!({})).await["viewer"]["registrations"]["nodes"]
        .as_array()
        .map_or(0, Vec::len)
}

stories! {
    /// What is wrong with what a mutation answers with is wrong before it acts.
    async fn nothing_is_done_where_the_answer_cannot_be_given(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse" });
        let courses = app.asks(None, "{ courses { pageInfo { endCursor } } }", json!({})).await;
        let foreign = courses["courses"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
        let [empty, misshapen] = [&[][..], &[Key::Place(1)]].map(|key| {
            format!("sessions(after: \"{}\") {{ totalCount }}", Cursor::encode("course.sessions", key))
        });
        let by_code =
            Cursor::encode("registrations by CODE", &[Key::Text("A".to_owned()), Key::Id(Uuid::nil())]);
        let of_another_order =
            ["", ", orderBy: { field: LEARNER_NAME }", ", orderBy: { field: $field }", ", orderBy: $order"]
                .map(|order| format!("registrations(after: \"{by_code}\"{order}) {{ totalCount }}"));
        let foreign_literal = format!("sessions(after: \"{foreign}\") {{ totalCount }}");
        for wrong in [
            foreign_literal.as_str(),
            empty.as_str(),
            misshapen.as_str(),
            of_another_order[0].as_str(),
            of_another_order[1].as_str(),
            of_another_order[2].as_str(),
            of_another_order[3].as_str(),
            "sessions(before: $cursor) { totalCount }",
            "sessions(first: 1000) { totalCount }",
            "sessions(first: 1, last: 1) { totalCount }",
            "sessions(after: \"nonsense\") { totalCount }",
            "sessions(filter: { date: \"2026-02-30\" }) { totalCount }",
            "sessions(first: 3000000000) { totalCount }",
            "sessions(filter: { kind: NOTHING }) { totalCount }",
            "sessions(first: $n) { totalCount }",
            "registrations(filter: { professionCode: [\"dentist\"] }) { totalCount }",
            "registrations(filter: { professionCode: [\"nurse\", $code] }) { totalCount }",
            "registrations(filter: $filter) { totalCount }",
            "nothing",
        ] {
            let query = format!("mutation($i: RegisterInput!, $n: Int = 1, $cursor: String, $code: String! = \"dentist\", $field: RegistrationOrderField! = CONFIRMED_AT, $order: RegistrationOrder = {{ field: STARTED_AT }}, $filter: RegistrationFilter = {{ text: \"x\" }}) {{
                register(input: $i) {{ registration {{ course {{ {wrong} ok: sessions(first: $n) {{ totalCount }} ...used c: sessions(before: $cursor) {{ totalCount }} }} }} }} }}
                fragment used on Course {{ a: registrations(filter: {{ text: $code }}, orderBy: {{ field: $field }}) {{ totalCount }} b: registrations(filter: $filter, orderBy: $order) {{ totalCount }} }}");
            let mut variables = json!({ "i": input, "n": if wrong.contains("$n") { 1000 } else { 5 } });
            if wrong.contains("$cursor") {
                variables["cursor"] = json!(foreign);
            }
            if wrong.contains("$filter") {
                variables["filter"] = json!({ "professionCode": ["dentist"] });
            }
            let answer = app.answers(Some(&ada.token), &query, variables).await;
            assert!(answer.get("data").is_none() && !codes(&answer).is_empty(), "{wrong}: {answer}");
            assert_eq!(registrations(&app, &ada.token).await, 0, "{wrong}: {answer}");
        }
    }

    /// An address of a calendar that is in no answer is one that nobody would ever know.
    async fn a_code_that_is_none_moves_no_calendar(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let calendar = "{ viewer { calendarUrl } }";
        let before = ada.asks(&app, calendar, json!({})).await;
        let query = "mutation($codes: [String!]) { rotateCalendarUrl(input: {}) { viewer { registrations(filter: { professionCode: $codes }) { totalCount } } } }";
        let answer = app.answers(Some(&ada.token), query, json!({ "codes": ["nurse", "dentist"] })).await;
        assert!(answer.get("data").is_none() && codes(&answer) == ["BAD_USER_INPUT"], "{answer}");
        assert_eq!(ada.asks(&app, calendar, json!({})).await, before);
        ada.asks(&app, query, json!({ "codes": ["nurse"] })).await;
        assert_ne!(ada.asks(&app, calendar, json!({})).await, before);
    }

    async fn what_is_asked_for_twice_is_done_once(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let query =
            "mutation($i: RegisterInput!) { a: register(input: $i) { registration { code } refusal { code } }
            a: register(input: $i) { registration { status } ...rest } }
            fragment rest on RegisterPayload { registration { id } ... on RegisterPayload { __typename } }";
        let done = ada
            .asks(
                &app,
                query,
                json!({ "i": { "courseId": course, "trackId": track, "professionCode": "nurse" } }),
            )
            .await;
        assert!(done["a"]["refusal"].is_null(), "{done}");
        let keys: Vec<&String> =
            done["a"]["registration"].as_object().expect("a registration").keys().collect();
        assert_eq!(keys, ["code", "id", "status"], "{done}");
        assert_eq!(registrations(&app, &ada.token).await, 1);
    }

    async fn what_is_left_out_of_an_input_stays(app at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let query = "mutation($name: String, $zone: String) { updateProfile(input: { name: $name, timeZone: $zone }) { learner { name timeZone } } }";
        let named = ada.asks(&app, query, json!({ "name": "Ada Example", "zone": "Asia/Tokyo" })).await;
        assert_eq!(
            named["updateProfile"]["learner"],
            json!({ "name": "Ada Example", "timeZone": "Asia/Tokyo" })
        );
        let moved = ada.asks(&app, query, json!({ "zone": "Europe/Berlin" })).await;
        assert_eq!(
            moved["updateProfile"]["learner"],
            json!({ "name": "Ada Example", "timeZone": "Europe/Berlin" })
        );
    }

    async fn variables_decide_what_is_answered(app with the course at "2026-04-01T12:00-04:00") {
        let query = "query($days: Boolean!, $first: Int = 2) { courses { nodes { title days @include(if: $days) { date } ...page @skip(if: $days) } } }
            fragment page on Course { sessions(first: $first) { nodes { title } } }";
        let days = app.asks(None, query, json!({ "days": true })).await["courses"]["nodes"][0].clone();
        assert_eq!((days["days"].as_array().map(Vec::len), days.get("sessions")), (Some(3), None), "{days}");
        let sessions =
            app.asks(None, query, json!({ "days": false, "unknown": 1 })).await["courses"]["nodes"][0]
                .clone();
        assert_eq!(
            (sessions["sessions"]["nodes"].as_array().map(Vec::len), sessions.get("days")),
            (Some(2), None),
            "{sessions}"
        );
    }

    /// The edition of September 2025: descriptions stand before operations, fragments and variables.
    async fn documents_may_be_described(app with the course at "2026-04-01T12:00-04:00") {
        let query = "\"\"\"\nWhat for\n\"\"\"\nquery Titles(\"How many\" $first: Int) { courses(first: $first) { ...titles } }\n\"What\" fragment titles on CourseConnection { nodes { title } }";
        let data = app.asks(None, query, json!({ "first": 1 })).await;
        assert_eq!(data["courses"]["nodes"][0]["title"], "Core Practice of Palliative Care");
    }

    async fn every_error_has_a_code_a_place_and_a_sentence(app at "2026-04-01T12:00-04:00") {
        for (query, status, code, line, column, message) in [
            (
                "{ viewer {",
                StatusCode::BAD_REQUEST,
                "GRAPHQL_PARSE_FAILED",
                1,
                11,
                "Syntax error: expected at least one field, found the end of the document.",
            ),
            (
                "{\n  nothing }",
                StatusCode::UNPROCESSABLE_ENTITY,
                "GRAPHQL_VALIDATION_FAILED",
                2,
                3,
                "Cannot query field \"nothing\" on type \"Query\".",
            ),
            (
                "{ courses(first: 0) { totalCount } }",
                StatusCode::UNPROCESSABLE_ENTITY,
                "BAD_USER_INPUT",
                1,
                3,
                "The argument `first` of `courses` must be between 1 and 100.",
            ),
            (
                "{ courses(filter: { startsFrom: \"2027-02\" }) { totalCount } }",
                StatusCode::UNPROCESSABLE_ENTITY,
                "GRAPHQL_VALIDATION_FAILED",
                1,
                33,
                "The argument `filter` of `courses`, at `startsFrom`, expects Date, a calendar day such as 2026-05-13; `\"2027-02\"` is none.",
            ),
        ] {
            let answer = app.answered(ask(query, &Value::Null)).await;
            assert_eq!(answer.status, status, "{answer:?}");
            let expected = json!({ "errors": [{ "message": message, "locations": [{ "line": line, "column": column }], "extensions": { "code": code } }] });
            assert_eq!(answer.json(), expected);
        }
    }

    async fn what_a_resolver_refuses_has_a_place_and_a_code(app at "2026-04-01T12:00-04:00") {
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
        let answer = app.answers(None, query, json!({ "ids": vec!["x"; 101] })).await;
        assert_eq!(codes(&answer), ["BAD_USER_INPUT"], "{answer}");
        assert!(
            answer["errors"][0]["locations"][0]["line"] == 1
                && answer["errors"][0]["path"] == json!(["nodes"]),
            "{answer}"
        );
    }

    async fn one_document_tries_one_code(app at "2026-04-01T12:00-04:00") {
        let query = "mutation($i: SignInInput!) { a: signIn(input: $i) { refusal { code } } b: signIn(input: $i) { refusal { code } } }";
        let answer = app.answers(None, query, json!({})).await;
        assert_eq!(codes(&answer), ["QUERY_TOO_COMPLEX"], "{answer}");
    }
}
