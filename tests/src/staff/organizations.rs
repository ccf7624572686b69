//! Organizations and series: what courses share beside their people.

use serde_json::{Value, json};

use super::office::{does, recorded, refused, slugs, the_course, variant};
use crate::support::{TestApp, stories};

const ORGANIZATION: &str = "organization { __typename id slug version name url }";
const SERIES: &str = "series { __typename id slug version title summary legacyTitle length parts { position title runs { month format } } }";

async fn list(app: &TestApp, token: Option<&str>, query: &str) -> Vec<String> {
    let data = app
        .asks(
            token,
            &format!("{{ found: {query} {{ totalCount nodes {{ slug }} pageInfo {{ hasNextPage }} }} }}"),
            json!({}),
        )
        .await;
    slugs(&data["found"]["nodes"]).into_iter().map(str::to_owned).collect()
}

stories! {
    async fn the_office_enters_organizations_and_their_staff_say_who_they_are(app with the course at "2026-04-01T12:00-04:00") {
        let office = app.staff("office@example.org").await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let theirs = app.staff_of("theirs@example.org", Some("harvard-medical-school")).await;
        let before = the_course(&app, &ours).await;
        let ours_now = before["offeredBy"][0].clone();
        let renamed = json!({ "id": ours_now["id"], "version": ours_now["version"], "name": "BIDMC", "url": "https://bidmc.example.org" });
        for person in [&theirs, &app.signs_in("ada@example.org").await] {
            assert_eq!(
                refused(&app, person, "upsertOrganization", renamed.clone()).await["code"],
                "FORBIDDEN"
            );
        }
        let done = does(&app, &ours, "upsertOrganization", renamed.clone(), ORGANIZATION).await;
        assert_eq!(
            done,
            json!({ "__typename": "Organization", "id": ours_now["id"], "slug": "beth-israel-deaconess", "version": 2, "name": "BIDMC", "url": "https://bidmc.example.org" })
        );
        let now = the_course(&app, &ours).await;
        assert_eq!(
            (&now["offeredBy"][0]["name"], &now["version"]),
            (&json!("BIDMC"), &json!(2)),
            "its courses show it at once"
        );
        let no = refused(&app, &ours, "upsertOrganization", renamed).await;
        assert_eq!(
            (&no["code"], &no["current"]["name"], &no["current"]["version"]),
            (&json!("STALE"), &json!("BIDMC"), &json!(2))
        );
        for (person, input, code, path) in [
            (
                &ours,
                json!({ "id": ours_now["id"], "version": 2, "slug": "bidmc" }),
                "INVALID_INPUT",
                json!(["slug"]),
            ),
            (&ours, json!({ "slug": "new", "name": "New" }), "FORBIDDEN", json!([])),
            (
                &ours,
                json!({ "id": ours_now["id"], "version": 2, "url": "http://bidmc.example.org" }),
                "INVALID_INPUT",
                json!(["url"]),
            ),
            (
                &office,
                json!({ "slug": "beth-israel-deaconess", "name": "New" }),
                "INVALID_INPUT",
                json!(["slug"]),
            ),
            (&office, json!({ "slug": "Not A Slug", "name": "New" }), "INVALID_INPUT", json!(["slug"])),
            (&office, json!({ "slug": "new", "name": "" }), "INVALID_INPUT", json!(["name"])),
            (&office, json!({ "slug": "new" }), "INVALID_INPUT", json!(["name"])),
        ] {
            let no = refused(&app, person, "upsertOrganization", input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!(code), &path), "{no}");
        }
        does(
            &app,
            &office,
            "upsertOrganization",
            json!({ "id": ours_now["id"], "version": 2, "slug": "bidmc", "url": null }),
            ORGANIZATION,
        )
        .await;
        does(
            &app,
            &office,
            "upsertOrganization",
            json!({ "slug": "new", "name": "A New One" }),
            ORGANIZATION,
        )
        .await;
        assert_eq!(the_course(&app, &ours).await["offeredBy"][0]["slug"], "bidmc");
        let rows = recorded(&app, "upsertOrganization").await;
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[1].before,
            Some(
                json!({ "organization bidmc": { "slug": "beth-israel-deaconess", "url": "https://bidmc.example.org" } })
            )
        );
        assert_eq!(rows[1].after, Some(json!({ "organization bidmc": { "slug": "bidmc", "url": null } })));
        assert_eq!((&rows[2].before, rows[2].subject_type.as_str()), (&None, "organization"));

        assert_eq!(
            list(&app, Some(&ours.token), "organizations").await,
            ["new", "bidmc", "harvard-medical-school"]
        );
        assert_eq!(
            list(&app, Some(&ours.token), "organizations(filter: { text: \"SCHOOL medical\" })").await,
            ["harvard-medical-school"]
        );
        assert_eq!(
            list(&app, None, "organizations").await,
            ["bidmc", "harvard-medical-school"],
            "others see who stands behind a course"
        );
        let one = "{ organization(slug: \"new\") { name } }";
        assert_eq!(app.asks(None, one, json!({})).await["organization"], Value::Null);
        assert_eq!(ours.asks(&app, one, json!({})).await["organization"]["name"], "A New One");
    }

    async fn the_whole_office_writes_series(app with the course at "2026-04-01T12:00-04:00") {
        app.imports(&variant("second", |file| {
            if let Some(series) = &mut file.series {
                series.position = 1;
            }
        }))
        .await;
        let office = app.staff("office@example.org").await;
        let ours = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let seen = the_course(&app, &office).await;
        let series = seen["series"]["series"].clone();
        let input = json!({ "id": series["id"], "version": series["version"], "title": "Palliative Care, Anew", "length": 4,
            "parts": [{ "position": 4, "title": "The Fourth" }, { "position": 1, "title": "The First", "runs": [{ "month": "2025-10", "format": "IN_PERSON" }] }] });
        assert_eq!(refused(&app, &ours, "upsertSeries", input.clone()).await["code"], "FORBIDDEN");
        let done = does(&app, &office, "upsertSeries", input.clone(), SERIES).await;
        assert_eq!(
            (&done["version"], &done["length"], &done["title"]),
            (&json!(2), &json!(4), &json!("Palliative Care, Anew"))
        );
        assert_eq!(
            done["parts"],
            json!([{ "position": 1, "title": "The First", "runs": [{ "month": "2025-10", "format": "IN_PERSON" }] },
            { "position": 4, "title": "The Fourth", "runs": [] }])
        );
        let now = the_course(&app, &office).await;
        assert_eq!(
            (&now["series"]["series"]["title"], &now["version"]),
            (&json!("Palliative Care, Anew"), &json!(2))
        );
        let no = refused(&app, &office, "upsertSeries", input).await;
        assert_eq!(
            (&no["code"], &no["current"]["title"]),
            (&json!("STALE"), &json!("Palliative Care, Anew"))
        );
        for (input, path) in [
            (json!({ "id": series["id"], "version": 2, "length": 1, "parts": [] }), json!(["length"])),
            (json!({ "id": series["id"], "version": 2, "length": 3 }), json!(["parts", "1", "position"])),
            (json!({ "id": series["id"], "version": 2, "length": 70_000 }), json!(["length"])),
            (
                json!({ "id": series["id"], "version": 2, "parts": [{ "position": 2, "title": "A" }, { "position": 2, "title": "B" }] }),
                json!(["parts", "1", "position"]),
            ),
            (
                json!({ "id": series["id"], "version": 2, "parts": [{ "position": 2, "title": "A", "runs": [{ "month": "May", "format": "IN_PERSON" }] }] }),
                json!(["parts", "0", "runs", "0", "month"]),
            ),
            (json!({ "slug": "palliative-care", "title": "T", "length": 1 }), json!(["slug"])),
            (json!({ "slug": "new", "title": "T" }), json!(["length"])),
        ] {
            let no = refused(&app, &office, "upsertSeries", input).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &path), "{no}");
        }
        does(
            &app,
            &office,
            "upsertSeries",
            json!({ "slug": "new", "title": "A New Series", "length": 2 }),
            SERIES,
        )
        .await;
        let rows = recorded(&app, "upsertSeries").await;
        assert_eq!(rows.iter().map(|row| row.before.is_some()).collect::<Vec<_>>(), [true, false]);
        assert_eq!(list(&app, Some(&ours.token), "seriesList").await, ["new", "palliative-care"]);
        assert_eq!(list(&app, Some(&ours.token), "seriesList(last: 1)").await, ["palliative-care"]);
        assert_eq!(list(&app, None, "seriesList").await, ["palliative-care"]);
    }
}
