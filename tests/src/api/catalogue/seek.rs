//! A page costs the same wherever it begins: each list seeks in an index.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::support::plan::plan;
use crate::support::time::at;
use crate::support::{Backend, TestApp, crowd, stories};

/// What one can register for.
const OPEN: &str =
    "{ courses(first: 20, filter: { openForRegistration: true }) { totalCount nodes { slug } } }";

/// The statement that reads the page of a list.
fn of_page(statements: Vec<Statement>) -> Statement {
    let mut found = statements.into_iter().filter(|statement| statement.sql.contains("sort_key_0"));
    let page = found.next().expect("a page is read");
    assert!(found.next().is_none(), "by one statement");
    page
}

/// How far into a list its pages are read.
const PAGES: usize = 10;

/// Asks for the page of `list` behind `after`; returns its last cursor, and the statement that reads the
/// page.
async fn page(
    app: &TestApp,
    token: Option<&str>,
    (within, list, arguments): (&str, &str, &str),
    after: &Value,
) -> (Value, Statement) {
    let connection =
        format!("{list}(first: 100, after: $after{arguments}) {{ pageInfo {{ endCursor hasNextPage }} }}");
    let query = match within {
        "" => format!("query($after: String) {{ {connection} }}"),
        _ => format!("query($after: String) {{ {within}(slug: \"course-1\") {{ {connection} }} }}"),
    };
    let (data, statements) = app.hears(app.asks(token, &query, json!({ "after": after }))).await;
    let info = if within.is_empty() { &data[list] } else { &data[within][list] }["pageInfo"].clone();
    assert_eq!(info["hasNextPage"], true, "{list}{arguments}");
    (info["endCursor"].clone(), of_page(statements))
}

