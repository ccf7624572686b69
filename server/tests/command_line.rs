//! The binary at the command line. Because these tests ask for it, `cargo test --workspace` builds it, and
//! the stories that need a process find it there.
#![expect(clippy::expect_used, reason = "a test ends where something is wrong")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the binary with nothing but these settings in its environment.
fn lectern(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
    command
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
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
        assert!(
            printed == fs::read_to_string(root.join(file)).expect(file),
            "`lectern {command}` does not print {file}"
        );
    }
}

#[test]
fn every_mistake_in_the_settings_is_told_at_once_and_nothing_starts() {
    let settings = [
        ("DATABASE_URL", "mysql://db.example.org/lectern"),
        ("LISTEN", "nowhere"),
        ("MAIL_URL", "pigeon:loft"),
        ("SECRET_KEY", "short"),
    ];
    let output = lectern(&settings, &["serve"]);
    let (printed, complaints) = said(&output);
    assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""), "{complaints}");
    for (name, value) in settings {
        assert!(complaints.contains(name), "nothing about {name}: {complaints}");
        assert!(!complaints.contains(value), "{complaints} repeats what may be a secret");
    }
}

#[test]
fn where_mail_goes_and_what_is_logged_is_judged_in_every_process_and_by_name() {
    for (mail, words) in [
        ("smtp://user:hush@relay:mail", "MAIL_URL has a port that is not a number"),
        ("file:", "MAIL_URL names no folder"),
        ("smtp://relay?tls=yes", "MAIL_URL has something after the ? that is no option: `tls`"),
        (
            "smtp://relay?starttls=perhaps",
            "MAIL_URL says starttls=perhaps; there are required, opportunistic and none",
        ),
        ("smtps://relay?ca=no-such-file.pem", "MAIL_URL names a ca that is of no use"),
    ] {
        let settings = [
            ("MAIL_URL", mail),
            ("MAIL_FROM", "office@example.org"),
            ("LOG", "inof"),
            ("CONTACT", "the office"),
        ];
        for command in [&["serve", "--no-worker"][..], &["work"], &["migrate"]] {
            let output = lectern(&settings, command);
            let (printed, complaints) = said(&output);
            assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""), "{complaints}");
            for words in [words, "LOG has `inof`, which ends in no level", "CONTACT is not an address"] {
                assert!(complaints.contains(words), "{command:?}: {words}: {complaints}");
            }
            assert!(!complaints.contains("hush"), "{complaints} repeats a secret");
        }
    }
}

#[test]
fn files_that_do_not_do_are_told_with_the_setting_that_names_them() {
    for (settings, words) in [
        (
            &[("TLS_CERTIFICATE", "no-such-file.pem"), ("TLS_KEY", "no-such-file.pem")][..],
            "TLS_CERTIFICATE names no-such-file.pem",
        ),
        (&[("TRUSTED_DOCUMENTS", "no-such-folder")], "TRUSTED_DOCUMENTS: no-such-folder cannot be read"),
    ] {
        let (_, complaints) = said(&lectern(settings, &["serve", "--no-worker"]));
        assert!(complaints.contains(words), "{complaints}");
    }
}

/// A folder of its own, empty.
fn empty(name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder.display().to_string()
}

#[test]
fn who_only_reads_makes_no_database() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = root.join("sample/core-practice-of-palliative-care.toml").display().to_string();
    let folder = empty("nothing-to-read");
    let elsewhere = format!("sqlite://{folder}-elsewhere.sqlite3");
    let key = ("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    for settings in [&[("DATA_DIR", folder.as_str())][..], &[("DATABASE_URL", elsewhere.as_str()), key]] {
        for command in
            [&["export", "core"][..], &["rehearse", "core"], &["selfcheck"], &["import", "--check", &course]]
        {
            let output = lectern(settings, command);
            let (printed, complaints) = said(&output);
            assert_eq!((output.status.code(), printed.as_str()), (Some(1), ""), "{complaints}");
            assert!(complaints.contains("there is no database at "), "{command:?}: {complaints}");
        }
    }
    assert!(!Path::new(&folder).exists() && !Path::new(&format!("{folder}-elsewhere.sqlite3")).exists());
}

