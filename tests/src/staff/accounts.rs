//! What staff could try, so as to get hold of the accounts of others, and does not work.

use entity::access_token;
use lectern::action::cancel_registration::{CancelRegistration, cancel_registration};
use lectern::action::request_email_change::request_email_change;
use lectern::steward::purge;
use lectern::viewer::Viewer;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::office::{does, recorded, refused};
use super::people::elsewhere;
use crate::support::time::at;
use crate::support::{Person, TestApp, fact, stories};

const OURS: &str = "beth-israel-deaconess";
const WHO: &str = "{ viewer { learner { id email } roles calendarUrl registrations { totalCount } } }";

async fn viewer(app: &TestApp, person: &Person) -> Value {
    person.asks(app, WHO, json!({})).await["viewer"].clone()
}

/// Staff enter somebody as a nurse; the ids of the learner and of the registration.
async fn enters(app: &TestApp, staff: &Person, email: &str) -> (Value, Value) {
    let (course, track) = app.course_and_track().await;
    let input = json!({ "courseId": course, "trackId": track, "email": email, "professionCode": "nurse" });
    let done = does(app, staff, "registerLearner", input, "registration { id learner { id } }").await;
    (done["learner"]["id"].clone(), done["id"].clone())
}

/// Two people whom the same staff entered, the second without a registration that lives, and then merged into
/// the first.
async fn merged(app: &TestApp, staff: &Person, keep: &str, merge: &str) -> Value {
    let (kept, _) = enters(app, staff, keep).await;
    let (gone, registration) = enters(app, staff, merge).await;
    does(app, staff, "cancelRegistration", json!({ "registrationId": registration }), "").await;
    let both = json!({ "keepId": kept, "mergeId": gone });
    does(app, staff, "mergeLearners", both, "learner { id }").await;
    kept
}

/// Signs in once everything that is due has been sent, so that the code comes last.
async fn signs_in(app: &TestApp, email: &str) -> Person {
    app.works().await;
    app.signs_in(email).await
}

async fn becomes_administrator(app: &TestApp, admin: &Person, email: &str) {
    let role = json!({ "email": email, "role": "ADMIN" });
    let granted = does(app, admin, "grantRole", role, "staffRole { learner { email } }").await;
    assert_eq!(granted["learner"]["email"], email);
}

