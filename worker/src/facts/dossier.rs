//! Dossiers: everything about one person that a letter may say.

use std::collections::HashMap;
use std::sync::Arc;

use entity::mailing::{self, CourseFacts, EnquiryFacts, PlannedLetter, RegistrationFacts};
use entity::notice::About;
use entity::{
    Instant, course_organization, enquiry, learner, organization, payment, price, quote, quote_line,
    registration, room, track,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::kept::{self, CourseDossier, Kept};
use super::stamp::{self, Stamp};
use super::{of_courses, of_enquiries, of_registrations};
use crate::letter::{EnquiryMatter, Matter, RegistrationMatter};

/// Everything about one person that a letter may say, besides the planned letter itself.
#[derive(Clone, Debug)]
pub enum Dossier {
    /// Of somebody who has registered.
    Registrant(Box<RegistrationDossier>),
    /// Of somebody who only asked.
    Enquirer(Box<EnquiryDossier>),
}

/// Everything about one registration that a letter may say.
#[derive(Clone, Debug)]
pub struct RegistrationDossier {
    /// The course.
    pub course: Arc<CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its tracks, in order.
    pub tracks: Vec<track::Model>,
    /// Its rooms.
    pub rooms: Vec<room::Model>,
    /// The registration.
    pub registration: RegistrationFacts,
    /// The person.
    pub learner: learner::Model,
    /// What was quoted.
    pub quote: Option<quote::Model>,
    /// The lines of the quote, in order.
    pub quote_lines: Vec<quote_line::Model>,
    /// The prices of the course, by which whoever has not paid in time pays.
    pub prices: Vec<price::Model>,
    /// What was paid, in the smallest unit of its currency.
    pub paid_minor: i64,
}

/// Everything about one enquiry that a letter may say.
#[derive(Clone, Debug)]
pub struct EnquiryDossier {
    /// The course.
    pub course: Arc<CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its prices, in order.
    pub prices: Vec<price::Model>,
    /// The enquiry.
    pub enquiry: EnquiryFacts,
}

impl Dossier {
    /// Every letter that the facts call for, as judged at `now`.
    pub fn plan(&self, now: Instant) -> Vec<PlannedLetter> {
        match self {
            Self::Registrant(dossier) => {
                mailing::of_registration(&dossier.course, &dossier.registration, now)
            }
            Self::Enquirer(dossier) => mailing::of_enquiry(&dossier.course, &dossier.enquiry, now),
        }
    }

    /// What the letter of `planned`, one of this person's, is written from at `now`.
    pub fn matter(self, planned: PlannedLetter, now: Instant) -> Matter {
        match self {
            Self::Registrant(dossier) => {
                let RegistrationDossier {
                    course,
                    offered_by,
                    tracks,
                    rooms,
                    registration,
                    learner,
                    quote,
                    quote_lines,
                    prices,
                    paid_minor,
                } = *dossier;
                let (quote, quote_lines) = match quote {
                    Some(told) => counting(&course, &registration, (told, quote_lines), &prices, now),
                    None => (None, quote_lines),
                };
                Matter::Registration(Box::new(RegistrationMatter {
                    planned,
                    course,
                    offered_by,
                    tracks,
                    rooms,
                    registration,
                    learner,
                    quote,
                    quote_lines,
                    paid_minor,
                    now,
                }))
            }
            Self::Enquirer(dossier) => {
                let EnquiryDossier { course, offered_by, prices, enquiry } = *dossier;
                Matter::Enquiry(Box::new(EnquiryMatter { planned, course, offered_by, prices, enquiry, now }))
            }
        }
    }

    /// What the person is called in letters, where it is the person's own word or that of staff: whoever
    /// asked may have typed anything for a name, and anybody's address.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Registrant(dossier) => dossier.learner.name.as_deref(),
            Self::Enquirer(_) => None,
        }
    }

    /// Where the person is written to, as it is stored.
    pub fn address(&self) -> &str {
        match self {
            Self::Registrant(dossier) => &dossier.learner.email,
            Self::Enquirer(dossier) => &dossier.enquiry.enquiry.email,
        }
    }

    /// The course, so that something can be supposed of it.
    pub fn course_mut(&mut self) -> &mut CourseFacts {
        Arc::make_mut(match self {
            Self::Registrant(dossier) => &mut dossier.course,
            Self::Enquirer(dossier) => &mut dossier.course,
        })
    }
}

