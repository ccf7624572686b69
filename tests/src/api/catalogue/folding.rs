//! Words and names are found, and stand where they are looked for, whatever their accents and however these were typed.

use lectern::course_file::format::Standing;
use lectern::listing::index;
use lectern::store;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{each, variant};
use crate::support::{House, Person, stories};

/// Titles in the order in which a reader of English looks them up; the first accent is typed as a character of its own.
const TITLES: [&str; 8] =
    ["A\u{30a}ngstro\u{308}m Days", "Asthma", "“Dying Well”", "Ethics", "Éthique clinique", "Öffentliche Pflege", "Oral Care", "Zen"];

async fn found(house: &House, list: &str, text: &str, field: &str) -> Vec<String> {
    let query = format!("query($text: String!) {{ {list}(filter: {{ text: $text }}) {{ totalCount nodes {{ {field} }} }} }}");
    let data = house.asks(None, &query, json!({ "text": text })).await;
    let found = each(&data[list]["nodes"], field);
    assert_eq!(data[list]["totalCount"], found.len(), "{text}");
    found
}

/// All titles, read in pages of two, forwards or backwards.
async fn titles(house: &House, backwards: bool) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    let (size, from, more, edge) =
        if backwards { ("last", "before", "hasPreviousPage", "startCursor") } else { ("first", "after", "hasNextPage", "endCursor") };
    loop {
        let query = format!(
            "query($cursor: String) {{ courses({size}: 2, {from}: $cursor, orderBy: {{ field: TITLE }}) {{ nodes {{ title }} pageInfo {{ {more} {edge} }} }} }}"
        );
        let page = house.asks(None, &query, json!({ "cursor": cursor })).await["courses"].clone();
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
async fn is_kept_in_order(house: &House) {
    let txn = house.db().begin().await.expect("a transaction");
    assert_eq!(index::all(&txn).await.expect("the database answers"), 0, "keys and words that are not what they should be");
    txn.rollback().await.expect("nothing was written");
}

/// How many rows the tables have that the step changes.
async fn rows(house: &House) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in ["course", "session", "faculty_member", "organization", "series", "learner", "registration", "course_word", "learner_word"]
    {
        let count = Statement::from_string(house.db().get_database_backend(), format!("select count(*) as number from {table}"));
        let row = house.db().query_one_raw(count).await.expect("the database answers").expect("a row");
        rows.push(row.try_get("", "number").expect("a number"));
    }
    assert!(rows.iter().all(|count| *count > 0), "{rows:?}");
    rows
}

async fn member(house: &House, staff: &Person) -> Value {
    staff.asks(house, "{ facultyMember(slug: \"jose-munoz\") { id version } }", json!({})).await["facultyMember"].clone()
}

