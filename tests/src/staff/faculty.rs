//! People who teach: entered, changed, put into courses, and made one of two.

use entity::evaluation_rating;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::office::{course, does, recorded, refused, row, session, slugs, the_course, variant};
use crate::support::{Person, SAMPLE_SLUG, TestApp, said, stories};

const MEMBER: &str = "facultyMember { __typename id slug version name credentials title affiliation bio }";

/// Somebody as staff read them.
async fn member(app: &TestApp, person: &Person, slug: &str) -> Value {
    let query = "query($slug: String!) { facultyMember(slug: $slug) { id slug version name credentials title affiliation bio } }";
    person.asks(app, query, json!({ "slug": slug })).await["facultyMember"].clone()
}

/// Enters somebody new.
async fn enters(app: &TestApp, person: &Person, slug: &str, name: &str) -> Value {
    does(app, person, "upsertFacultyMember", json!({ "slug": slug, "name": name }), MEMBER).await
}

/// The faculty of a course, of whom each is a name and whether they direct it.
async fn sets(app: &TestApp, person: &Person, course_slug: &str, people: &[(&str, bool)]) -> Value {
    let seen = course(app, person, course_slug).await;
    let people: Vec<Value> = people
        .iter()
        .map(|(id, directs)| json!({ "memberId": id, "role": if *directs { "DIRECTOR" } else { "FACULTY" } }))
        .collect();
    let input = json!({ "courseId": seen["id"], "version": seen["version"], "faculty": people });
    does(app, person, "setCourseFaculty", input, "").await;
    course(app, person, course_slug).await
}

fn merge(kept: &Value, gone: &Value) -> Value {
    json!({ "keepId": kept["id"], "keepVersion": kept["version"], "mergeId": gone["id"], "mergeVersion": gone["version"] })
}