/// The quote that counts at `now`, with its lines: the one that was told, while it holds, and today's price
/// after that, because that is what a payment would be measured by.
fn counting(
    course: &CourseFacts,
    person: &RegistrationFacts,
    (told, lines): (quote::Model, Vec<quote_line::Model>),
    prices: &[price::Model],
    now: Instant,
) -> (Option<quote::Model>, Vec<quote_line::Model>) {
    let registration = &person.registration;
    let anew = told
        .has_lapsed(registration, now)
        .then(|| quote::terms(&course.course, prices, registration, Some(&told), now).ok()?.anew)
        .flatten();
    match anew {
        Some(draft) => {
            // Stored nowhere, so that no line needs an id.
            let (quote, lines) = draft.rows((told.id, registration.id), &course.course, now, Uuid::nil);
            (Some(quote), lines)
        }
        None => (Some(told), lines),
    }
}

/// The dossier behind a notice; none where what it is about is gone, or has none, as what is about an
/// account.
pub async fn of_notice(db: &impl ConnectionTrait, about: About) -> Result<Option<Dossier>, DbErr> {
    match about {
        About::Registration(id) => of_registration(db, id).await,
        About::Enquiry(id) => of_enquiry(db, id).await,
        About::SignInCode(_) | About::EmailChange(_) => Ok(None),
    }
}