stories! {
    async fn accents_and_case_do_not_matter(house at "2026-04-01T12:00-04:00") {
        for (number, title) in TITLES.iter().rev().enumerate() {
            let file = variant(&format!("course-{number}"), |file| {
                file.course.title = (*title).to_owned();
                file.series = None;
                if *title == "Zen" {
                    let mut guest = file.faculty[0].clone();
                    (guest.slug, guest.name, guest.role) = ("jose-munoz".to_owned(), "José Muñoz O’Brien".to_owned(), Standing::Faculty);
                    file.faculty.push(guest);
                }
            });
            house.imports(&file).await;
        }
        for (text, expected) in [
            ("jose", "Zen"), ("JOSÉ", "Zen"), ("jose\u{301}", "Zen"), ("Munoz", "Zen"), ("muñoz jose", "Zen"), ("O'Brien", "Zen"), ("brien", "Zen"),
            ("éthique", "Éthique clinique"), ("e\u{301}thique", "Éthique clinique"), ("ETHIQUE", "Éthique clinique"),
            ("Ångström", TITLES[0]), ("angstrom", TITLES[0]), ("öffentlich", "Öffentliche Pflege"), ("offentlich", "Öffentliche Pflege"),
        ] {
            assert_eq!(found(&house, "courses", text, "title").await, [expected], "{text}");
        }
        assert_eq!(found(&house, "courses", "ethi", "title").await.len(), 2);
        assert_eq!(found(&house, "faculty", "jose munoz", "name").await, ["José Muñoz O’Brien"]);
        for backwards in [false, true] {
            assert_eq!(titles(&house, backwards).await, TITLES);
        }
        is_kept_in_order(&house).await;
    }

    async fn what_changes_is_found_by_what_it_is_now(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        house.imports(&variant("one", |file| {
            let mut guest = file.faculty[0].clone();
            (guest.slug, guest.name, guest.role) = ("jose-munoz".to_owned(), "José Muñoz".to_owned(), Standing::Faculty);
            file.faculty.push(guest);
        })).await;
        let staff = house.staff("office@example.org").await;
        let course = staff.asks(&house, "{ course(slug: \"one\") { id version } }", json!({})).await["course"].clone();
        let input = json!({ "courseId": course["id"], "version": course["version"], "title": "Über das Sterben", "topics": ["Trauer"] });
        assert_eq!(staff.does(&house, "updateCourse", input, "course { title }").await["title"], "Über das Sterben");
        let known = member(&house, &staff).await;
        let input = json!({ "id": known["id"], "version": known["version"], "name": "Pepe Núñez", "affiliation": "Hôpital Général" });
        assert_eq!(staff.does(&house, "upsertFacultyMember", input, "facultyMember { name }").await["name"], "Pepe Núñez");
        for (text, expected) in [("uber", 1), ("trauer", 1), ("nunez", 1), ("core", 1), ("munoz", 0), ("general", 0)] {
            assert_eq!(found(&house, "courses", text, "slug").await.len(), expected, "{text}");
        }
        assert_eq!(found(&house, "faculty", "hopital nun", "name").await, ["Pepe Núñez"]);
        assert!(found(&house, "faculty", "jose", "name").await.is_empty());

        let ada = house.signs_in("ada@example.org").await;
        ada.does(&house, "updateProfile", json!({ "name": "Adélaïde Çelik" }), "").await;
        ada.takes_part(&house, "nurse").await;
        for text in ["adelaide celik", "ADÉ", "example.org", "ada@example.org"] {
            let query = "query($text: String!) { registrations(filter: { text: $text }) { totalCount nodes { learner { name } } } }";
            let data = staff.asks(&house, query, json!({ "text": text })).await;
            assert_eq!(data["registrations"]["totalCount"], 1, "{text}");
        }
        is_kept_in_order(&house).await;
    }

    /// The tables as they were, and back again, with something in them.
    async fn the_step_is_taken_back_and_again_on_data(house at "2026-04-01T12:00-04:00") {
        use migration::{Migrator, MigratorTrait};
        house.has_the_course().await;
        house.signs_in("ada@example.org").await.takes_part(&house, "nurse").await;
        let steps = Migrator::migrations();
        let place = steps.iter().position(|step| step.name() == "m0010_listing").expect("the step");
        let back = u32::try_from(steps.len() - place).expect("a number");
        let before = rows(&house).await;
        Migrator::down(&house.db().for_migrations(), Some(back)).await.expect("down");
        store::migrate(house.db()).await.expect("up again");
        assert_eq!(rows(&house).await, before);
        assert_eq!(found(&house, "courses", "palliative", "slug").await.len(), 1);
        is_kept_in_order(&house).await;
    }

    /// What was stored before anything was folded is folded when the schema is brought up to date, and once.
    async fn what_was_there_before_is_folded(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        for statement in [
            "delete from course_word", "delete from faculty_member_word", "delete from organization_word", "update course set title_key = ''",
            "update faculty_member set name_key = ''", "update organization set name_key = ''", "update series set title_key = ''",
            "update fold_mark set rule = 0",
        ] {
            house.db().execute_unprepared(statement).await.expect("a statement");
        }
        assert!(found(&house, "courses", "palliative", "slug").await.is_empty());
        let standing = store::standing(house.db()).await.expect("an answer");
        assert!(matches!(standing, store::Standing::Behind(_)), "nobody serves what cannot be found: {standing:?}");
        store::migrate(house.db()).await.expect("a migration");
        assert_eq!(store::standing(house.db()).await.expect("an answer"), store::Standing::UpToDate);
        assert_eq!(found(&house, "courses", "palliative", "slug").await.len(), 1);
        is_kept_in_order(&house).await;
    }
}
