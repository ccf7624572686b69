//! What people read keeps to docs/style.md: the words that the page rules out stand in no text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{root, sources};

/// Rooms outside of the server whose texts people read.
const ROOMS: [&str; 5] = [
    "entity/src/letter",
    "entity/src/mailing/explain.rs",
    "entity/src/mailing/rule.rs",
    "entity/src/refusal.rs",
    "worker/src/letter/writer.rs",
];

/// The phrases that the page's last list rules out.
fn ruled_out() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/style.md")).expect("docs/style.md");
    let list = page.split("\n## Not in any text\n").nth(1).expect("the list of what is not in any text");
    let items = list.lines().filter(|line| line.starts_with("- "));
    items.flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Every template of a letter, with its path: what people read of it, without expressions and tags.
fn templates(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            templates(&path, found);
        } else {
            let text = fs::read_to_string(&path).expect("a template");
            let name = path.strip_prefix(root()).expect("inside").display().to_string();
            let tags = name.ends_with(".mjml");
            let text = without(&without(&text, "{%", "%}"), "{{", "}}");
            let text = without(&text, "<mj-style>", "</mj-style>");
            found.insert(name, if tags { without(&text, "<", ">") } else { text });
        }
    }
}

/// `text` without what stands between the two marks.
fn without(text: &str, opening: &str, closing: &str) -> String {
    let mut parts = text.split(opening);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(closing).map_or("", |(_, rest)| rest))
}

/// The texts in the code of `source`: its literals of more than one word, up to its tests.
fn literals(source: &str) -> Vec<String> {
    let code: String = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some((_, after)) = rest.split_once('"') {
        let mut escaped = false;
        let end = after.find(|letter: char| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        });
        let Some(end) = end else { break };
        found.push(after[..end].split_whitespace().collect::<Vec<_>>().join(" "));
        rest = &after[end + 1..];
    }
    found.retain(|text| text.contains(' '));
    found
}

/// Which of `phrases` stand in `text`, as words of their own.
fn said<'a>(text: &str, phrases: &'a [String]) -> Vec<&'a str> {
    let text = text.to_lowercase();
    let stands = |phrase: &&String| {
        text.match_indices(phrase.as_str()).any(|(at, found)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
            // Names are no words of a text: `course_cancelled`, and what a statement compares with.
            let letter = |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || it == '_');
            let quoted = before == Some('\'') && after == Some('\'');
            let whole = found.starts_with(char::is_alphanumeric);
            !(whole && (letter(before) || letter(after) || quoted))
        })
    };
    phrases.iter().filter(stands).map(String::as_str).collect()
}

#[test]
fn what_people_read_keeps_to_the_style_page() {
    let phrases = ruled_out();
    assert!(phrases.len() > 10, "{phrases:?}");
    let mut texts = BTreeMap::new();
    templates(&root().join("worker/templates"), &mut texts);
    assert!(texts.len() > 60, "{}", texts.len());
    // The names of variables are British where they stand in the API, too; texts are not.
    let of_letters: Vec<String> = phrases
        .iter()
        .cloned()
        .chain(
            ["cancelled", "n't", "!", "edt", "est", "letter", "letters", "staff", "somebody"]
                .map(str::to_owned),
        )
        .collect();
    let mut wrong: Vec<String> = texts
        .iter()
        .flat_map(|(name, text)| {
            said(text, &of_letters).into_iter().map(move |phrase| format!("{name}: {phrase}"))
        })
        .collect();
    let rooms = sources("entity/src")
        .into_iter()
        .chain(sources("worker/src"))
        .filter(|(name, _)| ROOMS.iter().any(|room| name.starts_with(room)));
    let server = sources("server/src").into_iter().filter(|(name, _)| !name.contains("/tests"));
    let (mut count, mut found_in) = (0, 0);
    for (name, source) in rooms.chain(server) {
        let texts = literals(&source);
        (count, found_in) = (count + texts.len(), found_in + usize::from(!texts.is_empty()));
        for text in texts {
            wrong.extend(
                said(&text, &phrases).into_iter().map(|phrase| format!("{name}: {phrase} in {text:?}")),
            );
        }
    }
    assert!(count > 1000 && found_in > 100, "{count} texts in {found_in} files");
    assert!(wrong.is_empty(), "see docs/style.md:\n{}", wrong.join("\n"));
}

#[test]
fn the_law_of_style_finds_what_it_looks_for() {
    let phrases = ["one can", "«", "(s)"].map(str::to_owned);
    assert_eq!(said("One can register for «x».", &phrases), ["one can", "«"]);
    assert_eq!(said("Everyone can register, and someone candid does.", &phrases), Vec::<&str>::new());
    assert_eq!(said("1 change(s)", &phrases), ["(s)"]);
    let cancelled = ["cancelled".to_owned()];
    assert_eq!(said("It was cancelled.", &cancelled), ["cancelled"]);
    assert_eq!(said("course_cancelled, c.cancelled_at, 'cancelled'", &cancelled), Vec::<&str>::new());
    assert_eq!(
        literals(
            "// \"not this one\"\nlet x = \"this \\\"one\\\" \\\n   here\"; f(\"word\");\n#[cfg(test)]\nmod tests {\n\"nor this\""
        ),
        ["this \\\"one\\\" \\ here"]
    );
    assert_eq!(without("a {% if b %}c{% endif %} d", "{%", "%}"), "a c d");
}
