//! Every mutation is a use case in a file of its own, below the API, and its resolver does nothing but read
//! the input, call it, and show what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{introspected, root, sources};

/// Use cases that are no mutation, and where they are called.
const BESIDE: &[(&str, &str)] =
    &[("receive_bounce", "server/src/http/bounces.rs"), ("receive_file", "server/src/http/files.rs")];

/// `addSession` as a file or a function is called.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

async fn mutations() -> Vec<String> {
    let answer = introspected("{ __schema { mutationType { fields { name } } } }").await;
    let fields = answer["__schema"]["mutationType"]["fields"].as_array().expect("fields").clone();
    fields.iter().map(|field| field["name"].as_str().expect("a name").to_owned()).collect()
}

/// The code of a file without its comments and its unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_mutation_is_a_use_case_in_a_file_of_its_own() {
    let actions: BTreeMap<String, String> = sources("server/src/action").into_iter().collect();
    let mut wrong = Vec::new();
    let mut cases: BTreeSet<String> = mutations().await.iter().map(|name| snake(name)).collect();
    assert!(cases.len() > 40, "{cases:?}");
    for (case, caller) in BESIDE {
        let calls = fs::read_to_string(root().join(caller)).is_ok_and(|text| {
            code(&text).contains(&format!("action::{case}::")) && code(&text).contains(&format!("{case}("))
        });
        if !calls {
            wrong.push(format!("{caller} does not call {case}"));
        }
        cases.insert((*case).to_owned());
    }
    for case in &cases {
        let file = format!("server/src/action/{case}.rs");
        match actions.get(&file) {
            None => wrong.push(format!("{case}: there is no {file}")),
            Some(text) if !text.contains(&format!("pub async fn {case}(")) => {
                wrong.push(format!("{file} has no {case}"));
            }
            Some(_) => {}
        }
    }
    for (name, text) in &actions {
        let path = name.trim_start_matches("server/src/action/").trim_end_matches(".rs");
        let (case, alone) = path.split_once('/').map_or((path, true), |(case, _)| (case, false));
        if !cases.contains(case) {
            wrong.push(format!("{name} belongs to no use case"));
        }
        let text = code(text);
        if text.contains("graphql::") {
            wrong.push(format!("{name} speaks GraphQL"));
        }
        if text.contains("crate::action") || (alone && text.contains("super::")) {
            wrong.push(format!("{name} takes from another use case what belongs in server/src/write/"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_use_cases_share_knows_none_of_them() {
    const CALLERS: [&str; 4] = ["graphql", "http", "command", "preview"];
    for (name, text) in sources("server/src") {
        let room = name.trim_start_matches("server/src/").trim_end_matches(".rs").split('/').next();
        let calls = room.is_some_and(|room| CALLERS.contains(&room));
        let text = code(&text);
        assert!(calls || !text.contains("crate::action"), "{name} names a use case");
        // The catalogue's write model stands upon what use cases share, and not the other way round.
        let shared = room == Some("write");
        assert!(!shared || !text.contains("crate::catalogue"), "{name} climbs back up");
    }
}

/// What a resolver must not do itself: open a draft, begin a transaction, or write.
const RULES: [&str; 6] = ["Open::", "app.begin(", ".begin_with(", "ActiveModel", ".exec(", "changing("];

#[tokio::test]
async fn a_resolver_calls_one_action_and_holds_no_rule() {
    let resolvers: Vec<(String, String)> =
        sources("server/src/graphql").into_iter().map(|(name, text)| (name, code(&text))).collect();
    let mut wrong = Vec::new();
    for (name, text) in &resolvers {
        wrong.extend(
            RULES.iter().filter(|rule| text.contains(**rule)).map(|rule| format!("{name} holds {rule:?}")),
        );
    }
    for name in mutations().await {
        let own = snake(&name);
        let found: Vec<&(String, String)> =
            resolvers.iter().filter(|(_, text)| text.contains(&format!("    async fn {own}("))).collect();
        let [(file, text)] = found.as_slice() else {
            wrong.push(format!("{name} is resolved in {} files", found.len()));
            continue;
        };
        let calls: Vec<&str> = text
            .split("use crate::action::")
            .skip(1)
            .filter_map(|rest| rest.split(['{', ';', ':']).next())
            .collect();
        if !file.ends_with(&format!("/{own}.rs")) || calls != [own.as_str()] {
            wrong.push(format!("{name} is resolved in {file}, which calls {calls:?}"));
        }
        // The resolver is one line: what is read, asked for and shown stands in the function behind it.
        let resolver =
            text.split(&format!("    async fn {own}(")).nth(1).and_then(|rest| rest.split_once("{\n"));
        let body = resolver.map(|(_, rest)| rest.lines().next().unwrap_or_default().trim());
        let one_shape = body.is_some_and(|line| {
            line.starts_with("answer(") && line.ends_with("(ctx.data()?, ctx.data()?, input).await)")
        });
        if !one_shape {
            wrong.push(format!("{file} answers with {body:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
