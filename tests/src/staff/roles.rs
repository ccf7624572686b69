//! Who works here: roles that are granted, listed and taken away, and sign-ins that the office ends.

use futures_util::future::join;
use lectern::action::end_sign_ins::{Whose, end_sign_ins};
use lectern::action::revoke_role::{Which, revoke_role};
use lectern::write::authority::Authority;
use serde_json::{Value, json};

use super::office::{does, recorded, refused};
use crate::support::database::MANY;
use crate::support::payload::is_refused;
use crate::support::{Person, TestApp, stories};

const ROLE: &str = "staffRole { __typename id role grantedAt learner { id email } organization { slug } }";
const MINE: &str = "{ viewer { roles staffRoles { id role organization { slug } } } }";

/// Who is listed, as address, role and organization, those of the last role first.
async fn listed(app: &TestApp, person: &Person, filter: &str) -> Vec<String> {
    let list = format!(
        "{{ staffRoles{filter} {{ totalCount nodes {{ role learner {{ email }} organization {{ slug }} }} }} }}"
    );
    let data = person.asks(app, &list, json!({})).await["staffRoles"].clone();
    let nodes = data["nodes"].as_array().expect("nodes");
    assert_eq!(data["totalCount"], nodes.len());
    let text = |value: &Value| value.as_str().unwrap_or("all").trim_end_matches("@example.org").to_owned();
    nodes
        .iter()
        .map(|row| {
            format!(
                "{} {} {}",
                text(&row["learner"]["email"]),
                text(&row["role"]),
                text(&row["organization"]["slug"])
            )
        })
        .collect()
}

/// Whether the course's roster is theirs to take out.
async fn runs_the_course(app: &TestApp, person: &Person) -> bool {
    let (course, _) = app.course_and_track().await;
    let done =
        person.does(app, "exportRegistrations", json!({ "courseId": course, "purpose": "Badges" }), "").await;
    assert!(!is_refused(&done) || done["code"] == "NOT_FOUND", "{done}");
    !is_refused(&done)
}

/// What somebody is told whose token does not open anything any more.
async fn shut_out(app: &TestApp, person: &Person) -> Value {
    let answer = app.answers(Some(&person.token), "{ viewer { roles } }", json!({})).await;
    answer["errors"][0]["extensions"]["code"].clone()
}

