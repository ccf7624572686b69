//! A process of an older release at a database that a newer one has changed.

use entity::nature::{Nature, SharedNature};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{TestApp, stories};

/// What a newer release leaves behind when it has changed the schema.
async fn a_newer_release_migrates(app: &TestApp) {
    let step = "insert into seaql_migrations (version, applied_at) values ('m9999_of_tomorrow', 0)";
    app.db().execute_unprepared(step).await.expect("a step");
}

stories! {
    /// It goes on showing what it knows, and leaves writing to those who know the new rules.
    async fn an_older_release_reads_and_writes_nothing(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        let started = ada.registers(&app, "nurse").await;
        app.works().await;
        // One letter is ready, and one is still to be entered.
        let ben = app.signs_in("ben@example.org").await;
        ben.registers(&app, "nurse").await;
        let nature: SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        let letters = app.letters().len();
        ada.cancels(&app, &started).await;

        let asked = app
            .does(None, "requestSignInCode", json!({ "email": "dora@example.org" }), "signInRequest { id }")
            .await;
        a_newer_release_migrates(&app).await;
        let page = app.asks(None, "{ courses { nodes { title } } }", json!({})).await;
        assert_eq!(page["courses"]["nodes"].as_array().expect("courses").len(), 1, "{page}");
        let mine =
            app.asks(Some(&ada.token), "{ viewer { registrations { nodes { status } } } }", json!({})).await;
        assert_eq!(mine["viewer"]["registrations"]["nodes"][0]["status"], "CANCELLED", "{mine}");
        for (name, input) in [
            ("updateProfile", json!({ "name": "Ada" })),
            ("requestSignInCode", json!({ "email": "cleo@example.org" })),
            ("signIn", json!({ "requestId": asked["id"], "code": "WRONGWRG" })),
        ] {
            let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
            let document =
                format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ refusal {{ code }} }} }}");
            let answer = app.answers(Some(&ada.token), &document, json!({ "input": input })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{name}: {answer}");
            let message = answer["errors"][0]["message"].as_str().expect("a message");
            assert!(message.contains("about to be replaced by a newer one"), "{name}: {message}");
        }
        assert_eq!(lectern::steward::round(&app.state).await.expect("nothing to do"), 0);
        assert!(lectern::steward::purge::bite(&app.state).await.is_err(), "nothing is taken away");
        let file = app.sends_file(Some(&staff.token), b"email\n".to_vec(), 10).await;
        assert_eq!((file.status.as_u16(), file.code().as_str()), (503, "UNAVAILABLE"), "{file:?}");
        let no = lectern::store::migrate(app.db()).await.expect_err("nothing to migrate here");
        assert!(lectern::store::is_newer(&no), "{no}");
        app.works().await;
        app.nature.move_to(app.nature.now().plus_minutes(5));
        app.works().await;
        assert_eq!(app.letters().len(), letters, "its worker sends nothing");

        // Whoever takes over sends what it left.
        app.db()
            .execute_unprepared("delete from seaql_migrations where version = 'm9999_of_tomorrow'")
            .await
            .expect("a step back");
        app.works().await;
        let subjects = app.subjects_to("ada@example.org");
        assert!(subjects.iter().any(|subject| subject.contains("canceled")), "{subjects:?}");
        assert!(app.letters().len() > letters + 1);
    }
}
