//! Two accounts of one person, put together.

use entity::course::Status;
use serde_json::{Value, json};

use super::office::{does, recorded, refused, variant};
use super::people::elsewhere;
use crate::support::{Person, TestApp, stories};

const MERGED: &str = "learner { id email name } removedLearnerId";

async fn id_of(app: &TestApp, person: &Person) -> Value {
    person.asks(app, "{ viewer { learner { id } } }", json!({})).await["viewer"]["learner"]["id"].clone()
}

async fn pair(app: &TestApp, keep: &Person, merge: &Person) -> Value {
    json!({ "keepId": id_of(app, keep).await, "mergeId": id_of(app, merge).await })
}

/// The input for registering as a nurse for the course of this name, in its first track.
async fn nurse(app: &TestApp, slug: &str) -> Value {
    let query = "query($slug: String!) { course(slug: $slug) { id tracks { id } } }";
    let course = app.asks(None, query, json!({ "slug": slug })).await["course"].clone();
    json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" })
}

stories! {
    async fn everything_is_under_one_account_and_nothing_is_said_twice(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("second", |file| file.course.status = Status::Published)).await;
        let staff = app.staff("ours@example.org").await;
        let work = app.signs_in("ada.work@example.org").await;
        let home = app.signs_in("ada@example.org").await;
        home.does(&app, "updateProfile", json!({ "name": "Ada Lovelace" }), "").await;
        home.does(&app, "setSubscription", json!({ "topic": "EVALUATIONS", "wanted": false }), "").await;
        let kept = work.registers_for(&app, nurse(&app, "second").await).await;
        let mut input = nurse(&app, "core-practice-of-palliative-care").await;
        input["idempotencyKey"] = json!("mine");
        let moved = home.registers_for(&app, input.clone()).await;
        app.works().await;
        staff.records_payment(&app, &moved).await;
        app.works().await;
        let calendar =
            home.asks(&app, "{ viewer { calendarUrl } }", json!({})).await["viewer"]["calendarUrl"].clone();
        let said_before = app.subjects_to("ada@example.org");
        assert!(
            said_before.iter().any(|subject| subject.starts_with("You are registered")),
            "{said_before:?}"
        );

        let input_of_both = pair(&app, &work, &home).await;
        let done = does(&app, &staff, "mergeLearners", input_of_both.clone(), MERGED).await;
        assert_eq!(
            done["learner"],
            json!({ "id": input_of_both["keepId"], "email": "ada.work@example.org", "name": "Ada Lovelace" })
        );
        assert_eq!(done["removedLearnerId"], input_of_both["mergeId"]);
        let after = app.subjects_to("ada.work@example.org").len();
        app.works().await;
        let told = |email: &str, so_many: usize| app.subjects_to(email).split_off(so_many);
        assert_eq!(
            told("ada.work@example.org", after),
            ["Your two accounts have been merged: Example Course Office"],
            "and nothing that was said before"
        );
        assert_eq!(
            told("ada@example.org", said_before.len()),
            ["Your two accounts have been merged: Example Course Office"]
        );

        // Signing in with either address leads to the kept one; what was signed in as the other is not.
        let answer = app.answers(Some(&home.token), "{ viewer { roles } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
        let again = app.signs_in("ada@example.org").await;
        let mine = "{ viewer { learner { id email } unsubscribedFrom registrations { nodes { id } } } }";
        let mine = again.asks(&app, mine, json!({})).await["viewer"].clone();
        assert_eq!(
            mine["learner"],
            json!({ "id": input_of_both["keepId"], "email": "ada.work@example.org" })
        );
        let both = mine["registrations"]["nodes"].as_array().cloned().unwrap_or_default();
        assert!(
            both.len() == 2 && [&moved, &kept].iter().all(|one| both.contains(&json!({ "id": one["id"] }))),
            "{mine}"
        );
        assert_eq!(mine["unsubscribedFrom"], json!(["EVALUATIONS"]));
        let replayed = again.registers_for(&app, input).await;
        assert_eq!(replayed["id"], moved["id"], "what was done under a key stays done");

        // Letters of the moved registration go on, to the kept address, and are found in its ledger as
        // before.
        let query = "query($code: String!) { registration(code: $code) { notices(first: 50) { nodes { rule state } } } }";
        let notices = again.asks(&app, query, json!({ "code": moved["code"] })).await["registration"]["notices"]["nodes"].clone();
        let rules =
            |rule: &str| notices.as_array().map(|rows| rows.iter().filter(|row| row["rule"] == rule).count());
        assert_eq!(
            (rules("registration_started"), rules("registration_confirmed")),
            (Some(1), Some(1)),
            "{notices}"
        );
        let before = app.subjects_to("ada.work@example.org").len();
        app.travels_to("2026-05-06T09:00-04:00").await;
        assert!(
            told("ada.work@example.org", before)
                .iter()
                .any(|subject| subject.starts_with("Your course starts on "))
        );
        // Whoever has the old address of the calendar sees the days, and who looks for the merged one finds
        // the kept one.
        let (status, _, days) = app.gets(calendar.as_str().expect("an address")).await;
        assert!(status == 200 && days.contains("BEGIN:VEVENT"), "{days}");
        let staff = app.staff("ours@example.org").await;
        let found = "{ registrations(filter: { text: \"ada@example.org\" }) { totalCount } }";
        assert_eq!(staff.asks(&app, found, json!({})).await["registrations"]["totalCount"], 2);

        let rows = recorded(&app, "mergeLearners").await;
        assert_eq!(
            rows[0].after,
            Some(json!({ "email": "ada.work@example.org", "name": "Ada Lovelace", "registrations": 1 }))
        );
        assert_eq!(
            rows[0].before.as_ref().map(|before| before["merged"].clone()),
            Some(json!("ada@example.org"))
        );
        assert_eq!(
            refused(&app, &staff, "mergeLearners", input_of_both).await["code"],
            "NOT_FOUND",
            "it is nobody's any more"
        );
    }

    async fn two_live_registrations_in_one_course_refuse_the_merge(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("ours@example.org").await;
        let (work, home) =
            (app.signs_in("ada.work@example.org").await, app.signs_in("ada@example.org").await);
        let one = work.registers(&app, "nurse").await;
        home.registers(&app, "nurse").await;
        let both = pair(&app, &work, &home).await;
        let no = refused(&app, &staff, "mergeLearners", both.clone()).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("BOTH_REGISTERED"), &json!(["mergeId"])));
        assert!(
            no["message"].as_str().is_some_and(|words| words.contains("Core Practice of Palliative Care")),
            "{no}"
        );
        staff.cancels(&app, &one).await;
        does(&app, &staff, "mergeLearners", both, MERGED).await;
        app.is_sound().await;
    }

    async fn a_hold_that_has_ended_refuses_nothing(app with the course at "2026-04-01T12:00-04:00") {
        let (work, home) =
            (app.signs_in("ada.work@example.org").await, app.signs_in("ada@example.org").await);
        work.registers(&app, "nurse").await;
        app.nature.move_to(crate::support::time::at("2026-04-10T12:00-04:00"));
        home.registers(&app, "nurse").await;
        app.travels_to("2026-04-16T12:00-04:00").await;
        let (work, home) =
            (app.signs_in("ada.work@example.org").await, app.signs_in("ada@example.org").await);
        let staff = app.staff("office@example.org").await;
        does(&app, &staff, "mergeLearners", pair(&app, &home, &work).await, MERGED).await;
    }

    async fn accounts_are_merged_by_who_may_change_both_addresses(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&elsewhere()).await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (office, admin) =
            (app.staff("office@example.org").await, app.administrator("admin@example.org").await);
        let (ada, other) = (app.signs_in("ada@example.org").await, app.signs_in("other@example.org").await);
        ada.registers(&app, "nurse").await;
        let both = pair(&app, &ada, &other).await;
        for person in [&ada, &ours] {
            assert_eq!(
                refused(&app, person, "mergeLearners", both.clone()).await["code"],
                "NOT_FOUND",
                "{}",
                person.email
            );
        }
        other.registers_for(&app, nurse(&app, "elsewhere").await).await;
        other.registers(&app, "nurse").await;
        assert_eq!(
            refused(&app, &ours, "mergeLearners", both.clone()).await["code"],
            "FORBIDDEN",
            "the other opens what is not ours"
        );
        let twice = json!({ "keepId": both["keepId"], "mergeId": both["keepId"] });
        assert_eq!(refused(&app, &office, "mergeLearners", twice).await["path"], json!(["mergeId"]));

        // A role goes to no other account, which others might open; one with a role is for administrators.
        let (ida, staff) = (app.signs_in("ida@example.org").await, app.staff("staff@example.org").await);
        let both = pair(&app, &ida, &staff).await;
        assert_eq!(refused(&app, &office, "mergeLearners", both.clone()).await["code"], "FORBIDDEN");
        let no = refused(&app, &admin, "mergeLearners", both.clone()).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["mergeId"])), "{no}");
        assert!(no["message"].as_str().is_some_and(|words| words.contains("has a role")), "{no}");
        let turned = json!({ "keepId": both["mergeId"], "mergeId": both["keepId"] });
        does(&app, &admin, "mergeLearners", turned, MERGED).await;
        let roles = "{ viewer { learner { email } roles } }";
        let staffed = json!({ "learner": { "email": "staff@example.org" }, "roles": ["LEARNER", "STAFF"] });
        assert_eq!(staff.asks(&app, roles, json!({})).await["viewer"], staffed);
        // The role is reached by its own address alone: whoever signs in with the other is somebody new.
        app.works().await;
        let again = app.signs_in("ida@example.org").await;
        assert_eq!(
            again.asks(&app, roles, json!({})).await["viewer"],
            json!({ "learner": { "email": "ida@example.org" }, "roles": ["LEARNER"] })
        );
    }

    /// The only administrator is merged into nobody, whatever was merged into the other before.
    async fn a_role_is_won_by_no_merge(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let (ada, evil) = (app.signs_in("ada@example.org").await, app.signs_in("evil@example.org").await);
        does(&app, &admin, "mergeLearners", pair(&app, &ada, &evil).await, MERGED).await;
        let no = refused(&app, &admin, "mergeLearners", pair(&app, &ada, &admin).await).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["mergeId"])), "{no}");
        // Nor does one with a role get another.
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let no = refused(&app, &admin, "mergeLearners", pair(&app, &ours, &admin).await).await;
        assert_eq!(no["path"], json!(["mergeId"]), "{no}");
        let roles = "{ viewer { roles } }";
        assert_eq!(admin.asks(&app, roles, json!({})).await["viewer"]["roles"], json!(["LEARNER", "ADMIN"]));
    }

    /// The two addresses of one person may change places, and a role is given to the one that the account goes
    /// by, so that nobody has it unseen.
    async fn merged_addresses_change_places(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let (ida, home) = (app.signs_in("ida@example.org").await, app.signs_in("home@example.org").await);
        does(&app, &admin, "mergeLearners", pair(&app, &ida, &home).await, MERGED).await;
        let right = json!({ "learnerId": id_of(&app, &ida).await, "email": "home@example.org" });
        assert_eq!(
            does(&app, &admin, "correctLearner", right, "learner { email }").await["email"],
            "home@example.org"
        );
        app.works().await;
        let again = app.signs_in("ida@example.org").await;
        let who = "{ viewer { learner { email } } }";
        assert_eq!(again.asks(&app, who, json!({})).await["viewer"]["learner"]["email"], "home@example.org");
        let granted = json!({ "email": "ida@example.org", "role": "ADMIN" });
        let no = refused(&app, &admin, "grantRole", granted).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["email"])), "{no}");
        let granted = json!({ "email": "home@example.org", "role": "ADMIN" });
        let role = does(&app, &admin, "grantRole", granted, "staffRole { learner { email } }").await;
        assert_eq!(role["learner"]["email"], "home@example.org");
    }

    async fn a_roster_with_both_addresses_names_one_person(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let (work, home) =
            (app.signs_in("ada.work@example.org").await, app.signs_in("ada@example.org").await);
        does(&app, &staff, "mergeLearners", pair(&app, &work, &home).await, MERGED).await;
        let (course, _) = app.course_and_track().await;
        let csv = |emails: &[&str]| {
            let rows = emails.iter().map(|email| format!("{email},nurse,adult,STARTED\n"));
            json!({ "courseId": course, "csv": format!("email,profession,track,status\n{}", rows.collect::<String>()), "check": false })
        };
        let selection = "registrationImport { applied rows { verdict message } }";
        let done = staff
            .does(&app, "importRegistrations", csv(&["ada@example.org", "ada.work@example.org"]), selection)
            .await;
        assert_eq!(
            (&done["applied"], &done["rows"][1]["message"]),
            (&json!(false), &json!("Line 2 names the same person.")),
            "{done}"
        );
        let done = staff.does(&app, "importRegistrations", csv(&["ada@example.org"]), selection).await;
        assert_eq!(done["applied"], true, "{done}");
        let mine = work.asks(&app, "{ viewer { registrations { totalCount } } }", json!({})).await;
        assert_eq!(mine["viewer"]["registrations"]["totalCount"], 1);
    }
}
