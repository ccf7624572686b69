//! Addresses to which nothing, or less, is sent: how they come to be, who sees them, and what ends them.

use entity::mailing::NotSentReason;
use entity::notice::Status;
use entity::suppression::{self, Reason, Scope};
use lectern::steward::purge;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use worker::post::{PostError, Reply, Step};

use crate::support::fact::{self, fate};
use crate::support::time::at;
use crate::support::{Person, SAMPLE, TestApp, said, stories};

const ADA: &str = "ada@example.org";
const LIST: &str = "query($filter: SuppressionFilter) { suppressions(filter: $filter) { totalCount nodes { __typename id email scope reason source
    diagnostic note suppressedAt expiresAt liftedAt inForce } } }";
const KEPT_BACK: (Status, Option<NotSentReason>) = (Status::Lapsed, Some(NotSentReason::AddressSuppressed));
const SENT: (Status, Option<NotSentReason>) = (Status::Sent, None);

async fn listed(app: &TestApp, who: &Person, filter: Value) -> Value {
    who.asks(app, LIST, json!({ "filter": filter })).await["suppressions"].clone()
}

async fn suppresses(app: &TestApp, who: &Person, email: &str, scope: &str) -> Value {
    let input = json!({ "email": email, "scope": scope, "note": "The ward has asked us to." });
    who.does(app, "suppressAddress", input, "suppression { __typename id email scope reason note }").await
}

async fn lifts(app: &TestApp, who: &Person, id: &Value) -> Value {
    let input = json!({ "suppressionId": id, "note": "The mailbox is there again." });
    who.does(app, "liftSuppression", input, "suppression { __typename id liftedAt note inForce }").await
}

async fn rows(app: &TestApp) -> Vec<suppression::Model> {
    suppression::Entity::find()
        .order_by_asc(suppression::Column::Id)
        .all(app.db())
        .await
        .expect("suppressions")
}

