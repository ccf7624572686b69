//! A course as a list of things with fields: the form in which what is wanted and what is stored are
//! compared, told and put on record.

use entity::mailing::Offset;
use sea_orm::ActiveEnum;
use serde_json::{Value, json};

use super::{Credit, Draft, FacultyMember, Organization, Rule, Series, Session, Standing};

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// An organization; shared by courses.
    Organization,
    /// A person; shared by courses.
    FacultyMember,
    /// A series; shared by courses.
    Series,
    /// The course itself.
    Course,
    /// A track.
    Track,
    /// A room.
    Room,
    /// A session.
    Session,
    /// A price.
    Price,
    /// A kind of credit.
    Credit,
    /// A statement.
    Statement,
    /// A reminder rule.
    Rule,
}

impl Sort {
    /// The sort in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::FacultyMember => "faculty member",
            Self::Series => "series",
            Self::Course => "course",
            Self::Track => "track",
            Self::Room => "room",
            Self::Session => "session",
            Self::Price => "price",
            Self::Credit => "credit",
            Self::Statement => "statement",
            Self::Rule => "reminder rule",
        }
    }
}

/// One thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// What it is.
    pub sort: Sort,
    /// Its stable name; empty for the course.
    pub name: String,
    /// Its fields; null where nothing is said.
    pub fields: Vec<(&'static str, Value)>,
}

