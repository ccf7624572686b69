//! The course itself: what a draft says of it, how that is stored, told and changed. A field of the course is
//! written here once for all of this.

use std::sync::Arc;

use entity::course::{Format, Model, Status};
use entity::{LocalDate, Zone, course_tag, organization};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};

use super::beside::{Name, Needs};
use super::field::Field;
use super::offer::Audience;
use super::open::Open;
use super::patch::{Patch, replace};
use super::room::{self, Room};
use super::stored::tidied;
use super::text::{Email, Paragraph, Prose, Slug, Title, Url, tidy};
use crate::catalogue::CoursePage;

/// What sort of offer a course is where nobody says.
pub const KIND: &str = "Continuing Education";

/// The course itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Unique, stable name.
    pub slug: Slug,
    /// Name as people read it.
    pub title: Title,
    /// What sort of offer it is.
    pub kind: Title,
    /// Where it is in its life.
    pub status: Status,
    /// Why it will not take place, where it is cancelled. Markdown.
    pub cancellation_note: Option<Prose>,
    /// How it is taught.
    pub format: Format,
    /// Length in words.
    pub length: Option<Title>,
    /// The zone of every date and time of the draft.
    pub time_zone: Zone,
    /// First day.
    pub starts_on: LocalDate,
    /// Last day.
    pub ends_on: LocalDate,
    /// Last day of the evaluation.
    pub evaluation_deadline: Option<LocalDate>,
    /// One or two sentences. Plain text.
    pub summary: Option<Paragraph>,
    /// Markdown.
    pub overview: Option<Prose>,
    /// The centre that develops it.
    pub centre: Option<Title>,
    /// Where people write with questions.
    pub contact_email: Option<Email>,
    /// Credit in one line.
    pub credit_headline: Option<Title>,
    /// Where it is taught in person.
    pub venue: Option<Title>,
    /// Its postal address, line by line.
    pub venue_address: Option<Paragraph>,
    /// Where it is on a map, https.
    pub venue_map: Option<Url>,
    /// How to get there. Markdown.
    pub venue_directions: Option<Prose>,
    /// Slugs of the organizations that offer it.
    pub offered_by: Vec<Slug>,
    /// Slugs of the organizations that accredit it.
    pub accredited_by: Vec<Slug>,
    /// Objectives in order. Plain text.
    pub objectives: Vec<Paragraph>,
    /// Domains in order.
    pub domains: Vec<Title>,
    /// Topics in order.
    pub topics: Vec<Title>,
    /// Who should take part.
    pub audiences: Vec<Audience>,
}

impl Course {
    /// A course of which nothing is said but what it cannot be without.
    pub fn new(
        slug: Slug,
        title: Title,
        format: Format,
        time_zone: Zone,
        (starts_on, ends_on): (LocalDate, LocalDate),
    ) -> Self {
        Self {
            slug,
            title,
            kind: Title::stored(KIND),
            status: Status::Draft,
            cancellation_note: None,
            format,
            length: None,
            time_zone,
            starts_on,
            ends_on,
            evaluation_deadline: None,
            summary: None,
            overview: None,
            centre: None,
            contact_email: None,
            credit_headline: None,
            venue: None,
            venue_address: None,
            venue_map: None,
            venue_directions: None,
            offered_by: Vec::new(),
            accredited_by: Vec::new(),
            objectives: Vec::new(),
            domains: Vec::new(),
            topics: Vec::new(),
            audiences: Vec::new(),
        }
    }

