//! What is stored of a course, put as a file would put it.

use std::collections::HashSet;
use std::sync::Arc;

use entity::deadline::at_wall_time;
use entity::{LocalDate, WallTime, course_faculty, course_tag, faculty_member, organization, reminder_rule};
use uuid::Uuid;

use super::arrange::arrange;
use super::format::{
    Audience, CompetencyGroup, Course, CourseFile, Credit, CreditPart, Day, FacultyMember, Fees, Organization, Part, Price, Registration,
    Requirement, Rule, Run, Series, Session, Speaker, Standing, Statement, Track, default_rules,
};
use super::value::tidy;
use crate::catalogue::{CoursePage, CreditRow, SeriesRow, SessionRow};

fn tidied(text: &Option<String>) -> Option<String> {
    text.as_deref().map(tidy).filter(|text| !text.is_empty())
}

/// The course of a page; rules that are the default ones are left out.
pub fn course_file(page: &CoursePage) -> CourseFile {
    let course = &page.course;
    let tags = |kind| page.tags.iter().filter(|tag| tag.kind == kind).map(|tag| tag.name.clone()).collect();
    let slugs = |rows: &[Arc<organization::Model>]| rows.iter().map(|row| row.slug.clone()).collect();
    let rules = rules(page);
    let mut file = CourseFile {
        course: Course {
            slug: course.slug.clone(),
            title: course.title.clone(),
            kind: course.kind.clone(),
            status: course.status,
            cancellation_note: tidied(&course.cancellation_note),
            format: course.format,
            length: course.length_label.clone(),
            time_zone: course.time_zone.clone(),
            starts_on: course.starts_on,
            ends_on: course.ends_on,
            evaluation_deadline: course.evaluation_deadline_on,
            summary: tidied(&course.summary),
            overview: tidied(&course.overview),
            centre: course.centre.clone(),
            contact_email: course.contact_email.clone(),
            credit_headline: course.credit_headline.clone(),
            offered_by: slugs(&page.offered_by),
            accredited_by: slugs(&page.accredited_by),
            objectives: page.objectives.iter().map(|row| tidy(&row.text)).collect(),
            domains: tags(course_tag::Kind::Domain),
            topics: tags(course_tag::Kind::Topic),
            audiences: page.audiences.iter().map(|row| Audience { name: row.name.clone(), profession: row.profession }).collect(),
        },
        registration: Registration {
            opens: course.registration_opens_at.map(|opens| opens.in_zone(&course.time_zone).datetime()),
            early_deadline: course.early_deadline_on,
            deadline: course.registration_deadline_on,
            payment_days: course.payment_days,
            capacity: course.capacity,
            site: course.registration_site.clone(),
        },
        fees: Fees {
            currency: course.currency.clone(),
            processing_fee: course.processing_fee_cents,
            prices: page
                .prices
                .iter()
                .map(|row| Price {
                    profession: row.profession,
                    label: row.label.clone(),
                    regular: row.regular_cents,
                    early: row.early_cents,
                })
                .collect(),
        },
        series: page.series.as_deref().map(|row| series(row, course.series_position.unwrap_or(1))),
        organizations: organizations(page),
        faculty: faculty(page),
        tracks: page.tracks.iter().map(|row| Track { slug: row.slug.clone(), name: row.name.clone() }).collect(),
        days: days(page),
        credits: page.credits.iter().map(credit).collect(),
        competencies: competencies(page),
        statements: page.statements.iter().map(|row| Statement { kind: row.kind, text: tidy(&row.text) }).collect(),
        reminder_rules: (rules != default_rules()).then_some(rules),
    };
    arrange(&mut file);
    file
}

/// The stored rules of a course.
pub fn rules(page: &CoursePage) -> Vec<Rule> {
    let track = |id: Uuid| page.tracks.iter().find(|track| track.id == id).map(|track| track.slug.clone());
    let rule = |row: &reminder_rule::Model| Rule {
        slug: row.slug.clone(),
        letter: row.letter,
        offset: row.offset(),
        enabled: row.enabled,
        subject: row.subject.clone(),
        opening: tidied(&row.opening),
        professions: row.professions.as_ref().map(|wanted| wanted.0.clone()).unwrap_or_default(),
        track: row.track_id.and_then(track),
    };
    page.rules.iter().map(rule).collect()
}

