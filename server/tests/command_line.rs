//! The binary at the command line. Because these tests ask for it, `cargo test --workspace` builds it, and the stories that need a process find
//! it there.
#![expect(clippy::expect_used, reason = "a test ends where something is wrong")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the binary with nothing but these settings in its environment.
fn lectern(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
    command.args(arguments).env_clear().envs(settings.iter().copied()).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_generated_goes_to_standard_output() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    for (command, file) in [("schema", "schema.graphql"), ("access", "ACCESS.md")] {
        let output = lectern(&[], &[command]);
        let (printed, complaints) = said(&output);
        assert!(output.status.success() && complaints.is_empty(), "{command}: {complaints}");
        assert!(printed == fs::read_to_string(root.join(file)).expect(file), "`lectern {command}` does not print {file}");
    }
}

#[test]
fn every_mistake_in_the_settings_is_told_at_once_and_nothing_starts() {
    let settings =
        [("DATABASE_URL", "mysql://db.example.org/lectern"), ("LISTEN", "nowhere"), ("MAIL_URL", "pigeon:loft"), ("SECRET_KEY", "short")];
    let output = lectern(&settings, &["serve"]);
    let (printed, complaints) = said(&output);
    assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""), "{complaints}");
    for (name, value) in settings {
        assert!(complaints.contains(name), "nothing about {name}: {complaints}");
        assert!(!complaints.contains(value), "{complaints} repeats what may be a secret");
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_named() {
    for (url, named) in [
        ("sqlite://no-such-folder/lectern.sqlite3", "no-such-folder/lectern.sqlite3"),
        ("postgres://lectern:secret#1@127.0.0.1:5432/lectern", "%23"),
    ] {
        let output = lectern(&[("DATABASE_URL", url), ("SECRET_KEY", "0123456789abcdef0123456789abcdef")], &["migrate"]);
        let (printed, complaints) = said(&output);
        assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""), "{complaints}");
        assert!(complaints.contains(named) && !complaints.contains("secret"), "{complaints}");
    }
}

#[test]
fn what_it_does_not_know_it_does_not_do() {
    let output = lectern(&[], &["serv"]);
    let (printed, complaints) = said(&output);
    assert_eq!((output.status.code(), printed.as_str()), (Some(2), ""), "{complaints}");
    assert!(complaints.contains("'serv'") && complaints.contains("Usage: lectern"), "{complaints}");
}