    /// What is stored of it.
    pub fn of(page: &CoursePage) -> Self {
        let course = &page.course;
        let tags = |kind| {
            page.tags.iter().filter(|tag| tag.kind == kind).map(|tag| Title::stored(&*tag.name)).collect()
        };
        let slugs =
            |rows: &[Arc<organization::Model>]| rows.iter().map(|row| Slug::stored(&*row.slug)).collect();
        Self {
            slug: Slug::stored(&*course.slug),
            title: Title::stored(&*course.title),
            kind: Title::stored(&*course.kind),
            status: course.status,
            cancellation_note: tidied(&course.cancellation_note, Prose::stored),
            format: course.format,
            length: course.length_label.as_deref().map(Title::stored),
            time_zone: course.time_zone.clone(),
            starts_on: course.starts_on,
            ends_on: course.ends_on,
            evaluation_deadline: course.evaluation_deadline_on,
            summary: tidied(&course.summary, Paragraph::stored),
            overview: tidied(&course.overview, Prose::stored),
            centre: course.centre.as_deref().map(Title::stored),
            contact_email: course.contact_email.as_deref().map(Email::stored),
            credit_headline: course.credit_headline.as_deref().map(Title::stored),
            venue: course.venue_name.as_deref().map(Title::stored),
            venue_address: tidied(&course.venue_address, Paragraph::stored),
            venue_map: course.venue_map_url.as_deref().map(Url::stored),
            venue_directions: tidied(&course.venue_directions, Prose::stored),
            offered_by: slugs(&page.offered_by),
            accredited_by: slugs(&page.accredited_by),
            objectives: page.objectives.iter().map(|row| Paragraph::stored(tidy(&row.text))).collect(),
            domains: tags(course_tag::Kind::Domain),
            topics: tags(course_tag::Kind::Topic),
            audiences: page
                .audiences
                .iter()
                .map(|row| Audience { name: Title::stored(&*row.name), profession: row.profession })
                .collect(),
        }
    }

    /// Writes it into the course's row; its lists have tables of their own.
    pub fn put(&self, row: &mut Model) {
        let Self {
            slug,
            title,
            kind,
            status,
            cancellation_note,
            format,
            length,
            time_zone,
            starts_on,
            ends_on,
            evaluation_deadline,
            summary,
            overview,
            centre,
            contact_email,
            credit_headline,
            venue,
            venue_address,
            venue_map,
            venue_directions,
            offered_by: _,
            accredited_by: _,
            objectives: _,
            domains: _,
            topics: _,
            audiences: _,
        } = self;
        row.slug = slug.to_string();
        row.title = title.to_string();
        row.kind = kind.to_string();
        row.status = *status;
        row.cancellation_note = cancellation_note.clone().map(Into::into);
        row.format = *format;
        row.length_label = length.clone().map(Into::into);
        row.time_zone = time_zone.clone();
        row.starts_on = *starts_on;
        row.ends_on = *ends_on;
        row.evaluation_deadline_on = *evaluation_deadline;
        row.summary = summary.clone().map(Into::into);
        row.overview = overview.clone().map(Into::into);
        row.centre = centre.clone().map(Into::into);
        row.contact_email = contact_email.clone().map(Into::into);
        row.credit_headline = credit_headline.clone().map(Into::into);
        row.venue_name = venue.clone().map(Into::into);
        row.venue_address = venue_address.clone().map(Into::into);
        row.venue_map_url = venue_map.clone().map(Into::into);
        row.venue_directions = venue_directions.clone().map(Into::into);
    }

    /// Its fields as changes tell them.
    pub fn told(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("status", json!(self.status.to_value())),
            ("cancellation_note", json!(self.cancellation_note)),
            ("title", json!(self.title)),
            ("kind", json!(self.kind)),
            ("format", json!(self.format.to_value())),
            ("length", json!(self.length)),
            ("time_zone", json!(self.time_zone.name())),
            ("starts_on", json!(self.starts_on.to_string())),
            ("ends_on", json!(self.ends_on.to_string())),
            ("evaluation_deadline_on", json!(self.evaluation_deadline.map(|day| day.to_string()))),
            ("centre", json!(self.centre)),
            ("contact_email", json!(self.contact_email)),
            ("credit_headline", json!(self.credit_headline)),
            ("venue", json!(self.venue)),
            ("venue_address", json!(self.venue_address)),
            ("venue_map", json!(self.venue_map)),
            ("venue_directions", json!(self.venue_directions)),
            ("summary", json!(self.summary)),
            ("overview", json!(self.overview)),
            ("offered_by", json!(self.offered_by)),
            ("accredited_by", json!(self.accredited_by)),
            ("objectives", json!(self.objectives)),
            ("domains", json!(self.domains)),
            ("topics", json!(self.topics)),
            (
                "audiences",
                json!(
                    self.audiences
                        .iter()
                        .map(|row| format!("{} ({})", row.name, row.profession.to_value()))
                        .collect::<Vec<_>>()
                ),
            ),
        ]
    }
}

