//! An edit changes what was edited, and what is wrong changes nothing.

use entity::course::Status;
use lectern::catalogue::draft::{self, Draft};
use lectern::course_file::{parse, print};
use lectern::error::Error;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{a_minute_later, audited, checks, differing, edited, sample, snapshot};
use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, said, stories};

/// Everything of the course page that has an identity, under its name, with its id.
async fn ids(app: &TestApp) -> Vec<(String, String)> {
    let page = app
        .state
        .catalogue
        .page_by_slug(&app.state.db, SAMPLE_SLUG)
        .await
        .expect("the database answers")
        .expect("a course");
    let mut ids = vec![("course".to_owned(), page.course.id.to_string())];
    ids.extend(page.sessions.iter().map(|row| (row.session.slug.clone(), row.session.id.to_string())));
    ids.extend(page.tracks.iter().map(|row| (row.slug.clone(), row.id.to_string())));
    ids.extend(page.objectives.iter().map(|row| (row.text.clone(), row.id.to_string())));
    ids.extend(page.prices.iter().map(|row| (format!("{:?}", row.profession), row.id.to_string())));
    ids.extend(page.credits.iter().map(|row| (format!("{:?}", row.offer.kind), row.offer.id.to_string())));
    ids.extend(page.rules.iter().map(|row| (row.slug.clone(), row.id.to_string())));
    ids.extend(page.faculty.iter().map(|row| (row.member.slug.clone(), row.member.id.to_string())));
    ids.sort();
    ids
}

