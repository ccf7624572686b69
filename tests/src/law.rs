//! Laws that no compiler checks.

mod access;
pub(crate) mod alerts;
mod answers;
mod contract;
mod documents;
mod migrations;
mod mutation;
mod payload;
mod people;
mod recipe;
mod rooms;
mod style;
mod zero;

use std::fs;
use std::path::{Path, PathBuf};

use lectern::graphql::schema;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every Rust file under a folder of the workspace, with its path from the workspace.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root()).expect("inside").display().to_string();
                found.push((name, fs::read_to_string(&path).expect("a file")));
            }
        }
    }
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// What the schema answers to a question about itself.
async fn introspected(query: &str) -> Value {
    let answer = schema::build().execute(query).await.into_result().expect("introspection");
    answer.data.into_json().expect("JSON")
}

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_served() {
    let written = fs::read_to_string(root().join("schema.graphql")).expect("schema.graphql");
    let printed = schema::print(&schema::build());
    assert!(
        written == printed,
        "schema.graphql differs from the code; run `cargo run -- schema > schema.graphql` and look at the diff"
    );
}

#[test]
fn the_access_matrix_in_the_repository_is_the_one_in_the_code() {
    let written = fs::read_to_string(root().join("ACCESS.md")).expect("ACCESS.md");
    assert!(
        written == lectern::access::print(),
        "ACCESS.md differs from the code; run `cargo run -- access > ACCESS.md` and look at the diff"
    );
}

#[test]
fn every_address_has_a_line_in_the_access_matrix() {
    let files = ["server/src/http.rs", "server/src/http/operators.rs"];
    let http = files.map(|file| fs::read_to_string(root().join(file)).expect("routes"));
    let mut served: Vec<&str> = http
        .iter()
        .flat_map(|text| text.split(".route(").skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    let mut told: Vec<&str> = lectern::access::ROUTES.iter().map(|route| route.path).collect();
    served.sort_unstable();
    told.sort_unstable();
    assert_eq!(served, told);
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let query = "{ __schema { types { name description fields(includeDeprecated: true) { name description args { name description } } inputFields { name description }
        enumValues(includeDeprecated: true) { name description } } } }";
    let answer = introspected(query).await;
    // What the library makes by itself: introspection, and the scalars of the specification.
    let made =
        |name: &str| name.starts_with("__") || ["ID", "String", "Int", "Float", "Boolean"].contains(&name);
    let mut bare = Vec::new();
    for kind in answer["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        if made(name) {
            continue;
        }
        let mut look = |what: &Value, at: String| {
            if what["description"].as_str().is_none_or(|words| words.trim().is_empty()) {
                bare.push(at);
            }
        };
        look(kind, name.to_owned());
        for list in ["fields", "inputFields", "enumValues"] {
            for part in kind[list].as_array().into_iter().flatten() {
                let at = format!("{name}.{}", part["name"].as_str().expect("a name"));
                look(part, at.clone());
                for argument in part["args"].as_array().into_iter().flatten() {
                    look(argument, format!("{at}({})", argument["name"].as_str().expect("a name")));
                }
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
