//! What has served its time is taken away by its age, in bites of so many rows.

use entity::nature::Nature;
use entity::{
    access_token, export_ticket, idempotency, notice, registration, registration_import, sign_in_code,
    spent_proof,
};
use lectern::steward::purge;
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::json;

use crate::support::time::at;
use crate::support::{TestApp, stories};

/// How many rows of each kind are stored: codes, tokens, tickets, proofs, keys, imports.
async fn stored(app: &TestApp) -> [u64; 6] {
    let db = app.db();
    [
        sign_in_code::Entity::find().count(db).await.expect("a count"),
        access_token::Entity::find().count(db).await.expect("a count"),
        export_ticket::Entity::find().count(db).await.expect("a count"),
        spent_proof::Entity::find().count(db).await.expect("a count"),
        idempotency::Entity::find().count(db).await.expect("a count"),
        registration_import::Entity::find().count(db).await.expect("a count"),
    ]
}

async fn at_once(app: &TestApp, moment: &str) -> [u64; 6] {
    app.nature.move_to(at(moment));
    purge::bite(&app.state).await.expect("a bite");
    stored(app).await
}

fn proof(number: u32, key: Option<&str>, app: &TestApp) -> spent_proof::Model {
    spent_proof::Model {
        challenge: format!("challenge {number}"),
        form: spent_proof::Form::Enquiry,
        spent_at: app.nature.now(),
        client_key: "somewhere".to_owned(),
        email_key: format!("{number}@example.org"),
        idempotency_key: key.map(str::to_owned),
        input_hash: String::new(),
    }
}

stories! {
    async fn everything_goes_at_its_age_and_not_before(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let leaver = app.signs_in("leaver@example.org").await;
        leaver.does(&app, "signOut", json!({}), "signedOut { tokens }").await;
        let course = app.course_and_track().await.0;
        staff
            .does(
                &app,
                "exportRegistrations",
                json!({ "courseId": course, "purpose": "badges" }),
                "registrationExport { url }",
            )
            .await;
        let import = json!({ "courseId": course, "csv": "email,profession,track\nada@example.org,NURSE,adult\n", "check": false, "idempotencyKey": "k" });
        staff.does(&app, "importRegistrations", import, "registrationImport { created }").await;
        for row in [proof(1, None, &app), proof(2, Some("k"), &app)] {
            spent_proof::Entity::insert(row.into_active_model())
                .exec_without_returning(app.db())
                .await
                .expect("a proof");
        }
        let letters = notice::Entity::find().count(app.db()).await.expect("a count");
        assert_eq!(stored(&app).await, [2, 2, 1, 2, 1, 1]);
        assert_eq!(
            at_once(&app, "2026-04-01T12:09:59-04:00").await,
            [2, 2, 1, 2, 1, 1],
            "everything is young"
        );
        assert_eq!(at_once(&app, "2026-04-01T12:10-04:00").await, [2, 2, 0, 2, 1, 1], "tickets at their end");
        assert_eq!(at_once(&app, "2026-04-02T11:59:59-04:00").await, [2, 2, 0, 2, 1, 1]);
        assert_eq!(
            at_once(&app, "2026-04-02T12:00-04:00").await,
            [2, 2, 0, 1, 1, 1],
            "a proof without a key after a day"
        );
        assert_eq!(at_once(&app, "2026-04-08T11:59:59-04:00").await, [2, 2, 0, 1, 1, 1]);
        assert_eq!(at_once(&app, "2026-04-08T12:00-04:00").await, [0, 2, 0, 1, 1, 1], "codes after a week");
        assert_eq!(
            notice::Entity::find().count(app.db()).await.expect("a count"),
            letters - 2,
            "with the letters that they went out in, and no others"
        );
        assert_eq!(at_once(&app, "2026-05-01T11:59:59-04:00").await, [0, 2, 0, 1, 1, 1]);
        assert_eq!(
            at_once(&app, "2026-05-01T12:00-04:00").await,
            [0, 1, 0, 1, 1, 1],
            "a token thirty days after it was signed out"
        );
        assert_eq!(at_once(&app, "2026-05-02T11:59:59-04:00").await, [0, 1, 0, 1, 1, 1]);
        assert_eq!(
            at_once(&app, "2026-05-02T12:00-04:00").await,
            [0, 1, 0, 0, 0, 1],
            "keys after 31 days, as is promised for 30"
        );
        assert_eq!(
            at_once(&app, "2026-05-03T12:00-04:00").await,
            [0, 1, 0, 0, 0, 0],
            "what an import came to, once no key asks for it"
        );
        assert_eq!(at_once(&app, "2026-05-15T11:59:59-04:00").await, [0, 1, 0, 0, 0, 0]);
        assert_eq!(
            at_once(&app, "2026-05-15T12:00-04:00").await,
            [0; 6],
            "a token thirty days after it was used for the last fortnight"
        );
        assert_eq!(
            registration::Entity::find().count(app.db()).await.expect("a count"),
            1,
            "what is no by-product stays"
        );
    }

    async fn a_bite_is_bounded(app at "2026-04-01T12:00-04:00") {
        let now = app.nature.now();
        let code = |number: u64| sign_in_code::Model {
            id: app.nature.id(),
            email: format!("{number}@example.org"),
            email_key: format!("{number}@example.org"),
            client_key: "somewhere".to_owned(),
            code_hash: String::new(),
            tries: 0,
            created_at: now,
            expires_at: now.plus_minutes(10),
            learner_id: None,
            used_at: None,
        };
        let rows: Vec<sign_in_code::ActiveModel> =
            (0..purge::BITE + 7).map(|number| code(number).into_active_model()).collect();
        for some in rows.chunks(200) {
            sign_in_code::Entity::insert_many(some.iter().cloned())
                .exec_without_returning(app.db())
                .await
                .expect("codes");
        }
        app.nature.move_to(at("2026-04-09T12:00-04:00"));
        let before = app.statements();
        assert_eq!(purge::bite(&app.state).await.expect("a bite"), purge::BITE);
        assert!(app.statements() - before <= 4 * 7, "a transaction of one statement for each kind");
        assert_eq!(purge::bite(&app.state).await.expect("a bite"), 7);
        assert_eq!(purge::bite(&app.state).await.expect("a bite"), 0);
    }
}
