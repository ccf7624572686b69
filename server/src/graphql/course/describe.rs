//! What a course is about, for whom, and who stands behind it.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::profession::Profession;

use super::offered::CourseOfferInput;
use super::terms::CourseTermsInput;
use crate::catalogue::draft::{
    Audience, CompetencyGroup, CourseChange, DraftChange, Field, Mistakes, Name, OfferChange, Room, at,
    number,
};
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named, said};
use crate::graphql::scalar::{Date, Markdown, Url};
use crate::graphql::vocabulary;

/// What a course is about. What is left out stays as it is; null and an empty list take away what may be
/// missing; a list replaces the whole.
#[derive(Clone, Debug, InputObject)]
pub struct CourseDescriptionInput {
    /// What sort of offer it is, such as `Continuing Education`; up to 300 characters.
    kind: Option<String>,
    /// Length in words, such as `Three Days`; up to 300 characters.
    length_label: MaybeUndefined<String>,
    /// Last day on which evaluations are taken; null: thirty days after the last day.
    evaluation_deadline: MaybeUndefined<Date>,
    /// One or two sentences. Plain text, up to 2,000 characters.
    summary: MaybeUndefined<String>,
    /// What the course is about, at length; up to 20,000 characters.
    overview: MaybeUndefined<Markdown>,
    /// The centre that develops it; up to 300 characters.
    centre: MaybeUndefined<String>,
    /// Where people write with questions: an e-mail address.
    contact_email: MaybeUndefined<String>,
    /// Credit in one line, for the head of the page; up to 300 characters.
    credit_headline: MaybeUndefined<String>,
    /// Where it is taught in person, such as `Harvard Medical School, Gordon Hall`; up to 300 characters.
    venue_name: MaybeUndefined<String>,
    /// The postal address of the venue, line by line. Plain text, up to 2,000 characters.
    venue_address: MaybeUndefined<String>,
    /// Where the venue is on a map: an address that begins with `https://`.
    venue_map_url: MaybeUndefined<Url>,
    /// How to get to the venue; up to 20,000 characters.
    venue_directions: MaybeUndefined<Markdown>,
    /// The rooms in which sessions are held, in order; each slug once. A room in which there are sessions
    /// cannot be removed.
    rooms: MaybeUndefined<Vec<RoomInput>>,
    /// Organizations that accredit it, in order: ids, or slugs.
    accredited_by: MaybeUndefined<Vec<ID>>,
    /// What learners will be able to do afterwards, in order; each once. Plain text, up to 2,000 characters
    /// each.
    objectives: MaybeUndefined<Vec<String>>,
    /// Domains of practice, in order; up to 300 characters each.
    domains: MaybeUndefined<Vec<String>>,
    /// Topics, in order; up to 300 characters each.
    topics: MaybeUndefined<Vec<String>>,
    /// Who should take part, in order.
    audiences: MaybeUndefined<Vec<AudienceInput>>,
    /// Competencies, grouped by the body that defines them, in order; each group once.
    competencies: MaybeUndefined<Vec<CompetencyGroupInput>>,
}

/// A group of people who should take part.
#[derive(Clone, Debug, InputObject)]
pub struct AudienceInput {
    /// The group as the course page names it; up to 300 characters.
    name: String,
    /// As what its members register, and so what they pay: the code of a profession, such as `nurse`.
    profession_code: String,
}

/// A room of a course.
#[derive(Clone, Debug, InputObject)]
pub struct RoomInput {
    /// Stable name within the course, by which sessions name it: 1 to 100 small letters, digits, `-` and `_`.
    slug: String,
    /// Name as people read it; up to 300 characters.
    name: String,
    /// How many people it holds, up to 1,000,000; left out: it is not said.
    capacity: Option<i32>,
}

/// Competencies as one body defines them.
#[derive(Clone, Debug, InputObject)]
pub struct CompetencyGroupInput {
    /// The body that defines them, such as `Institute of Medicine`; up to 300 characters.
    name: String,
    /// The competencies, in order; up to 300 characters each.
    competencies: Vec<String>,
}

