//! The table of the course itself, there and back.

use entity::course::{Format, Status};
use entity::profession::Profession;
use sea_orm::ActiveEnum;

use super::read::nowhen;
use super::read::table::Table;
use super::value::{self, text};
use super::write::{Page, quoted, row_of};
use crate::catalogue::draft::text::Title;
use crate::catalogue::draft::{Audience, Course, Field, KIND};

/// From the document's tree.
pub fn read(course: &Table<'_, '_>) -> Course {
    Course {
        slug: course.need(Field::Slug, text),
        title: course.need(Field::Title, text),
        kind: course.may(Field::Kind, text).unwrap_or_else(|| Title::stored(KIND)),
        status: course.need_or(Field::Status, value::known, Status::Draft),
        cancellation_note: course.may(Field::CancellationNote, text),
        format: course.need_or(Field::Format, value::known, Format::LiveOnline),
        length: course.may(Field::LengthLabel, text),
        time_zone: course.need_or(Field::TimeZone, value::zone, entity::Zone::utc()),
        starts_on: course.need_or(Field::StartsOn, value::date, nowhen()),
        ends_on: course.need_or(Field::EndsOn, value::date, nowhen()),
        evaluation_deadline: course.may(Field::EvaluationDeadline, value::date),
        summary: course.may(Field::Summary, text),
        overview: course.may(Field::Overview, text),
        centre: course.may(Field::Centre, text),
        contact_email: course.may(Field::ContactEmail, text),
        credit_headline: course.may(Field::CreditHeadline, text),
        venue: course.may(Field::Venue, text),
        venue_address: course.may(Field::VenueAddress, text),
        venue_map: course.may(Field::VenueMap, text),
        venue_directions: course.may(Field::VenueDirections, text),
        offered_by: course.list(Field::OfferedBy, text),
        accredited_by: course.list(Field::AccreditedBy, text),
        objectives: course.list(Field::Objectives, text),
        domains: course.list(Field::Domains, text),
        topics: course.list(Field::Topics, text),
        audiences: course.tables(Field::Audiences, |audience| Audience {
            name: audience.need(Field::Name, text),
            profession: audience.need_or(Field::Profession, value::known, Profession::AlliedHealthOther),
        }),
    }
}

/// To text.
pub fn write(page: &mut Page, course: &Course) {
    page.head("[course]");
    page.text("slug", &course.slug);
    page.text("title", &course.title);
    page.text("kind", &course.kind);
    page.text("status", &course.status.to_value());
    page.prose("cancellation_note", course.cancellation_note.as_deref());
    page.text("format", &course.format.to_value());
    page.maybe("length", course.length.as_deref());
    page.text("time_zone", course.time_zone.name());
    page.bare("starts_on", Some(course.starts_on));
    page.bare("ends_on", Some(course.ends_on));
    page.bare("evaluation_deadline", course.evaluation_deadline);
    page.maybe("centre", course.centre.as_deref());
    page.maybe("contact_email", course.contact_email.as_deref());
    page.maybe("credit_headline", course.credit_headline.as_deref());
    page.maybe("venue", course.venue.as_deref());
    page.prose("venue_address", course.venue_address.as_deref());
    page.maybe("venue_map", course.venue_map.as_deref());
    page.prose("venue_directions", course.venue_directions.as_deref());
    page.words("offered_by", &course.offered_by);
    page.words("accredited_by", &course.accredited_by);
    page.maybe("summary", course.summary.as_deref());
    page.prose("overview", course.overview.as_deref());
    page.list("objectives", course.objectives.iter().map(|text| quoted(text)));
    page.list("domains", course.domains.iter().map(|name| quoted(name)));
    page.list("topics", course.topics.iter().map(|name| quoted(name)));
    let audience = |row: &Audience| {
        row_of(&[("name", quoted(&row.name)), ("profession", quoted(&row.profession.to_value()))])
    };
    page.list("audiences", course.audiences.iter().map(audience));
}