/// The dossier of one enquiry; none where the enquiry is gone.
pub async fn of_enquiry(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Dossier>, DbErr> {
    let Some(enquiry) = enquiry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let course_id = enquiry.course_id;
    let Some(course) = of_courses(db, &[course_id]).await?.remove(&course_id) else { return Ok(None) };
    let Some(enquiry) = of_enquiries(db, vec![enquiry]).await?.pop() else { return Ok(None) };
    let prices = prices(db, course_id).await?;
    let offered_by = offerers(db, course_id).await?;
    Ok(Some(Dossier::Enquirer(Box::new(EnquiryDossier { course, offered_by, prices, enquiry }))))
}

/// The dossier of one registration; none where the registration is gone.
pub async fn of_registration(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Dossier>, DbErr> {
    let Some(registration) = registration::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(course) = kept::of_course(db, registration.course_id).await? else { return Ok(None) };
    let courses = HashMap::from([(registration.course_id, Arc::new(course))]);
    let dossier = of_these(db, vec![registration], &courses).await?.pop();
    Ok(dossier.map(|dossier| Dossier::Registrant(Box::new(dossier))))
}

/// What was read about a registration, and by what to tell whether it still holds.
#[derive(Clone, Debug)]
pub struct Read {
    registration_id: Uuid,
    stamp: Stamp,
    /// What was read.
    pub dossier: Arc<RegistrationDossier>,
}

impl Read {
    /// Whether it still holds; one statement.
    pub async fn holds(&self, db: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let now = stamp::of_registrations(db, &[self.registration_id]).await?;
        Ok(now.get(&self.registration_id) == Some(&self.stamp))
    }
}

/// What letters to these registrants say, by registration, read in one go: eleven statements for all of them,
/// and ten more for each course that is not kept. `db` shows one moment. What is gone is missing.
pub async fn read(
    db: &impl ConnectionTrait,
    kept: &Kept,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Read>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut stamps = stamp::of_registrations(db, ids).await?;
    let mut courses = HashMap::new();
    for stamp in stamps.values() {
        let stamp = stamp.course();
        if !courses.contains_key(&stamp.id)
            && let Some(course) = kept.course(db, &stamp).await?
        {
            courses.insert(stamp.id, course);
        }
    }
    let wanted = registration::Column::Id.is_in(stamps.keys().copied());
    let rows = registration::Entity::find().filter(wanted).all(db).await?;
    let mut found = HashMap::new();
    for dossier in of_these(db, rows, &courses).await? {
        let registration_id = dossier.registration.registration.id;
        if let Some(stamp) = stamps.remove(&registration_id) {
            found.insert(registration_id, Read { registration_id, stamp, dossier: Arc::new(dossier) });
        }
    }
    Ok(found)
}

/// The dossiers of these registrations for these courses, in no order; ten statements. Those whose learner or
/// course is missing are left out.
async fn of_these(
    db: &impl ConnectionTrait,
    registrations: Vec<registration::Model>,
    courses: &HashMap<Uuid, Arc<CourseDossier>>,
) -> Result<Vec<RegistrationDossier>, DbErr> {
    let ids: Vec<Uuid> = registrations.iter().map(|registration| registration.id).collect();
    let of_ids = |column: quote::Column| column.is_in(ids.iter().copied());
    let learners = registrations.iter().map(|registration| registration.learner_id);
    let learners = learner::Entity::find().filter(learner::Column::Id.is_in(learners)).all(db).await?;
    let learners: HashMap<Uuid, learner::Model> = learners.into_iter().map(|row| (row.id, row)).collect();
    let quotes = quote::Entity::find().filter(of_ids(quote::Column::RegistrationId)).all(db).await?;
    let lines = quote_line::Entity::find()
        .filter(quote_line::Column::QuoteId.is_in(quotes.iter().map(|quote| quote.id)))
        .order_by_asc(quote_line::Column::Position)
        .all(db)
        .await?;
    let paid: Vec<(Uuid, i64)> = payment::sums(ids.iter().copied()).into_tuple().all(db).await?;
    let mut dossiers = Vec::with_capacity(registrations.len());
    for registration in of_registrations(db, registrations).await? {
        let row = &registration.registration;
        let Some(course) = courses.get(&row.course_id) else { continue };
        let Some(learner) = learners.get(&row.learner_id).cloned() else { continue };
        let quote = quotes.iter().find(|quote| quote.registration_id == row.id).cloned();
        let of_quote =
            |line: &&quote_line::Model| quote.as_ref().is_some_and(|quote| line.quote_id == quote.id);
        let quote_lines = lines.iter().filter(of_quote).cloned().collect();
        let paid_minor = paid.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, minor)| *minor);
        let CourseDossier { course, offered_by, tracks, rooms, prices } = (**course).clone();
        dossiers.push(RegistrationDossier {
            course,
            offered_by,
            tracks,
            rooms,
            registration,
            learner,
            quote,
            quote_lines,
            prices,
            paid_minor,
        });
    }
    Ok(dossiers)
}

/// The prices of a course, in order.
pub(super) async fn prices(db: &impl ConnectionTrait, course_id: Uuid) -> Result<Vec<price::Model>, DbErr> {
    let of_course = price::Entity::find().filter(price::Column::CourseId.eq(course_id));
    of_course.order_by_asc(price::Column::Position).all(db).await
}

/// The organizations that offer the course, in order.
pub(super) async fn offerers(
    db: &impl ConnectionTrait,
    course_id: Uuid,
) -> Result<Vec<organization::Model>, DbErr> {
    let places: Vec<Uuid> = course_organization::Entity::find()
        .select_only()
        .column(course_organization::Column::OrganizationId)
        .filter(course_organization::Column::CourseId.eq(course_id))
        .filter(course_organization::Column::Role.eq(course_organization::Role::OfferedBy))
        .order_by_asc(course_organization::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let mut found = organization::Entity::find()
        .filter(organization::Column::Id.is_in(places.iter().copied()))
        .all(db)
        .await?;
    found.sort_by_key(|organization| places.iter().position(|id| *id == organization.id));
    Ok(found)
}