/// A stored series, with the place of a course in it.
pub fn series(row: &SeriesRow, position: i16) -> Series {
    Series {
        slug: row.series.slug.clone(),
        title: row.series.title.clone(),
        summary: tidied(&row.series.summary),
        legacy: row.series.legacy_title.clone(),
        length: row.series.length,
        position,
        parts: row
            .parts
            .iter()
            .map(|(part, runs)| Part {
                position: part.position,
                title: part.title.clone(),
                runs: runs.iter().map(|run| Run { month: run.month.clone(), format: run.format }).collect(),
            })
            .collect(),
    }
}

/// A stored organization.
pub fn organization(row: &organization::Model) -> Organization {
    Organization { slug: row.slug.clone(), name: row.name.clone(), url: row.url.clone() }
}

/// A stored person, who is `role` to some course.
pub fn faculty_member(row: &faculty_member::Model, role: Standing) -> FacultyMember {
    FacultyMember {
        slug: row.slug.clone(),
        name: row.name.clone(),
        role,
        credentials: row.credentials.clone(),
        title: row.title.clone(),
        affiliation: row.affiliation.clone(),
        bio: tidied(&row.bio),
    }
}

fn organizations(page: &CoursePage) -> Vec<Organization> {
    let mut seen = HashSet::new();
    page.offered_by.iter().chain(&page.accredited_by).filter(|row| seen.insert(row.id)).map(|row| organization(row)).collect()
}

fn faculty(page: &CoursePage) -> Vec<FacultyMember> {
    let mut seen = HashSet::new();
    let listed = page.faculty.iter().map(|row| match row.role {
        course_faculty::Role::Director => (Standing::Director, &row.member),
        course_faculty::Role::Faculty => (Standing::Faculty, &row.member),
    });
    let speakers = page.sessions.iter().flat_map(|row| &row.faculty).map(|(_, member)| (Standing::Guest, member));
    listed.chain(speakers).filter(|(_, member)| seen.insert(member.id)).map(|(role, member)| faculty_member(member, role)).collect()
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
    let last = row.session.ends_at.date_in(zone);
    let clock = |at: entity::Instant| WallTime::from(at.in_zone(zone).time());
    Session {
        key: row.session.slug.clone(),
        start: clock(row.session.starts_at),
        end: clock(row.session.ends_at),
        ends_on: (last != date).then_some(last),
        kind: row.session.kind,
        title: row.session.title.clone(),
        tracks: row.tracks.iter().map(|track| track.slug.clone()).collect(),
        faculty: row.faculty.iter().map(|(role, member)| Speaker { member: member.slug.clone(), role: *role }).collect(),
        join_url: row.session.join_url.clone(),
    }
}

/// The start and the end of a session of the file.
pub fn instants(file: &CourseFile, day: &Day, session: &Session) -> (entity::Instant, entity::Instant) {
    let zone = &file.course.time_zone;
    let start = at_wall_time(day.date, session.start, zone);
    (start, at_wall_time(session.ends_on.unwrap_or(day.date), session.end, zone))
}

fn credit(row: &CreditRow) -> Credit {
    Credit {
        kind: row.offer.kind,
        label: row.offer.label.clone(),
        amount: row.offer.amount_hundredths,
        statement: tidied(&row.offer.statement),
        parts: row.parts.iter().map(|part| CreditPart { label: part.label.clone(), amount: part.amount_hundredths }).collect(),
        requirements: row.requirements.iter().map(|row| Requirement { kind: row.kind, text: tidied(&row.text) }).collect(),
    }
}

fn competencies(page: &CoursePage) -> Vec<CompetencyGroup> {
    let groups = page.competencies.chunk_by(|one, other| one.group_position == other.group_position);
    groups
        .map(|rows| CompetencyGroup {
            group: rows.first().map(|row| row.group_name.clone()).unwrap_or_default(),
            names: rows.iter().map(|row| row.name.clone()).collect(),
        })
        .collect()
}