fn thing(sort: Sort, name: &str, fields: Vec<(&'static str, Value)>) -> Thing {
    Thing { sort, name: name.to_owned(), fields }
}

/// The things that belong to the course alone, with `rules` as its rules.
pub fn of_course(draft: &Draft, rules: &[Rule]) -> Vec<Thing> {
    let mut things = vec![course(draft, rules)];
    things.extend(
        draft.tracks.iter().map(|row| thing(Sort::Track, &row.slug, vec![("name", json!(row.name))])),
    );
    let room = |row: &super::Room| {
        thing(Sort::Room, &row.slug, vec![("name", json!(row.name)), ("capacity", json!(row.capacity))])
    };
    things.extend(draft.rooms.iter().map(room));
    for day in &draft.days {
        for (index, row) in day.sessions.iter().enumerate() {
            let together =
                day.sessions.iter().take(index).filter(|other| other.order() == row.order()).count();
            things.push(session(&day.date.to_string(), together, row));
        }
    }
    for row in &draft.fees.prices {
        let early = row.early.map(|early| draft.fees.written(early));
        let fields = vec![
            ("label", json!(row.label)),
            ("regular", json!(draft.fees.written(row.regular))),
            ("early", json!(early)),
        ];
        things.push(thing(Sort::Price, &row.profession.to_value(), fields));
    }
    things.extend(draft.credits.iter().map(credit));
    things.extend(
        draft
            .statements
            .iter()
            .map(|row| thing(Sort::Statement, &row.kind.to_value(), vec![("text", json!(row.text))])),
    );
    things.extend(rules.iter().map(rule));
    things
}

fn course(draft: &Draft, rules: &[Rule]) -> Thing {
    let competencies: Vec<String> = draft
        .competencies
        .iter()
        .flat_map(|group| group.names.iter().map(move |name| format!("{}: {name}", group.group)))
        .collect();
    let faculty: Vec<String> = draft
        .faculty
        .iter()
        .filter(|row| row.role != Standing::Guest)
        .map(|row| format!("{} ({})", row.slug, row.role.word()))
        .collect();
    let keys = |rows: &mut dyn Iterator<Item = String>| json!(rows.collect::<Vec<_>>());
    let mut fields = draft.course.told();
    fields.extend(draft.registration.told());
    fields.extend([
        ("currency", json!(draft.fees.currency)),
        ("processing_fee", json!(draft.fees.processing_fee.map(|fee| draft.fees.written(fee)))),
        ("series", json!(draft.series.as_ref().map(|series| format!("{} {}", series.slug, series.position)))),
        ("faculty", json!(faculty)),
        ("competencies", json!(competencies)),
        ("order_of_tracks", keys(&mut draft.tracks.iter().map(|row| row.slug.to_string()))),
        ("order_of_rooms", keys(&mut draft.rooms.iter().map(|row| row.slug.to_string()))),
        ("order_of_prices", keys(&mut draft.fees.prices.iter().map(|row| row.profession.to_value()))),
        ("order_of_credits", keys(&mut draft.credits.iter().map(|row| row.kind.to_value()))),
        ("order_of_statements", keys(&mut draft.statements.iter().map(|row| row.kind.to_value()))),
        ("order_of_rules", keys(&mut rules.iter().map(|row| row.slug.to_string()))),
    ]);
    thing(Sort::Course, "", fields)
}

fn session(date: &str, together: usize, row: &Session) -> Thing {
    // The order of a session's tracks is that of the course's tracks, and told there.
    let mut tracks = row.tracks.clone();
    tracks.sort();
    let speaker = |row: &super::Speaker| match row.role {
        entity::session_faculty::Role::Speaker => row.member.to_string(),
        entity::session_faculty::Role::Moderator
        | entity::session_faculty::Role::Facilitator
        | entity::session_faculty::Role::Panelist => {
            format!("{} ({})", row.member, row.role.to_value())
        }
    };
    let fields = vec![
        ("title", json!(row.title)),
        ("kind", json!(row.kind.to_value())),
        ("date", json!(date)),
        ("start", json!(row.start.to_string())),
        ("starts_on", json!(row.starts_on.map(|day| day.to_string()))),
        ("end", json!(row.end.to_string())),
        ("ends_on", json!(row.ends_on.map(|day| day.to_string()))),
        ("place", json!(together + 1)),
        ("tracks", json!(tracks)),
        ("faculty", json!(row.faculty.iter().map(speaker).collect::<Vec<_>>())),
        ("join_url", json!(row.join_url)),
        ("room", json!(row.room)),
        ("description", json!(row.description)),
        ("level", json!(row.level)),
        ("language", json!(row.language)),
        ("themes", json!(row.themes)),
    ];
    thing(Sort::Session, &row.key, fields)
}

fn credit(row: &Credit) -> Thing {
    let parts: Vec<String> =
        row.parts.iter().map(|part| format!("{}: {}", part.label, part.amount)).collect();
    let requirement = |row: &super::Requirement| match &row.text {
        Some(text) => format!("{}: {text}", row.kind.to_value()),
        None => row.kind.to_value(),
    };
    let fields = vec![
        ("label", json!(row.label)),
        ("amount", json!(row.amount.map(|amount| amount.to_string()))),
        ("statement", json!(row.statement)),
        ("parts", json!(parts)),
        ("requirements", json!(row.requirements.iter().map(requirement).collect::<Vec<_>>())),
    ];
    thing(Sort::Credit, &row.kind.to_value(), fields)
}

fn rule(row: &Rule) -> Thing {
    let spoken = match row.offset {
        Offset::Days { days, at } => format!("{days} days at {at}"),
        Offset::Exact { minutes } => format!("{minutes} minutes"),
    };
    let fields = vec![
        ("letter", json!(row.letter.to_value())),
        ("spoken", json!(spoken)),
        ("enabled", json!(row.enabled)),
        ("subject", json!(row.subject)),
        ("opening", json!(row.opening)),
        ("professions", json!(row.professions.iter().map(ActiveEnum::to_value).collect::<Vec<String>>())),
        ("track", json!(row.track)),
    ];
    thing(Sort::Rule, &row.slug, fields)
}

/// The things that courses share.
pub fn shared<'a>(
    organizations: impl Iterator<Item = &'a Organization>,
    faculty: impl Iterator<Item = &'a FacultyMember>,
    series: Option<&Series>,
) -> Vec<Thing> {
    let organization = |row: &Organization| {
        thing(Sort::Organization, &row.slug, vec![("name", json!(row.name)), ("url", json!(row.url))])
    };
    let member = |row: &FacultyMember| {
        let fields = vec![
            ("name", json!(row.name)),
            ("credentials", json!(row.credentials)),
            ("title", json!(row.title)),
            ("affiliation", json!(row.affiliation)),
            ("bio", json!(row.bio)),
        ];
        thing(Sort::FacultyMember, &row.slug, fields)
    };
    let one_series = |row: &Series| {
        let part = |part: &super::Part| {
            let runs: Vec<String> =
                part.runs.iter().map(|run| format!("{} {}", run.month, run.format.to_value())).collect();
            format!("{} {} [{}]", part.position, part.title, runs.join(", "))
        };
        let fields = vec![
            ("title", json!(row.title)),
            ("summary", json!(row.summary)),
            ("legacy", json!(row.legacy)),
            ("length", json!(row.length)),
            ("parts", json!(row.parts.iter().map(part).collect::<Vec<_>>())),
        ];
        thing(Sort::Series, &row.slug, fields)
    };
    organizations.map(organization).chain(faculty.map(member)).chain(series.map(one_series)).collect()
}
