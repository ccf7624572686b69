//! What ARCHITECTURE.md says about adding things is what the last ones added took.

use std::collections::BTreeSet;
use std::fs;

use super::root;

/// The files that a recipe names, by its heading, with what is added filled in. What is made by a command is
/// not among them.
fn recipe(heading: &str, filled: &[(&str, &str)]) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let section =
        text.split(&format!("\n### {heading}\n")).nth(1).unwrap_or_else(|| panic!("no recipe «{heading}»"));
    let section =
        section.split("\n### ").next().expect("a section").split("\n## ").next().expect("a section");
    let rows = section.lines().filter_map(|line| line.trim_start().strip_prefix("- `")?.split('`').next());
    let files =
        rows.map(|row| filled.iter().fold(row.to_owned(), |row, (place, name)| row.replace(place, name)));
    let files: BTreeSet<String> = files.collect();
    assert!(!files.is_empty(), "«{heading}» names no files");
    files
}

/// The files of the four crates, and beside them what people read of them, that name what was added or are
/// named after it. Tests are no part of a recipe: how much is tested is not counted.
fn named(words: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<_> = ["entity", "worker", "server"].map(|name| root().join(name)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.strip_prefix(root()).expect("inside").display().to_string();
            if path.is_dir() {
                if !name.ends_with("/tests") && !name.ends_with("/target") {
                    folders.push(path);
                }
            } else if !name.ends_with("/tests.rs") {
                // What is no text names nothing.
                let text = fs::read_to_string(&path).unwrap_or_default();
                if words.iter().any(|word| name.contains(word) || text.contains(word)) {
                    found.insert(name);
                }
            }
        }
    }
    found
}

#[test]
fn a_letter_takes_the_files_that_are_said() {
    for (letter, variant) in [("payment_due", "PaymentDue"), ("registration_expired", "RegistrationExpired")]
    {
        assert_eq!(named(&[letter, variant]), recipe("A letter", &[("<letter>", letter)]), "{letter}");
    }
}

#[test]
fn a_field_of_a_course_takes_the_files_that_are_said() {
    assert_eq!(named(&["venue_map", "VenueMap", "venueMapUrl"]), recipe("A field of a course", &[]));
}

#[test]
fn a_mutation_takes_the_files_that_are_said() {
    for (noun, verb, words) in [
        ("session", "reorder_sessions", ["reorder_sessions", "ReorderSessions", "reorderSessions"]),
        ("faculty", "set_course_faculty", ["set_course_faculty", "SetCourseFaculty", "setCourseFaculty"]),
    ] {
        assert_eq!(named(&words), recipe("A mutation", &[("<noun>", noun), ("<verb>", verb)]), "{verb}");
    }
}
