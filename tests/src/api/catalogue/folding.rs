//! Words and names are found, and stand where they are looked for, whatever their accents and however these
//! were typed.

use lectern::catalogue::draft::Standing;
use lectern::listing::index;
use lectern::store;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{each, variant};
use crate::support::{Person, TestApp, said, stories};

/// Titles in the order in which a reader of English looks them up; the first accent is typed as a character
/// of its own.
const TITLES: [&str; 8] = [
    "A\u{30a}ngstro\u{308}m Days",
    "Asthma",
    "“Dying Well”",
    "Ethics",
    "Éthique clinique",
    "Öffentliche Pflege",
    "Oral Care",
    "Zen",
];

async fn found(app: &TestApp, list: &str, text: &str, field: &str) -> Vec<String> {
    let query = format!(
        "query($text: String!) {{ {list}(filter: {{ text: $text }}) {{ totalCount nodes {{ {field} }} }} }}"
    );
    let data = app.asks(None, &query, json!({ "text": text })).await;
    let found = each(&data[list]["nodes"], field);
    assert_eq!(data[list]["totalCount"], found.len(), "{text}");
    found
}

/// All titles, read in pages of two, forwards or backwards.
async fn titles(app: &TestApp, backwards: bool) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    let (size, from, more, edge) = if backwards {
        ("last", "before", "hasPreviousPage", "startCursor")
    } else {
        ("first", "after", "hasNextPage", "endCursor")
    };
    loop {
        let query = format!(
            "query($cursor: String) {{ courses({size}: 2, {from}: $cursor, orderBy: {{ field: TITLE }}) {{ nodes {{ title }} pageInfo {{ {more} {edge} }} }} }}"
        );
        let page = app.asks(None, &query, json!({ "cursor": cursor })).await["courses"].clone();
        let found = each(&page["nodes"], "title");
        let at = if backwards { 0 } else { seen.len() };
        seen.splice(at..at, found);
        if page["pageInfo"][more] == false {
            return seen;
        }
        cursor = page["pageInfo"][edge].clone();
    }
}

/// Everything that is kept for lists is what it would be if it were made anew.
async fn is_kept_in_order(app: &TestApp) {
    let txn = app.db().begin().await.expect("a transaction");
    assert_eq!(
        index::all(&txn).await.expect("the database answers"),
        0,
        "keys and words that are not what they should be"
    );
    txn.rollback().await.expect("nothing was written");
}

/// How many rows the tables have that the step changes.
async fn rows(app: &TestApp) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in [
        "course",
        "session",
        "faculty_member",
        "organization",
        "series",
        "learner",
        "registration",
        "course_word",
        "learner_word",
    ] {
        let count = Statement::from_string(
            app.db().get_database_backend(),
            format!("select count(*) as number from {table}"),
        );
        let row = app.db().query_one_raw(count).await.expect("the database answers").expect("a row");
        rows.push(row.try_get("", "number").expect("a number"));
    }
    assert!(rows.iter().all(|count| *count > 0), "{rows:?}");
    rows
}

async fn member(app: &TestApp, staff: &Person) -> Value {
    staff.asks(app, "{ facultyMember(slug: \"jose-munoz\") { id version } }", json!({})).await["facultyMember"].clone()
}

