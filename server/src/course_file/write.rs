//! From a draft to text that people like to read. The same course always gives the same text.

use std::fmt::Display;

use entity::mailing::Offset;
use sea_orm::ActiveEnum;

use super::course;
use crate::catalogue::draft::{
    Credit, CreditPart, Day, Draft, FacultyMember, Fees, Price, Registration, Requirement, Rule, Run, Series,
    Session, Speaker,
};

/// The whole draft.
pub fn draft(draft: &Draft) -> String {
    let mut page = Page::default();
    course::write(&mut page, &draft.course);
    registration(&mut page, &draft.registration);
    fees(&mut page, &draft.fees);
    if let Some(row) = &draft.series {
        series(&mut page, row);
    }
    for row in &draft.organizations {
        page.head("[[organizations]]");
        page.text("slug", &row.slug);
        page.text("name", &row.name);
        page.maybe("url", row.url.as_deref());
    }
    for row in &draft.faculty {
        faculty_member(&mut page, row);
    }
    for row in &draft.tracks {
        page.head("[[tracks]]");
        page.text("slug", &row.slug);
        page.text("name", &row.name);
    }
    for row in &draft.rooms {
        page.head("[[rooms]]");
        page.text("slug", &row.slug);
        page.text("name", &row.name);
        page.bare("capacity", row.capacity);
    }
    for row in &draft.days {
        day(&mut page, row);
    }
    for row in &draft.credits {
        credit(&mut page, row);
    }
    for row in &draft.competencies {
        page.head("[[competencies]]");
        page.text("group", &row.group);
        page.list("names", row.names.iter().map(|name| quoted(name)));
    }
    for row in &draft.statements {
        page.head("[[statements]]");
        page.text("kind", &row.kind.to_value());
        page.prose("text", Some(&row.text));
    }
    match draft.reminder_rules.as_deref() {
        None => {}
        Some([]) => page.text.insert_str(0, "reminder_rules = []\n\n"),
        Some(rules) => rules.iter().for_each(|row| rule(&mut page, row)),
    }
    page.text
}

fn registration(page: &mut Page, registration: &Registration) {
    page.head("[registration]");
    page.bare("opens", registration.opens);
    page.bare("early_deadline", registration.early_deadline);
    page.bare("deadline", registration.deadline);
    page.bare("payment_days", Some(registration.payment_days));
    page.bare("capacity", registration.capacity);
    page.maybe("site", registration.site.as_deref());
}

fn fees(page: &mut Page, fees: &Fees) {
    page.head("[fees]");
    page.text("currency", &fees.currency);
    page.maybe("processing_fee", fees.processing_fee.map(|fee| fees.written(fee)).as_deref());
    let price = |row: &Price| {
        let label = (row.label != row.profession.label()).then(|| ("label", quoted(&row.label)));
        let early = row.early.map(|early| ("early", quoted(&fees.written(early))));
        let fixed = [("profession", quoted(&row.profession.to_value()))];
        let regular = [("regular", quoted(&fees.written(row.regular)))];
        row_of(&fixed.into_iter().chain(label).chain(regular).chain(early).collect::<Vec<_>>())
    };
    page.list("prices", fees.prices.iter().map(price));
}

fn series(page: &mut Page, series: &Series) {
    page.head("[series]");
    page.text("slug", &series.slug);
    page.text("title", &series.title);
    page.maybe("legacy", series.legacy.as_deref());
    page.bare("length", Some(series.length));
    page.bare("position", Some(series.position));
    page.prose("summary", series.summary.as_deref());
    for part in &series.parts {
        page.head("[[series.parts]]");
        page.bare("position", Some(part.position));
        page.text("title", &part.title);
        let run =
            |run: &Run| row_of(&[("month", quoted(&run.month)), ("format", quoted(&run.format.to_value()))]);
        page.list("runs", part.runs.iter().map(run));
    }
}

fn faculty_member(page: &mut Page, member: &FacultyMember) {
    page.head("[[faculty]]");
    page.text("slug", &member.slug);
    page.text("name", &member.name);
    page.text("role", member.role.word());
    page.maybe("credentials", member.credentials.as_deref());
    page.maybe("title", member.title.as_deref());
    page.maybe("affiliation", member.affiliation.as_deref());
    page.prose("bio", member.bio.as_deref());
}

fn day(page: &mut Page, day: &Day) {
    page.head("[[days]]");
    page.bare("date", Some(day.date));
    page.list("sessions", day.sessions.iter().map(session));
}

