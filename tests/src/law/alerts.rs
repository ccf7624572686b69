//! The alert rules are a file that Prometheus reads, and what each does is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use super::root;

/// One rule.
#[derive(Debug, Default)]
pub struct Rule {
    /// Its keys and values, those within labels and annotations with a dot.
    pub said: BTreeMap<String, String>,
}

/// The rules, by their names. They are written in a few forms of YAML, which are told apart by their
/// indentation; anything else is a mistake.
pub fn rules() -> BTreeMap<String, Rule> {
    let text = fs::read_to_string(root().join("docs/alerts.yml")).expect("docs/alerts.yml");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines[..3], ["groups:", "  - name: lectern", "    rules:"]);
    let (mut found, mut current, mut within) = (BTreeMap::new(), None, None);
    for line in &lines[3..] {
        if let Some(name) = line.strip_prefix("      - alert: ") {
            assert!(found.insert(name.to_owned(), Rule::default()).is_none(), "{name} is there twice");
            (current, within) = (Some(name), None);
            continue;
        }
        let rule: &mut Rule = found.get_mut(current.expect("a rule comes first")).expect("it is there");
        if let Some(said) = line.strip_prefix("          ") {
            let (key, value) = said.split_once(": ").unwrap_or_else(|| panic!("{line}"));
            rule.said.insert(format!("{}.{key}", within.expect("labels or annotations")), value.to_owned());
        } else if let Some(said) = line.strip_prefix("        ") {
            match said.split_once(": ") {
                Some((key, value)) => {
                    // Within a plain value these would begin something else.
                    assert!(!value.contains(": ") && !value.contains(" #"), "{line}");
                    rule.said.insert(key.to_owned(), value.to_owned());
                }
                None => within = Some(said.strip_suffix(':').unwrap_or_else(|| panic!("{line}"))),
            }
        } else {
            panic!("no form of ours: {line}");
        }
    }
    found
}

/// The metrics that a rule names.
pub fn metrics(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let ours = words.filter(|word| word.starts_with("lectern_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

#[test]
fn every_alert_is_whole_and_told_of() {
    let told = fs::read_to_string(root().join("docs/delivery.md")).expect("docs/delivery.md");
    let rules = rules();
    assert!(rules.len() >= 10, "{rules:#?}");
    for (name, Rule { said }) in rules {
        let expression = said.get("expr").unwrap_or_else(|| panic!("{name} has no expression"));
        assert!(!metrics(expression).is_empty(), "{name}: {expression}");
        for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
            assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{expression}");
        }
        if let Some(pause) = said.get("for") {
            let (number, unit) = pause.split_at(pause.len() - 1);
            assert!(number.parse::<u32>().is_ok() && ["s", "m", "h"].contains(&unit), "{name}: {pause}");
        }
        let severity = said.get("labels.severity").map(String::as_str);
        assert!(matches!(severity, Some("page" | "ticket")), "{name}: {severity:?}");
        let summary = &said["annotations.summary"];
        let quoted = summary.len() > 2 && summary.starts_with('"') && summary.ends_with(".\"");
        assert!(quoted && summary.matches('"').count() == 2, "{name}: {summary}");
        let known = ["expr", "for", "labels.severity", "annotations.summary"]
            .map(str::to_owned)
            .into_iter()
            .collect();
        let keys: BTreeSet<String> = said.into_keys().collect();
        assert!(keys.is_subset(&known), "{name}: {keys:?}");
        assert!(told.contains(&format!("`{name}`")), "docs/delivery.md says nothing of {name}");
    }
}

/// Prometheus's own judge, where it is installed.
#[test]
fn promtool_finds_nothing_wrong() {
    let Ok(judged) =
        Command::new("promtool").args(["check", "rules", "docs/alerts.yml"]).current_dir(root()).output()
    else {
        return;
    };
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
}