stories! {
    async fn accents_and_case_do_not_matter(app at "2026-04-01T12:00-04:00") {
        for (number, title) in TITLES.iter().rev().enumerate() {
            let file = variant(&format!("course-{number}"), |file| {
                file.course.title = said(*title);
                file.series = None;
                if *title == "Zen" {
                    let mut guest = file.faculty[0].clone();
                    (guest.slug, guest.name, guest.role) =
                        (said("jose-munoz"), said("José Muñoz O’Brien"), Standing::Faculty);
                    file.faculty.push(guest);
                }
            });
            app.imports(&file).await;
        }
        for (text, expected) in [
            ("jose", "Zen"),
            ("JOSÉ", "Zen"),
            ("jose\u{301}", "Zen"),
            ("Munoz", "Zen"),
            ("muñoz jose", "Zen"),
            ("O'Brien", "Zen"),
            ("brien", "Zen"),
            ("éthique", "Éthique clinique"),
            ("e\u{301}thique", "Éthique clinique"),
            ("ETHIQUE", "Éthique clinique"),
            ("Ångström", TITLES[0]),
            ("angstrom", TITLES[0]),
            ("öffentlich", "Öffentliche Pflege"),
            ("offentlich", "Öffentliche Pflege"),
        ] {
            assert_eq!(found(&app, "courses", text, "title").await, [expected], "{text}");
        }
        assert_eq!(found(&app, "courses", "ethi", "title").await.len(), 2);
        assert_eq!(found(&app, "faculty", "jose munoz", "name").await, ["José Muñoz O’Brien"]);
        for backwards in [false, true] {
            assert_eq!(titles(&app, backwards).await, TITLES);
        }
        is_kept_in_order(&app).await;
    }

    async fn what_changes_is_found_by_what_it_is_now(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("one", |file| {
            let mut guest = file.faculty[0].clone();
            (guest.slug, guest.name, guest.role) =
                (said("jose-munoz"), said("José Muñoz"), Standing::Faculty);
            file.faculty.push(guest);
        }))
        .await;
        let staff = app.staff("office@example.org").await;
        let course =
            staff.asks(&app, "{ course(slug: \"one\") { id version } }", json!({})).await["course"].clone();
        let input = json!({ "courseId": course["id"], "version": course["version"], "title": "Über das Sterben", "topics": ["Trauer"] });
        assert_eq!(
            staff.does(&app, "updateCourse", input, "course { title }").await["title"],
            "Über das Sterben"
        );
        let known = member(&app, &staff).await;
        let input = json!({ "id": known["id"], "version": known["version"], "name": "Pepe Núñez", "affiliation": "Hôpital Général" });
        assert_eq!(
            staff.does(&app, "upsertFacultyMember", input, "facultyMember { name }").await["name"],
            "Pepe Núñez"
        );
        for (text, expected) in
            [("uber", 1), ("trauer", 1), ("nunez", 1), ("core", 1), ("munoz", 0), ("general", 0)]
        {
            assert_eq!(found(&app, "courses", text, "slug").await.len(), expected, "{text}");
        }
        assert_eq!(found(&app, "faculty", "hopital nun", "name").await, ["Pepe Núñez"]);
        assert!(found(&app, "faculty", "jose", "name").await.is_empty());

        let ada = app.signs_in("ada@example.org").await;
        ada.does(&app, "updateProfile", json!({ "name": "Adélaïde Çelik" }), "").await;
        ada.takes_part(&app, "nurse").await;
        for text in ["adelaide celik", "ADÉ", "example.org", "ada@example.org"] {
            let query = "query($text: String!) { registrations(filter: { text: $text }) { totalCount nodes { learner { name } } } }";
            let data = staff.asks(&app, query, json!({ "text": text })).await;
            assert_eq!(data["registrations"]["totalCount"], 1, "{text}");
        }
        is_kept_in_order(&app).await;
    }

    /// The tables as they were, and back again, with something in them.
    async fn the_step_is_taken_back_and_again_on_data(app at "2026-04-01T12:00-04:00") {
        use migration::{Migrator, MigratorTrait};
        app.has_the_course().await;
        app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let steps = Migrator::migrations();
        let place = steps.iter().position(|step| step.name() == "m0010_listing").expect("the step");
        let back = u32::try_from(steps.len() - place).expect("a number");
        let before = rows(&app).await;
        Migrator::down(&app.db().for_migrations(), Some(back)).await.expect("down");
        store::migrate(app.db()).await.expect("up again");
        assert_eq!(rows(&app).await, before);
        assert_eq!(found(&app, "courses", "palliative", "slug").await.len(), 1);
        is_kept_in_order(&app).await;
    }

    /// What was stored before anything was folded is folded when the schema is brought up to date, and once.
    async fn what_was_there_before_is_folded(app with the course at "2026-04-01T12:00-04:00") {
        for statement in [
            "delete from course_word",
            "delete from faculty_member_word",
            "delete from organization_word",
            "update course set title_key = ''",
            "update faculty_member set name_key = ''",
            "update organization set name_key = ''",
            "update series set title_key = ''",
            "update fold_mark set rule = 0",
        ] {
            app.db().execute_unprepared(statement).await.expect("a statement");
        }
        assert!(found(&app, "courses", "palliative", "slug").await.is_empty());
        let standing = store::standing(app.db()).await.expect("an answer");
        assert!(
            matches!(standing, store::Standing::Behind(_)),
            "nobody serves what cannot be found: {standing:?}"
        );
        store::migrate(app.db()).await.expect("a migration");
        assert_eq!(store::standing(app.db()).await.expect("an answer"), store::Standing::UpToDate);
        assert_eq!(found(&app, "courses", "palliative", "slug").await.len(), 1);
        is_kept_in_order(&app).await;
    }
}
