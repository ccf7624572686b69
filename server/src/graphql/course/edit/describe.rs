//! What a course is about, for whom, and who stands behind it.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::profession::Profession;

use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Audience, CompetencyGroup, Field, Needs, Open, at};
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named};
use crate::graphql::scalar::{Date, Markdown};
use crate::graphql::vocabulary;

/// What a course is about. What is left out stays as it is; null and an empty list take away what may be missing; a list replaces the whole.
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
    /// Organizations that accredit it, in order: ids, or slugs.
    accredited_by: MaybeUndefined<Vec<ID>>,
    /// What learners will be able to do afterwards, in order; each once. Plain text, up to 2,000 characters each.
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

/// Competencies as one body defines them.
#[derive(Clone, Debug, InputObject)]
pub struct CompetencyGroupInput {
    /// The body that defines them, such as `Institute of Medicine`; up to 300 characters.
    name: String,
    /// The competencies, in order; up to 300 characters each.
    competencies: Vec<String>,
}

/// Organizations by their names, put into the draft at its list `field`; returns their slugs.
pub fn organizations(open: &mut Open<'_>, ids: &[ID], field: Field) -> Vec<Slug> {
    let mut slugs = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let found = open.organization(&named(Kind::Organization, id), at![Course, field, index]).unwrap_or_default();
        slugs.push(found.slug.clone());
        if !open.draft.organizations.iter().any(|row| row.slug == found.slug) {
            open.draft.organizations.push(found);
        }
    }
    slugs
}

impl CourseDescriptionInput {
    /// Adds what must be read for it.
    pub fn needs(&self, needs: &mut Needs) {
        if let MaybeUndefined::Value(ids) = &self.accredited_by {
            needs.organizations.extend(ids.iter().map(|id| named(Kind::Organization, id)));
        }
    }

    /// Writes it into a course.
    pub fn write(self, open: &mut Open<'_>) {
        let Self {
            kind,
            length_label,
            evaluation_deadline,
            summary,
            overview,
            centre,
            contact_email,
            credit_headline,
            accredited_by,
            objectives,
            domains,
            topics,
            audiences,
            competencies,
        } = self;
        match accredited_by {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => open.draft.course.accredited_by.clear(),
            MaybeUndefined::Value(ids) => open.draft.course.accredited_by = organizations(open, &ids, Field::AccreditedBy),
        }
        let course = &mut open.draft.course;
        let mut read = Reader::at(at![Course], &mut open.mistakes);
        course.kind = read.some_text(Field::Kind, kind).unwrap_or_else(|| course.kind.clone());
        read.patch_text(Field::LengthLabel, length_label).put(&mut course.length);
        read.patch(Field::EvaluationDeadline, evaluation_deadline, |day| Ok(day.0)).put(&mut course.evaluation_deadline);
        read.patch_text(Field::Summary, summary).put(&mut course.summary);
        read.patch_text(Field::Overview, overview.map_value(|text| text.0)).put(&mut course.overview);
        read.patch_text(Field::Centre, centre).put(&mut course.centre);
        read.patch_text(Field::ContactEmail, contact_email).put(&mut course.contact_email);
        read.patch_text(Field::CreditHeadline, credit_headline).put(&mut course.credit_headline);
        put(read.texts(Field::Objectives, objectives), &mut course.objectives);
        put(read.texts(Field::Domains, domains), &mut course.domains);
        put(read.texts(Field::Topics, topics), &mut course.topics);
        put(read.list(Field::Audiences, audiences, AudienceInput::read), &mut course.audiences);
        let mut read = Reader::at(at![], &mut open.mistakes);
        put(read.list(Field::Competencies, competencies, CompetencyGroupInput::read), &mut open.draft.competencies);
    }
}

/// Puts a list, where one was said, in the place of another.
pub fn put<T>(said: Option<Vec<T>>, place: &mut Vec<T>) {
    if let Some(list) = said {
        *place = list;
    }
}

impl AudienceInput {
    fn read(mut read: Reader<'_>, said: Self) -> Audience {
        let Self { name, profession_code } = said;
        let profession = read.value(Field::Profession, vocabulary::word(&profession_code)).unwrap_or(Profession::AlliedHealthOther);
        Audience { name: read.text(Field::Name, &name), profession }
    }
}

impl CompetencyGroupInput {
    fn read(mut read: Reader<'_>, said: Self) -> CompetencyGroup {
        let Self { name, competencies } = said;
        let names = read.texts(Field::Names, MaybeUndefined::Value(competencies)).unwrap_or_default();
        CompetencyGroup { group: read.text(Field::Group, &name), names }
    }
}
