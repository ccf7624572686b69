//! The table as people read it.

use std::fmt::Write;

use super::{ACTS, Else, Kind, QUESTIONS, ROUTES, Rule, STREAMS, TYPES, WITHIN, Who};

const HEAD: &str = "# Who sees and does what

Printed from `server/src/access/table.rs` by `lectern access`; a test compares the two, and walks the whole schema against the table. The rules
themselves stand in `server/src/viewer.rs`.

- *the office*: staff of all organizations, and administrators. Whatever staff may, the office may too.
- *administrators*: who has the role of one; they alone decide about roles and about the sign-ins of others.
- *staff who run the course*: staff of an organization that offers it.
- What is not yours looks exactly like what does not exist: by its id, within others, in lists, their counts, filters and orders.
- Whoever is not signed in is refused an act with `UNAUTHENTICATED`.
";

/// The table in Markdown, as it stands in `ACCESS.md`.
pub fn print() -> String {
    let mut text = HEAD.to_owned();
    section(
        &mut text,
        "Types",
        "An object exists for those named beside its type; of them, a field is for those named beside it.",
    );
    text.push_str("| type | field | who | everybody else gets |\n| --- | --- | --- | --- |\n");
    for Kind { name, exists, fields } in TYPES {
        let (who, others) = if is_open(exists) {
            ("whoever sees what holds it".to_owned(), "")
        } else {
            (words(exists), "no such thing")
        };
        row(&mut text, &[&format!("**{name}**"), "", &who, others]);
        for rule in *fields {
            let who = if is_open(rule.who) { "the same".to_owned() } else { words(rule.who) };
            row(&mut text, &["", &names(rule), &who, &told(rule)]);
        }
    }
    let _ = writeln!(
        text,
        "\nWhoever sees what holds them sees all of: {}, and all pages and edges.",
        listed(WITHIN)
    );
    section(
        &mut text,
        "Questions",
        "Where anybody may ask, the answer holds what exists for who asks, and nothing else.",
    );
    rules(&mut text, QUESTIONS);
    section(&mut text, "Acts", "An act on a thing asks for a right to that thing.");
    rules(&mut text, ACTS);
    section(&mut text, "What can be followed", "Rights are checked again at every event, and once a minute.");
    rules(&mut text, STREAMS);
    section(&mut text, "Other addresses", "But for the API and `/files`, they know no sign-in.");
    text.push_str("| path | who | everybody else gets |\n| --- | --- | --- |\n");
    for route in ROUTES {
        row(&mut text, &[&format!("`{}`", route.path), route.who, route.otherwise]);
    }
    text
}

fn section(text: &mut String, title: &str, about: &str) {
    let _ = writeln!(text, "\n## {title}\n\n{about}\n");
}

fn row(text: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| format!(" {cell} ").replace("  ", " ")).collect();
    let _ = writeln!(text, "|{}|", cells.join("|"));
}

fn rules(text: &mut String, rules: &[Rule]) {
    text.push_str("| which | who | everybody else gets |\n| --- | --- | --- |\n");
    for rule in rules {
        row(text, &[&names(rule), &words(rule.who), &told(rule)]);
    }
}

fn names(rule: &Rule) -> String {
    listed(rule.names)
}

fn listed(names: &str) -> String {
    names.split_whitespace().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
}

fn words(who: &[Who]) -> String {
    who.iter().map(|who| who.words()).collect::<Vec<_>>().join(", ")
}

/// Whether nobody is left out.
fn is_open(who: &[Who]) -> bool {
    who == [Who::Anybody]
}

fn told(rule: &Rule) -> String {
    match rule.otherwise {
        Else::Nothing => String::new(),
        Else::Null => "null".to_owned(),
        Else::Empty => "an empty list".to_owned(),
        Else::Refused(no) => format!("`{}`", no.code()),
        Else::RefusedStaff(no, of_staff) => format!("`{}`; other staff `{}`", no.code(), of_staff.code()),
    }
}
