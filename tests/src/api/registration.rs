//! Registering, paying, cancelling.

use futures_util::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::database::MANY;
use crate::support::payload::is_refused;
use crate::support::person::REGISTRATION;
use crate::support::{Person, SAMPLE, TestApp, stories};

/// The reference course with so many seats.
pub(super) fn with_seats(seats: u32) -> String {
    SAMPLE.replacen("[registration]\n", &format!("[registration]\ncapacity = {seats}\n"), 1)
}

/// So many people, signed in.
pub(super) async fn crowd(app: &TestApp, count: usize) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..count {
        people.push(app.signs_in(&format!("person{number}@example.org")).await);
    }
    people
}

fn codes(answers: &[Value]) -> (usize, Vec<&str>) {
    let (refused, registered): (Vec<&Value>, Vec<&Value>) =
        answers.iter().partition(|answer| is_refused(answer));
    (registered.len(), refused.iter().filter_map(|answer| answer["code"].as_str()).collect())
}

stories! {
    async fn a_nurse_registers_and_is_told_what_it_costs(app with the course at "2026-04-01T12:00-04:00") {
        let nurse = app.signs_in("nurse@example.org").await;
        let registration = nurse.registers(&app, "nurse").await;
        assert_eq!(registration["status"], "STARTED");
        assert_eq!(
            registration["holdUntil"], "2026-04-16T04:00:00Z",
            "fourteen days, to the end of the last one"
        );
        let lines: Vec<(&str, &str)> = registration["quote"]["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| {
                (
                    line["kind"].as_str().expect("a kind"),
                    line["amount"]["amount"].as_str().expect("an amount"),
                )
            })
            .collect();
        assert_eq!(lines, [("TUITION", "1995.00"), ("PROCESSING_FEE", "10.00")]);
        assert_eq!(registration["quote"]["total"], json!({ "amount": "2005.00", "formatted": "$2,005.00" }));
        app.works().await;
        let letter = app.letters_to("nurse@example.org").pop().expect("a letter");
        assert!(letter.text.contains("$2,005.00") && letter.text.contains("April 15"), "{}", letter.text);
    }

    async fn a_pharmacist_pays_as_allied_health(app with the course at "2026-04-01T12:00-04:00") {
        for (email, profession) in
            [("pharmacist@example.org", "pharmacist"), ("chaplain@example.org", "chaplain")]
        {
            let registration = app.signs_in(email).await.registers(&app, profession).await;
            assert_eq!(
                (&registration["profession"]["code"], &registration["quote"]["total"]["amount"]),
                (&json!(profession), &json!("2005.00"))
            );
        }
    }

    async fn who_may_not_register_is_told_why(app with the course at "2026-03-01T12:00-05:00") {
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse" });
        assert_eq!(app.does(None, "register", input.clone(), REGISTRATION).await["code"], "UNAUTHENTICATED");
        let ada = app.signs_in("ada@example.org").await;
        let without_track =
            ada.registers_for(&app, json!({ "courseId": course, "professionCode": "nurse" })).await;
        assert_eq!(
            (&without_track["code"], &without_track["path"]),
            (&json!("TRACK_REQUIRED"), &json!(["trackId"]))
        );
        assert_eq!(
            ada.registers_for(
                &app,
                json!({ "courseId": track, "trackId": track, "professionCode": "nurse" })
            )
            .await["code"],
            "NOT_FOUND"
        );
        assert_eq!(ada.registers_for(&app, input.clone()).await["status"], "STARTED");
        assert_eq!(ada.registers_for(&app, input.clone()).await["code"], "ALREADY_REGISTERED");
        let bob = app.signs_in("bob@example.org").await;
        app.nature.move_to(crate::support::time::at("2026-05-06T23:59-04:00"));
        let bob = Person { token: app.signs_in("bob@example.org").await.token, ..bob };
        assert_eq!(
            bob.registers_for(&app, input.clone()).await["status"],
            "STARTED",
            "the last day counts to its end"
        );
        app.nature.move_to(crate::support::time::at("2026-05-07T00:00-04:00"));
        let eve = app.signs_in("eve@example.org").await;
        let closed = eve.registers_for(&app, input).await;
        assert_eq!(closed["code"], "REGISTRATION_CLOSED");
        assert!(closed["message"].as_str().expect("a message").ends_with('.'));
    }

    async fn fifty_at_once_for_ten_seats_get_ten(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_seats(10)).await;
        let people = crowd(&app, 20).await;
        let app = app.on_connections(MANY).await;
        let answers = join_all(people.iter().map(|person| person.registers(&app, "nurse"))).await;
        let (registered, refused) = codes(&answers);
        assert_eq!((registered, refused), (10, vec!["COURSE_FULL"; 10]));
        let data = app
            .asks(
                None,
                "{ course(slug: \"core-practice-of-palliative-care\") { seats { capacity available } } }",
                json!({}),
            )
            .await;
        assert_eq!(data["course"]["seats"], json!({ "capacity": 10, "available": 0 }));
        app.is_sound().await;
    }

    async fn a_seat_that_is_given_up_or_not_paid_for_is_free_again(app at "2026-04-01T12:00-04:00") {
        app.imports(&with_seats(1)).await;
        let people = crowd(&app, 3).await;
        let first = people[0].registers(&app, "nurse").await;
        assert_eq!(people[1].registers(&app, "nurse").await["code"], "COURSE_FULL");
        people[0].cancels(&app, &first).await;
        assert_eq!(people[1].registers(&app, "nurse").await["status"], "STARTED");
        app.travels_to("2026-04-16T00:00-04:00").await;
        let third = app.signs_in("person2@example.org").await;
        assert_eq!(
            third.registers(&app, "nurse").await["status"],
            "STARTED",
            "the second one's hold has ended"
        );
        let second = app.signs_in("person1@example.org").await;
        let data = second.asks(&app, "{ viewer { registrations { nodes { status } } } }", json!({})).await;
        assert_eq!(data["viewer"]["registrations"]["nodes"], json!([{ "status": "EXPIRED" }]));
    }

    async fn the_same_key_registers_once_however_often_it_is_sent(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse", "idempotencyKey": "k-1" });
        let many = app.on_connections(MANY).await;
        let answers = join_all((0..6).map(|_| ada.registers_for(&many, input.clone()))).await;
        assert!(
            answers.iter().all(|answer| answer["id"] == answers[0]["id"] && !is_refused(answer)),
            "{answers:#?}"
        );
        let mut other = input.clone();
        other["professionCode"] = json!("physician");
        assert_eq!(ada.registers_for(&app, other).await["code"], "IDEMPOTENCY_KEY_REUSED");
        app.travels_to("2026-04-13T12:00-04:00").await;
        assert_eq!(ada.registers_for(&app, input).await["id"], answers[0]["id"]);
    }

    /// "My agenda" is the server's to know: the sessions of one's own track and those for everyone, by day.
    async fn a_registration_knows_its_own_agenda(app at "2026-04-01T12:00-04:00") {
        let pain = |tracks: &str| format!("title = \"Pain\", tracks = [{tracks}]");
        app.imports(&SAMPLE.replace(&pain("\"adult\", \"pediatric\""), &pain("\"adult\""))).await;
        let ada = app.signs_in("ada@example.org").await;
        ada.takes_part_in(&app, "nurse", "Pediatric").await;
        let query = "{ viewer { registrations { nodes { track { id slug } agenda { date sessions { id title tracks { slug } } } } } } }";
        let data = ada.asks(&app, query, json!({})).await;
        let mine = &data["viewer"]["registrations"]["nodes"][0];
        let days = mine["agenda"].as_array().expect("days");
        assert_eq!(
            days.iter().map(|day| day["date"].as_str().expect("a day")).collect::<Vec<_>>(),
            ["2026-05-13", "2026-05-14", "2026-05-15"]
        );
        let sessions: Vec<&Value> =
            days.iter().flat_map(|day| day["sessions"].as_array().expect("sessions")).collect();
        let tracks = |session: &Value| {
            session["tracks"]
                .as_array()
                .expect("tracks")
                .iter()
                .map(|track| track["slug"].clone())
                .collect::<Vec<_>>()
        };
        assert!(sessions.iter().all(|session| tracks(session).is_empty() || tracks(session).contains(&mine["track"]["slug"])), "{sessions:#?}");
        assert!(
            sessions.iter().any(|session| tracks(session).is_empty())
                && sessions.iter().any(|session| !tracks(session).is_empty())
        );
        assert_eq!(
            (sessions.len(), sessions.iter().any(|session| session["title"] == "Pain")),
            (29, false),
            "thirty rows, one of the other track"
        );
        // The same by the filter, in one course and over all courses.
        let attended = "query($f: SessionFilter, $slug: String!) {
            sessions(first: 100, filter: $f) { nodes { id } } course(slug: $slug) { sessions(first: 100, filter: $f) { nodes { id } } } }";
        let variables = json!({ "f": { "attendedFromTrackId": mine["track"]["id"] }, "slug": "core-practice-of-palliative-care" });
        let found = app.asks(None, attended, variables).await;
        let ids: Vec<&Value> = sessions.iter().map(|session| &session["id"]).collect();
        for list in [&found["sessions"]["nodes"], &found["course"]["sessions"]["nodes"]] {
            assert_eq!(
                list.as_array().expect("sessions").iter().map(|session| &session["id"]).collect::<Vec<_>>(),
                ids
            );
        }
    }

    /// What an edit screen writes, it can read.
    async fn what_is_written_of_an_offer_can_be_read(app with the course at "2026-04-01T12:00-04:00") {
        let query = "{ course(slug: \"core-practice-of-palliative-care\") { currency paymentDays audiences audienceGroups { name profession { code } } } }";
        let course = app.asks(None, query, json!({})).await["course"].clone();
        assert_eq!((&course["currency"], &course["paymentDays"]), (&json!("USD"), &json!(14)));
        let groups = course["audienceGroups"].as_array().expect("groups");
        assert_eq!(
            groups.iter().map(|group| &group["name"]).collect::<Vec<_>>(),
            course["audiences"].as_array().expect("names").iter().collect::<Vec<_>>()
        );
        assert!(groups.iter().any(|group| group["profession"]["code"] == "nurse"), "{course}");
    }

    /// A refusal keeps nothing: once its reason is gone, the same request under the same key is done; and
    /// then it is done once.
    async fn a_refused_request_is_sent_again_under_its_key(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse", "idempotencyKey": "k-1" });
        let rows = async || entity::idempotency::Entity::find().count(app.db()).await.expect("a count");
        let seats = |capacity: Option<i32>| {
            let update = entity::course::Entity::update_many()
                .col_expr(entity::course::Column::Capacity, Expr::value(capacity));
            async { update.exec(app.db()).await.expect("seats") }
        };
        seats(Some(0)).await;
        for _ in 0..2 {
            assert_eq!(
                (&ada.registers_for(&app, input.clone()).await["code"], rows().await),
                (&json!("COURSE_FULL"), 0)
            );
        }
        // What the release before kept of a refusal counts for nothing, whatever the request was.
        let learner = entity::learner::Entity::find().one(app.db()).await.expect("an answer").expect("Ada");
        let kept = entity::idempotency::Model {
            id: app.state.nature.id(),
            learner_id: learner.id,
            idempotency_key: "k-1".to_owned(),
            operation: "register".to_owned(),
            input_hash: "another".to_owned(),
            answer: json!({ "refused": { "COURSE_FULL": null } }),
            created_at: app.state.nature.now(),
        };
        entity::idempotency::Entity::insert(kept.into_active_model())
            .exec_without_returning(app.db())
            .await
            .expect("a row");
        seats(None).await;
        let registered = ada.registers_for(&app, input.clone()).await;
        assert!(!is_refused(&registered), "{registered}");
        assert_eq!(
            (ada.registers_for(&app, input).await["id"].clone(), rows().await),
            (registered["id"].clone(), 1)
        );
    }

    async fn a_free_course_confirms_at_once(app at "2026-04-01T12:00-04:00") {
        app.imports(&SAMPLE.replace("\"1995.00\"", "\"0.00\"").replace("\"1795.50\"", "\"0.00\"")).await;
        let registration = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        assert_eq!(
            (&registration["status"], &registration["quote"]["total"]["amount"]),
            (&json!("CONFIRMED"), &json!("0.00"))
        );
        app.works().await;
        assert!(
            app.letters_to("ada@example.org")
                .pop()
                .expect("a letter")
                .subject
                .starts_with("You are registered")
        );
    }

    async fn what_is_not_yours_looks_like_what_does_not_exist(app with the course at "2026-04-01T12:00-04:00") {
        let registration = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let eve = app.signs_in("eve@example.org").await;
        let query = "query($id: ID!, $code: String!) { node(id: $id) { id } registration(code: $code) { id } registrations { nodes { id } } }";
        let nothing = json!({ "node": null, "registration": null, "registrations": { "nodes": [] } });
        assert_eq!(
            eve.asks(&app, query, json!({ "id": registration["id"], "code": registration["code"] })).await,
            nothing
        );
        assert_eq!(
            app.asks(None, query, json!({ "id": registration["id"], "code": registration["code"] })).await,
            nothing
        );
        assert_eq!(eve.cancels(&app, &registration).await["code"], "NOT_FOUND");
        let other = app.staff_of("other@example.org", Some("harvard-medical-school")).await;
        assert_eq!(
            other.asks(&app, query, json!({ "id": registration["id"], "code": registration["code"] })).await,
            nothing,
            "its accreditor's staff do not run it"
        );
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let seen =
            ours.asks(&app, query, json!({ "id": registration["id"], "code": registration["code"] })).await;
        assert_eq!(
            (&seen["registration"]["id"], &seen["registrations"]["nodes"][0]["id"]),
            (&registration["id"], &registration["id"])
        );
    }
}
