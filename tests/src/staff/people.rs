//! People as staff know them: registered over the phone, corrected, and told of it.

use entity::profession::Profession;
use serde_json::{Value, json};

use super::enquiry;
use super::office::{does, recorded, refused, variant};
use crate::support::{Person, SAMPLE_SLUG, TestApp, said, stories};

const ENTERED: &str = "registration { id code status enteredBy missing learner { id email name } track { name } quote { total { amount } } }";
const CORRECTED: &str = "correctedRegistration { price registration { status profession { code } track { name } quote { total { amount } }
    paid { amount } due { amount } confirmedAt } }";
const LEARNER: &str = "learner { id email name }";

/// What a mutation of staff says of the course's place: the id of the course and of its track of this name.
async fn place(app: &TestApp, track: &str) -> (Value, Value) {
    let query = "query($slug: String!) { course(slug: $slug) { id tracks { id name } } }";
    let course = app.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await["course"].clone();
    let tracks = course["tracks"].as_array().cloned().unwrap_or_default();
    let found = tracks.iter().find(|row| row["name"] == track).map(|row| row["id"].clone());
    (course["id"].clone(), found.unwrap_or_else(|| panic!("no track {track}")))
}

/// The learner's id, as the learner reads it.
async fn id_of(app: &TestApp, person: &Person) -> Value {
    person.asks(app, "{ viewer { learner { id } } }", json!({})).await["viewer"]["learner"]["id"].clone()
}

/// The subjects of the letters to an address since so many, sign-in codes left out.
fn since(app: &TestApp, email: &str, before: usize) -> Vec<String> {
    app.subjects_to(email).split_off(before)
}

/// A course of another organization.
pub(super) fn elsewhere() -> String {
    variant("elsewhere", |file| {
        file.course.offered_by = vec![said("harvard-medical-school")];
        file.course.accredited_by = vec![said("beth-israel-deaconess")];
    })
}

/// The sample, where a chaplain pays less and a physician more than a nurse.
fn priced() -> String {
    variant(SAMPLE_SLUG, |file| {
        for price in &mut file.fees.prices {
            price.early = None;
            price.regular = match price.profession {
                Profession::Physician => 250_000,
                Profession::AlliedHealthOther => 50_000,
                _ => 199_500,
            };
        }
    })
}

