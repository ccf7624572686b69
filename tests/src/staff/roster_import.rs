//! Registrations from a file.

use entity::registration::{self, Status};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{Person, SAMPLE, TestApp, stories};

const IMPORT: &str = "registrationImport { __typename applied created updated unchanged refused
    rows { line verdict message registration { code externalId status learner { email name } track { name } paid { amount } } } }";

const FILE: &str = "external_id,email,name,profession,track,status,paid\r\n\
    A1,ada@example.org,Ada Lee,NURSE,adult,CONFIRMED,\r\n\
    A2,Bob@Example.org,Bob Ray,physician,Pediatric,STARTED,\r\n\
    A3,cyd@example.org,,chaplain,adult,,1000.00\r\n";

async fn sends(app: &TestApp, staff: &Person, csv: &str, check: bool) -> Value {
    let (course, _) = app.course_and_track().await;
    staff
        .does(app, "importRegistrations", json!({ "courseId": course, "csv": csv, "check": check }), IMPORT)
        .await
}

fn counts(answer: &Value) -> (bool, [i64; 4]) {
    let number = |name: &str| answer[name].as_i64().unwrap_or_else(|| panic!("{answer:#}"));
    (answer["applied"].as_bool().expect("a flag"), ["created", "updated", "unchanged", "refused"].map(number))
}

