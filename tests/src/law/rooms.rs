//! Who may name whom, and what is done in one place.

use std::fs;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{root, sources};

fn dependencies(package: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .expect("dependencies")
        .split("\n[")
        .next()
        .expect("a section");
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn crates_depend_one_way() {
    let forbidden = [
        (
            "entity",
            vec![
                "migration",
                "worker",
                "lectern",
                "async-graphql",
                "axum",
                "tokio",
                "lettre",
                "apalis",
                "apalis-core",
                "reqwest",
            ],
        ),
        ("migration", vec!["entity", "worker", "lectern", "async-graphql", "axum"]),
        ("worker", vec!["migration", "lectern", "axum", "async-graphql"]),
        ("server", vec!["apalis", "apalis-core", "apalis-cron", "lettre", "minijinja", "icalendar"]),
    ];
    for (package, banned) in forbidden {
        let found = dependencies(package);
        assert!(!found.is_empty(), "{package} has no dependencies?");
        let broken: Vec<&String> = found.iter().filter(|name| banned.contains(&name.as_str())).collect();
        assert!(broken.is_empty(), "{package} must not depend on {broken:?}");
    }
}

#[test]
fn entity_never_awaits() {
    for (name, text) in sources("entity/src") {
        for banned in ["async fn", ".await", "graphql("] {
            assert!(!text.contains(banned), "{name} holds {banned:?}");
        }
    }
}

#[test]
fn apalis_lives_in_one_file_and_lettre_in_one_folder() {
    let used = |text: &str, krate: &str| {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| line.contains(&format!("{krate}::")) || line.contains(&format!("{krate}_")))
    };
    for (name, text) in
        sources("worker/src").into_iter().chain(sources("server/src")).chain(sources("entity/src"))
    {
        assert!(!used(&text, "apalis") || name.starts_with("worker/src/queue"), "{name} names apalis");
        assert!(!used(&text, "lettre") || name.starts_with("worker/src/post"), "{name} names lettre");
    }
}

#[test]
fn the_server_names_the_worker_in_few_rooms() {
    for (name, text) in sources("server/src") {
        let named =
            text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("worker::"));
        let binary = name == "server/src/main.rs"
            || name == "server/src/command.rs"
            || name.starts_with("server/src/command/");
        let allowed = binary || name == "server/src/preview.rs" || name.starts_with("server/src/preview/");
        let store = name == "server/src/store/at_work.rs";
        // The facts that letters go by have one reader, whoever asks.
        let facts =
            text.lines().filter(|line| line.contains("worker::")).all(|line| line.contains("worker::facts"));
        assert!(!named || allowed || store || facts, "{name} names the worker");
    }
}

/// What the API is made of knows nothing of the API.
#[test]
fn http_and_commands_alone_import_graphql() {
    let is_room = |name: &str, room: &str| {
        name == format!("server/src/{room}.rs") || name.starts_with(&format!("server/src/{room}/"))
    };
    let mut above = 0;
    for (name, text) in sources("server/src").into_iter().filter(|(name, _)| !is_room(name, "graphql")) {
        let imports = text.lines().any(|line| {
            !line.trim_start().starts_with("//")
                && (line.contains("crate::graphql") || line.contains("lectern::graphql"))
        });
        assert!(!imports || is_room(&name, "http") || is_room(&name, "command"), "{name} imports graphql");
        above += usize::from(imports);
    }
    assert!(above > 1, "the law looks for what nobody writes any more");
}

/// What strangers send is read by [`lectern::json`], which knows of what serde_json does with keys of its
/// own. Manifests are the operator's.
#[test]
fn json_of_strangers_is_read_in_one_place() {
    let mut readers = Vec::new();
    for (name, text) in sources("server/src") {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let ways = [
            "serde_json::from_slice",
            "serde_json::from_str",
            "serde_json::from_reader",
            "serde_json::Deserializer",
            "axum::Json",
        ];
        if ways.iter().any(|way| code.contains(way)) {
            readers.push(name);
        }
    }
    readers.sort();
    assert_eq!(readers, ["server/src/graphql/document/manifest.rs", "server/src/json.rs"]);
}

#[test]
fn the_ledger_has_one_writer() {
    for (name, text) in sources("server/src") {
        for banned in [
            "notice::ActiveModel",
            "sweep_mark::ActiveModel",
            "notice::Entity::insert",
            "notice::Entity::update",
            "notice::Entity::delete",
        ] {
            assert!(!text.contains(banned), "{name} writes what belongs to the worker: {banned}");
        }
    }
    for (name, text) in sources("worker/src") {
        for table in ["registration", "course", "session", "payment", "learner", "quote", "evaluation"] {
            for verb in ["ActiveModel", "Entity::insert", "Entity::update", "Entity::delete"] {
                assert!(
                    !text.contains(&format!(" {table}::{verb}")),
                    "{name} writes {table}, which belongs to the server"
                );
            }
        }
    }
}

/// Whoever asks a database for the time in passing decides by a clock that no test can move.
#[test]
fn the_database_is_asked_for_the_time_in_one_place() {
    let mut askers = Vec::new();
    for folder in ["server/src", "worker/src", "entity/src", "migration/src"] {
        for (name, text) in sources(folder) {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| [line.to_lowercase(), "\n".to_owned()])
                .collect();
            let asks =
                ["clock_timestamp", "current_timestamp", "\"select now()", " now()\"", "datetime('now"];
            if asks.iter().any(|way| code.contains(way)) {
                askers.push(name);
            }
        }
    }
    assert_eq!(askers, ["server/src/store/clock.rs"]);
}

#[test]
fn nothing_that_is_served_forgoes_the_disk() {
    for (name, text) in sources("server/src") {
        let allowed = name == "server/src/store.rs";
        assert!(
            allowed || !(text.contains("open_with(") || text.contains("ProcessEnd")),
            "{name} opens a database as only tests may"
        );
    }
}

#[tokio::test]
async fn the_database_that_is_served_waits_for_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("served.sqlite3").display());
    let db =
        lectern::store::open(&url, 1, lectern::store::Limits::PATIENT).await.expect("the database opens");
    let asked = Statement::from_string(DbBackend::Sqlite, "pragma synchronous");
    let answer = db.query_one_raw(asked).await.expect("an answer").expect("a row");
    assert_eq!(answer.try_get_by_index::<i64>(0).expect("a number"), 2, "FULL");
}