#[test]
fn a_role_is_named_and_so_is_a_setting_that_is_called_otherwise_now() {
    let folder = empty("a-role");
    let settings = [("DATA_DIR", folder.as_str()), ("HOUSE_NAME", "Example Course Office"), ("LOG", "warn")];
    for (has, role) in [("now has", "staff"), ("already had", "staff"), ("now has", "admin")] {
        let output = lectern(&settings, &["staff", "add", "ada@example.org", "--role", role]);
        let (printed, complaints) = said(&output);
        assert_eq!(
            printed,
            format!("ada@example.org {has} the role {role}, for all organizations.\n"),
            "{complaints}"
        );
        assert!(complaints.contains("HOUSE_NAME is called OFFICE_NAME now"), "{complaints}");
    }
    let (_, complaints) = said(&lectern(
        &[("DATA_DIR", folder.as_str()), ("OFFICE_NAME", "Ours"), ("LOG", "warn")],
        &["migrate"],
    ));
    assert_eq!(complaints, "");
}

#[test]
fn staff_are_listed_and_removed_and_sign_ins_are_ended() {
    let folder = empty("staff");
    let settings = [("DATA_DIR", folder.as_str()), ("LOG", "warn")];
    let does = |arguments: &[&str]| {
        let output = lectern(&settings, arguments);
        let (printed, complaints) = said(&output);
        (output.status.code(), printed, complaints)
    };
    let (_, _, complaints) = does(&["staff", "list"]);
    assert!(complaints.contains("there is no database at "), "{complaints}");
    for (email, role) in [("ada@example.org", "admin"), ("bartholomew@example.org", "staff")] {
        assert_eq!(does(&["staff", "add", email, "--role", role]).0, Some(0));
    }
    let (_, listed, _) = does(&["staff", "list"]);
    let lines: Vec<&str> =
        listed.lines().map(|line| line.rsplit_once(", since ").map_or(line, |(row, _)| row)).collect();
    assert_eq!(
        lines,
        [
            "ada@example.org          admin  for all organizations",
            "bartholomew@example.org  staff  for all organizations"
        ],
        "{listed}"
    );
    assert_eq!(does(&["staff", "list", "--organization", "nothing"]).1, "");
    let (code, printed, complaints) = does(&["staff", "remove", "ada@example.org", "--role", "admin"]);
    assert_eq!((code, printed.as_str()), (Some(1), ""));
    assert!(complaints.contains("This is the last administrator."), "{complaints}");
    let (code, _, complaints) = does(&["staff", "remove", "bartholomew@example.org", "--role", "admin"]);
    assert!(code == Some(1) && complaints.contains("There is no such role."), "{complaints}");
    let removed = "bartholomew@example.org no longer has the role staff, for all organizations.\n";
    assert_eq!(does(&["staff", "remove", "bartholomew@example.org", "--role", "staff"]).1, removed);
    let ended = "bartholomew@example.org is signed out everywhere: 0 sign-ins were ended.\n";
    assert_eq!(does(&["sign-ins", "end", "bartholomew@example.org"]).1, ended);
    let (code, _, complaints) = does(&["sign-ins", "end", "nobody@example.org"]);
    assert!(code == Some(1) && complaints.contains("There is no such learner."), "{complaints}");
}

#[test]
fn a_database_that_cannot_be_opened_is_named() {
    for (url, named) in [
        ("sqlite://no-such-folder/lectern.sqlite3", "no-such-folder/lectern.sqlite3"),
        ("postgres://lectern:secret#1@127.0.0.1:5432/lectern", "%23"),
    ] {
        let output = lectern(
            &[("DATABASE_URL", url), ("SECRET_KEY", "0123456789abcdef0123456789abcdef")],
            &["migrate"],
        );
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