/// Imports a file that must be refused; returns why, and that nothing has changed.
async fn refused(app: &TestApp, file: &Draft) -> String {
    let before = snapshot(app).await;
    let why = match draft::import(&app.state, file, "a story").await {
        Err(Error::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(checks(app, file).await, Err(why.clone()), "a check says the same");
    assert_eq!(differing(&before, &snapshot(app).await), [], "nothing is half imported");
    why
}

/// A top rating for every objective.
fn each_rated(objectives: &Value) -> Vec<Value> {
    objectives
        .as_array()
        .expect("objectives")
        .iter()
        .map(|objective| json!({ "objectiveId": objective["id"], "rating": 5 }))
        .collect()
}

async fn version(app: &TestApp, slug: &str) -> i64 {
    let row = entity::course::Entity::find()
        .filter(entity::course::Column::Slug.eq(slug))
        .one(app.db())
        .await
        .expect("rows");
    row.expect("a course").version.into()
}

stories! {
    async fn an_edit_changes_what_was_edited_and_no_id(app with the course at "2026-04-01T12:00-04:00") {
        let known = ids(&app).await;
        // What is edited, in how many words the change is told, and the tables in which so many rows change
        // beside the course and the audit.
        for (old, new, words, tables) in [
            ("title = \"The Frame of Palliative Care\"", "title = \"Frames\"", 1, &[("session", 1)][..]),
            (
                "start = \"10:30\", end = \"11:15\"",
                "start = \"10:35\", end = \"11:15\"",
                1,
                &[("session", 1)],
            ),
            ("deadline = 2026-05-06", "deadline = 2026-05-05\nearly_deadline = 2026-04-15", 2, &[]),
            ("name = \"Pediatric\"", "name = \"Children\"", 1, &[("track", 1)]),
            (
                "{ profession = \"nurse\", regular = \"1995.00\"",
                "{ profession = \"nurse\", regular = \"2000.00\"",
                1,
                &[("price", 1)],
            ),
            ("length = 3\nposition = 2", "length = 4\nposition = 2", 1, &[("series", 1)]),
            ("name = \"Harvard Medical School\"\n", "name = \"HMS\"\n", 1, &[("organization", 1)]),
            ("name = \"Harry Han\"", "name = \"Harry J. Han\"\nbio = \"B\"", 2, &[("faculty_member", 1)]),
            (
                "label = \"Pharmacology\", amount = \"3.75\"",
                "label = \"Pharmacology\", amount = \"4.00\"",
                1,
                &[],
            ),
            ("kind = \"transition\"", "kind = \"break\"", 1, &[("session", 1)]),
        ] {
            a_minute_later(&app);
            let (before, entries) = (snapshot(&app).await, audited(&app).await);
            let said = app.imports(&edited(old, new)).await;
            assert_eq!(said.len(), words, "{new}: {said:?}");
            let after = snapshot(&app).await;
            let mut expected: Vec<(String, usize, usize)> =
                tables.iter().map(|(table, rows)| ((*table).to_owned(), *rows, *rows)).collect();
            expected.extend([("audit".to_owned(), 0, 1), ("course".to_owned(), 1, 1)]);
            expected.sort();
            // What has no identity of its own is written anew with what it belongs to.
            let mut found = differing(&before, &after);
            found.retain(|(table, _, _)| {
                !["credit_part", "credit_requirement", "series_part", "series_run"].contains(&table.as_str())
            });
            assert_eq!(found, expected, "{new}: {said:?}");
            assert_eq!(ids(&app).await, known, "{new}: every id stays");
            assert_eq!(audited(&app).await, entries + 1);
            app.imports(SAMPLE).await;
            assert_eq!(ids(&app).await, known, "{new}: and when it is taken back");
        }
    }

    async fn another_order_is_told_and_keeps_every_id(app with the course at "2026-04-01T12:00-04:00") {
        let known = ids(&app).await;
        let mut file = sample();
        file.course.objectives.reverse();
        file.tracks.reverse();
        file.fees.prices.reverse();
        file.credits.swap(0, 3);
        file.statements.swap(0, 1);
        let said = app.imports(&print(&file)).await;
        assert!(!said.is_empty() && said.len() <= 6, "{said:?}");
        assert_eq!(ids(&app).await, known);
        let data = app.asks(None, "query($slug: String!) { course(slug: $slug) { objectives tracks { slug } credits { type { code } } prices { profession { code } } } }", json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(data["course"]["objectives"], json!(file.course.objectives));
        assert_eq!(data["course"]["tracks"], json!([{ "slug": "pediatric" }, { "slug": "adult" }]));
        assert_eq!(
            (
                &data["course"]["credits"][0]["type"]["code"],
                &data["course"]["prices"][6]["profession"]["code"]
            ),
            (&json!("abim_moc"), &json!("physician"))
        );
    }

    async fn all_mistakes_are_told_at_once_with_line_and_field(app with the course at "2026-04-01T12:00-04:00") {
        let before = snapshot(&app).await;
        let mut text =
            SAMPLE.replace("title = \"Core Practice of Palliative Care\"\nkind", "title = \"New\"\nkind");
        for (old, new) in [
            ("time_zone = \"America/New_York\"", "time_zone = \"Mars/Olympus\""),
            (
                "regular = \"1995.00\", early = \"1795.50\" },\n  { profession = \"nurse\"",
                "regular = \"much\" },\n  { profession = \"nurse\"",
            ),
            ("start = \"10:30\", end = \"11:15\"", "start = \"10:30\", end = \"25:15\""),
            (
                "faculty = [\"lindsay-dow\"] },\n  { key = \"d2-small-group-start\"",
                "faculty = [\"nobody\"] },\n  { key = \"d2-small-group-start\"",
            ),
            ("amount = \"3.75\"", "amount = 3.75"),
            ("kind = \"disclosure\"", "kind = \"gossip\""),
        ] {
            assert_eq!(text.matches(old).count(), 1, "{old}");
            text = text.replace(old, new);
        }
        let mistakes = parse(&text).expect_err("mistakes");
        let found: Vec<String> = mistakes.iter().map(|mistake| mistake.path.to_string()).collect();
        assert_eq!(
            found,
            [
                "course.time_zone",
                "fees.prices[0].regular",
                "days[0].sessions[1].end",
                "days[1].sessions[1].faculty[0]",
                "credits[1].parts[0].amount",
                "statements[1].kind"
            ]
        );
        for (mistake, word) in mistakes.iter().zip(["Olympus", "much", "25:15", "nobody", "3.75", "gossip"]) {
            let line = text.lines().nth(mistake.line - 1).expect("a line");
            assert!(line.contains(word), "{mistake} points to {line}");
            assert!(
                mistake.to_string().starts_with(&format!("line {}: {}: ", mistake.line, mistake.path)),
                "{mistake}"
            );
        }
        assert_eq!(snapshot(&app).await, before);
    }

    async fn what_learners_have_chosen_or_rated_cannot_be_taken_away(app with the course at "2026-05-01T12:00-04:00") {
        let nurse = app.signs_in("nurse@example.org").await;
        let registration = nurse.takes_part(&app, "nurse").await;
        let mut file = sample();
        file.course.title = said("New");
        file.tracks.retain(|track| track.slug != "adult");
        file.days
            .iter_mut()
            .flat_map(|day| &mut day.sessions)
            .for_each(|session| session.tracks.retain(|track| track != "adult"));
        assert!(refused(&app, &file).await.to_lowercase().contains("adult"));
        app.travels_to("2026-05-15T17:00-04:00").await;
        let nurse = app.signs_in("nurse@example.org").await;
        let sessions = nurse.asks(&app, "query($slug: String!) { course(slug: $slug) { learningObjectives { id } sessions { nodes { id } } } }", json!({ "slug": SAMPLE_SLUG })).await;
        let ratings: Vec<Value> = each_rated(&sessions["course"]["learningObjectives"]);
        let input = json!({ "registrationId": registration["id"], "objectiveRatings": ratings, "biasPerceived": false,
            "sessionRatings": [{ "sessionId": sessions["course"]["sessions"]["nodes"][1]["id"], "rating": 4, "speakers": [] }] });
        let done = nurse.does(&app, "submitEvaluation", input, "").await;
        assert!(done.is_null(), "{done}");
        let mut file = sample();
        file.days[0].sessions.remove(1);
        assert!(refused(&app, &file).await.contains("d1-frame"));
        let mut file = sample();
        file.course.objectives.remove(1);
        refused(&app, &file).await;
        let mut file = sample();
        file.days[0].sessions.remove(2);
        let said = app.imports(&print(&file)).await;
        assert!(
            said.iter().any(|line| line == "session d1-morning-break: removed"),
            "what nobody rated can go: {said:?}"
        );
    }

    async fn a_published_course_never_becomes_a_draft_again(app at "2026-04-01T12:00-04:00") {
        let mut file = sample();
        file.course.status = Status::Draft;
        app.imports(&print(&file)).await;
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 0);
        file.course.status = Status::Published;
        a_minute_later(&app);
        app.imports(&print(&file)).await;
        assert_eq!(app.asks(None, "{ courses { totalCount } }", json!({})).await["courses"]["totalCount"], 1);
        file.course.status = Status::Draft;
        refused(&app, &file).await;
    }

    async fn who_teaches_in_two_courses_is_changed_in_both(app with the course at "2026-04-01T12:00-04:00") {
        let mut second = sample();
        second.course.slug = said("second");
        app.imports(&print(&second)).await;
        let names = "{ course(slug: \"second\") { directors { name } sessions(first: 1) { nodes { faculty { member { name } } } } } }";
        let _ = app.asks(None, names, json!({})).await;
        let before = version(&app, "second").await;
        app.imports(&edited("name = \"Harry Han\"", "name = \"Harry J. Han\"")).await;
        assert_eq!(version(&app, "second").await, before + 1);
        let course = app.asks(None, names, json!({})).await["course"].clone();
        assert_eq!(
            (
                &course["directors"][0]["name"],
                &course["sessions"]["nodes"][0]["faculty"][0]["member"]["name"]
            ),
            (&json!("Harry J. Han"), &json!("Harry J. Han")),
            "at once"
        );
        app.imports(SAMPLE).await;
        assert_eq!(version(&app, "second").await, before + 2);
        app.imports(&edited("title = \"Pain\"", "title = \"Pain Relief\"")).await;
        assert_eq!(version(&app, "second").await, before + 2, "a session is the course's own");
    }

    async fn an_edited_statement_gets_a_version_and_the_old_one_is_kept(app with the course at "2026-04-01T12:00-04:00") {
        for text in [edited("Teams can ask for", "Groups can ask for"), SAMPLE.to_owned()] {
            a_minute_later(&app);
            app.imports(&text).await;
        }
        let rows = entity::statement::Entity::find()
            .filter(entity::statement::Column::Kind.eq(entity::statement::Kind::GroupDiscount))
            .order_by_asc(entity::statement::Column::Version)
            .all(app.db())
            .await
            .expect("rows");
        let found: Vec<(i64, bool, bool)> = rows
            .iter()
            .map(|row| (row.version.into(), row.retired_at.is_some(), row.text.starts_with("Groups")))
            .collect();
        assert_eq!(found, [(1, true, false), (2, true, true), (3, false, false)]);
        let data = app
            .asks(
                None,
                "query($slug: String!) { course(slug: $slug) { statements { kind version text } } }",
                json!({ "slug": SAMPLE_SLUG }),
            )
            .await;
        let shown: Vec<&Value> = data["course"]["statements"]
            .as_array()
            .expect("statements")
            .iter()
            .filter(|row| row["kind"] == "GROUP_DISCOUNT")
            .collect();
        assert_eq!((shown.len(), &shown[0]["version"]), (1, &json!(3)));
        assert_eq!(data["course"]["statements"].as_array().expect("statements").len(), 10);
    }
}