stories! {
    async fn roles_are_granted_listed_and_taken_and_count_at_once(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        ada.does(&app, "updateProfile", json!({ "name": "Ada Zoë" }), "").await;
        let elsewhere = app.on_connections(2).await;
        assert_eq!(
            ada.asks(&app, MINE, json!({})).await["viewer"],
            json!({ "roles": ["LEARNER"], "staffRoles": [] })
        );
        assert!(!runs_the_course(&app, &ada).await);

        app.nature.move_to(crate::support::time::at("2026-04-01T12:01-04:00"));
        let input = json!({ "email": " Ada@example.org", "role": "STAFF", "organizationId": "beth-israel-deaconess" });
        let role = does(&app, &admin, "grantRole", input.clone(), ROLE).await;
        assert_eq!(role["learner"]["email"], "ada@example.org");
        assert_eq!(
            (&role["role"], &role["organization"]["slug"]),
            (&json!("STAFF"), &json!("beth-israel-deaconess"))
        );
        assert_eq!(role["grantedAt"], "2026-04-01T16:01:00Z");
        let again = does(&app, &admin, "grantRole", input, ROLE).await;
        assert_eq!(again["id"], role["id"], "who has it has it");
        let mine = ada.asks(&elsewhere, MINE, json!({})).await["viewer"].clone();
        let of_hers = json!([{ "id": role["id"], "role": "STAFF", "organization": { "slug": "beth-israel-deaconess" } }]);
        assert_eq!(
            mine,
            json!({ "roles": ["LEARNER", "STAFF"], "staffRoles": of_hers }),
            "at once, and in every process"
        );
        assert!(runs_the_course(&elsewhere, &ada).await);

        let office = app.staff("office@example.org").await;
        let all = ["office STAFF all", "ada STAFF beth-israel-deaconess", "admin ADMIN all"];
        assert_eq!(listed(&app, &admin, "").await, all);
        assert_eq!(listed(&app, &admin, "(filter: { text: \"zoe\" })").await, all[1..2]);
        assert_eq!(listed(&app, &admin, "(filter: { role: ADMIN })").await, all[2..]);
        let organization =
            app.asks(None, "{ organization(slug: \"beth-israel-deaconess\") { id } }", json!({})).await;
        let of_it = format!("(filter: {{ organizationId: {} }})", organization["organization"]["id"]);
        assert_eq!(listed(&app, &admin, &of_it).await, all[1..2]);
        for person in [&ada, &office] {
            assert_eq!(listed(&app, person, "").await, Vec::<String>::new(), "{}", person.email);
        }

        let gone = does(
            &app,
            &admin,
            "revokeRole",
            json!({ "staffRoleId": role["id"] }),
            "learner { email } removedStaffRoleId",
        )
        .await;
        assert_eq!(
            (&gone["learner"]["email"], &gone["removedStaffRoleId"]),
            (&json!("ada@example.org"), &role["id"])
        );
        for process in [&app, &elsewhere] {
            assert_eq!(ada.asks(process, MINE, json!({})).await["viewer"]["staffRoles"], json!([]));
            assert!(!runs_the_course(process, &ada).await);
        }
        assert_eq!(
            refused(&app, &admin, "revokeRole", json!({ "staffRoleId": role["id"] })).await["code"],
            "NOT_FOUND"
        );

        let (granted, revoked) = (recorded(&app, "grantRole").await, recorded(&app, "revokeRole").await);
        let told =
            json!({ "email": "ada@example.org", "role": "staff", "organization": "beth-israel-deaconess" });
        let by_admin: Vec<_> = granted.iter().filter(|row| row.actor == "admin@example.org").collect();
        assert_eq!(
            by_admin.iter().map(|row| (&row.before, &row.after)).collect::<Vec<_>>(),
            [(&None, &Some(told.clone()))]
        );
        assert_eq!(
            (&revoked[0].before, &revoked[0].after, revoked[0].actor.as_str()),
            (&Some(told), &None, "admin@example.org")
        );
    }

    async fn administrators_alone_decide_and_what_makes_no_sense_is_refused(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let office = app.staff("office@example.org").await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let ada = app.signs_in("ada@example.org").await;
        let data = admin.asks(&app, "{ staffRoles { nodes { id learner { id } } } }", json!({})).await;
        let some = &data["staffRoles"]["nodes"][0];
        for person in [&office, &ours, &ada] {
            for (act, input) in [
                ("grantRole", json!({ "email": person.email, "role": "ADMIN" })),
                ("grantRole", json!({ "email": "nobody", "role": "ADMIN" })),
                ("revokeRole", json!({ "staffRoleId": some["id"] })),
                ("revokeRole", json!({ "staffRoleId": "nothing" })),
                ("endSignIns", json!({ "learnerId": some["learner"]["id"] })),
            ] {
                assert_eq!(
                    refused(&app, person, act, input).await["code"],
                    "FORBIDDEN",
                    "{} {act}",
                    person.email
                );
            }
        }
        for (act, input, code, path) in [
            ("grantRole", json!({ "email": "nobody", "role": "STAFF" }), "INVALID_INPUT", json!(["email"])),
            (
                "grantRole",
                json!({ "email": "a@example.org", "role": "ADMIN", "organizationId": "beth-israel-deaconess" }),
                "INVALID_INPUT",
                json!(["organizationId"]),
            ),
            (
                "grantRole",
                json!({ "email": "a@example.org", "role": "STAFF", "organizationId": "nothing" }),
                "NOT_FOUND",
                json!([]),
            ),
            ("revokeRole", json!({ "staffRoleId": some["learner"]["id"] }), "NOT_FOUND", json!([])),
            ("endSignIns", json!({ "learnerId": some["id"] }), "NOT_FOUND", json!([])),
        ] {
            let no = refused(&app, &admin, act, input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!(code), &path), "{no}");
        }
    }

    async fn the_last_administrator_stays(app at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let mine = admin.asks(&app, MINE, json!({})).await["viewer"]["staffRoles"][0]["id"].clone();
        let no = refused(&app, &admin, "revokeRole", json!({ "staffRoleId": mine })).await;
        assert_eq!(no["code"], "LAST_ADMINISTRATOR");
        let which = Which::Granted {
            email: admin.email.clone(),
            role: entity::staff_role::Role::Admin,
            organization: None,
        };
        let no = revoke_role(&app.state, Authority::Operator("a story"), &which)
            .await
            .expect_err("she is the last one");
        assert!(no.to_string().contains("last administrator"), "{no}");
        // Who is not the last one may leave.
        let bob = app.administrator("bob@example.org").await;
        does(&app, &admin, "revokeRole", json!({ "staffRoleId": mine }), "learner { id }").await;
        assert_eq!(
            refused(&app, &admin, "grantRole", json!({ "email": "admin@example.org", "role": "ADMIN" }))
                .await["code"],
            "FORBIDDEN"
        );
        does(&app, &bob, "grantRole", json!({ "email": "admin@example.org", "role": "ADMIN" }), ROLE).await;

        // Two who take the role from each other at once do not leave the office without any.
        let many = app.on_connections(MANY).await;
        let of = async |person: &Person| {
            person.asks(&app, MINE, json!({})).await["viewer"]["staffRoles"][0]["id"].clone()
        };
        let (of_admin, of_bob) = (of(&admin).await, of(&bob).await);
        let takes = async |person: &Person, id: &Value| {
            person.does(&many, "revokeRole", json!({ "staffRoleId": id }), "learner { id }").await
        };
        let (one, other) = join(takes(&admin, &of_bob), takes(&bob, &of_admin)).await;
        let codes = [&one, &other].map(|done| done["code"].as_str());
        assert!(
            codes == [None, Some("FORBIDDEN")] || codes == [Some("FORBIDDEN"), None],
            "{one} and {other}"
        );
        let left = entity::staff_role::Role::Admin;
        use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
        let administrators = entity::staff_role::Entity::find()
            .filter(entity::staff_role::Column::Role.eq(left))
            .count(app.db())
            .await;
        assert_eq!(administrators.expect("a count"), 1);
    }

    async fn the_office_ends_somebodys_sign_ins_everywhere_at_once(app with the course at "2026-04-01T12:00-04:00") {
        let admin = app.administrator("admin@example.org").await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let on_the_phone = app.signs_in("ours@example.org").await;
        let elsewhere = app.on_connections(2).await;
        let (course, _) = app.course_and_track().await;
        let export = json!({ "courseId": course, "purpose": "Badges" });
        let ticket = staff.does(&app, "exportRegistrations", export, "registrationExport { url }").await;
        let url = ticket["url"].as_str().expect("an address");
        assert_eq!(app.gets(url).await.0, 200);
        let request = app
            .does(None, "requestSignInCode", json!({ "email": "ours@example.org" }), "signInRequest { id }")
            .await;
        app.works().await;
        let code = app.letters_to("ours@example.org").last().expect("a letter").code();

        let learner = staff.asks(&app, "{ viewer { learner { id } } }", json!({})).await["viewer"]["learner"]
            ["id"]
            .clone();
        let ended =
            does(&app, &admin, "endSignIns", json!({ "learnerId": learner }), "signedOut { tokens }").await;
        assert_eq!(ended["tokens"], 2);
        for process in [&app, &elsewhere] {
            for token in [&staff, &on_the_phone] {
                assert_eq!(shut_out(process, token).await, "TOKEN_EXPIRED");
            }
        }
        assert_eq!(app.gets(url).await.0, 404, "what was taken out is not to be had any more");
        let late = app.does(None, "signIn", json!({ "requestId": request["id"], "code": code }), "").await;
        assert_eq!(late["code"], "SIGN_IN_CODE_INVALID", "a code that was on its way");
        let rows = recorded(&app, "endSignIns").await;
        assert_eq!(rows[0].after, Some(json!({ "email": "ours@example.org", "tokens": 2 })));
        assert_eq!(shut_out(&app, &admin).await, Value::Null, "nobody else's");

        let staff = app.signs_in("ours@example.org").await;
        assert!(runs_the_course(&app, &staff).await, "the role stays, and one signs in anew");
        let whose = Whose::Address("OURS@example.org".to_owned());
        let ended = end_sign_ins(&app.state, Authority::Operator("a story"), &whose)
            .await
            .expect("the person is known");
        assert_eq!((ended.tokens, shut_out(&app, &staff).await), (1, json!("TOKEN_EXPIRED")));
        let nobody = Whose::Address("nobody@example.org".to_owned());
        assert!(end_sign_ins(&app.state, Authority::Operator("a story"), &nobody).await.is_err());
    }
}
