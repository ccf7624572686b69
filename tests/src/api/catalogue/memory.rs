//! Pages in memory: bounded by what they take, read once however many ask, found by their names.

use std::sync::Arc;

use futures_util::future::join_all;
use lectern::catalogue::Catalogue;
use lectern::graphql::course::head;
use lectern::store::Database;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::variant;
use crate::support::database::MANY;
use crate::support::{SAMPLE_SLUG, said, stories};

async fn title(catalogue: &Catalogue, db: &Database, slug: &str) -> String {
    catalogue
        .page_by_slug(db, slug)
        .await
        .expect("the database answers")
        .expect("a course")
        .course
        .title
        .clone()
}

stories! {
    async fn many_who_ask_at_once_cost_what_one_costs(app at "2026-04-01T12:00-04:00") {
        let app = app.on_connections(MANY).await;
        app.has_the_course().await;
        app.imports(&variant("another", |file| file.course.title = said("Another"))).await;
        let catalogue = &app.state.catalogue;
        let ids = [
            catalogue.page_by_slug(app.db(), SAMPLE_SLUG).await,
            catalogue.page_by_slug(app.db(), "another").await,
        ]
        .map(|page| page.expect("the database answers").expect("a course").course.id);
        catalogue.forget_all();
        let before = app.statements();
        catalogue.pages(app.db(), &ids).await.expect("pages");
        let once = app.statements() - before;

        catalogue.forget_all();
        let before = app.statements();
        let asked = join_all((0..20).map(|_| catalogue.pages(app.db(), &ids))).await;
        assert_eq!(app.statements() - before, once, "statements for twenty who ask at the same time");
        let first = asked[0].as_ref().expect("pages")[0].clone();
        for pages in &asked {
            let pages = pages.as_ref().expect("pages");
            assert_eq!(pages.iter().map(|page| page.course.id).collect::<Vec<_>>(), ids);
            assert!(Arc::ptr_eq(&pages[0], &first), "one page for all of them");
        }

        // The same where the page is there and only its version is to be asked for.
        app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
        let before = app.statements();
        join_all((0..20).map(|_| catalogue.pages(app.db(), &ids))).await;
        assert_eq!(app.statements() - before, 1, "statements to look whether the pages are current");
    }

    async fn more_pages_than_fit_are_still_served(app at "2026-04-01T12:00-04:00") {
        const COURSES: usize = 12;
        let slugs: Vec<String> = (0..COURSES).map(|number| format!("course-{number}")).collect();
        for slug in &slugs {
            app.imports(&variant(slug, |file| file.course.title = said(slug.to_uppercase()))).await;
        }
        let one = {
            let catalogue = Catalogue::new(app.nature.clone(), u64::MAX);
            title(&catalogue, app.db(), &slugs[0]).await;
            catalogue.size().1
        };
        assert!((20_000..200_000).contains(&one), "the reference course's page takes {one} bytes");
        let room = one * 4;
        let catalogue = Catalogue::new(app.nature.clone(), room);
        for _ in 0..2 {
            for slug in &slugs {
                assert_eq!(title(&catalogue, app.db(), slug).await, slug.to_uppercase());
                assert!(catalogue.size().1 <= room, "{:?} of {room} bytes", catalogue.size());
            }
        }
        assert!(catalogue.size().0 >= 2, "{:?}", catalogue.size());
    }

    async fn a_list_of_titles_and_dates_reads_no_pages_that_find_no_room(app with the course at "2026-04-01T12:00-04:00") {
        let mut narrow = app.on_connections(4).await;
        narrow.keeps_no_pages();
        let read_of_pages = |statements: &[Statement]| {
            statements.iter().filter(|statement| statement.sql.contains("FROM \"session\"")).count()
        };
        for field in head::FIELDS {
            let selected = match field {
                "registrationWindow" => {
                    "registrationWindow { state opensAt earlyDeadline earlyEndsAt deadline closesAt }"
                }
                "processingFee" => "processingFee { amount currency formatted }",
                field => field,
            };
            let page = app
                .asks(None, &format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ {selected} }} }}"), json!({}))
                .await;
            let list = format!(
                "{{ courses {{ nodes {{ {selected} }} edges {{ cursor node {{ {selected} }} }} }} }}"
            );
            let (data, statements) = narrow.hears(narrow.asks(None, &list, json!({}))).await;
            let found = &data["courses"];
            assert_eq!(
                (&found["nodes"][0], &found["edges"][0]["node"]),
                (&page["course"], &page["course"]),
                "{field}"
            );
            assert_eq!(read_of_pages(&statements), 0, "{field}: {statements:?}");
        }
        for more in [
            "nodes { title objectives }",
            "edges { node { title objectives } }",
            "nodes { title } edges { node { objectives } }",
        ] {
            let (data, statements) =
                narrow.hears(narrow.asks(None, &format!("{{ courses {{ {more} }} }}"), json!({}))).await;
            assert!(data.to_string().contains("\"objectives\":[\""), "{data}");
            assert!(read_of_pages(&statements) > 0, "{more}: {statements:?}");
        }
    }

    async fn a_list_of_titles_and_dates_reads_pages_as_long_as_there_is_room(app with the course at "2026-04-01T12:00-04:00") {
        app.state.catalogue.forget_all();
        app.asks(None, "{ courses { nodes { title } } }", json!({})).await;
        assert_eq!(app.state.catalogue.size().0, 1);
    }

    /// Who sees a draft is told by what stands on its page.
    async fn a_draft_is_in_a_list_of_titles_for_its_staff_alone(app with the course at "2026-04-01T12:00-04:00") {
        let mut narrow = app.on_connections(4).await;
        narrow.keeps_no_pages();
        app.db()
            .execute_unprepared(
                "update course set status = 'draft', published_at = null, version = version + 1",
            )
            .await
            .expect("a draft");
        let staff = app.staff_of("office@example.org", Some("beth-israel-deaconess")).await;
        for (token, expected) in [(None, 0), (Some(staff.token.as_str()), 1)] {
            let data = narrow.asks(token, "{ courses { nodes { title } } }", json!({})).await;
            assert_eq!(data["courses"]["nodes"].as_array().expect("courses").len(), expected);
        }
    }

    async fn a_page_that_is_kept_is_found_by_its_name_without_a_statement(app at "2026-04-01T12:00-04:00") {
        app.imports(&variant("old-name", |file| file.course.title = said("One"))).await;
        let catalogue = &app.state.catalogue;
        title(catalogue, app.db(), "old-name").await;
        let before = app.statements();
        assert_eq!(title(catalogue, app.db(), "old-name").await, "One");
        assert_eq!(app.statements(), before);
        // A name that went to another course leads there.
        let renamed = "update course set slug = 'new-name', version = version + 1 where slug = 'old-name'";
        app.db().execute_unprepared(renamed).await.expect("a change");
        app.imports(&variant("old-name", |file| file.course.title = said("Two"))).await;
        app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
        assert_eq!(title(catalogue, app.db(), "old-name").await, "Two");
        assert_eq!(title(catalogue, app.db(), "new-name").await, "One");
    }
}
