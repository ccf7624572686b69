//! Documents that are not sent: known by their hash, or trusted by their id.

use entity::secret::fingerprint;
use lectern::limits::document::Mode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::request::{by, get_with, post, with};
use crate::support::{Answer, TestApp, stories};

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
/// What Apollo Client, urql and Relay send.
const TITLES: &str = "query Titles($first: Int) { courses(first: $first) { nodes { title } } }";
const PROFILE: &str = "mutation Rename($name: String!) { updateProfile(input: { name: $name }) { learner { name } refusal { code } } }";

async fn posts(app: &TestApp, accept: &str, token: Option<&str>, path: &str, body: Value) -> Answer {
    app.answered(by(token, with(post(path, body.to_string()), "accept", accept))).await
}

async fn gets(app: &TestApp, accept: &str, path: &str, parameters: &[(&str, &str)]) -> Answer {
    app.answered(with(get_with(path, parameters), "accept", accept)).await
}

fn by_hash(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

fn title(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    told["data"]["courses"]["nodes"][0]["title"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}

/// What [`code`] finds.
fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A folder with a manifest of each tool: Relay's ids are MD5, the client preset's SHA-1, Apollo's SHA-256.
fn manifests() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, manifest: Value| {
        std::fs::write(folder.path().join(name), format!("{manifest:#}")).expect("a file")
    };
    write("persisted_queries.json", json!({ "1c7ae2a1b8b0d2b5a5d5c1f0a2b3c4d5": TITLES }));
    write("persisted-documents.json", json!({ "9c1185a5c5e9fc54612808977ee8f548b2258d31": PROFILE }));
    let operation = json!({ "id": fingerprint("query Roles { viewer { roles } }"), "name": "Roles", "type": "query", "body": "query Roles { viewer { roles } }" });
    write(
        "persisted-query-manifest.json",
        json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation] }),
    );
    folder
}