/// What is to be different about a course; of a new one, what it is beyond [`Course::new`].
#[derive(Clone, Debug, Default)]
pub struct CourseChange {
    /// Another title.
    pub title: Option<Title>,
    /// Another sort of offer.
    pub kind: Option<Title>,
    /// How it is taught.
    pub format: Option<Format>,
    /// Length in words.
    pub length: Patch<Title>,
    /// Another zone; sessions keep their times on the clock.
    pub time_zone: Option<Zone>,
    /// First day; sessions do not move with it.
    pub starts_on: Option<LocalDate>,
    /// Last day; sessions do not move with it.
    pub ends_on: Option<LocalDate>,
    /// Last day of the evaluation.
    pub evaluation_deadline: Patch<LocalDate>,
    /// One or two sentences. Plain text.
    pub summary: Patch<Paragraph>,
    /// Markdown.
    pub overview: Patch<Prose>,
    /// The centre that develops it.
    pub centre: Patch<Title>,
    /// Where people write with questions.
    pub contact_email: Patch<Email>,
    /// Credit in one line.
    pub credit_headline: Patch<Title>,
    /// Where it is taught in person.
    pub venue: Patch<Title>,
    /// Its postal address, line by line.
    pub venue_address: Patch<Paragraph>,
    /// Where it is on a map.
    pub venue_map: Patch<Url>,
    /// How to get there. Markdown.
    pub venue_directions: Patch<Prose>,
    /// All rooms; what the course no longer has must have no sessions.
    pub rooms: Option<Vec<Room>>,
    /// All organizations that offer it.
    pub offered_by: Option<Vec<Name>>,
    /// All organizations that accredit it.
    pub accredited_by: Option<Vec<Name>>,
    /// All objectives.
    pub objectives: Option<Vec<Paragraph>>,
    /// All domains.
    pub domains: Option<Vec<Title>>,
    /// All topics.
    pub topics: Option<Vec<Title>>,
    /// All audiences.
    pub audiences: Option<Vec<Audience>>,
}

impl CourseChange {
    /// Adds what must be read for it.
    pub fn needs(&self, needs: &mut Needs) {
        needs.organizations.extend(self.offered_by.iter().chain(&self.accredited_by).flatten().cloned());
    }

    /// Writes it into a course.
    pub fn write(self, open: &mut Open<'_>) {
        let Self {
            title,
            kind,
            format,
            length,
            time_zone,
            starts_on,
            ends_on,
            evaluation_deadline,
            summary,
            overview,
            centre,
            contact_email,
            credit_headline,
            venue,
            venue_address,
            venue_map,
            venue_directions,
            rooms,
            offered_by,
            accredited_by,
            objectives,
            domains,
            topics,
            audiences,
        } = self;
        if let Some(names) = offered_by {
            open.draft.course.offered_by = open.organizations(&names, Field::OfferedBy);
        }
        if let Some(names) = accredited_by {
            open.draft.course.accredited_by = open.organizations(&names, Field::AccreditedBy);
        }
        let course = &mut open.draft.course;
        replace(title, &mut course.title);
        replace(kind, &mut course.kind);
        replace(format, &mut course.format);
        length.put(&mut course.length);
        replace(time_zone, &mut course.time_zone);
        replace(starts_on, &mut course.starts_on);
        replace(ends_on, &mut course.ends_on);
        evaluation_deadline.put(&mut course.evaluation_deadline);
        summary.put(&mut course.summary);
        overview.put(&mut course.overview);
        centre.put(&mut course.centre);
        contact_email.put(&mut course.contact_email);
        credit_headline.put(&mut course.credit_headline);
        venue.put(&mut course.venue);
        venue_address.put(&mut course.venue_address);
        venue_map.put(&mut course.venue_map);
        venue_directions.put(&mut course.venue_directions);
        replace(objectives, &mut course.objectives);
        replace(domains, &mut course.domains);
        replace(topics, &mut course.topics);
        replace(audiences, &mut course.audiences);
        if let Some(rooms) = rooms {
            room::set(open, rooms);
        }
    }
}
