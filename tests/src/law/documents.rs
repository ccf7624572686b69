//! Every GraphQL document that a manual shows is valid, by a full validator. What stories ask goes through
//! the same validator in the server.

use std::fs;
use std::path::Path;

use apollo_compiler::ExecutableDocument;

use super::root;
use crate::support::reread::SCHEMA;

/// What is wrong with a document.
fn mistakes(document: &str) -> Option<String> {
    ExecutableDocument::parse_and_validate(&SCHEMA, document, "document.graphql")
        .err()
        .map(|invalid| invalid.errors.to_string())
}

/// Every manual of the repository, with its path.
fn manuals(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) {
                manuals(&path, found);
            }
        } else if name.ends_with(".md") {
            found.push((path.display().to_string(), fs::read_to_string(&path).expect("a file")));
        }
    }
}

/// The fields of the type `Query`, by which a document without a name is told from a selection.
fn questions() -> Vec<String> {
    SCHEMA.get_object("Query").expect("the type Query").fields.keys().map(ToString::to_string).collect()
}

/// The documents of a manual: blocks of GraphQL, the bodies of requests, and documents within a line.
fn documents(text: &str, questions: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (index, part) in text.split("```").enumerate() {
        let in_block = index % 2 == 1;
        if let Some(document) = part.strip_prefix("graphql\n").filter(|_| in_block) {
            found.push(document.to_owned());
        } else if in_block {
            found.extend(part.split("\"query\":").skip(1).filter_map(body));
        } else {
            let spans = part.split('`').skip(1).step_by(2);
            let is_document = |span: &&str| match span.strip_prefix("{ ") {
                Some(inner) => questions.iter().any(|question| {
                    inner.split(|letter: char| !letter.is_alphanumeric()).next() == Some(question)
                }),
                None => span.starts_with("query ") || span.starts_with("mutation "),
            };
            found.extend(spans.filter(is_document).map(str::to_owned));
        }
    }
    found
}

/// The JSON text with which `rest` begins.
fn body(rest: &str) -> Option<String> {
    serde_json::Deserializer::from_str(rest).into_iter::<String>().next()?.ok()
}

#[test]
fn every_document_in_a_manual_is_valid() {
    let (mut found, mut wrong, mut count) = (Vec::new(), Vec::new(), 0);
    manuals(&root(), &mut found);
    let questions = questions();
    for (path, text) in &found {
        for document in documents(text, &questions) {
            count += 1;
            wrong.extend(mistakes(&document).map(|mistakes| format!("{path}: {document}\n{mistakes}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 6, "only {count} documents in {} manuals", found.len());
}

#[test]
fn documents_are_found_wherever_a_manual_shows_them() {
    let text = "Ask `{ courses { nodes { slug } } }` with `{ code name }`:\n```sh\ncurl -d '{\"query\":\"{ viewer { roles } }\"}'\n```\nor\n```graphql\nquery { node(id: \"x\") { id } }\n```\n";
    assert_eq!(
        documents(text, &questions()),
        ["{ courses { nodes { slug } } }", "{ viewer { roles } }", "query { node(id: \"x\") { id } }\n"]
    );
}

#[test]
fn what_typed_clients_refuse_is_refused() {
    for (document, words) in [
        // Fields of one name and of types that do not merge, which the results of mutations once were.
        ("{ node(id: \"x\") { ... on Course { title } ... on FacultyMember { title } } }", "title"),
        ("query($n: Int) { nodes(ids: [$n]) { id } }", "$n"),
        ("{ courses(first: 1, first: 2) { totalCount } }", "first"),
        ("{ courses { nodes } }", "nodes"),
    ] {
        let mistakes = mistakes(document).unwrap_or_else(|| panic!("{document} is taken"));
        assert!(mistakes.contains(words), "{document}: {mistakes}");
    }
}
