//! Turns the templates of letters into what the crate carries: MJML becomes HTML here, once, so that no text
//! that a person typed ever goes through MJML.
//!
//! A letter is a folder under `templates/` with `subject.txt`, `body.txt` and `body.mjml`; bodies are set
//! into the layouts, and parts that several letters share are included by name. mrml copies a misspelt tag
//! into the HTML and drops text in places where it expects none, both without a word; so the build fails on a
//! tag that is not known, and on a template expression that did not come through.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Tags of MJML that the templates use, and of HTML inside of its texts. Another one is most likely misspelt;
/// a new one is added here.
const KNOWN_TAGS: [&str; 30] = [
    "mjml",
    "mj-head",
    "mj-title",
    "mj-preview",
    "mj-attributes",
    "mj-all",
    "mj-class",
    "mj-style",
    "mj-raw",
    "mj-body",
    "mj-wrapper",
    "mj-section",
    "mj-column",
    "mj-text",
    "mj-button",
    "mj-divider",
    "mj-spacer",
    "mj-table",
    "a",
    "br",
    "em",
    "h1",
    "p",
    "span",
    "strong",
    "table",
    "td",
    "th",
    "tr",
    "meta",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=templates");
    // Asked now and not when this was compiled: what is built may have been taken along from another folder.
    #[expect(clippy::disallowed_methods, reason = "this is how cargo says where the package is")]
    let package = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo says where the package is")?;
    let templates = Path::new(&package).join("templates");
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script where to write in its environment, and nowhere else"
    )]
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo has set no OUT_DIR")?);
    let mut letters: Vec<PathBuf> = fs::read_dir(&templates)?
        .map(|entry| entry.map(|entry| entry.path()))
        .filter(|path| path.as_ref().map_or(true, |path| path.is_dir() && !path.ends_with("part")))
        .collect::<Result<_, io::Error>>()?;
    letters.sort();
    let mut list =
        String::from("/// The templates of all letters: name and text.\nstatic TEMPLATES: [(&str, &str); ");
    writeln!(list, "{}] = [", letters.len() * 3)?;
    for folder in letters {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or("the folder of a letter has a strange name")?;
        let html =
            html_of(&templates, &folder).map_err(|error| format!("templates/{name}/body.mjml: {error}"))?;
        let text = composed(&templates, &folder, "layout.txt")
            .map_err(|error| format!("templates/{name}/body.txt: {error}"))?;
        let subject = read(&folder.join("subject.txt"))?;
        for (file, content) in [("subject.txt", subject), ("body.txt", text), ("body.html", html)] {
            writeln!(list, "    ({:?}, {content:?}),", format!("{name}/{file}"))?;
        }
    }
    list.push_str("];\n");
    fs::write(out.join("templates.rs"), list)?;
    Ok(())
}

/// The HTML template of the letter in `folder`.
fn html_of(templates: &Path, folder: &Path) -> Result<String, Box<dyn Error>> {
    let mjml = composed(templates, folder, "layout.mjml")?;
    let expressions = expressions(&mjml)?;
    check_tags(&mjml)?;
    let parsed = mrml::parse(&mjml)?;
    // Without its list of web fonts mrml has nothing to load from elsewhere: a letter tells nobody that it
    // was opened.
    let html = parsed.element.render(&mrml::prelude::render::RenderOptions {
        disable_comments: true,
        social_icon_origin: None,
        fonts: HashMap::new(),
    })?;
    for expression in &expressions {
        if !html.contains(expression.as_str()) {
            return Err(
                format!("{expression} did not come through: MJML takes no text where it stands").into()
            );
        }
    }
    if html.contains("<mj") {
        return Err("a tag of MJML was left in the HTML".into());
    }
    Ok(html)
}

/// The layout with the body of the letter in `folder` set in, and with all parts.
fn composed(templates: &Path, folder: &Path, layout: &str) -> Result<String, Box<dyn Error>> {
    let mjml = layout.ends_with(".mjml");
    let (opening, closing) = if mjml { ("<mj-include path=\"", "\" />") } else { ("{% include \"", "\" %}") };
    let mut text = read(&templates.join(layout))?;
    // An include in a part is resolved in a later round; rounds are counted, so that parts that include each
    // other end in an error.
    for _ in 0..100 {
        let Some(start) = text.find(opening) else { return Ok(text) };
        let rest = &text[start + opening.len()..];
        let end = rest.find(closing).ok_or("an include is not closed")?;
        let path = &rest[..end];
        let from = if path.contains('/') { templates.join(path) } else { folder.join(path) };
        let part = read(&from)?;
        let after = start + opening.len() + end + closing.len();
        text = format!("{}{}{}", &text[..start], part.trim_end(), &text[after..]);
    }
    Err("parts include each other without end".into())
}

/// The template expressions and statements in `mjml`, in order.
fn expressions(mjml: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for (opening, closing) in [("{{", "}}"), ("{%", "%}")] {
        for (start, _) in mjml.match_indices(opening) {
            let end = mjml[start..].find(closing).ok_or_else(|| format!("{opening} is not closed"))?;
            let expression = &mjml[start..start + end + closing.len()];
            // A «less than» would end the text for the MJML parser; a quote would end the attribute it may
            // stand in.
            if expression.contains(['<', '"']) {
                return Err(format!("{expression} must hold neither < nor a double quote"));
            }
            found.push(expression.to_owned());
        }
    }
    Ok(found)
}

/// Whether all tags of `mjml` are known.
fn check_tags(mjml: &str) -> Result<(), String> {
    for (start, _) in mjml.match_indices('<') {
        let rest = mjml[start + 1..].trim_start_matches('/');
        let tag =
            rest.split(|char: char| !(char.is_ascii_alphanumeric() || char == '-')).next().unwrap_or("");
        if !KNOWN_TAGS.contains(&tag) {
            return Err(format!("<{tag}> is not a tag that build.rs knows"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