stories! {
    async fn an_address_that_staff_of_one_organization_merge_opens_nothing(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let kept = merged(&app, &ours, "boss@example.org", "evil@example.org").await;
        app.works().await;
        assert_eq!(
            app.subjects_to("evil@example.org").pop().as_deref(),
            Some("This address no longer opens your account: Example Course Office")
        );
        let evil = signs_in(&app, "evil@example.org").await;
        let seen = viewer(&app, &evil).await;
        assert_ne!(seen["learner"]["id"], kept, "somebody new");
        assert_eq!(seen["registrations"]["totalCount"], 0);
        let boss = signs_in(&app, "boss@example.org").await;
        let seen = viewer(&app, &boss).await;
        assert_eq!((&seen["learner"]["id"], &seen["registrations"]["totalCount"]), (&kept, &json!(2)));

        // Nor do the two change places: the merged one's address is nobody's, and so it stays.
        let kept = merged(&app, &ours, "evil.too@example.org", "boss.too@example.org").await;
        let right = json!({ "learnerId": kept, "email": "boss.too@example.org" });
        does(&app, &ours, "correctLearner", right, "learner { email }").await;
        let evil = signs_in(&app, "evil.too@example.org").await;
        assert_ne!(viewer(&app, &evil).await["learner"]["id"], kept);

        // An operator who gives a role closes the account to the other address, too.
        let office = app.staff("office@example.org").await;
        merged(&app, &office, "dee@example.org", "dee.old@example.org").await;
        app.grants("dee@example.org", entity::staff_role::Role::Staff, None).await;
        app.works().await;
        assert_eq!(
            app.subjects_to("dee@example.org").pop().as_deref(),
            Some("One address opens your account now: Example Course Office")
        );

        // Of two that the whole office merged, they change neither address.
        let kept = merged(&app, &office, "cyd@example.org", "cyd.work@example.org").await;
        let wrong = json!({ "learnerId": kept, "email": "ours.too@example.org" });
        assert_eq!(refused(&app, &ours, "correctLearner", wrong).await["code"], "FORBIDDEN");
    }

    async fn a_role_is_reached_by_the_address_that_it_was_given_to(app with the course at "2026-04-01T12:00-04:00") {
        let (office, admin) =
            (app.staff("office@example.org").await, app.administrator("admin@example.org").await);
        let kept = merged(&app, &office, "boss@example.org", "evil@example.org").await;
        let evil = signs_in(&app, "evil@example.org").await;
        let seen = viewer(&app, &evil).await;
        assert_eq!(seen["learner"]["id"], kept, "the whole office says that they are one person");
        let calendar = seen["calendarUrl"].as_str().expect("an address").to_owned();
        assert_eq!(app.gets(&calendar).await.0, 200);

        becomes_administrator(&app, &admin, "boss@example.org").await;
        let answer = app.answers(Some(&evil.token), WHO, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
        assert_eq!(app.gets(&calendar).await.0, 404);
        let evil = signs_in(&app, "evil@example.org").await;
        let seen = viewer(&app, &evil).await;
        assert_ne!(seen["learner"]["id"], kept);
        assert_eq!(seen["roles"], json!(["LEARNER"]));
        let boss = signs_in(&app, "boss@example.org").await;
        let seen = viewer(&app, &boss).await;
        assert_eq!((&seen["learner"]["id"], &seen["roles"]), (&kept, &json!(["LEARNER", "ADMIN"])));
        let rows = recorded(&app, "grantRole").await;
        let after = rows.last().and_then(|row| row.after.clone()).expect("what became of it");
        assert_eq!(after["let_go"], json!(["evil@example.org"]));

        // Also where the two have changed places.
        let kept = merged(&app, &office, "evil.too@example.org", "boss.too@example.org").await;
        let right = json!({ "learnerId": kept, "email": "boss.too@example.org" });
        does(&app, &office, "correctLearner", right, "learner { email }").await;
        becomes_administrator(&app, &admin, "boss.too@example.org").await;
        let evil = signs_in(&app, "evil.too@example.org").await;
        assert_eq!(viewer(&app, &evil).await["roles"], json!(["LEARNER"]));
    }

    async fn the_calendar_of_a_merged_account_moves_along(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let (ada, home) = (app.signs_in("ada@example.org").await, app.signs_in("home@example.org").await);
        let old = viewer(&app, &home).await["calendarUrl"].as_str().expect("an address").to_owned();
        let both = json!({ "keepId": viewer(&app, &ada).await["learner"]["id"], "mergeId": viewer(&app, &home).await["learner"]["id"] });
        does(&app, &office, "mergeLearners", both, "learner { id }").await;
        assert_eq!(app.gets(&old).await.0, 200, "it shows the same days");
        let another = json!({ "replaces": "https://courses.example.org/calendar/another.ics" });
        ada.does(&app, "rotateCalendarUrl", another, "").await;
        assert_eq!(app.gets(&old).await.0, 200, "what is not the calendar's address ends nothing");
        ada.does(&app, "rotateCalendarUrl", json!({ "replaces": old }), "").await;
        assert_eq!(app.gets(&old).await.0, 404, "what was handed on is dead, whichever account it came from");
    }

    /// Staff who enter somebody name nobody who is known elsewhere, though nobody has given a name yet.
    async fn who_is_known_elsewhere_is_named_there(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        app.administrator("admin@example.org").await;
        app.administrator("admin.too@example.org").await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "email": "admin@example.org", "professionCode": "nurse", "name": "Fool" });
        does(&app, &ours, "registerLearner", input, "").await;
        let csv = "email,name,profession,track\nadmin.too@example.org,Fool,nurse,adult\nnew@example.org,Nora New,nurse,adult\n";
        let input = json!({ "courseId": course, "csv": csv, "check": false });
        does(&app, &ours, "importRegistrations", input, "").await;
        let mut names = Vec::new();
        for email in ["admin@example.org", "admin.too@example.org", "new@example.org"] {
            names.push(fact::learner(&app, email).await.name);
        }
        assert_eq!(names, [None, None, Some("Nora New".to_owned())]);
    }

    /// Staff of one organization give an account another address at the moment in which others register its
    /// owner: one of the two is done, never both.
    async fn nobody_is_registered_for_the_owner_of_another_address(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&elsewhere()).await;
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let query = "{ course(slug: \"elsewhere\") { id tracks { id } } }";
        let course = app.asks(None, query, json!({})).await["course"].clone();
        for round in 0..8 {
            let (boss, evil) = (format!("boss{round}@example.org"), format!("evil{round}@example.org"));
            let (learner, _) = enters(&app, &ours, &boss).await;
            let place = json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "email": boss, "professionCode": "nurse" });
            let taken = json!({ "learnerId": learner, "email": evil });
            let (entered, corrected) = tokio::join!(
                theirs.does(&app, "registerLearner", place, "registration { learner { id } }"),
                ours.does(&app, "correctLearner", taken, "learner { id email }"),
            );
            let same = entered["learner"]["id"] == learner && corrected["email"] == json!(evil);
            assert!(!same, "{entered} {corrected}");
        }
    }

    async fn what_was_merged_meanwhile_does_nothing_more(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let (kept, gone) = (app.staff("kept@example.org").await, app.staff("gone@example.org").await);
        let ada = app.signs_in("ada@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        // Whoever was let in just before the merge goes on as who they were.
        let learner = fact::learner(&app, "gone@example.org").await;
        let roles = entity::staff_role::Entity::find()
            .filter(entity::staff_role::Column::LearnerId.eq(learner.id))
            .all(app.db())
            .await
            .expect("roles");
        let then = Viewer { learner: Some(learner.clone()), roles, ..Viewer::default() };
        let both = json!({ "keepId": viewer(&app, &kept).await["learner"]["id"], "mergeId": viewer(&app, &gone).await["learner"]["id"] });
        does(&app, &admin, "mergeLearners", both, "learner { id }").await;
        let row = entity::registration::Entity::find().one(app.db()).await.expect("an answer").expect("a row");
        assert_eq!(registration["code"], row.code);
        let cancels = CancelRegistration { registration_id: row.id, idempotency_key: Some("k".to_owned()) };
        assert!(cancel_registration(&app.state, &then, &cancels).await.is_err());
        let then = Viewer { roles: Vec::new(), ..then };
        assert!(request_email_change(&app.state, &then, "new@example.org", None).await.is_err());
        let keys = entity::idempotency::Entity::find()
            .filter(entity::idempotency::Column::LearnerId.eq(learner.id))
            .count(app.db());
        let codes = entity::sign_in_code::Entity::find()
            .filter(entity::sign_in_code::Column::LearnerId.eq(learner.id))
            .count(app.db());
        assert_eq!((keys.await.expect("a count"), codes.await.expect("a count")), (0, 0));
    }

    async fn what_was_done_before_is_told_to_who_may_see_it_and_to_nobody_else(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let (_, registration) = enters(&app, &ours, "cyd@example.org").await;
        let cancels = json!({ "registrationId": registration, "idempotencyKey": "k" });
        let before = does(&app, &ours, "cancelRegistration", cancels.clone(), "registration { status }").await;
        assert_eq!(before, does(&app, &ours, "cancelRegistration", cancels.clone(), "registration { status }").await);
        let theirs = admin.asks(&app, "{ staffRoles(first: 10) { nodes { id learner { email } } } }", json!({})).await;
        let role = theirs["staffRoles"]["nodes"].as_array().and_then(|rows| {
            rows.iter().find(|row| row["learner"]["email"] == "ours@example.org").map(|row| row["id"].clone())
        });
        does(&app, &admin, "revokeRole", json!({ "staffRoleId": role }), "").await;
        assert_eq!(refused(&app, &ours, "cancelRegistration", cancels).await["code"], "NOT_FOUND");

        // What was done before is nobody's news.
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse", "idempotencyKey": "mine" });
        let told = async || {
            let (_, heard) = app.hears(ada.registers_for(&app, input.clone())).await;
            heard.iter().filter(|statement| statement.sql.to_lowercase().contains("notify")).count()
        };
        let (first, again) = (told().await, told().await);
        assert_eq!((first > 0, again), (app.db().get_database_backend() == DbBackend::Postgres, 0));
    }

    async fn merging_waits_for_others_in_one_order(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&elsewhere()).await;
        let office = app.staff("office@example.org").await;
        let elsewhere = app.asks(None, "{ course(slug: \"elsewhere\") { id tracks { id } } }", json!({})).await["course"].clone();
        let elsewhere = json!({ "courseId": elsewhere["id"], "trackId": elsewhere["tracks"][0]["id"], "professionCode": "nurse" });
        for number in 0..4 {
            let (one, other) = (
                app.signs_in(&format!("one{number}@example.org")).await,
                app.signs_in(&format!("other{number}@example.org")).await,
            );
            let here = one.registers(&app, "nurse").await;
            let there = other.registers_for(&app, elsewhere.clone()).await;
            let both = json!({ "keepId": viewer(&app, &one).await["learner"]["id"], "mergeId": viewer(&app, &other).await["learner"]["id"] });
            let pays = |row: &Value| json!({ "registrationId": row["id"], "amount": "1.00", "method": "CHECK" });
            let done = tokio::join!(
                office.does(&app, "recordPayment", pays(&here), "registration { id }"),
                office.does(&app, "mergeLearners", both, "learner { id }"),
                office.does(&app, "recordPayment", pays(&there), "registration { id }"),
            );
            assert_eq!((&done.0["id"], &done.2["id"]), (&here["id"], &there["id"]));
            assert!(done.1["id"].is_string(), "{done:?}");
        }
    }

    async fn one_line_is_one_line_wherever_it_is_typed(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let (course, _) = app.course_and_track().await;
        let (_, registration) = enters(&app, &office, "cyd@example.org").await;
        let organization = json!({ "slug": "new", "name": "" });
        for typed in ["gnp.\u{202e}exe", "a\u{2028}b", "a\rb", "a\u{200b}b", "a\u{e0041}b", "a\u{2066}b"] {
            let with = |mut input: Value, field: &str| {
                input[field] = json!(typed);
                input
            };
            for (name, field, input) in [
                ("announce", "subject", json!({ "courseId": course, "body": "Hello" })),
                ("exportRegistrations", "purpose", json!({ "courseId": course })),
                ("recordPayment", "reference", json!({ "registrationId": registration, "amount": "1.00", "method": "CHECK" })),
                ("upsertOrganization", "name", organization.clone()),
            ] {
                let no = refused(&app, &office, name, with(input, field)).await;
                assert_eq!(no["code"], "INVALID_INPUT", "{name} {typed:?}: {no}");
            }
        }
    }

    async fn what_is_taken_away_by_age_makes_nobody_unknown(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let (cyd, _) = enters(&app, &ours, "cyd@example.org").await;
        let (dee, _) = enters(&app, &ours, "dee@example.org").await;
        let signed_in = signs_in(&app, "cyd@example.org").await;
        signed_in.does(&app, "signOut", json!({}), "signedOut { tokens }").await;
        app.nature.move_to(at("2026-06-15T12:00-04:00"));
        purge::bite(&app.state).await.expect("a bite");
        let tokens = access_token::Entity::find()
            .filter(access_token::Column::CreatedAt.lt(at("2026-05-01T12:00-04:00")));
        assert_eq!(tokens.count(app.db()).await.expect("a count"), 0, "no token tells of it any more");

        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let take = |id: &Value, email: &str| json!({ "learnerId": id, "email": email });
        assert_eq!(
            refused(&app, &ours, "correctLearner", take(&cyd, "ours.too@example.org")).await["code"],
            "FORBIDDEN",
            "she has signed in"
        );
        does(&app, &ours, "correctLearner", take(&dee, "dea@example.org"), "learner { email }").await;
    }

    async fn a_name_is_corrected_by_who_may_and_the_person_is_told(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&elsewhere()).await;
        let ours = app.staff_of("ours@example.org", Some(OURS)).await;
        let (office, admin) =
            (app.staff("office@example.org").await, app.administrator("admin@example.org").await);
        let (bob, ada) = (app.signs_in("bob@example.org").await, app.signs_in("ada@example.org").await);
        for (person, name) in [(&bob, "Bob Ray"), (&ada, "Ada Lee"), (&admin, "Olga Office")] {
            person.does(&app, "updateProfile", json!({ "name": name }), "").await;
            person.registers(&app, "nurse").await;
        }
        let query = "{ course(slug: \"elsewhere\") { id tracks { id } } }";
        let course = app.asks(None, query, json!({})).await["course"].clone();
        let input = json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" });
        ada.registers_for(&app, input).await;
        app.works().await;

        let called = async |person: &Person, name: &str| {
            json!({ "learnerId": viewer(&app, person).await["learner"]["id"], "name": name })
        };
        let name = "learner { name }";
        for (who, whom) in [(&ours, &ada), (&ours, &admin), (&office, &admin)] {
            let no = refused(&app, who, "correctLearner", called(whom, "Mallory").await).await;
            assert_eq!(no["code"], "FORBIDDEN", "{} of {}", who.email, whom.email);
        }
        for (who, whom, wanted) in [(&ours, &bob, "Robert Ray"), (&office, &ada, "Ada B. Lee")] {
            let before = app.letters_to(&whom.email).len();
            let done = does(&app, who, "correctLearner", called(whom, wanted).await, name).await;
            assert_eq!(done["name"], wanted);
            app.works().await;
            let told = app.letters_to(&whom.email).split_off(before);
            assert!(
                matches!(&told[..], [letter] if letter.subject.starts_with("Your registration has changed")
                    && letter.text.contains(&format!("Your name: {wanted}"))),
                "{told:#?}"
            );
        }

        // A roster does as much, and says why a name stays.
        let (course, _) = app.course_and_track().await;
        let roster = |csv: &str, check: bool| json!({ "courseId": course, "csv": format!("email,name,profession,track\n{csv}"), "check": check });
        let rows = "registrationImport { applied rows { verdict message } }";
        let told = |done: &Value, row: usize| done["rows"][row]["message"].as_str().unwrap_or_default().to_owned();
        let csv = "bob@example.org,Rob Ray,,\nada@example.org,Mallory,,\nadmin@example.org,Mallory,,\n";
        let before = app.letters_to("bob@example.org").len();
        let done = does(&app, &ours, "importRegistrations", roster(csv, false), rows).await;
        let verdicts: Vec<_> = (0..3).map(|row| done["rows"][row]["verdict"].clone()).collect();
        assert_eq!(verdicts, ["UPDATED", "UNCHANGED", "UNCHANGED"], "{done:#}");
        assert!(told(&done, 1).starts_with("The name \"Ada B. Lee\" stays, because"), "{done:#}");
        assert!(told(&done, 2).starts_with("The name \"Olga Office\" stays, because"), "{done:#}");
        app.works().await;
        let heard = app.letters_to("bob@example.org").split_off(before);
        assert!(
            matches!(&heard[..], [letter] if letter.text.contains("Your name: Rob Ray")),
            "{heard:#?}"
        );

        // Of people who are not registered for the course nothing is told, not even that they are known.
        let eve = app.signs_in("eve@example.org").await;
        eve.does(&app, "updateProfile", json!({ "name": "Eve" }), "").await;
        let csv = "eve@example.org,Mallory,nurse,adult\nnobody@example.org,Mallory,nurse,adult\n";
        let tried = does(&app, &ours, "importRegistrations", roster(csv, true), rows).await;
        assert_eq!(tried["rows"][0], tried["rows"][1], "{tried:#}");
    }
}