/// Line, verdict and message of each row.
fn told(answer: &Value) -> Vec<(i64, &str, &str)> {
    let rows = answer["rows"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    rows.iter()
        .map(|row| {
            (
                row["line"].as_i64().expect("a line"),
                row["verdict"].as_str().unwrap_or_default(),
                row["message"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

async fn stored(app: &TestApp) -> Vec<registration::Model> {
    let mut rows = registration::Entity::find().all(app.db()).await.expect("rows");
    rows.sort_by_key(|row| row.external_id.clone());
    rows
}

stories! {
    async fn a_file_is_tried_applied_and_sent_again(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let people = entity::learner::Entity::find().count(app.db()).await.expect("a count");
        let tried = sends(&app, &staff, FILE, true).await;
        assert_eq!(counts(&tried), (false, [3, 0, 0, 0]));
        assert!(tried["rows"][0]["registration"].is_null());
        assert_eq!(
            (
                stored(&app).await.len(),
                entity::learner::Entity::find().count(app.db()).await.expect("a count")
            ),
            (0, people),
            "nothing is left of a trial"
        );

        let done = sends(&app, &staff, FILE, false).await;
        assert_eq!(counts(&done), (true, [3, 0, 0, 0]));
        assert_eq!(
            done["rows"][0]["registration"]["learner"],
            json!({ "email": "ada@example.org", "name": "Ada Lee" })
        );
        let rows = stored(&app).await;
        assert_eq!(
            rows.iter().map(|row| row.status).collect::<Vec<_>>(),
            [Status::Confirmed, Status::Started, Status::Started]
        );
        assert_eq!(done["rows"][2]["registration"]["paid"]["amount"], "1000.00");
        let payments = entity::payment::Entity::find().all(app.db()).await.expect("payments");
        let mut minor: Vec<i64> = payments.iter().map(|payment| payment.amount_minor).collect();
        minor.sort_unstable();
        assert_eq!(minor, [100_000, 200_500]);
        assert!(payments.iter().all(|payment| payment.reference.as_deref() == Some("import")
            && payment.method == entity::payment::Method::Other));
        app.works().await;
        assert_eq!(
            app.subjects_to("ada@example.org").len(),
            1,
            "the confirmation alone: {:?}",
            app.subjects_to("ada@example.org")
        );
        assert_eq!(app.subjects_to("bob@example.org").len(), 1);

        let again = sends(&app, &staff, FILE, false).await;
        assert_eq!(counts(&again), (true, [0, 0, 3, 0]));
        assert_eq!(stored(&app).await, rows, "not even a moment has changed");

        let ticket = staff
            .does(
                &app,
                "exportRegistrations",
                json!({ "courseId": app.course_and_track().await.0, "purpose": "round trip" }),
                "registrationExport { url }",
            )
            .await;
        let (_, _, file) = app.gets(ticket["url"].as_str().expect("a url")).await;
        let back = sends(&app, &staff, &file, false).await;
        assert_eq!(counts(&back), (true, [0, 0, 3, 0]), "{back:#}");

        app.nature.move_to(crate::support::time::at("2026-04-02T12:00-04:00"));
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let news = "external_id,email,name,track,status,paid\nA2,bob@example.org,Robert,adult,confirmed,\nA3,cyd@example.org,Cyd,,,1500\n";
        let tried = sends(&app, &staff, news, true).await;
        assert_eq!(
            tried["rows"][0]["message"], "$2,005.00 is put down as paid, because it is confirmed.",
            "said before it is done: {tried:#}"
        );
        let updated = sends(&app, &staff, news, false).await;
        assert_eq!(counts(&updated), (true, [0, 2, 0, 0]), "{updated:#}");
        let bob = &updated["rows"][0]["registration"];
        assert_eq!(
            (&bob["status"], &bob["track"]["name"], &bob["learner"]["name"]),
            (&json!("CONFIRMED"), &json!("Adult"), &json!("Robert")),
            "and the name is corrected"
        );
        assert_eq!(updated["rows"][1]["registration"]["paid"]["amount"], "1500.00");
        app.works().await;
        assert_eq!(app.subjects_to("bob@example.org").len(), 2);
        app.is_sound().await;
    }

    async fn one_bad_row_stops_all(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        app.signs_in("eve@example.org").await.registers(&app, "nurse").await;
        let csv = "email,profession,track,external_id,status,paid\n\
            good@example.org,NURSE,adult,,,\n\
            nobody,NURSE,adult,,,\n\
            two@example.org,,adult,,,\n\
            three@example.org,NURSE,,,,\n\
            four@example.org,WIZARD,adult,,,\n\
            five@example.org,NURSE,nowhere,,,\n\
            six@example.org,NURSE,adult,,CANCELLED,\n\
            seven@example.org,NURSE,adult,,CONFIRMED,1.00\n\
            eight@example.org,NURSE,adult,,,99999\n\
            GOOD@example.org,NURSE,adult,,,\n\
            eve@example.org,PHYSICIAN,,,,\n\
            ten@example.org,NURSE\n";
        for check in [true, false] {
            let answer = sends(&app, &staff, csv, check).await;
            assert_eq!(counts(&answer), (false, [1, 0, 0, 11]), "{answer:#}");
            let told = told(&answer);
            assert_eq!(told.iter().map(|row| row.0).collect::<Vec<_>>(), (2..=13).collect::<Vec<_>>());
            assert!(
                told[1..]
                    .iter()
                    .all(|(_, verdict, message)| *verdict == "REFUSED" && message.ends_with(['.', '!'])),
                "{told:#?}"
            );
            assert_eq!(stored(&app).await.len(), 1);
        }
        let no = sends(&app, &staff, "email,fee\na@b.org,1\n", true).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["csv"])));
    }

    async fn seats_are_not_sold_twice_by_a_file(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replacen("[registration]\n", "[registration]\ncapacity = 3\n", 1)).await;
        let staff = app.staff("office@example.org").await;
        app.signs_in("eve@example.org").await.registers(&app, "nurse").await;
        let answer = sends(&app, &staff, FILE, false).await;
        assert_eq!(counts(&answer), (false, [2, 0, 0, 1]));
        assert_eq!(told(&answer)[2], (4, "REFUSED", "All seats in this course are taken."));
        let two: String = FILE.lines().take(3).map(|line| format!("{line}\n")).collect();
        assert_eq!(counts(&sends(&app, &staff, &two, false).await), (true, [2, 0, 0, 0]));
        let full = app.signs_in("late@example.org").await.registers(&app, "nurse").await;
        assert_eq!(full["code"], "COURSE_FULL");
    }

    async fn a_late_file_bursts_nothing(app with the course at "2026-05-12T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let held = sends(&app, &staff, "email,profession,track\nbob@example.org,NURSE,adult\n", false).await;
        assert_eq!(counts(&held), (false, [0, 0, 0, 1]), "registration is closed: {held:#}");
        let paid = sends(
            &app,
            &staff,
            "email,profession,track,status\nada@example.org,NURSE,adult,confirmed\n",
            false,
        )
        .await;
        assert_eq!(counts(&paid), (true, [1, 0, 0, 0]), "{paid:#}");
        app.works().await;
        assert_eq!(app.subjects_to("ada@example.org").len(), 1, "{:?}", app.subjects_to("ada@example.org"));
        app.lives_until("2026-05-13T12:00-04:00").await;
        assert_eq!(
            app.subjects_to("ada@example.org").len(),
            2,
            "and the day's own reminder: {:?}",
            app.subjects_to("ada@example.org")
        );
    }

    async fn what_is_known_is_not_taken_back(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let eve = app.signs_in("eve@example.org").await;
        app.signs_in("mallory@example.org").await;
        let registration = eve.takes_part(&app, "nurse").await;
        let named =
            sends(&app, &staff, "email,external_id,status\neve@example.org,E1,started\n", false).await;
        assert_eq!(counts(&named), (true, [0, 1, 0, 0]), "an id is given, and she stays confirmed");
        assert_eq!(named["rows"][0]["registration"]["status"], "CONFIRMED");
        let seen = eve
            .asks(
                &app,
                "query($code: String!) { registration(code: $code) { externalId } }",
                json!({ "code": registration["code"] }),
            )
            .await;
        assert_eq!(seen["registration"]["externalId"], Value::Null, "for staff alone");
        for (csv, part) in [
            ("email,external_id\nmallory@example.org,E1\n", "another address"),
            ("email,external_id\neve@example.org,E2\n", "already has the external id E1"),
            ("email,paid\neve@example.org,1.00\n", ""),
        ] {
            let answer = sends(&app, &staff, csv, false).await;
            let expected = if part.is_empty() { (true, [0, 0, 1, 0]) } else { (false, [0, 0, 0, 1]) };
            assert_eq!(counts(&answer), expected, "{answer:#}");
            assert!(told(&answer)[0].2.contains(part), "{answer:#}");
        }
        eve.cancels(&app, &registration).await;
        let answer =
            sends(&app, &staff, "email,external_id,status\neve@example.org,E1,confirmed\n", false).await;
        assert!(told(&answer)[0].2.contains("canceled"), "{answer:#}");
    }

    async fn what_has_expired_is_taken_up_again(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let held = "email,external_id,profession,track\nbob@example.org,B1,NURSE,adult\n";
        assert_eq!(counts(&sends(&app, &staff, held, false).await), (true, [1, 0, 0, 0]));
        app.travels_to("2026-04-20T12:00-04:00").await;
        let staff = app.staff("office@example.org").await;
        let still = sends(&app, &staff, "email,external_id\nbob@example.org,B1\n", false).await;
        assert_eq!(
            (counts(&still), &still["rows"][0]["registration"]["status"]),
            ((true, [0, 0, 1, 0]), &json!("EXPIRED"))
        );
        let paid =
            sends(&app, &staff, "email,external_id,status\nbob@example.org,B1,CONFIRMED\n", false).await;
        assert_eq!(
            (counts(&paid), &paid["rows"][0]["registration"]["status"]),
            ((true, [0, 1, 0, 0]), &json!("CONFIRMED")),
            "{paid:#}"
        );
        app.works().await;
        let heard: Vec<bool> = app
            .subjects_to("bob@example.org")
            .iter()
            .map(|subject| subject.contains("no longer held"))
            .collect();
        assert_eq!(
            heard,
            [true, false],
            "the end of the hold, and the confirmation; nobody was at work while the seat was held"
        );
        app.is_sound().await;
    }

    async fn a_file_sent_twice_acts_once_and_only_for_its_staff(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        for nobody in [&other, &app.signs_in("learner@example.org").await] {
            assert_eq!(sends(&app, nobody, FILE, false).await["code"], "NOT_FOUND");
        }
        let (course, _) = app.course_and_track().await;
        let input = json!({ "courseId": course, "csv": FILE, "check": false, "idempotencyKey": "k1" });
        let (one, two) = tokio::join!(
            ours.does(&app, "importRegistrations", input.clone(), IMPORT),
            ours.does(&app, "importRegistrations", input.clone(), IMPORT)
        );
        assert_eq!(counts(&one), (true, [3, 0, 0, 0]));
        assert_eq!(one, two);
        let mut changed = input.clone();
        changed["csv"] = json!(FILE.replace("Ada Lee", "Ada B. Lee"));
        assert_eq!(
            ours.does(&app, "importRegistrations", changed, IMPORT).await["code"],
            "IDEMPOTENCY_KEY_REUSED"
        );
        let acts = entity::audit::Entity::find()
            .filter(entity::audit::Column::Act.eq("importRegistrations"))
            .all(app.db())
            .await
            .expect("rows");
        assert_eq!((acts.len(), &acts[0].after.as_ref().expect("after")["created"]), (1, &json!(3)));
        assert_eq!(stored(&app).await.len(), 3);
    }

    async fn a_large_file_costs_few_statements(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let file = |rows: usize| -> String {
            let mut csv = "email,profession,track,status\n".to_owned();
            for number in 0..rows {
                csv.push_str(&format!("p{rows}-{number}@example.org,NURSE,adult,confirmed\n"));
            }
            csv
        };
        let mut costs = Vec::new();
        for rows in [10, 2000] {
            let csv = file(rows);
            let before = app.statements();
            let input = json!({ "courseId": app.course_and_track().await.0, "csv": csv, "check": false });
            let answer = staff
                .does(&app, "importRegistrations", input, "registrationImport { applied created }")
                .await;
            assert_eq!(answer, json!({ "applied": true, "created": rows }));
            costs.push(app.statements() - before);
        }
        assert!(costs[1] <= costs[0] + 20, "{costs:?}");
    }
}
