//! The plan: what a course will say, to how many.

use serde_json::{Value, json};

use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, crowd, stories};

async fn plan(app: &TestApp, who: &Person, kind: &str) -> Vec<Value> {
    let query =
        "query($slug: String!, $kind: LearnerKind) { course(slug: $slug) { plan(learnerKind: $kind) { rule letter occurrence dueOn dueTime
        audience reason sampleRecipients { email } } } }";
    let data = who.asks(app, query, json!({ "slug": SAMPLE_SLUG, "kind": kind })).await;
    data["course"]["plan"].as_array().unwrap_or_else(|| panic!("{data}")).clone()
}

fn of<'a>(plan: &'a [Value], rule: &str) -> &'a Value {
    plan.iter().find(|letter| letter["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {plan:#?}"))
}

stories! {
    async fn each_letter_says_whom_it_reaches_and_when_on_the_clock_of_the_course(app at "2026-04-20T12:00-04:00") {
        let own = "\n[[reminder_rules]]\nslug = \"physicians\"\nletter = \"course_starting\"\ndays = -3\nat = \"10:30\"\nprofessions = [\"physician\"]\n
[[reminder_rules]]\nslug = \"all\"\nletter = \"course_starting\"\ndays = -2\n\n[[reminder_rules]]\nslug = \"children\"\nletter = \"day_starting\"\nminutes = -60\ntrack = \"pediatric\"\n";
        app.imports(&format!("{SAMPLE}{own}")).await;
        app.imports(&format!("{SAMPLE}{own}")).await;
        for (email, profession) in [
            ("ada@example.org", "nurse"),
            ("bob@example.org", "physician"),
            ("cleo@example.org", "physician"),
        ] {
            app.signs_in(email).await.takes_part(&app, profession).await;
        }
        app.signs_in("dan@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let confirmed = plan(&app, &staff, "CONFIRMED").await;
        let physicians = of(&confirmed, "physicians");
        assert_eq!(
            (&physicians["audience"], &physicians["dueOn"], &physicians["dueTime"]),
            (&json!(2), &json!("2026-05-10"), &json!("10:30"))
        );
        let mut named: Vec<&str> = physicians["sampleRecipients"]
            .as_array()
            .expect("people")
            .iter()
            .filter_map(|one| one["email"].as_str())
            .collect();
        named.sort_unstable();
        assert_eq!(named, ["bob@example.org", "cleo@example.org"]);
        assert_eq!(of(&confirmed, "all")["audience"], 3);
        assert_eq!(of(&confirmed, "children")["audience"], 0, "everybody has chosen the adult track");
        assert!(plan(&app, &staff, "STARTED").await.is_empty(), "no rule speaks to them");
        use sea_orm::ActiveModelTrait;
        use sea_orm::IntoActiveModel;
        let enough = entity::unsubscription::Model {
            email_key: "bob@example.org".to_owned(),
            topic: entity::mailing::Topic::Reminders,
            at: entity::Nature::now(&*app.nature),
        };
        enough.into_active_model().insert(app.db()).await.expect("a row");
        assert_eq!(
            of(&plan(&app, &staff, "CONFIRMED").await, "physicians")["audience"],
            1,
            "one has had enough"
        );
        let rules = staff.asks(&app, "query($slug: String!) { course(slug: $slug) { reminderRules { slug anchor audience professions { code } track { slug } } } }", json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(
            rules["course"]["reminderRules"][0],
            json!({ "slug": "physicians", "anchor": "COURSE_START", "audience": "CONFIRMED", "professions": [{ "code": "physician" }], "track": null })
        );
        assert_eq!(rules["course"]["reminderRules"][2]["track"], json!({ "slug": "pediatric" }));
    }

    /// A rule for the confirmed alone is no part of what others get, switched off or not; all kinds together are
    /// in the order of time, each with its kind.
    async fn each_letter_says_for_which_kind_of_learner_it_is(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let query = "query($slug: String!, $kind: LearnerKind) { course(slug: $slug) { plan(learnerKind: $kind) { rule letter learnerKind dueAt reason } } }";
        let data = staff.asks(&app, query, json!({ "slug": SAMPLE_SLUG, "kind": null })).await;
        let all = data["course"]["plan"].as_array().unwrap_or_else(|| panic!("{data}"));
        let moments: Vec<&str> = all.iter().filter_map(|letter| letter["dueAt"].as_str()).collect();
        assert!(moments.len() > 20 && moments.is_sorted(), "{moments:?}");
        let kinds = |letter: &str| {
            let mut kinds: Vec<&str> = all
                .iter()
                .filter(|planned| planned["letter"] == letter)
                .filter_map(|planned| planned["learnerKind"].as_str())
                .collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        };
        assert_eq!(kinds("SESSION_STARTING"), ["CONFIRMED"], "switched off, and not for who has not paid");
        assert_eq!(kinds("REGISTRATION_CLOSING"), ["ENQUIRER", "STARTED"]);
        assert_eq!(kinds("EVALUATION_OPEN"), ["CONFIRMED"]);
        let mut one_by_one = 0;
        for kind in ["STARTED", "CONFIRMED", "ENQUIRER"] {
            let data = staff.asks(&app, query, json!({ "slug": SAMPLE_SLUG, "kind": kind })).await;
            let plan = data["course"]["plan"].as_array().unwrap_or_else(|| panic!("{data}"));
            assert!(plan.iter().all(|planned| planned["learnerKind"] == kind), "{plan:?}");
            one_by_one += plan.len();
        }
        assert_eq!(one_by_one, all.len());
    }

    async fn a_plan_for_thousands_is_counted_and_not_loaded(app with the course at "2026-04-20T12:00-04:00") {
        crowd::in_the_course(&app, 2_000).await;
        let staff = app.staff("staff@example.org").await;
        let before = app.statements();
        let planned = plan(&app, &staff, "CONFIRMED").await;
        let statements = app.statements() - before;
        assert!(statements < 50, "{statements} statements");
        let letter = of(&planned, "course_starting_1d");
        assert_eq!(
            (&letter["audience"], letter["sampleRecipients"].as_array().map(Vec::len)),
            (&json!(2_000), Some(3))
        );
    }
}
