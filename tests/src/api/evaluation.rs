//! Evaluating a course.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::database::MANY;
use crate::support::payload::is_refused;
use crate::support::person::REGISTRATION;
use crate::support::stories;

stories! {
    async fn an_evaluation_is_taken_once_and_only_while_it_is_open(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.takes_part(&app, "nurse").await;
        let ratings = app.objective_ratings(&ada, &registration).await;
        let page = ada.asks(&app, "{ course(slug: \"core-practice-of-palliative-care\") { sessions(first: 100) { nodes { id kind faculty { member { id } } } } } }", json!({})).await;
        let sessions = page["course"]["sessions"]["nodes"].as_array().expect("sessions").clone();
        let (talk, pause) =
            (&sessions[1], sessions.iter().find(|session| session["kind"] == "BREAK").expect("a break"));
        let input = json!({ "registrationId": registration["id"], "objectiveRatings": ratings, "biasPerceived": false, "comments": "Thank you.",
            "sessionRatings": [{ "sessionId": talk["id"], "rating": 4, "speakers": [{ "facultyMemberId": talk["faculty"][0]["member"]["id"], "rating": 5 }] }] });
        let evaluate = async |input: Value| ada.does(&app, "submitEvaluation", input, REGISTRATION).await;
        assert_eq!(evaluate(input.clone()).await["code"], "EVALUATION_NOT_OPEN");
        app.travels_to("2026-05-15T16:30-04:00").await;
        let ada = app.signs_in("ada@example.org").await;
        let evaluate = async |input: Value| ada.does(&app, "submitEvaluation", input, REGISTRATION).await;
        let mut bad = input.clone();
        bad["objectiveRatings"][2]["rating"] = json!(6);
        let refused = evaluate(bad).await;
        assert_eq!(
            (&refused["code"], &refused["path"]),
            (&json!("INVALID_INPUT"), &json!(["objectiveRatings", "2", "rating"]))
        );
        let mut bad = input.clone();
        bad["objectiveRatings"] = json!([ratings[0]]);
        assert_eq!(evaluate(bad).await["code"], "INVALID_INPUT", "every objective");
        let mut bad = input.clone();
        bad["sessionRatings"][0] = json!({ "sessionId": pause["id"], "rating": 5 });
        assert_eq!(evaluate(bad.clone()).await["code"], "INVALID_INPUT", "nobody rates a break");
        // All mistakes of a form are told at once, each where it is.
        bad["objectiveRatings"][1]["rating"] = json!(0);
        bad["objectiveRatings"][2]["objectiveId"] = ratings[1]["objectiveId"].clone();
        bad["comments"] = json!("x".repeat(10_001));
        let refused = evaluate(bad).await;
        let told: Vec<String> =
            refused["details"].as_array().expect("details").iter().map(|row| row["path"].to_string()).collect();
        assert_eq!(
            told,
            [
                r#"["comments"]"#,
                r#"["objectiveRatings","1","rating"]"#,
                r#"["objectiveRatings","2","objectiveId"]"#,
                r#"["objectiveRatings"]"#,
                r#"["sessionRatings","0","sessionId"]"#,
            ]
        );
        let many = app.on_connections(MANY).await;
        let answers =
            join_all((0..4).map(|_| ada.does(&many, "submitEvaluation", input.clone(), REGISTRATION))).await;
        let submitted = answers.iter().filter(|answer| !is_refused(answer)).count();
        assert_eq!(submitted, 1, "{answers:#?}");
        assert_eq!(evaluate(input).await["code"], "EVALUATION_ALREADY_SUBMITTED");
        let bob = app.signs_in("bob@example.org").await;
        let query =
            "query($code: String!) { registration(code: $code) { evaluation { state opensAt closesAt } } }";
        let data = ada.asks(&app, query, json!({ "code": registration["code"] })).await;
        assert_eq!(
            data["registration"]["evaluation"],
            json!({ "state": "SUBMITTED", "opensAt": "2026-05-15T20:30:00Z", "closesAt": "2026-06-15T04:00:00Z" })
        );
        assert_eq!(
            bob.asks(&app, query, json!({ "code": registration["code"] })).await["registration"],
            Value::Null
        );
    }
}