stories! {
    async fn what_is_said_of_a_person_shows_on_every_page_at_once(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("second", |_| {})).await;
        let staff = app.staff_of("ours@example.org", Some("harvard-medical-school")).await;
        let harry = member(&app, &staff, "harry-han").await;
        let names = "{ course(slug: \"second\") { version directors { name } sessions(first: 1) { nodes { faculty { member { name version } } } } } }";
        let before = app.asks(None, names, json!({})).await["course"].clone();
        let input = json!({ "id": harry["id"], "version": harry["version"], "name": "Harry J. Han", "title": "Professor", "bio": "Teaches.", "credentials": null });
        let now = does(&app, &staff, "upsertFacultyMember", input.clone(), MEMBER).await;
        assert_eq!(
            (&now["version"], &now["name"], &now["credentials"], &now["bio"]),
            (&json!(2), &json!("Harry J. Han"), &Value::Null, &json!("Teaches."))
        );
        assert_eq!(
            (&now["affiliation"], &now["slug"], &now["id"]),
            (&harry["affiliation"], &harry["slug"], &harry["id"]),
            "what is left out stays"
        );
        let after = app.asks(None, names, json!({})).await["course"].clone();
        assert_eq!(
            (
                &after["directors"][0]["name"],
                &after["sessions"]["nodes"][0]["faculty"][0]["member"]["version"]
            ),
            (&json!("Harry J. Han"), &json!(2))
        );
        assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));

        let no = refused(&app, &staff, "upsertFacultyMember", input).await;
        assert_eq!(
            (&no["code"], &no["current"]["version"], &no["current"]["name"]),
            (&json!("STALE"), &json!(2), &json!("Harry J. Han"))
        );
        let same = json!({ "id": harry["id"], "version": 2, "name": "Harry J. Han" });
        assert_eq!(
            does(&app, &staff, "upsertFacultyMember", same, MEMBER).await["version"],
            2,
            "nothing changed, nothing counted"
        );
        let rows = recorded(&app, "upsertFacultyMember").await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].subject_type.as_str(), rows[0].course_id), ("faculty_member", None));
        assert_eq!(
            rows[0].before.as_ref().map(|before| before["faculty member harry-han"]["name"].clone()),
            Some(json!("Harry Han"))
        );
        assert_eq!(
            rows[0].after.as_ref().map(|after| after["faculty member harry-han"]["name"].clone()),
            Some(json!("Harry J. Han"))
        );
        app.has_the_course().await;
        assert_eq!(member(&app, &staff, "harry-han").await["version"], 3, "an import counts too");
    }

    async fn somebody_new_needs_a_slug_that_is_free_and_a_name(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let harry = member(&app, &staff, "harry-han").await;
        let anna = enters(&app, &staff, "anna-avery", "Anna Avery").await;
        assert_eq!(anna["version"], 1);
        assert!(recorded(&app, "upsertFacultyMember").await[0].before.is_none());
        let moved = json!({ "id": anna["id"], "version": 1, "slug": "anna-b-avery" });
        does(&app, &staff, "upsertFacultyMember", moved, MEMBER).await;
        assert_eq!(member(&app, &staff, "anna-b-avery").await["id"], anna["id"]);
        for (input, path) in [
            (json!({ "slug": "x" }), json!(["name"])),
            (json!({ "name": "X" }), json!(["slug"])),
            (json!({ "slug": "harry-han", "name": "X" }), json!(["slug"])),
            (json!({ "id": harry["id"], "version": 1, "slug": "anna-b-avery" }), json!(["slug"])),
            (json!({ "slug": "A B", "name": "X" }), json!(["slug"])),
            (json!({ "slug": "x", "name": "X\u{7}" }), json!(["name"])),
            (json!({ "slug": "x", "name": "X", "title": "t".repeat(301) }), json!(["title"])),
            (json!({ "id": harry["id"], "name": "X" }), json!(["version"])),
            (json!({ "version": 1, "name": "X" }), json!(["id"])),
        ] {
            let no = refused(&app, &staff, "upsertFacultyMember", input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{no}");
        }
        let learner = app.signs_in("ada@example.org").await;
        assert_eq!(
            refused(&app, &learner, "upsertFacultyMember", json!({ "slug": "x", "name": "X" })).await["code"],
            "FORBIDDEN"
        );
        assert_eq!(
            refused(&app, &staff, "upsertFacultyMember", json!({ "id": "x", "version": 1 })).await["code"],
            "NOT_FOUND"
        );
    }

    async fn who_teaches_in_a_course_is_set_in_order(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let anna = enters(&app, &staff, "anna-avery", "Anna Avery").await;
        let now = sets(
            &app,
            &staff,
            SAMPLE_SLUG,
            &[("anna-avery", true), ("lindsay-dow", false), ("harry-han", true)],
        )
        .await;
        assert_eq!(
            (slugs(&now["directors"]), slugs(&now["faculty"]["nodes"])),
            (vec!["anna-avery", "harry-han"], vec!["anna-avery", "lindsay-dow", "harry-han"])
        );
        let speakers: Vec<&str> = session(&now, "d1-welcome")["faculty"]
            .as_array()
            .expect("faculty")
            .iter()
            .filter_map(|row| row["member"]["slug"].as_str())
            .collect();
        assert_eq!(
            speakers,
            ["harry-han", "lindsay-dow", "vanessa-battista", "hadley-bloomhardt"],
            "whoever is left out stays a guest"
        );
        for (people, path) in [
            (json!([{ "memberId": "nobody", "role": "FACULTY" }]), json!(["faculty", "0", "memberId"])),
            (
                json!([{ "memberId": anna["id"], "role": "FACULTY" }, { "memberId": "anna-avery", "role": "DIRECTOR" }]),
                json!(["faculty", "1", "memberId"]),
            ),
        ] {
            let no = refused(
                &app,
                &staff,
                "setCourseFaculty",
                json!({ "courseId": now["id"], "version": now["version"], "faculty": people }),
            )
            .await;
            assert_eq!(no["path"], path, "{no}");
        }
        assert_eq!(recorded(&app, "setCourseFaculty").await.len(), 1);
    }

    async fn two_entries_of_one_person_become_one(app with the course at "2026-05-01T12:00-04:00") {
        app.imports(&variant("second", |_| {})).await;
        let staff = app.staff("office@example.org").await;
        let double = enters(&app, &staff, "h-han", "H. Han").await;
        // In the first course both are listed, Harry as one of the faculty, and both speak in one session; in
        // the second only the double is.
        let first =
            sets(&app, &staff, SAMPLE_SLUG, &[("harry-han", false), ("lindsay-dow", true), ("h-han", true)])
                .await;
        sets(&app, &staff, "second", &[("lindsay-dow", true), ("h-han", true)]).await;
        for (key, people) in [
            ("d1-frame", json!([{ "memberId": "h-han", "role": "MODERATOR" }, { "memberId": "harry-han" }])),
            ("d3-pain", json!([{ "memberId": "h-han", "role": "PANELIST" }])),
        ] {
            let seen = the_course(&app, &staff).await;
            let input = json!({ "sessionId": session(&seen, key)["id"], "version": seen["version"], "faculty": people });
            does(&app, &staff, "updateSession", input, "").await;
        }
        let harry = member(&app, &staff, "harry-han").await;
        let registration = app.signs_in("nurse@example.org").await.takes_part(&app, "nurse").await;
        app.travels_to("2026-05-15T17:00-04:00").await;
        let nurse = app.signs_in("nurse@example.org").await;
        let rated = |key: &str, speakers: Value| json!({ "sessionId": session(&first, key)["id"], "rating": 4, "speakers": speakers });
        let input = json!({ "registrationId": registration["id"], "objectiveRatings": app.objective_ratings(&nurse, &registration).await, "biasPerceived": false,
            "sessionRatings": [
                rated("d1-frame", json!([{ "facultyMemberId": harry["id"], "rating": 5 }, { "facultyMemberId": double["id"], "rating": 2 }])),
                rated("d3-pain", json!([{ "facultyMemberId": double["id"], "rating": 3 }])),
            ] });
        does(&app, &nurse, "submitEvaluation", input, "").await;

        let staff = app.staff("office@example.org").await;
        let no = refused(
            &app,
            &staff,
            "mergeFacultyMembers",
            json!({ "keepId": harry["id"], "keepVersion": 9, "mergeId": double["id"], "mergeVersion": 1 }),
        )
        .await;
        assert_eq!((&no["code"], &no["current"]["id"]), (&json!("STALE"), &harry["id"]));
        let no = refused(&app, &staff, "mergeFacultyMembers", merge(&harry, &harry)).await;
        assert_eq!(no["path"], json!(["mergeId"]));
        let merged = does(
            &app,
            &staff,
            "mergeFacultyMembers",
            merge(&harry, &double),
            &format!("{MEMBER} removedFacultyMemberId"),
        )
        .await;
        assert_eq!(merged["removedFacultyMemberId"], double["id"]);
        let kept = merged["facultyMember"].clone();
        assert_eq!(
            (&kept["id"], &kept["name"], &kept["version"]),
            (&harry["id"], &json!("Harry Han"), &json!(2))
        );
        assert_eq!(member(&app, &staff, "h-han").await, Value::Null);
        let now = the_course(&app, &staff).await;
        assert_eq!(
            (slugs(&now["faculty"]["nodes"]), slugs(&now["directors"])),
            (vec!["harry-han", "lindsay-dow"], vec!["harry-han", "lindsay-dow"]),
            "the better standing wins"
        );
        let part = |key: &str| session(&now, key)["faculty"].clone();
        assert_eq!(
            part("d1-frame"),
            json!([{ "role": "SPEAKER", "member": { "id": harry["id"], "slug": "harry-han" } }])
        );
        assert_eq!(
            part("d3-pain"),
            json!([{ "role": "PANELIST", "member": { "id": harry["id"], "slug": "harry-han" } }])
        );
        assert_eq!(slugs(&course(&app, &staff, "second").await["directors"]), ["lindsay-dow", "harry-han"]);
        let ratings = evaluation_rating::Entity::find()
            .filter(evaluation_rating::Column::FacultyMemberId.is_not_null())
            .order_by_asc(evaluation_rating::Column::Rating);
        let ratings: Vec<i16> =
            ratings.all(app.db()).await.expect("rows").into_iter().map(|row| row.rating).collect();
        assert_eq!(ratings, [3, 5], "of two ratings in one session the first person's stays");
        let record = recorded(&app, "mergeFacultyMembers").await.pop().expect("a row");
        let before = record.before.expect("before");
        assert_eq!(
            (&before["kept"]["slug"], &before["merged"]["slug"], &before["ratings_lost"][0]["rating"]),
            (&json!("harry-han"), &json!("h-han"), &json!(2))
        );
        assert_eq!(
            (before["courses"].as_array().map(Vec::len), before["sessions"].as_array().map(Vec::len)),
            (Some(2), Some(2))
        );
        assert_eq!(
            refused(&app, &staff, "mergeFacultyMembers", merge(&kept, &double)).await["code"],
            "NOT_FOUND"
        );
        let seen = the_course(&app, &staff).await;
        let again = json!({ "courseId": seen["id"], "version": seen["version"], "tracks": seen["tracks"].as_array().expect("tracks").iter().map(|row| json!({ "id": row["id"], "name": row["name"] })).collect::<Vec<_>>() });
        let same = does(&app, &staff, "setTracks", again, "course { version }").await;
        assert_eq!(
            same["version"], seen["version"],
            "what is stored still reads as the course file that it is"
        );
    }

    async fn staff_of_one_organization_merge_only_whom_they_alone_show(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("theirs", |file| {
            file.course.offered_by = vec![said("harvard-medical-school")];
            file.organizations.retain(|row| row.slug == "harvard-medical-school");
            file.faculty.retain(|row| row.slug == "harry-han");
            file.days
                .iter_mut()
                .flat_map(|day| &mut day.sessions)
                .for_each(|row| row.faculty.retain(|speaker| speaker.member == "harry-han"));
        }))
        .await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (one, other) =
            (enters(&app, &ours, "one", "One").await, enters(&app, &ours, "other", "Other").await);
        let (harry, lindsay) =
            (member(&app, &ours, "harry-han").await, member(&app, &ours, "lindsay-dow").await);
        for (kept, gone) in [(&harry, &one), (&one, &harry)] {
            let no = refused(&app, &ours, "mergeFacultyMembers", merge(kept, gone)).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["mergeId"])), "{no}");
        }
        does(&app, &ours, "mergeFacultyMembers", merge(&one, &other), MEMBER).await;
        does(&app, &ours, "mergeFacultyMembers", merge(&lindsay, &member(&app, &ours, "one").await), MEMBER)
            .await;
        let learner = app.signs_in("ada@example.org").await;
        assert_eq!(
            refused(&app, &learner, "mergeFacultyMembers", merge(&lindsay, &harry)).await["code"],
            "FORBIDDEN"
        );
        assert_eq!(row(&the_course(&app, &ours).await["faculty"]["nodes"], "lindsay-dow")["version"], 2);
    }
}