stories! {
    async fn a_dead_address_gets_nothing_more_until_staff_lift_it(app with the course at "2026-04-20T12:00-04:00") {
        let hers = app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T08:59-04:00").await;
        let ada = app.signs_in(ADA).await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        app.post().refuse_next(PostError::reply(Step::Reader, Reply::new(550, "5.1.1 no such user")));
        app.lives_until("2026-05-06T10:00-04:00").await;
        let week = "course_starting_7d";
        assert_eq!(fate(&app, ADA, week).await, [(Status::Failed, Some(NotSentReason::AddressRefused))]);
        let all = listed(&app, &staff, Value::Null).await;
        let row = &all["nodes"][0];
        assert_eq!((&all["totalCount"], &row["email"], &row["inForce"]), (&json!(1), &json!(ADA), &json!(true)), "{all}");
        assert_eq!((&row["scope"], &row["reason"], &row["source"]), (&json!("ALL"), &json!("HARD_BOUNCE"), &json!("SMTP")));
        assert_eq!(row["diagnostic"], "RCPT: 550 5.1.1 no such user");
        assert_eq!(row["expiresAt"], "2026-11-02T13:00:00Z", "half a year");

        // What comes is shown as kept back to whoever looks, and is kept back.
        let query = "query($code: String!) { registration(code: $code) { suppression { reason } upcomingLetters { letter reason reasonInWords } } }";
        let seen = async |who: &Person| {
            who.asks(&app, query, json!({ "code": hers["code"] })).await["registration"].clone()
        };
        let told = seen(&staff).await;
        assert_eq!(told["suppression"]["reason"], "HARD_BOUNCE");
        assert!(told["upcomingLetters"].as_array().expect("letters").iter().all(|letter| letter["reason"] == "ADDRESS_SUPPRESSED"), "{told}");
        assert!(told["upcomingLetters"][0]["reasonInWords"].as_str().expect("words").starts_with("E-mails to this address are suspended"));
        assert_eq!(seen(&ada).await["suppression"], Value::Null, "what staff know is staff's");
        let explain = "query($id: ID!) { explain(registrationId: $id, letter: COURSE_STARTING) { answers { outcome reason sentence } } }";
        let told = staff.asks(&app, explain, json!({ "id": hers["id"] })).await["explain"]["answers"].clone();
        assert_eq!((&told[1]["outcome"], &told[1]["reason"]), (&json!("NOT_SENT"), &json!("ADDRESS_SUPPRESSED")), "{told}");
        let before = app.letters_to(ADA).len();
        app.lives_until("2026-05-12T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "course_starting_1d").await, [KEPT_BACK]);
        assert_eq!(app.letters_to(ADA).len(), before);

        // Lifted, letters flow again from then on; what was kept back is sent where staff say so.
        let lifted = lifts(&app, &staff, &row["id"]).await;
        assert_eq!((&lifted["inForce"], &lifted["liftedAt"]), (&json!(false), &json!("2026-05-12T14:00:00Z")), "{lifted}");
        app.lives_until("2026-05-12T18:00-04:00").await;
        assert_eq!(app.letters_to(ADA).len(), before, "nothing is made up for");
        let again = "query($code: String!) { registration(code: $code) { notices(first: 50) { nodes { id rule } } } }";
        let notices = staff.asks(&app, again, json!({ "code": hers["code"] })).await["registration"]["notices"]["nodes"].clone();
        let day = notices.as_array().expect("notices").iter().find(|row| row["rule"] == "course_starting_1d").expect("it");
        let resent = staff.does(&app, "resendNotice", json!({ "noticeId": day["id"] }), "").await;
        assert!(resent.is_null(), "{resent}");
        app.works().await;
        assert_eq!(app.letters_to(ADA).len(), before + 1);
        app.lives_until("2026-05-13T10:00-04:00").await;
        assert!(fact::sent(&app, ADA).await.contains(&"day_starting_1h".to_owned()));
        // What has ended is found by whoever looks for it.
        assert_eq!(listed(&app, &staff, json!({ "inForce": true })).await["totalCount"], 0);
        assert_eq!(listed(&app, &staff, json!({ "inForce": false, "email": "ADA@example.org" })).await["totalCount"], 1);
        assert_eq!(lifts(&app, &staff, &row["id"]).await["liftedAt"], lifted["liftedAt"], "it stays as it is");
        app.is_sound().await;
    }

    async fn what_is_kept_back_goes_by_the_scope(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        app.signs_in("eve@example.org").await.takes_part(&app, "nurse").await;
        fact::enquire(&app, "ines@example.org", true).await;
        app.works().await;
        suppresses(&app, &staff, ADA, "OPTIONAL").await;
        suppresses(&app, &staff, "eve@example.org", "COMMERCIAL").await;
        suppresses(&app, &staff, "ines@example.org", "COMMERCIAL").await;
        app.lives_until("2026-05-06T10:00-04:00").await;
        assert_eq!(fate(&app, ADA, "course_starting_7d").await, [KEPT_BACK]);
        assert_eq!(fate(&app, "eve@example.org", "course_starting_7d").await, [SENT]);
        let invited = fact::ledger(&app, "ines@example.org").await;
        let invited: Vec<_> = invited.iter().filter(|notice| notice.letter.topic().is_some()).collect();
        assert!(!invited.is_empty() && invited.iter().all(|notice| (notice.status, notice.reason) == KEPT_BACK), "{invited:?}");
        fact::cancel_course(&app, "The house is closed.").await;
        app.works().await;
        for email in [ADA, "eve@example.org"] {
            assert_eq!(fate(&app, email, "course_cancelled").await, [SENT], "{email}: no reminder");
        }
    }

    async fn a_waiting_letter_is_judged_again_just_before_it_is_sent(app with the course at "2026-04-20T12:00-04:00") {
        app.signs_in(ADA).await.takes_part(&app, "nurse").await;
        app.lives_until("2026-05-06T08:59-04:00").await;
        let staff = app.staff("office@example.org").await;
        app.nature.move_to(at("2026-05-06T09:00-04:00"));
        let nature: entity::nature::SharedNature = app.nature.clone();
        worker::sweep::sweep(app.db(), &nature, "stories.example.org").await.expect("a sweep");
        suppresses(&app, &staff, ADA, "ALL").await;
        app.delivers().await;
        assert_eq!(fate(&app, ADA, "course_starting_7d").await, [KEPT_BACK]);
    }

    async fn a_code_goes_all_the_same_and_whoever_reads_it_is_written_to_again(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in(ADA).await;
        ada.registers(&app, "nurse").await;
        app.post().refuse_next(PostError::reply(Step::Reader, Reply::new(550, "5.1.1 no such user")));
        app.works().await;
        suppresses(&app, &staff, ADA, "OPTIONAL").await;
        let in_force = async || -> Vec<(Reason, Scope)> {
            rows(&app).await.iter().filter(|row| row.lifted_at.is_none()).map(|row| (row.reason, row.scope)).collect()
        };
        assert_eq!(in_force().await, [(Reason::HardBounce, Scope::All), (Reason::Staff, Scope::Optional)]);
        app.signs_in(ADA).await;
        assert_eq!(in_force().await, [(Reason::Staff, Scope::Optional)], "what staff have said stands");
        // A code that is refused says nothing of an address that anybody may have typed.
        app.post().refuse_next(PostError::reply(Step::Reader, Reply::new(550, "5.1.1 no such user")));
        app.does(None, "requestSignInCode", json!({ "email": "nobody@example.org" }), "signInRequest { id }").await;
        app.works().await;
        assert_eq!(rows(&app).await.len(), 2);
    }

    async fn another_address_of_the_person_is_written_to(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (course, track) = app.course_and_track().await;
        let input = json!({ "courseId": course, "trackId": track, "email": "adda@example.org", "name": "Ada Lovelace", "professionCode": "nurse" });
        app.post().refuse_next(PostError::reply(Step::Reader, Reply::new(550, "5.1.1 no such user")));
        let hers = staff.does(&app, "registerLearner", input, "registration { id code learner { id } }").await;
        app.works().await;
        let correction = json!({ "learnerId": hers["learner"]["id"], "email": ADA });
        let corrected = staff.does(&app, "correctLearner", correction, "learner { email }").await;
        assert_eq!(corrected["email"], ADA, "{corrected}");
        let told = app.letters_to(ADA).len();
        app.lives_until("2026-05-07T12:00-04:00").await;
        assert!(app.letters_to(ADA).len() > told + 1, "{:?}", app.subjects_to(ADA));
        assert_eq!(app.letters_to("adda@example.org").len(), 0, "nor is the dead one told of it");
        let query = "query($code: String!) { registration(code: $code) { suppression { id } } }";
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let seen = staff.asks(&app, query, json!({ "code": hers["code"] })).await;
        assert_eq!(seen["registration"]["suppression"], Value::Null);
        app.is_sound().await;
    }

    async fn whose_addresses_they_are_decides_who_sees_and_steers(app with the course at "2026-04-20T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let other = lectern::catalogue::draft::Organization {
            slug: said("elsewhere"),
            name: said("Elsewhere"),
            url: None,
        };
        let mut file = lectern::course_file::parse(SAMPLE).expect("the course");
        file.course.slug = said("another-course");
        file.course.offered_by = vec![said("elsewhere")];
        file.course.accredited_by = vec![said("elsewhere")];
        file.organizations = vec![other];
        app.imports(&lectern::course_file::print(&file)).await;
        let theirs = app.staff_of("theirs@example.org", Some("elsewhere")).await;
        let ada = app.signs_in(ADA).await;
        ada.registers(&app, "nurse").await;
        let done = suppresses(&app, &ours, "Ada@Example.org", "ALL").await;
        assert_eq!((&done["__typename"], &done["note"]), (&json!("Suppression"), &json!("The ward has asked us to.")), "{done}");
        for (who, code) in [(&theirs, "NOT_FOUND"), (&ada, "NOT_FOUND")] {
            assert_eq!(suppresses(&app, who, ADA, "ALL").await["code"], code);
            assert_eq!(lifts(&app, who, &done["id"]).await["code"], code);
            assert_eq!(listed(&app, who, Value::Null).await["totalCount"], 0);
        }
        assert_eq!(suppresses(&app, &ours, "stranger@example.org", "ALL").await["code"], "NOT_FOUND");
        assert_eq!(suppresses(&app, &office, "stranger@example.org", "ALL").await["__typename"], "Suppression");
        assert_eq!(listed(&app, &ours, Value::Null).await["totalCount"], 1);
        assert_eq!(listed(&app, &office, Value::Null).await["totalCount"], 2);
        // Said again, it holds as said last.
        app.nature.move_to(at("2026-04-20T12:01-04:00"));
        assert_eq!(suppresses(&app, &ours, ADA, "OPTIONAL").await["id"], done["id"]);
        for (input, path) in [
            (json!({ "email": "nobody", "scope": "ALL", "note": "x" }), "email"),
            (json!({ "email": ADA, "scope": "ALL", "note": " " }), "note"),
            (json!({ "email": ADA, "scope": "ALL", "note": "x", "expiresAt": "2026-04-20T12:00:00-04:00" }), "expiresAt"),
        ] {
            let refused = ours.does(&app, "suppressAddress", input, "suppression { id }").await;
            assert_eq!((&refused["code"], &refused["path"]), (&json!("INVALID_INPUT"), &json!([path])), "{refused}");
        }
        app.nature.move_to(at("2026-04-20T12:02-04:00"));
        lifts(&app, &ours, &done["id"]).await;
        let query = "{ audit(filter: { act: [\"suppressAddress\", \"liftSuppression\"] }) { nodes { act actor before after } } }";
        let acts = office.asks(&app, query, json!({})).await["audit"]["nodes"].clone();
        let acts = acts.as_array().expect("acts");
        assert_eq!(acts.len(), 4);
        assert_eq!(acts[0]["act"], "liftSuppression");
        assert_eq!(acts[0]["after"]["note"], "The mailbox is there again.");
        assert_eq!((&acts[1]["before"]["scope"], &acts[1]["after"]["scope"]), (&json!("all"), &json!("optional")));
    }

    async fn what_has_ended_is_told_for_a_year(app at "2026-04-20T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let lifted = suppresses(&app, &office, "eve@example.org", "ALL").await;
        lifts(&app, &office, &lifted["id"]).await;
        suppresses(&app, &office, ADA, "ALL").await;
        let input = json!({ "email": "ines@example.org", "scope": "ALL", "note": "On leave.", "expiresAt": "2026-05-01T12:00:00Z" });
        office.does(&app, "suppressAddress", input, "").await;
        let left = async |moment: &str| {
            app.nature.move_to(at(moment));
            purge::bite(&app.state).await.expect("a bite");
            rows(&app).await.len()
        };
        assert_eq!(left("2027-04-20T11:59-04:00").await, 3);
        assert_eq!(left("2027-04-20T12:00-04:00").await, 2);
        assert_eq!(left("2027-05-01T08:00-04:00").await, 1, "what has no end stays");
    }
}