fn session(session: &Session) -> String {
    let mut fields = vec![
        ("key", quoted(&session.key)),
        ("start", quoted(&session.start.to_string())),
        ("end", quoted(&session.end.to_string())),
    ];
    fields.extend(session.starts_on.map(|day| ("starts_on", day.to_string())));
    fields.extend(session.ends_on.map(|day| ("ends_on", day.to_string())));
    fields.push(("kind", quoted(&session.kind.to_value())));
    fields.push(("title", quoted(&session.title)));
    if !session.tracks.is_empty() {
        fields.push(("tracks", one_line(session.tracks.iter().map(|slug| quoted(slug)))));
    }
    if !session.faculty.is_empty() {
        fields.push(("faculty", one_line(session.faculty.iter().map(speaker))));
    }
    fields.extend(session.room.as_deref().map(|slug| ("room", quoted(slug))));
    fields.extend(session.level.as_deref().map(|level| ("level", quoted(level))));
    fields.extend(session.language.as_deref().map(|language| ("language", quoted(language))));
    if !session.themes.is_empty() {
        fields.push(("themes", one_line(session.themes.iter().map(|name| quoted(name)))));
    }
    fields.extend(session.description.as_deref().map(|text| ("description", quoted(text))));
    fields.extend(session.join_url.as_deref().map(|url| ("join_url", quoted(url))));
    row_of(&fields)
}

fn speaker(speaker: &Speaker) -> String {
    match speaker.role {
        entity::session_faculty::Role::Speaker => quoted(&speaker.member),
        entity::session_faculty::Role::Moderator
        | entity::session_faculty::Role::Facilitator
        | entity::session_faculty::Role::Panelist => {
            row_of(&[("member", quoted(&speaker.member)), ("role", quoted(&speaker.role.to_value()))])
        }
    }
}

fn credit(page: &mut Page, credit: &Credit) {
    page.head("[[credits]]");
    page.text("kind", &credit.kind.to_value());
    page.text("label", &credit.label);
    page.maybe("amount", credit.amount.map(|amount| amount.to_string()).as_deref());
    page.maybe("statement", credit.statement.as_deref());
    let part = |row: &CreditPart| {
        row_of(&[("label", quoted(&row.label)), ("amount", quoted(&row.amount.to_string()))])
    };
    page.list("parts", credit.parts.iter().map(part));
    let requirement = |row: &Requirement| {
        let text = row.text.as_deref().map(|text| ("text", quoted(text)));
        row_of(&[("kind", quoted(&row.kind.to_value()))].into_iter().chain(text).collect::<Vec<_>>())
    };
    page.list("requirements", credit.requirements.iter().map(requirement));
}

fn rule(page: &mut Page, rule: &Rule) {
    page.head("[[reminder_rules]]");
    page.text("slug", &rule.slug);
    page.text("letter", &rule.letter.to_value());
    match rule.offset {
        Offset::Days { days, at } => {
            page.bare("days", Some(days));
            page.text("at", &at.to_string());
        }
        Offset::Exact { minutes } => page.bare("minutes", Some(minutes)),
    }
    page.bare("enabled", Some(rule.enabled));
    page.maybe("subject", rule.subject.as_deref());
    page.prose("opening", rule.opening.as_deref());
    page.words("professions", &rule.professions.iter().map(ActiveEnum::to_value).collect::<Vec<String>>());
    page.maybe("track", rule.track.as_deref());
}

/// The text so far.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
}

impl Page {
    /// The head of a table.
    pub fn head(&mut self, head: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(head);
        self.text.push('\n');
    }

    fn field(&mut self, key: &str, value: &str) {
        self.text.push_str(key);
        self.text.push_str(" = ");
        self.text.push_str(value);
        self.text.push('\n');
    }

    /// A field with a text.
    pub fn text(&mut self, key: &str, text: &str) {
        self.field(key, &quoted(text));
    }

    /// A field with a text, where there is one.
    pub fn maybe(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A field with a value that stands without quotes.
    pub fn bare<V: Display>(&mut self, key: &str, value: Option<V>) {
        if let Some(value) = value {
            self.field(key, &value.to_string());
        }
    }

    /// A field with a text of many lines.
    pub fn prose(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            let lines: Vec<String> = text
                .split('\n')
                .map(|line| escaped(line).replace("\\\"", "\"").replace("\"\"", "\"\\\""))
                .collect();
            self.field(key, &format!("\"\"\"\n{}\n\"\"\"", lines.join("\n")));
        }
    }

    /// A short list on one line; an empty one is left out.
    pub fn words<W: AsRef<str>>(&mut self, key: &str, words: &[W]) {
        if !words.is_empty() {
            self.field(key, &one_line(words.iter().map(|word| quoted(word.as_ref()))));
        }
    }

    /// A list with a line for each element; an empty one is left out.
    pub fn list(&mut self, key: &str, elements: impl Iterator<Item = String>) {
        let elements: Vec<String> = elements.map(|element| format!("  {element},\n")).collect();
        if !elements.is_empty() {
            self.field(key, &format!("[\n{}]", elements.concat()));
        }
    }
}

fn one_line(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}

/// A table on one line.
pub fn row_of(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\\' => escaped.extend(['\\', char]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other if other.is_control() => escaped.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => escaped.push(other),
        }
    }
    escaped
}
