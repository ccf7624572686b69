//! The paper: what every letter bears besides what it says, and the filling in of templates.

use entity::email::Address;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use serde::Serialize;

use super::markdown;
use super::plain::is_link;

/// What every letter bears.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// Its subject line.
    pub subject: String,
    /// How things stand, above everything else: the first line of the subject's template.
    pub heading: String,
    /// What lists of messages show beside the subject.
    pub preheader: String,
    /// Its first line.
    pub greeting: String,
    /// The course office's own opening, before everything else. Markdown.
    pub opening: Option<String>,
    /// Why the person gets it, as the end of a sentence that begins "You are receiving this e-mail because".
    pub because: String,
    /// Name of the office.
    pub office_name: String,
    /// Where to write with questions.
    pub contact: String,
    /// Postal address, line by line; may be empty.
    pub postal_address: Vec<String>,
    /// How to have no more letters of this kind, where one may.
    pub stop: Option<Stop>,
    /// Whether a calendar goes with it.
    pub in_calendar: bool,
}

/// The way to have no more letters of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Stop {
    /// What it does, in words.
    pub words: &'static str,
    /// Where.
    pub url: String,
}

/// A letter on its paper.
#[derive(Debug, Serialize)]
pub struct Sheet<'a, L> {
    /// What every letter bears.
    #[serde(flatten)]
    pub head: Head,
    /// What this one says.
    #[serde(flatten)]
    pub says: &'a L,
}

/// The templates, ready to be filled in.
#[derive(Debug)]
pub struct Paper(Environment<'static>);

impl Paper {
    /// Reads the templates, each a name and its text. A name that ends in `.html` escapes what is filled in.
    pub fn new(templates: &'static [(&'static str, &'static str)]) -> Result<Self, Error> {
        let mut environment = Environment::new();
        // A name that the letter does not hold is a mistake, not an empty place.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
        });
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.add_filter("link", link);
        environment.add_filter("markdown", in_markdown);
        environment.add_filter("contact", contact);
        for (name, text) in templates {
            environment.add_template(name, text)?;
        }
        Ok(Self(environment))
    }

    /// Fills in the template called `name`.
    pub fn fill<L: Serialize>(&self, name: &str, sheet: &Sheet<'_, L>) -> Result<String, Error> {
        self.0.get_template(name)?.render(Value::from(Serde(sheet)))
    }
}

/// Lets a link through if it is one. Every address in a template goes through this, so no other scheme can
/// ever stand in a letter.
fn link(state: &mut State, url: &str) -> Result<Value, Error> {
    if !is_link(url) {
        return Err(Error::new(ErrorKind::InvalidOperation, "not an http or https address"));
    }
    Ok(match state.auto_escape() {
        AutoEscape::None => Value::from(url),
        // Nothing else in a link needs escaping, and an escaped slash would only trouble the people who read
        // the source.
        _ => Value::from_safe_string(url.replace('&', "&amp;")),
    })
}

/// Lets people write to where they are told to with one tap, where it is an address that needs no quoting.
fn contact(state: &mut State, told: &str) -> Value {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".@_+-".contains(letter);
    match state.auto_escape() {
        AutoEscape::Html if Address::parse(told).is_ok() && told.chars().all(plain) => {
            Value::from_safe_string(format!("<a href=\"mailto:{told}\" style=\"color: #52636b;\">{told}</a>"))
        }
        _ => Value::from(told),
    }
}

/// Sets Markdown that staff wrote: as HTML that is safe, or as plain text. There is no other way for a tag to
/// come into a letter from outside.
fn in_markdown(state: &mut State, source: &str) -> Value {
    match state.auto_escape() {
        AutoEscape::None => Value::from(markdown::to_text(source)),
        _ => Value::from_safe_string(markdown::to_html(source)),
    }
}

/// Text without spaces at the ends of its lines and without more than one empty line in a row.
pub fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && empty) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        empty = line.is_empty();
    }
    while tidy.ends_with("\n\n") {
        tidy.pop();
    }
    tidy
}