stories! {
    async fn staff_register_somebody_who_phones(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        staff.does(&app, "updateProfile", json!({ "name": "Olga Office" }), "").await;
        let (course, adult) = place(&app, "Adult").await;
        let input = json!({ "courseId": course, "email": " Grace@example.org", "name": "Grace Hopper", "professionCode": "nurse",
            "trackId": adult, "idempotencyKey": "call-1" });
        let done = does(&app, &staff, "registerLearner", input.clone(), ENTERED).await;
        assert_eq!(
            (&done["status"], &done["enteredBy"], &done["missing"]),
            (&json!("STARTED"), &json!("Olga Office"), &json!([]))
        );
        assert_eq!(
            (&done["learner"]["email"], &done["learner"]["name"]),
            (&json!("Grace@example.org"), &json!("Grace Hopper"))
        );
        let again = does(&app, &staff, "registerLearner", input.clone(), ENTERED).await;
        assert_eq!(again["id"], done["id"], "sent twice, done once");
        let mut twice = input.clone();
        twice["idempotencyKey"] = Value::Null;
        let no = refused(&app, &staff, "registerLearner", twice).await;
        assert_eq!(
            (&no["code"], no["message"].as_str()),
            (&json!("ALREADY_REGISTERED"), Some("This person is already registered for the course."))
        );

        app.works().await;
        let letter = app.letters_to("grace@example.org").pop().expect("a letter");
        assert!(
            letter.subject.starts_with("Your seat is held") && letter.text.starts_with("Dear Grace Hopper,"),
            "{}",
            letter.text
        );
        let grace = app.signs_in("grace@example.org").await;
        let own = "query($code: String!) { registration(code: $code) { status enteredBy } }";
        let seen = grace.asks(&app, own, json!({ "code": done["code"] })).await;
        assert_eq!(
            seen["registration"],
            json!({ "status": "STARTED", "enteredBy": null }),
            "who entered it is the office's to know"
        );
        let rows = recorded(&app, "registerLearner").await;
        assert_eq!(
            (rows.len(), rows[0].actor.as_str(), rows[0].course_id.is_some()),
            (1, "Olga Office <ours@example.org>", true)
        );
        let after = rows[0].after.as_ref().expect("what became of it");
        assert_eq!(
            (&after["email"], &after["profession"], &after["status"]),
            (&json!("Grace@example.org"), &json!("nurse"), &json!("started"))
        );

        // Whoever has a name keeps it.
        let ada = app.signs_in("ada@example.org").await;
        ada.does(&app, "updateProfile", json!({ "name": "Ada" }), "").await;
        let input = json!({ "courseId": course, "email": "ada@example.org", "name": "Adele", "professionCode": "nurse", "trackId": adult });
        assert_eq!(does(&app, &staff, "registerLearner", input, ENTERED).await["learner"]["name"], "Ada");
    }

    async fn whom_staff_register_is_held_to_the_same_rules(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let ada = app.signs_in("ada@example.org").await;
        let (course, adult) = place(&app, "Adult").await;
        let input = |more: Value| {
            let mut input = json!({ "courseId": course, "email": "bob@example.org", "professionCode": "nurse", "trackId": adult });
            more.as_object().expect("fields").iter().for_each(|(name, value)| input[name] = value.clone());
            input
        };
        for person in [&ada, &theirs] {
            assert_eq!(
                refused(&app, person, "registerLearner", input(json!({}))).await["code"],
                "NOT_FOUND",
                "{}",
                person.email
            );
        }
        for (more, code, path) in [
            (json!({ "email": "bob" }), "INVALID_INPUT", json!(["email"])),
            (json!({ "name": "x".repeat(201) }), "INVALID_INPUT", json!(["name"])),
            (json!({ "professionCode": "wizard" }), "INVALID_INPUT", json!(["professionCode"])),
            (json!({ "trackId": null }), "TRACK_REQUIRED", json!(["trackId"])),
            (json!({ "courseId": adult }), "NOT_FOUND", json!([])),
        ] {
            let no = refused(&app, &staff, "registerLearner", input(more)).await;
            assert_eq!((&no["code"], &no["path"]), (&json!(code), &path), "{no}");
        }
        app.travels_to("2026-05-07T12:00-04:00").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        assert_eq!(
            refused(&app, &staff, "registerLearner", input(json!({}))).await["code"],
            "REGISTRATION_CLOSED"
        );
        use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
        let bob = entity::learner::Entity::find()
            .filter(entity::learner::Column::EmailKey.eq("bob@example.org"))
            .count(app.db())
            .await;
        assert_eq!(bob.expect("a count"), 0, "whoever is refused is not entered");
    }

    async fn a_corrected_address_is_told_at_both_and_counts_at_once(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("ours@example.org").await;
        let ada = app.signs_in("aad@example.org").await;
        let registration = ada.registers(&app, "nurse").await;
        ada.does(&app, "setSubscription", json!({ "topic": "REMINDERS", "wanted": false }), "").await;
        app.works().await;
        let learner = id_of(&app, &ada).await;
        let calendar = ada.asks(&app, "{ viewer { calendarUrl } }", json!({})).await["viewer"]["calendarUrl"]
            .as_str()
            .expect("an address")
            .to_owned();
        assert_eq!(app.gets(&calendar).await.0, 200);
        let right = json!({ "learnerId": learner, "name": " Ada Lovelace ", "email": "Ada@example.org" });
        let done = does(&app, &staff, "correctLearner", right.clone(), LEARNER).await;
        assert_eq!(done, json!({ "id": learner, "email": "Ada@example.org", "name": "Ada Lovelace" }));
        assert_eq!(
            app.gets(&calendar).await.0,
            404,
            "whoever read the mail of the old address may have that of the calendar"
        );
        let before = app.subjects_to("aad@example.org").len();
        app.works().await;

        let told = app.letters_to("aad@example.org").pop().expect("a letter to the old address");
        assert_eq!(told.subject, "This is no longer the address of your account: Example Course Office");
        assert!(
            told.text.starts_with("Hello,")
                && told.text.contains("was changed by the course office"),
            "{}",
            told.text
        );
        assert!(
            !told.raw.contains("Lovelace") && !told.raw.to_lowercase().contains("ada@example.org"),
            "who reads it is anybody's guess: {}",
            told.raw
        );
        let told = app.letters_to("ada@example.org").pop().expect("a letter to the new address");
        assert_eq!(told.subject, "This is now the address of your account: Example Course Office");
        assert!(
            told.text.starts_with("Dear Ada Lovelace,")
                && told.text.contains("was changed to this one by the course office"),
            "{}",
            told.text
        );
        app.works().await;
        assert_eq!(
            (since(&app, "aad@example.org", before).len(), app.subjects_to("ada@example.org").len()),
            (1, 1),
            "once each"
        );

        // The key to the account is the new address.
        let answer = app.answers(Some(&ada.token), "{ viewer { roles } }", json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TOKEN_EXPIRED");
        let ada = app.signs_in("ada@example.org").await;
        let mine = ada
            .asks(
                &app,
                "{ viewer { learner { id } unsubscribedFrom registrations { nodes { id } } } }",
                json!({}),
            )
            .await;
        assert_eq!(mine["viewer"]["learner"]["id"], learner);
        assert_eq!(mine["viewer"]["registrations"]["nodes"][0]["id"], registration["id"]);
        assert_eq!(
            mine["viewer"]["unsubscribedFrom"],
            json!(["REMINDERS"]),
            "what she had enough of went along"
        );
        staff.records_payment(&app, &registration).await;
        let before = app.subjects_to("aad@example.org").len();
        app.works().await;
        assert!(
            app.subjects_to("ada@example.org")
                .last()
                .is_some_and(|subject| subject.starts_with("You are registered"))
        );
        assert_eq!(app.subjects_to("aad@example.org").len(), before);

        let rows = recorded(&app, "correctLearner").await;
        assert_eq!(rows[0].before, Some(json!({ "name": null, "email": "aad@example.org" })));
        assert_eq!(rows[0].after, Some(json!({ "name": "Ada Lovelace", "email": "Ada@example.org" })));
        does(&app, &staff, "correctLearner", right, LEARNER).await;
        assert_eq!(recorded(&app, "correctLearner").await.len(), 1, "what changes nothing is on no record");
        // A matter of spelling is nobody's news; another name is told with the registration.
        let spelled = json!({ "learnerId": learner, "name": "Ada King", "email": "ADA@example.org" });
        does(&app, &staff, "correctLearner", spelled, LEARNER).await;
        let before = app.subjects_to("ada@example.org").len();
        app.works().await;
        assert_eq!(
            since(&app, "ada@example.org", before),
            ["Your registration has changed: Core Practice of Palliative Care"]
        );
        assert_eq!(id_of(&app, &ada).await, learner, "and no reason to sign in anew");
    }

    async fn an_address_is_changed_by_who_may_and_belongs_to_one(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&elsewhere()).await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let (office, admin) =
            (app.staff("office@example.org").await, app.administrator("admin@example.org").await);
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        let bob = app.signs_in("bob@example.org").await;
        let id = id_of(&app, &ada).await;
        let to = |email: &str| json!({ "learnerId": id, "email": email });
        for person in [&ada, &theirs] {
            assert_eq!(
                refused(&app, person, "correctLearner", to("new@example.org")).await["code"],
                "NOT_FOUND",
                "{}",
                person.email
            );
        }
        let nothing_of_ours = json!({ "learnerId": id_of(&app, &bob).await, "name": "Bob" });
        assert_eq!(
            refused(&app, &ours, "correctLearner", nothing_of_ours.clone()).await["code"],
            "NOT_FOUND"
        );
        does(&app, &office, "correctLearner", nothing_of_ours, LEARNER).await;
        let no = refused(&app, &office, "correctLearner", to("BOB@example.org")).await;
        assert_eq!((&no["code"], &no["path"]), (&json!("EMAIL_TAKEN"), &json!(["email"])));
        assert_eq!(refused(&app, &office, "correctLearner", to("nothing")).await["path"], json!(["email"]));

        // An account that its owner opens is nobody's to be had, not even by entering its owner oneself.
        assert_eq!(refused(&app, &ours, "correctLearner", to("new@example.org")).await["code"], "FORBIDDEN");
        let (course, adult) = place(&app, "Adult").await;
        let enters = |email: &str| json!({ "courseId": course, "email": email, "professionCode": "nurse", "trackId": adult });
        let learner = "registration { learner { id } }";
        let entered =
            does(&app, &ours, "registerLearner", enters("bob@example.org"), learner).await["learner"]["id"]
                .clone();
        let take = |id: &Value| json!({ "learnerId": id, "email": "ours.too@example.org" });
        assert_eq!(
            refused(&app, &ours, "correctLearner", take(&entered)).await["code"],
            "FORBIDDEN",
            "he has signed in"
        );
        // Whom they have entered themselves, and who has never signed in, may have been misheard.
        let misheard = does(&app, &ours, "registerLearner", enters("cyd.exmaple@example.org"), learner).await
            ["learner"]["id"]
            .clone();
        let right = json!({ "learnerId": misheard, "email": "cyd@example.org" });
        assert_eq!(does(&app, &ours, "correctLearner", right, LEARNER).await["email"], "cyd@example.org");

        // Who has registered elsewhere, too, has an account that opens more than this course.
        let elsewhere =
            app.asks(None, "{ course(slug: \"elsewhere\") { id tracks { id } } }", json!({})).await["course"]
                .clone();
        let input = json!({ "courseId": elsewhere["id"], "trackId": elsewhere["tracks"][0]["id"], "professionCode": "nurse" });
        assert_eq!(ada.registers_for(&app, input).await["status"], "STARTED");
        for staff in [&ours, &theirs] {
            assert_eq!(
                refused(&app, staff, "correctLearner", to("new@example.org")).await["code"],
                "FORBIDDEN"
            );
            let name = json!({ "learnerId": id, "name": staff.email });
            assert_eq!(refused(&app, staff, "correctLearner", name).await["code"], "FORBIDDEN");
        }
        does(&app, &office, "correctLearner", to("new@example.org"), LEARNER).await;
        // And so has who works here.
        let input = json!({ "learnerId": id_of(&app, &admin).await, "email": "mine@example.org" });
        assert_eq!(
            refused(&app, &office, "correctLearner", input.clone()).await["code"],
            "FORBIDDEN",
            "an administrator's account is not to be had so"
        );
        let boss = app.administrator("boss@example.org").await;
        assert_eq!(does(&app, &boss, "correctLearner", input, LEARNER).await["email"], "mine@example.org");
    }

    async fn who_asked_with_the_old_address_has_registered(app with the course at "2026-04-01T12:00-04:00") {
        enquiry::enquires(&app, "ada@example.org", false).await;
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        ada.registers(&app, "nurse").await;
        app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
        let right = json!({ "learnerId": id_of(&app, &ada).await, "email": "ada.l@example.org" });
        does(&app, &staff, "correctLearner", right, LEARNER).await;
        let list = "{ enquiries { nodes { email hasRegistered } } }";
        let asked = staff.asks(&app, list, json!({})).await["enquiries"]["nodes"].clone();
        assert_eq!(asked, json!([{ "email": "ada@example.org", "hasRegistered": true }]));
        // Whoever asks with that address from now on is somebody else.
        enquiry::enquires(&app, "ada@example.org", false).await;
        let asked = staff.asks(&app, list, json!({})).await["enquiries"]["nodes"].clone();
        assert_eq!(
            asked.as_array().map(|rows| rows.iter().filter(|row| row["hasRegistered"] == true).count()),
            Some(1),
            "{asked}"
        );
    }

    async fn a_corrected_profession_prices_anew_what_is_unpaid_and_leaves_what_is_paid(app at "2026-04-01T12:00-04:00") {
        app.imports(&priced()).await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (_, pediatric) = place(&app, "Pediatric").await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        app.works().await;
        let before = app.subjects_to("ada@example.org").len();
        let to = |registration: &Value, code: &str| json!({ "registrationId": registration["id"], "professionCode": code });
        let done = does(&app, &staff, "correctRegistration", to(&started, "physician"), CORRECTED).await;
        assert_eq!((&done["price"], &done["registration"]["status"]), (&json!("ANEW"), &json!("STARTED")));
        assert_eq!(
            (&done["registration"]["due"]["amount"], &done["registration"]["profession"]["code"]),
            (&json!("2510.00"), &json!("physician"))
        );
        app.works().await;
        assert_eq!(
            since(&app, "ada@example.org", before),
            ["Your registration has changed: Core Practice of Palliative Care"]
        );
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("Total: $2,510.00") && letter.text.contains("Your seat is held until"),
            "{}",
            letter.text
        );
        assert!(letter.text.contains("Your profession: Physician"), "{}", letter.text);
        assert_eq!(letter.calendar, None, "nothing is entered before it is paid");
        // The same again changes nothing, and nobody is told.
        let done = does(&app, &staff, "correctRegistration", to(&started, "physician"), CORRECTED).await;
        assert_eq!(done["price"], "UNTOUCHED");

        // A part of the price is enough for a lower one.
        let part = json!({ "registrationId": started["id"], "amount": "1000.00", "method": "CHECK" });
        does(&app, &staff, "recordPayment", part, "registration { status }").await;
        let done = does(&app, &staff, "correctRegistration", to(&started, "chaplain"), CORRECTED).await;
        let now = &done["registration"];
        assert_eq!(
            (&done["price"], &now["status"], &now["due"]["amount"]),
            (&json!("ANEW"), &json!("CONFIRMED"), &json!("0.00")),
            "{done}"
        );
        assert_eq!(
            (&now["quote"]["total"]["amount"], &now["paid"]["amount"]),
            (&json!("510.00"), &json!("1000.00"))
        );
        app.works().await;
        // What is paid stands.
        let done = does(&app, &staff, "correctRegistration", to(&started, "physician"), CORRECTED).await;
        assert_eq!(
            (&done["price"], &done["registration"]["quote"]["total"]["amount"]),
            (&json!("KEPT"), &json!("510.00"))
        );
        assert_eq!(done["registration"]["profession"]["code"], "physician");
        // Another track is another agenda, which comes with the days.
        let track = json!({ "registrationId": started["id"], "trackId": pediatric });
        let done = does(&app, &staff, "correctRegistration", track, CORRECTED).await;
        assert_eq!(
            (&done["price"], &done["registration"]["track"]["name"]),
            (&json!("UNTOUCHED"), &json!("Pediatric"))
        );
        app.works().await;
        let letter = app.letters_to("ada@example.org").pop().expect("a letter");
        assert!(
            letter.text.contains("Your track: Pediatric") && letter.calendar.is_some(),
            "{}",
            letter.text
        );

        let rows = recorded(&app, "correctRegistration").await;
        assert_eq!(rows.len(), 4);
        assert_eq!(
            rows[0].before,
            Some(json!({ "profession": "nurse", "track": "adult", "status": "started" }))
        );
        assert_eq!(
            rows[1].after,
            Some(json!({ "profession": "chaplain", "track": "adult", "status": "confirmed" }))
        );
        assert_eq!(
            rows[3].after,
            Some(json!({ "profession": "physician", "track": "pediatric", "status": "confirmed" }))
        );
        app.is_sound().await;
    }

    async fn a_registration_is_corrected_by_who_runs_the_course_while_it_lives(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let (course, _) = place(&app, "Adult").await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        let input = json!({ "registrationId": started["id"], "professionCode": "physician" });
        for person in [&ada, &theirs] {
            assert_eq!(
                refused(&app, person, "correctRegistration", input.clone()).await["code"],
                "NOT_FOUND",
                "{}",
                person.email
            );
        }
        for (more, code, path) in [
            (json!({ "professionCode": "wizard" }), "INVALID_INPUT", json!(["professionCode"])),
            (json!({ "trackId": course }), "INVALID_INPUT", json!(["trackId"])),
            (json!({ "registrationId": course }), "NOT_FOUND", json!([])),
        ] {
            let mut input = input.clone();
            more.as_object().expect("fields").iter().for_each(|(name, value)| input[name] = value.clone());
            let no = refused(&app, &ours, "correctRegistration", input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!(code), &path), "{no}");
        }
        ada.cancels(&app, &started).await;
        assert_eq!(refused(&app, &ours, "correctRegistration", input).await["code"], "REGISTRATION_NOT_LIVE");
    }
}
