//! What is stored of a course, as a draft. It was checked when it was stored, and is taken as it is.

use std::collections::HashSet;

use entity::deadline::at_wall_time;
use entity::{LocalDate, WallTime, course_faculty, faculty_member, organization, reminder_rule};
use uuid::Uuid;

use super::arrange::arrange;
use super::text::{Currency, Language, Month, Paragraph, Prose, Slug, Title, Url, tidy};
use super::{
    CompetencyGroup, Course, Credit, CreditPart, Day, Draft, FacultyMember, Fees, Organization, Part, Price,
    Registration, Requirement, Room, Rule, Run, Series, Session, Speaker, Standing, Statement, Track,
    default_rules,
};
use crate::catalogue::{CoursePage, CreditRow, SeriesRow, SessionRow};

/// A text that may be missing, tidied as one that is read now would be.
pub fn tidied<T>(text: &Option<String>, stored: fn(String) -> T) -> Option<T> {
    text.as_deref().map(tidy).filter(|text| !text.is_empty()).map(stored)
}

impl Draft {
    /// The course of a page; rules that are the default ones are left out.
    pub fn of(page: &CoursePage) -> Self {
        course(page)
    }
}

fn course(page: &CoursePage) -> Draft {
    let course = &page.course;
    let rules = rules(page);
    let mut draft = Draft {
        course: Course::of(page),
        registration: Registration::of(course),
        fees: Fees {
            currency: Currency::stored(&*course.currency),
            processing_fee: course.processing_fee_minor,
            prices: page
                .prices
                .iter()
                .map(|row| Price {
                    profession: row.profession,
                    label: Title::stored(&*row.label),
                    regular: row.regular_minor,
                    early: row.early_minor,
                })
                .collect(),
        },
        series: page.series.as_deref().map(|row| Series::of(row, course.series_position.unwrap_or(1))),
        organizations: organizations(page),
        faculty: faculty(page),
        tracks: page
            .tracks
            .iter()
            .map(|row| Track { slug: Slug::stored(&*row.slug), name: Title::stored(&*row.name) })
            .collect(),
        rooms: page
            .rooms
            .iter()
            .map(|row| Room {
                slug: Slug::stored(&*row.slug),
                name: Title::stored(&*row.name),
                capacity: row.capacity,
            })
            .collect(),
        days: days(page),
        credits: page.credits.iter().map(credit).collect(),
        competencies: competencies(page),
        statements: page
            .statements
            .iter()
            .map(|row| Statement { kind: row.kind, text: Prose::stored(tidy(&row.text)) })
            .collect(),
        reminder_rules: (rules != default_rules()).then_some(rules),
    };
    arrange(&mut draft);
    draft
}

/// The stored rules of a course.
pub fn rules(page: &CoursePage) -> Vec<Rule> {
    let track =
        |id: Uuid| page.tracks.iter().find(|track| track.id == id).map(|track| Slug::stored(&*track.slug));
    let rule = |row: &reminder_rule::Model| Rule {
        slug: Slug::stored(&*row.slug),
        letter: row.letter,
        offset: row.offset(),
        enabled: row.enabled,
        subject: row.subject.as_deref().map(Title::stored),
        opening: tidied(&row.opening, Prose::stored),
        professions: row.professions.as_ref().map(|wanted| wanted.0.clone()).unwrap_or_default(),
        track: row.track_id.and_then(track),
    };
    page.rules.iter().map(rule).collect()
}

impl Series {
    /// A stored series, with the place of a course in it.
    pub fn of(row: &SeriesRow, position: i16) -> Self {
        Self {
            slug: Slug::stored(&*row.series.slug),
            title: Title::stored(&*row.series.title),
            summary: tidied(&row.series.summary, Prose::stored),
            legacy: row.series.legacy_title.as_deref().map(Title::stored),
            length: row.series.length,
            position,
            parts: row
                .parts
                .iter()
                .map(|(part, runs)| Part {
                    position: part.position,
                    title: Title::stored(&*part.title),
                    runs: runs
                        .iter()
                        .map(|run| Run { month: Month::stored(&*run.month), format: run.format })
                        .collect(),
                })
                .collect(),
        }
    }
}

impl Organization {
    /// A stored organization.
    pub fn of(row: &organization::Model) -> Self {
        Self {
            slug: Slug::stored(&*row.slug),
            name: Title::stored(&*row.name),
            url: row.url.as_deref().map(Url::stored),
        }
    }
}

