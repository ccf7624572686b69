//! What a course is about, for whom, and who stands behind it.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::Refusal;

use super::at::none_such;
use crate::course_file::format::{self, CourseFile};
use crate::course_file::{Name, Needs, Stored};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::scalar::{Date, Markdown};
use crate::graphql::vocabulary::coded;

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

/// Puts what an input says into a place that may be empty.
pub fn set<T, U>(place: &mut Option<U>, said: MaybeUndefined<T>, read: impl FnOnce(T) -> U) {
    match said {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *place = None,
        MaybeUndefined::Value(value) => *place = Some(read(value)),
    }
}

/// Puts what an input says into a list; null is an empty one.
pub fn set_list<T, U>(place: &mut Vec<U>, said: MaybeUndefined<Vec<T>>, read: impl FnMut(T) -> U) {
    match said {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => place.clear(),
        MaybeUndefined::Value(values) => *place = values.into_iter().map(read).collect(),
    }
}

/// The same where what is said may not be readable; `read` is told the place in the list, from 0.
///
/// # Errors
/// The first element that is not readable.
pub fn read_list<T, U>(
    place: &mut Vec<U>,
    said: MaybeUndefined<Vec<T>>,
    read: impl Fn(&str, T) -> Result<U, Refusal>,
) -> Result<(), Refusal> {
    match said {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => place.clear(),
        MaybeUndefined::Value(values) => {
            *place = values.into_iter().enumerate().map(|(index, value)| read(&index.to_string(), value)).collect::<Result<_, _>>()?;
        }
    }
    Ok(())
}

/// A shared thing as an input names it: by its id, or else by its slug.
pub fn named(kind: Kind, id: &ID) -> Name {
    global_id::of(kind, id).map_or_else(|| Name::Slug(id.to_string()), Name::Id)
}

/// Organizations by their names, put into the file; returns their slugs. `field` is the input's.
pub fn organizations(stored: &Stored<'_>, file: &mut CourseFile, ids: &[ID], field: &str) -> Result<Vec<String>, Refusal> {
    let mut slugs = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let found = stored.organization(&named(Kind::Organization, id));
        let found = found.ok_or_else(|| none_such("organization", &[field, &index.to_string()]))?;
        slugs.push(found.slug.clone());
        if !file.organizations.iter().any(|row| row.slug == found.slug) {
            file.organizations.push(found);
        }
    }
    Ok(slugs)
}

impl CourseDescriptionInput {
    /// Adds what must be read for it.
    pub fn needs(&self, needs: &mut Needs) {
        if let MaybeUndefined::Value(ids) = &self.accredited_by {
            needs.organizations.extend(ids.iter().map(|id| named(Kind::Organization, id)));
        }
    }

    /// Writes it into a course.
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile) -> Result<(), Refusal> {
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
            MaybeUndefined::Null => file.course.accredited_by.clear(),
            MaybeUndefined::Value(ids) => file.course.accredited_by = organizations(stored, file, &ids, "accreditedBy")?,
        }
        let course = &mut file.course;
        if let Some(kind) = kind {
            course.kind = kind;
        }
        set(&mut course.length, length_label, |text| text);
        set(&mut course.evaluation_deadline, evaluation_deadline, |day| day.0);
        set(&mut course.summary, summary, |text| text);
        set(&mut course.overview, overview, |text| text.0);
        set(&mut course.centre, centre, |text| text);
        set(&mut course.contact_email, contact_email, |text| text);
        set(&mut course.credit_headline, credit_headline, |text| text);
        set_list(&mut course.objectives, objectives, |text| text);
        set_list(&mut course.domains, domains, |text| text);
        set_list(&mut course.topics, topics, |text| text);
        read_list(&mut course.audiences, audiences, |index, AudienceInput { name, profession_code }| {
            let profession = coded(&profession_code, &["audiences", index, "professionCode"])?;
            Ok(format::Audience { name, profession })
        })?;
        set_list(&mut file.competencies, competencies, |row| format::CompetencyGroup { group: row.name, names: row.competencies });
        Ok(())
    }
}
