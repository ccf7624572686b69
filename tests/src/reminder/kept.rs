//! What was read about a person before the mail server was asked is what the letter is written from only while
//! nothing of it has changed.

use std::sync::Arc;

use entity::mailing::Topic;
use entity::nature::Nature;
use entity::{notice, registration, reminder_rule};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::Store;
use worker::facts::{Kept, Read, read};

use crate::support::process::wait_until;
use crate::support::time::at;
use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, crowd, fact, stories};

/// Letters that are due at once.
const CROWD: u32 = 200;
/// Statements a letter, all in all. One that reads everything by itself, twice, takes more than forty.
const STATEMENTS: u64 = 16;

async fn read_again(app: &TestApp, kept: &Kept, id: Uuid) -> Read {
    let mut read = read(&app.db().at_one_moment(), kept, &[id]).await.expect("facts");
    read.remove(&id).expect("a person")
}

/// Whoever is asked twice answers alike, until `act` has been done; then what is read anew holds.
async fn is_noticed(app: &TestApp, kept: &Kept, id: Uuid, what: &str, act: impl Future<Output = ()>) {
    let before = read_again(app, kept, id).await;
    assert!(before.holds(app.db()).await.expect("an answer"), "before {what}");
    act.await;
    assert!(!before.holds(app.db()).await.expect("an answer"), "{what} goes unnoticed");
    assert!(read_again(app, kept, id).await.holds(app.db()).await.expect("an answer"), "after {what}");
}

async fn course(app: &TestApp, staff: &Person) -> Value {
    let query = "query($slug: String!) { course(slug: $slug) { id version sessions(first: 1) { nodes { id } } reminderRules { slug }
        offeredBy { id version } } }";
    staff.asks(app, query, json!({ "slug": SAMPLE_SLUG })).await["course"].clone()
}