impl FacultyMember {
    /// A stored person, who is `role` to some course.
    pub fn of(row: &faculty_member::Model, role: Standing) -> Self {
        Self {
            slug: Slug::stored(&*row.slug),
            name: Title::stored(&*row.name),
            role,
            credentials: row.credentials.as_deref().map(Title::stored),
            title: row.title.as_deref().map(Title::stored),
            affiliation: row.affiliation.as_deref().map(Title::stored),
            bio: tidied(&row.bio, Prose::stored),
        }
    }
}

fn organizations(page: &CoursePage) -> Vec<Organization> {
    let mut seen = HashSet::new();
    page.offered_by
        .iter()
        .chain(&page.accredited_by)
        .filter(|row| seen.insert(row.id))
        .map(|row| Organization::of(row))
        .collect()
}

fn faculty(page: &CoursePage) -> Vec<FacultyMember> {
    let mut seen = HashSet::new();
    let listed = page.faculty.iter().map(|row| match row.role {
        course_faculty::Role::Director => (Standing::Director, &row.member),
        course_faculty::Role::Faculty => (Standing::Faculty, &row.member),
    });
    let speakers =
        page.sessions.iter().flat_map(|row| &row.faculty).map(|(_, member)| (Standing::Guest, member));
    listed
        .chain(speakers)
        .filter(|(_, member)| seen.insert(member.id))
        .map(|(role, member)| FacultyMember::of(member, role))
        .collect()
}

fn days(page: &CoursePage) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for row in &page.sessions {
        let date = page.date_of(&row.session);
        let session = session(page, row, date);
        match days.last_mut() {
            Some(day) if day.date == date => day.sessions.push(session),
            Some(_) | None => days.push(Day { date, sessions: vec![session] }),
        }
    }
    days
}

fn session(page: &CoursePage, row: &SessionRow, date: LocalDate) -> Session {
    let zone = &page.course.time_zone;
    let first = row.session.starts_at.date_in(zone);
    let last = row.session.ends_at.date_in(zone);
    let clock = |at: entity::Instant| WallTime::from(at.in_zone(zone).time());
    Session {
        key: Slug::stored(&*row.session.slug),
        start: clock(row.session.starts_at),
        end: clock(row.session.ends_at),
        starts_on: (first != date).then_some(first),
        ends_on: (last != first).then_some(last),
        kind: row.session.kind,
        title: Title::stored(&*row.session.title),
        tracks: row.tracks.iter().map(|track| Slug::stored(&*track.slug)).collect(),
        faculty: row
            .faculty
            .iter()
            .map(|(role, member)| Speaker { member: Slug::stored(&*member.slug), role: *role })
            .collect(),
        join_url: row.session.join_url.as_deref().map(Url::stored),
        room: page.room_of(&row.session).map(|room| Slug::stored(&*room.slug)),
        description: tidied(&row.session.description, Prose::stored),
        level: row.session.level.as_deref().map(Title::stored),
        language: row.session.language.as_deref().map(Language::stored),
        themes: row
            .session
            .themes
            .iter()
            .flat_map(|themes| &themes.0)
            .map(|name| Title::stored(&**name))
            .collect(),
    }
}

/// The start and the end of a session of the draft.
pub fn instants(draft: &Draft, day: &Day, session: &Session) -> (entity::Instant, entity::Instant) {
    let zone = &draft.course.time_zone;
    let (first, last) = session.days(day.date);
    (at_wall_time(first, session.start, zone), at_wall_time(last, session.end, zone))
}

fn credit(row: &CreditRow) -> Credit {
    Credit {
        kind: row.offer.kind,
        label: Title::stored(&*row.offer.label),
        amount: row.offer.amount_hundredths,
        statement: tidied(&row.offer.statement, Paragraph::stored),
        parts: row
            .parts
            .iter()
            .map(|part| CreditPart { label: Title::stored(&*part.label), amount: part.amount_hundredths })
            .collect(),
        requirements: row
            .requirements
            .iter()
            .map(|row| Requirement { kind: row.kind, text: tidied(&row.text, Paragraph::stored) })
            .collect(),
    }
}

fn competencies(page: &CoursePage) -> Vec<CompetencyGroup> {
    let groups = page.competencies.chunk_by(|one, other| one.group_position == other.group_position);
    groups
        .map(|rows| CompetencyGroup {
            group: rows.first().map(|row| Title::stored(&*row.group_name)).unwrap_or_default(),
            names: rows.iter().map(|row| Title::stored(&*row.name)).collect(),
        })
        .collect()
}