stories! {
    async fn a_document_is_known_by_its_hash_once_it_was_sent(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.knows_no_document();
        app.has_the_course().await;
        let hash = fingerprint(TITLES);
        let extensions = by_hash(&hash).to_string();
        let asked = json!({ "variables": { "first": 1 }, "extensions": by_hash(&hash) });

        // Not known yet: Apollo's word for it, kept by nobody; a client of the old type gets it with the
        // status that its link looks into.
        for (accept, status, kind) in [(NEW, 422, NEW), (OLD, 200, OLD)] {
            let found = posts(&app, accept, None, "/graphql", asked.clone()).await;
            assert_eq!(
                found.json(),
                json!({ "errors": [{ "message": "PersistedQueryNotFound", "extensions": { "code": "PERSISTED_QUERY_NOT_FOUND" } }] })
            );
            assert_eq!((found.status.as_u16(), found.header("cache-control")), (status, "no-store"));
            assert!(found.header("content-type").starts_with(kind), "{found:?}");
            assert_eq!(
                code(&gets(&app, accept, "/graphql", &[("extensions", &extensions)]).await),
                no(status, "PERSISTED_QUERY_NOT_FOUND")
            );
        }
        // Another document's hash makes nothing known.
        let foreign = json!({ "query": "{ __typename }", "extensions": by_hash(&hash) });
        assert_eq!(
            code(&posts(&app, NEW, None, "/graphql", foreign).await),
            no(422, "PERSISTED_QUERY_MISMATCH")
        );
        assert_eq!(
            code(&posts(&app, NEW, None, "/graphql", asked.clone()).await),
            no(422, "PERSISTED_QUERY_NOT_FOUND")
        );
        // Sent once, by GET or by POST, the hash is enough.
        assert_eq!(
            title(&gets(&app, NEW, "/graphql", &[("query", TITLES), ("extensions", &extensions)]).await),
            "Core Practice of Palliative Care"
        );
        assert_eq!(
            title(&posts(&app, OLD, None, "/graphql", asked).await),
            "Core Practice of Palliative Care"
        );
        let kept =
            gets(&app, NEW, "/graphql", &[("variables", "{\"first\":1}"), ("extensions", &extensions)]).await;
        assert_eq!(title(&kept), "Core Practice of Palliative Care");
        assert_ne!(kept.header("etag"), "");
        // The edition's own way to say a hash.
        assert_eq!(
            title(&gets(&app, NEW, "/graphql", &[("documentId", &format!("sha256:{hash}"))]).await),
            "Core Practice of Palliative Care"
        );
        // What is no way to say it.
        for wrong in [
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash } } }),
            json!({ "extensions": { "persistedQuery": { "version": 1 } } }),
            json!({ "extensions": { "persistedQuery": hash } }),
            json!({ "documentId": 7 }),
            json!({ "documentId": "x", "query": TITLES }),
            json!({ "extensions": by_hash(&hash), "documentId": "x" }),
        ] {
            assert_eq!(
                code(&posts(&app, NEW, None, "/graphql", wrong.clone()).await),
                no(422, "BAD_REQUEST"),
                "{wrong}"
            );
        }
    }

    async fn a_trusted_document_is_asked_for_by_its_id(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let folder = manifests();
        let ada = app.signs_in("ada@example.org").await;
        let titles = "1c7ae2a1b8b0d2b5a5d5c1f0a2b3c4d5";
        let rename = "9c1185a5c5e9fc54612808977ee8f548b2258d31";
        for mode in [Mode::Off, Mode::LogMissing, Mode::Required] {
            app.trusts(folder.path(), mode);
            let variables = json!({ "first": 1 });
            let own = format!("/graphql/d/{titles}");
            for found in [
                posts(&app, NEW, None, "/graphql", json!({ "documentId": titles, "variables": variables }))
                    .await,
                posts(
                    &app,
                    NEW,
                    None,
                    "/graphql",
                    json!({ "extensions": by_hash(titles), "variables": variables }),
                )
                .await,
                posts(&app, NEW, None, &own, json!({ "variables": variables })).await,
                posts(&app, NEW, None, &own, json!({ "documentId": titles })).await,
                posts(&app, NEW, None, &format!("/graphql/d/sha256:{}", fingerprint(TITLES)), json!({}))
                    .await,
                posts(&app, NEW, None, "/graphql", json!({ "query": TITLES })).await,
                gets(&app, NEW, "/graphql", &[("documentId", titles), ("variables", "{\"first\":1}")]).await,
                gets(&app, NEW, &own, &[("variables", "{\"first\":1}"), ("operationName", "Titles")]).await,
            ] {
                assert_eq!(title(&found), "Core Practice of Palliative Care", "{mode:?}");
            }
            let roles = by_hash(&fingerprint("query Roles { viewer { roles } }"));
            let answer = posts(&app, NEW, None, "/graphql", json!({ "extensions": roles })).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["data"]), (200, &json!({ "viewer": null })));

            // A mutation by its id, and never by GET; ids that say nothing, or two things.
            let renamed = posts(
                &app,
                NEW,
                Some(&ada.token),
                &format!("/graphql/d/{rename}"),
                json!({ "variables": { "name": format!("{mode:?}") } }),
            )
            .await;
            assert_eq!(
                renamed.json()["data"]["updateProfile"]["learner"]["name"],
                format!("{mode:?}"),
                "{renamed:?}"
            );
            assert_eq!(
                code(
                    &gets(&app, NEW, &format!("/graphql/d/{rename}"), &[("variables", "{\"name\":\"x\"}")])
                        .await
                ),
                no(405, "METHOD_NOT_ALLOWED")
            );
            assert_eq!(
                code(&posts(&app, NEW, None, "/graphql", json!({ "documentId": "nothing" })).await),
                no(422, "PERSISTED_QUERY_NOT_FOUND")
            );
            assert_eq!(
                code(&gets(&app, NEW, "/graphql/d/nothing", &[]).await),
                no(422, "PERSISTED_QUERY_NOT_FOUND")
            );
            assert_eq!(
                code(&posts(&app, NEW, None, &own, json!({ "documentId": rename })).await),
                no(422, "BAD_REQUEST")
            );
            assert_eq!(
                code(&posts(&app, NEW, None, &own, json!({ "query": TITLES })).await),
                no(422, "BAD_REQUEST")
            );
        }
    }

    async fn where_documents_must_be_trusted_strangers_send_no_others(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let folder = manifests();
        let staff = app.staff("staff@example.org").await;
        let other = json!({ "query": "{ __typename }" });
        let persisting =
            json!({ "query": "{ __typename }", "extensions": by_hash(&fingerprint("{ __typename }")) });
        for (mode, status, reason) in
            [(Mode::Off, 200, ""), (Mode::LogMissing, 200, ""), (Mode::Required, 422, "DOCUMENT_NOT_TRUSTED")]
        {
            app.trusts(folder.path(), mode);
            for body in [&other, &persisting] {
                assert_eq!(
                    code(&posts(&app, NEW, None, "/graphql", body.clone()).await),
                    no(status, reason),
                    "{mode:?}"
                );
                assert_eq!(
                    code(&posts(&app, NEW, Some(&staff.token), "/graphql", body.clone()).await),
                    no(200, ""),
                    "{mode:?}"
                );
            }
            let found = gets(&app, NEW, "/graphql", &[("query", "{ __typename }")]).await;
            assert_eq!(code(&found), no(status, reason), "{mode:?}");
        }
        // The office has made it known by its hash; for strangers it is unknown all the same.
        let by_hash = json!({ "extensions": by_hash(&fingerprint("{ __typename }")) });
        assert_eq!(
            code(&posts(&app, NEW, Some(&staff.token), "/graphql", by_hash.clone()).await),
            no(200, "")
        );
        assert_eq!(
            code(&posts(&app, NEW, None, "/graphql", by_hash).await),
            no(422, "PERSISTED_QUERY_NOT_FOUND")
        );
    }
}