stories! {
    async fn every_change_to_what_a_letter_says_is_noticed(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        let staff = app.administrator("staff@example.org").await;
        app.works().await;
        let row = registration::Entity::find().filter(registration::Column::Code.eq(started["code"].as_str().expect("a code")));
        let id = row.one(app.db()).await.expect("a query").expect("a registration").id;
        let kept = Kept::default();
        is_noticed(&app, &kept, id, "a payment in part", async {
            let input = json!({ "registrationId": started["id"], "amount": "10.00", "method": "CARD" });
            staff.does(&app, "recordPayment", input, "registration { id }").await;
        }).await;
        is_noticed(&app, &kept, id, "a name", async {
            ada.does(&app, "updateProfile", json!({ "name": "Ada Example" }), "learner { name }").await;
        }).await;
        is_noticed(&app, &kept, id, "another zone", async {
            ada.does(&app, "updateProfile", json!({ "timeZone": "Europe/Paris" }), "learner { timeZone }").await;
        }).await;
        is_noticed(&app, &kept, id, "having had enough", fact::unsubscribe(&app, "ada@example.org", Topic::Reminders)).await;
        is_noticed(&app, &kept, id, "an address at which nothing arrives", async {
            let input = json!({ "email": "ada@example.org", "scope": "COMMERCIAL", "note": "Asked us by phone." });
            let done = staff.does(&app, "suppressAddress", input, "suppression { id }").await;
            assert!(done["id"].is_string(), "{done}");
        }).await;
        is_noticed(&app, &kept, id, "another session title", async {
            let course = course(&app, &staff).await;
            let input = json!({ "sessionId": course["sessions"]["nodes"][0]["id"], "version": course["version"], "title": "Good morning" });
            staff.does(&app, "updateSession", input, "session { id }").await;
        }).await;
        is_noticed(&app, &kept, id, "another name of who offers it", async {
            let course = course(&app, &staff).await;
            let offerer = &course["offeredBy"][0];
            let input = json!({ "id": offerer["id"], "version": offerer["version"], "name": "The Example School" });
            let done = staff.does(&app, "upsertOrganization", input, "organization { name }").await;
            assert_eq!(done["name"], "The Example School", "{done}");
        }).await;
        is_noticed(&app, &kept, id, "an announcement", async {
            fact::announce(&app, &staff, "News", "News.", &[registration::Status::Started]).await;
        }).await;
        is_noticed(&app, &kept, id, "the rest of the payment", async {
            let query = "query($code: String!) { registration(code: $code) { due { amount } } }";
            let data = staff.asks(&app, query, json!({ "code": started["code"] })).await;
            let input = json!({ "registrationId": started["id"], "amount": data["registration"]["due"]["amount"], "method": "CARD" });
            staff.does(&app, "recordPayment", input, "registration { id }").await;
        }).await;
        is_noticed(&app, &kept, id, "what staff said of a letter", async {
            let query = "query($code: String!) { registration(code: $code) { upcomingLetters { rule occurrence reason } } }";
            let data = ada.asks(&app, query, json!({ "code": started["code"] })).await;
            let letters = data["registration"]["upcomingLetters"].as_array().expect("letters").clone();
            let next = letters.iter().find(|letter| letter["reason"].is_null()).expect("a letter");
            let planned = json!({ "registrationId": started["id"], "rule": next["rule"], "occurrence": next["occurrence"] });
            staff.does(&app, "cancelNotice", planned, "plannedLetter { rule }").await;
        }).await;
        is_noticed(&app, &kept, id, "another letter", async {
            app.works().await;
        }).await;
        is_noticed(&app, &kept, id, "a whole course file", async {
            app.imports(&SAMPLE.replace("title = \"Welcome", "title = \"Good day, and welcome")).await;
        }).await;
        is_noticed(&app, &kept, id, "giving up the seat", async {
            ada.cancels(&app, &started).await;
        }).await;
    }

    /// What is kept of a course lets a letter be sent, and never drops one: a release gives courses its new rules
    /// without their having changed.
    async fn a_rule_that_came_without_a_word_is_heard(app with the course at "2026-05-05T12:00-04:00") {
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let rules = reminder_rule::Entity::find().filter(reminder_rule::Column::Slug.eq("course_starting_7d"));
        let rule = rules.one(app.db()).await.expect("a query").expect("a rule");
        let came = reminder_rule::Model { id: app.nature.id(), slug: "came_later".to_owned(), offset_days: Some(-6), position: 99, ..rule };
        reminder_rule::Entity::insert(came.into_active_model()).exec_without_returning(app.db()).await.expect("a rule");
        app.nature.move_to(at("2026-05-07T09:00-04:00"));
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        app.delivers().await;
        assert_eq!(fact::fate(&app, "ada@example.org", "came_later").await, [(notice::Status::Sent, None)]);
    }

    /// Many letters about one course read it once.
    async fn letters_that_are_due_together_are_read_together(app with the course at "2026-05-06T08:00-04:00") {
        crowd::in_the_course(&app, CROWD).await;
        app.works().await;
        let nature: entity::nature::SharedNature = app.nature.clone();
        app.nature.move_to(at("2026-05-06T09:00:05-04:00"));
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let due = notice::Entity::find().filter(notice::open()).count(app.db()).await.expect("a count");
        assert_eq!(due, u64::from(CROWD));
        let told = app.post().letters().len();
        let (before, stop) = (app.statements(), CancellationToken::new());
        let ring = Arc::new(Notify::new());
        let work = tokio::spawn(worker::run(app.worker.clone(), ring, stop.clone(), Arc::default()));
        wait_until("the letters to be out", 60, async || {
            let open = notice::Entity::find().filter(notice::open()).count(app.db()).await.expect("a count");
            (open == 0).then_some(())
        })
        .await;
        stop.cancel();
        work.await.expect("the worker").expect("a good end");
        let statements = app.statements() - before;
        assert!(statements < STATEMENTS * u64::from(CROWD), "{statements} statements for {CROWD} letters");
        assert_eq!(app.post().letters().len() - told, usize::try_from(CROWD).expect("a number"));
    }
}