/// Has PostgreSQL note which pages of courses everybody sees; while a snapshot of before is open, it cannot.
/// The page that is written to next may be left out.
async fn sees_all(app: &TestApp) {
    let all = "select relallvisible * 2 > relpages as seen from pg_class where oid = 'course'::regclass";
    for _ in 0..1_000 {
        app.db().execute_unprepared("vacuum course").await.expect("a map of what everybody sees");
        let row = app
            .db()
            .query_one_raw(Statement::from_string(DbBackend::Postgres, all))
            .await
            .expect("an answer")
            .expect("a row");
        if row.try_get::<bool>("", "seen").expect("yes or no") {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody keeps an old snapshot open");
}

stories! {
    async fn a_page_seeks_wherever_it_begins(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        // So many that each list goes on behind the last page that is read, and that the planner would rather
        // not read the pages before it.
        crowd::of_courses(&app, 1_500).await;
        crowd::of_faculty(&app, 1_500).await;
        crowd::of_registrations(&app, 12_000, 10).await;
        if app.backend == Backend::Postgres {
            let spread = "update registration set code = 'R' || upper(substr(md5(code), 1, 10)), started_at = started_at + substr(code, 3)::integer * interval '1 second',
                confirmed_at = confirmed_at + substr(code, 3)::integer * interval '1 second'";
            for statement in [spread, "analyze"] {
                app.db()
                    .execute_unprepared(statement)
                    .await
                    .expect("statistics of people who did not all come at once");
            }
        }
        for (asked, index, key) in [
            (("", "courses", ""), "course_by_moment", "starts_key"),
            (
                ("", "courses", ", orderBy: { field: STARTS_AT, direction: DESC }"),
                "course_by_moment",
                "starts_key",
            ),
            (("", "courses", ", orderBy: { field: TITLE }"), "course_by_title", "title_key"),
            (("", "courses", ", orderBy: { field: DEADLINE }"), "course_by_deadline", "deadline_key"),
            (("", "sessions", ""), "session_by_start", "starts_at"),
            (("", "faculty", ""), "faculty_member_by_name", "name_key"),
            (
                ("", "registrations", ", orderBy: { field: STARTED_AT }"),
                "registration_by_start",
                "started_at",
            ),
            (
                ("course", "registrations", ", orderBy: { field: STARTED_AT }"),
                "registration_by_course_start",
                "started_at",
            ),
            (
                ("course", "registrations", ", orderBy: { field: CODE }"),
                "registration_by_course_code",
                "code",
            ),
            (
                ("course", "registrations", ", orderBy: { field: CONFIRMED_AT }"),
                "registration_by_course_confirmation",
                "confirmed_key",
            ),
            (("course", "notices", ""), "notice_by_course", "due_at"),
        ] {
            let (mut after, mut statement) = page(&app, Some(&staff.token), asked, &Value::Null).await;
            for _ in 1..PAGES {
                (after, statement) = page(&app, Some(&staff.token), asked, &after).await;
            }
            let told = plan(&app, &statement).await.join("\n");
            assert!(told.contains(index), "{asked:?} is not read by {index}:\n{told}");
            let (seeks, sorts) = match app.backend {
                Backend::Sqlite => (
                    told.contains(&format!("({key},id)")) && !told.contains("SCAN"),
                    told.contains("TEMP B-TREE"),
                ),
                Backend::Postgres => {
                    (told.contains("Index Cond: ") && told.contains("ROW("), told.contains("Sort"))
                }
            };
            assert!(seeks && !sorts, "{asked:?} does not seek:\n{told}");
        }
        // A list without an index would be seen here.
        let bare = Statement::from_string(
            app.db().get_database_backend(),
            "select id from course order by overview, id",
        );
        let told = plan(&app, &bare).await.join("\n");
        assert!(told.contains("TEMP B-TREE") || told.contains("Sort"), "{told}");
    }

    async fn a_search_reads_neither_all_courses_nor_all_words(app with the course at "2026-04-01T12:00-04:00") {
        crowd::of_courses(&app, 1_500).await;
        let query =
            "query($text: String!) { courses(first: 20, filter: { text: $text }) { nodes { slug } } }";
        for (text, expected) in [("1234", 1), ("course 123", 11), ("palliative course", 20), ("nothing", 0)] {
            let (data, statements) = app.hears(app.asks(None, query, json!({ "text": text }))).await;
            assert_eq!(data["courses"]["nodes"].as_array().expect("courses").len(), expected, "{text}");
            let told = plan(&app, &of_page(statements)).await.join("\n");
            assert!(
                !told.contains("Seq Scan on course_word") && !told.contains("SCAN course_word"),
                "{text} reads all words:\n{told}"
            );
            if expected < 20 {
                assert!(
                    !told.contains("Seq Scan on course") && !told.contains("SCAN course"),
                    "{text} reads all courses:\n{told}"
                );
            }
        }
        // Neither does a list of what is open begin with what began long ago, nor does a count read rows.
        app.nature.move_to(at("2026-08-01T12:00-04:00"));
        if app.backend == Backend::Sqlite {
            // It knows nothing about its tables until somebody asks it to look.
            app.db().execute_unprepared("delete from sqlite_stat1").await.expect("no statistics");
        }
        let plain = app.on_connections(1).await;
        let (data, statements) = plain.hears(plain.asks(None, OPEN, json!({}))).await;
        assert!(data["courses"]["totalCount"].as_i64().expect("a count") < 2_000, "{data}");
        let told = plan(&plain, &of_page(statements)).await.join("\n");
        let seeks =
            if app.backend == Backend::Sqlite { "(starts_key>?)" } else { "Index Cond: (starts_key >= " };
        assert!(told.contains(seeks), "{told}");
        if app.backend == Backend::Postgres {
            sees_all(&app).await;
        }
        let (_, statements) =
            app.hears(app.asks(None, "{ courses(first: 1) { totalCount } }", json!({}))).await;
        let count = statements.iter().find(|statement| statement.sql.contains("COUNT(*)")).expect("a count");
        let told = plan(&app, count).await.join("\n");
        let by_index = if app.backend == Backend::Sqlite {
            "COVERING INDEX course_seen_by_all"
        } else {
            "Index Only Scan using course_seen_by_all"
        };
        assert!(told.contains(by_index), "{told}");
    }
}
