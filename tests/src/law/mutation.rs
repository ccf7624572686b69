//! Every mutation is a use case in a file of its own, below the API, and its resolver does nothing but read
//! the input, call it, and show what came of it.

use std::collections::BTreeMap;

use super::{introspected, sources};

/// Use cases that share the file of another one, because they are one matter.
const TOGETHER: &[(&str, &str)] = &[
    ("cancelNotice", "instruct"),
    ("confirmAnnouncement", "announce"),
    ("resendNotice", "instruct"),
    ("rotateCalendarUrl", "rotate_calendar"),
    ("setSubscription", "subscription"),
    ("stopAnnouncement", "announce"),
];

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
    let mutations = mutations().await;
    for name in &mutations {
        let own = snake(name);
        let shared = TOGETHER.iter().find(|(known, _)| known == name).map(|(_, file)| (*file).to_owned());
        let file = format!("server/src/action/{}.rs", shared.as_ref().unwrap_or(&own));
        match actions.get(&file) {
            None => wrong.push(format!("{name}: there is no {file}")),
            Some(text) if shared.is_none() && !text.contains(&format!("pub async fn {own}(")) => {
                wrong.push(format!("{file} has no {own}"))
            }
            Some(_) => {}
        }
        if shared.is_some() && actions.contains_key(&format!("server/src/action/{own}.rs")) {
            wrong.push(format!("{name} has a file of its own by now"));
        }
    }
    for (name, text) in &actions {
        if code(text).contains("graphql::") {
            wrong.push(format!("{name} speaks GraphQL"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(mutations.len() > 30, "{mutations:?}");
}

/// What a resolver must not do itself: open a draft, begin a transaction, or write.
const RULES: [&str; 6] = ["Open::", "app.begin(", ".begin_with(", "ActiveModel", ".exec(", "changing("];

/// Nouns whose resolvers still stand in one file.
const NOUNS: [&str; 8] = [
    "announcement/mutation.rs",
    "calendar.rs",
    "enquiry/mutation.rs",
    "notice/mutation.rs",
    "registration/mutation.rs",
    "roster/mutation.rs",
    "sign_in/mutation.rs",
    "subscription.rs",
];

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
        if NOUNS.iter().any(|noun| *file == format!("server/src/graphql/{noun}")) {
            if calls.is_empty() {
                wrong.push(format!("{file} calls no action"));
            }
        } else if !file.ends_with(&format!("/{own}.rs")) || calls != [own.as_str()] {
            wrong.push(format!("{name} is resolved in {file}, which calls {calls:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
