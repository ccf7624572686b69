//! Documents that are asked for by what stands for them.

use entity::secret::fingerprint;
use tempfile::TempDir;

use super::super::persisted::Selector;
use super::super::trusted::CannotTrust;
use super::*;
use crate::limits::document::Mode;

const ROLES: &str = "query Roles { viewer { roles } }";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).expect("a file"));
    folder
}

fn trusting(files: &[(&str, &str)], mode: Mode) -> Result<Documents, CannotTrust> {
    documents().trusting(folder(files).path(), mode)
}

/// What is wrong with manifests, without the folder's name.
fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    match documents().trusting(folder.path(), Mode::Off) {
        Err(CannotTrust::Mistakes(mistakes)) => {
            let around = format!("{}/", folder.path().display());
            mistakes.iter().map(|mistake| mistake.to_string().replace(&around, "")).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn code(found: Result<Arc<Document>, NotRunnable>) -> &'static str {
    found.expect_err("it is refused").into_errors().remove(0).code
}

fn id(id: &str) -> Selector {
    Selector::Id(id.to_owned())
}

#[test]
fn a_trusted_document_is_found_by_its_id_its_hash_and_its_text() {
    let manifest = json!({ "roles-1": ROLES }).to_string();
    for mode in [Mode::Off, Mode::LogMissing, Mode::Required] {
        let documents = trusting(&[("relay.json", &manifest), ("notes.txt", "no manifest")], mode)
            .expect("sound manifests");
        assert_eq!(documents.trusted(), 1);
        let hash = fingerprint(ROLES);
        for selector in [
            id("roles-1"),
            id(&format!("sha256:{hash}")),
            Selector::Hash(hash.clone()),
            Selector::Hash("roles-1".to_owned()),
            Selector::Text(ROLES.to_owned()),
            Selector::Persist { text: ROLES.to_owned(), hash },
        ] {
            assert_eq!(documents.find(&selector, false).expect("it is known").text(), ROLES, "{selector:?}");
        }
        assert_eq!(code(documents.find(&id("roles-2"), true)), "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[test]
fn what_is_not_trusted_is_for_those_who_are_known() {
    let other = Selector::Text("{ __typename }".to_owned());
    let documents = trusting(&[("relay.json", &json!({ "roles-1": ROLES }).to_string())], Mode::Required)
        .expect("a sound manifest");
    assert_eq!(code(documents.find(&other, false)), "DOCUMENT_NOT_TRUSTED");
    assert!(documents.find(&other, true).is_ok());
    // What somebody who is known has made known by its hash is not trusted either.
    let hash = fingerprint("{ __typename }");
    assert!(
        documents
            .find(&Selector::Persist { text: "{ __typename }".to_owned(), hash: hash.clone() }, true)
            .is_ok()
    );
    for selector in [Selector::Hash(hash.clone()), id(&format!("sha256:{hash}"))] {
        assert_eq!(code(documents.find(&selector, false)), "PERSISTED_QUERY_NOT_FOUND");
        assert!(documents.find(&selector, true).is_ok());
    }
    let documents = trusting(&[("relay.json", &json!({ "roles-1": ROLES }).to_string())], Mode::LogMissing)
        .expect("a sound manifest");
    assert!(documents.find(&other, false).is_ok());
}

#[test]
fn a_hash_is_known_once_its_text_was_sent_and_must_be_its_own() {
    let documents = documents();
    let text = "{ viewer { roles } }".to_owned();
    let hash = fingerprint(&text);
    assert_eq!(
        documents.find(&Selector::Hash(hash.clone()), false).map(drop),
        Err(NotRunnable::Unknown(RequestError::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")))
    );
    let foreign = Selector::Persist { text: "{ __typename }".to_owned(), hash: hash.clone() };
    assert_eq!(code(documents.find(&foreign, false)), "PERSISTED_QUERY_MISMATCH");
    assert!(documents.find(&Selector::Hash(hash.clone()), false).is_err());
    let nonsense = "{ nothing }".to_owned();
    let hash_of_nonsense = fingerprint(&nonsense);
    assert_eq!(
        code(documents.find(&Selector::Persist { text: nonsense, hash: hash_of_nonsense.clone() }, false)),
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(code(documents.find(&Selector::Hash(hash_of_nonsense), false)), "PERSISTED_QUERY_NOT_FOUND");
    assert!(documents.find(&Selector::Persist { text: text.clone(), hash: hash.clone() }, false).is_ok());
    assert_eq!(documents.find(&Selector::Hash(hash), false).expect("it is known").text(), text);
}

#[test]
fn what_clients_have_made_known_has_a_bound() {
    let documents = documents();
    // Each takes 60 kB of the 8 MB, so they are forgotten in turn.
    for place in 0..400 {
        let text = format!("{{ a{place}: __typename }} #{}", "x".repeat(14_900));
        let hash = fingerprint(&text);
        documents.find(&Selector::Persist { text, hash }, false).expect("a sound document");
    }
    assert!(documents.persisted.weight() <= PERSISTED_BYTES, "{}", documents.persisted.weight());
    assert!(documents.persisted.len() > 50, "{}", documents.persisted.len());
}

#[test]
fn mistakes_of_manifests_are_told_with_file_and_line() {
    let sessions = |first: &str| {
        format!(
            "query S($n: Int, $after: String) {{ courses(first: $n, after: $after) {{ nodes {{ sessions({first}) {{ nodes {{ id title kind startsAt endsAt }} }} }} }} }}"
        )
    };
    let first = format!(
        "{{\n \"sound\": {:?},\n \"wide\": {:?},\n \"narrow\": {:?},\n \"unknown\": \"query Q {{\\n  nothing\\n}}\",\n \"broken\": \"query {{\"\n}}",
        ROLES,
        sessions("first: 100"),
        sessions("first: 90"),
    );
    let second = "{ \"format\": \"apollo-persisted-query-manifest\", \"version\": 1, \"operations\": [\n{ \"id\": \"sound\", \"body\": \"{ __typename }\" } ] }";
    assert_eq!(
        mistakes(&[("b.json", second), ("a.json", &first), ("c.json", "[]")]),
        [
            "a.json:3: the document \"wide\": With the largest pages that its variables allow, the answer could hold 50301 values; at most 50000 are \
             allowed. Give pages a fixed size, or ask for less of each row.",
            "a.json:5: the document \"unknown\", line 2, column 3: Cannot query field \"nothing\" on type \"Query\".",
            "a.json:6: the document \"broken\", line 1, column 8: Syntax error: expected at least one field, found the end of the document.",
            "b.json:2: the id \"sound\" is another document's in a.json:2",
            "c.json:1: it cannot be read (invalid type: sequence, expected an object at line 1 column 0); a manifest is an object from ids to documents, \
             as Relay and GraphQL Code Generator write it, or Apollo's, with `format`, `version` and `operations`",
        ]
    );
}

#[test]
fn the_largest_variables_are_those_that_the_schema_lets_in() {
    // What the schema says that a list costs beside its rows, where it is read from the database.
    const LIST: u64 = 100;
    let most = |text: &str| {
        let document = documents().read(text).unwrap_or_else(|no| panic!("{text}: {no:?}"));
        document.operations[0].cost.at_most()
    };
    assert_eq!(most("{ sessions { nodes { id } } }"), LIST + 1 + 20);
    assert_eq!(most("query($n: Int) { sessions(first: $n) { nodes { id } } }"), LIST + 1 + 100);
    assert_eq!(
        most("query($n: Int = 5) { sessions(last: $n) { nodes { id } } }"),
        LIST + 1 + 100,
        "a default is no bound"
    );
    assert_eq!(most("query($c: String) { sessions(first: 30, after: $c) { nodes { id } } }"), LIST + 1 + 30);
    assert_eq!(most("query($ids: [ID!]!) { nodes(ids: $ids) { id } }"), 1 + 100);
    assert_eq!(
        most(
            "query($n: Int, $all: Boolean!) { courses(first: $n) { nodes { id title @include(if: $all) } } }"
        ),
        LIST + 1 + 100 * 2
    );
    assert_eq!(
        most(
            "query($n: Int) { node(id: \"x\") { ... on Course { sessions(first: $n) { nodes { id } } } ... on Session { title } } }"
        ),
        1 + 2 + 100
    );
}

#[test]
fn a_folder_without_manifests_is_refused() {
    assert!(matches!(trusting(&[("a.graphql", ROLES)], Mode::Off), Err(CannotTrust::Empty(_))));
    assert!(matches!(
        documents().trusting(Path::new("/nowhere/at/all"), Mode::Off),
        Err(CannotTrust::Unreadable(..))
    ));
}