impl CourseDescriptionInput {
    /// What is to be different, and in `offer` the competencies.
    fn read(self, offer: &mut OfferChange, mistakes: &mut Mistakes) -> CourseChange {
        let Self {
            kind,
            length_label,
            evaluation_deadline,
            summary,
            overview,
            centre,
            contact_email,
            credit_headline,
            venue_name,
            venue_address,
            venue_map_url,
            venue_directions,
            rooms,
            accredited_by,
            objectives,
            domains,
            topics,
            audiences,
            competencies,
        } = self;
        let mut read = Reader::at(at![], mistakes);
        offer.competencies = read.list(Field::Competencies, competencies, CompetencyGroupInput::read);
        let rooms = read.list(Field::Rooms, rooms, RoomInput::read);
        let mut read = Reader::at(at![Course], mistakes);
        CourseChange {
            kind: read.some_text(Field::Kind, kind),
            length: read.patch_text(Field::LengthLabel, length_label),
            evaluation_deadline: read.patch(Field::EvaluationDeadline, evaluation_deadline, |day| Ok(day.0)),
            summary: read.patch_text(Field::Summary, summary),
            overview: read.patch_text(Field::Overview, overview.map_value(|text| text.0)),
            centre: read.patch_text(Field::Centre, centre),
            contact_email: read.patch_text(Field::ContactEmail, contact_email),
            credit_headline: read.patch_text(Field::CreditHeadline, credit_headline),
            venue: read.patch_text(Field::Venue, venue_name),
            venue_address: read.patch_text(Field::VenueAddress, venue_address),
            venue_map: read.patch_text(Field::VenueMap, venue_map_url.map_value(|url| url.0)),
            venue_directions: read
                .patch_text(Field::VenueDirections, venue_directions.map_value(|text| text.0)),
            rooms,
            accredited_by: said(accredited_by).map(|ids| organizations(&ids)),
            objectives: read.texts(Field::Objectives, objectives),
            domains: read.texts(Field::Domains, domains),
            topics: read.texts(Field::Topics, topics),
            audiences: read.list(Field::Audiences, audiences, AudienceInput::read),
            ..CourseChange::default()
        }
    }
}

/// What is to be different about a course, as all three parts of an input say it.
pub fn described(
    description: CourseDescriptionInput,
    terms: CourseTermsInput,
    offer: CourseOfferInput,
    mistakes: &mut Mistakes,
) -> DraftChange {
    let mut offer = offer.read(mistakes);
    let course = description.read(&mut offer, mistakes);
    DraftChange { course, registration: terms.read(mistakes), offer }
}

/// Organizations as an input names them.
pub fn organizations(ids: &[ID]) -> Vec<Name> {
    ids.iter().map(|id| named(Kind::Organization, id)).collect()
}

impl AudienceInput {
    fn read(mut read: Reader<'_>, said: Self) -> Audience {
        let Self { name, profession_code } = said;
        let profession = read
            .value(Field::Profession, vocabulary::word(&profession_code))
            .unwrap_or(Profession::AlliedHealthOther);
        Audience { name: read.text(Field::Name, &name), profession }
    }
}

impl RoomInput {
    fn read(mut read: Reader<'_>, said: Self) -> Room {
        let Self { slug, name, capacity } = said;
        Room {
            slug: read.text(Field::Slug, &slug),
            name: read.text(Field::Name, &name),
            capacity: capacity
                .and_then(|seats| read.value(Field::Capacity, number::whole(&number::ROOM, seats.into()))),
        }
    }
}

impl CompetencyGroupInput {
    fn read(mut read: Reader<'_>, said: Self) -> CompetencyGroup {
        let Self { name, competencies } = said;
        let names = read.texts(Field::Names, MaybeUndefined::Value(competencies)).unwrap_or_default();
        CompetencyGroup { group: read.text(Field::Group, &name), names }
    }
}
