//! Facts, fetched many at a time: the number of statements does not depend on how many courses or registrations are asked for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use entity::mailing::{CourseFacts, EnquiryFacts, PlannedLetter, RegistrationFacts, SessionFacts, Topic};
use entity::quote::Basis;
use entity::{
    Instant, announcement, course, course_organization, enquiry, evaluation, learner, letter_instruction, organization, payment, price,
    quote, quote_line, registration, reminder_rule, schedule_change, session, session_track, track, unsubscription,
};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::letter::{EnquiryMatter, Matter, RegistrationMatter};

/// The facts of these courses that the mailing plan goes by, by id; six statements. A course that is gone is missing.
pub async fn of_courses(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<CourseFacts>>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = || ids.iter().copied();
    let courses = course::Entity::find().filter(course::Column::Id.is_in(wanted())).all(db).await?;
    let sessions = session::Entity::find()
        .filter(session::Column::CourseId.is_in(wanted()))
        .order_by_asc(session::Column::StartsAt)
        .order_by_asc(session::Column::Position)
        .all(db)
        .await?;
    let theirs =
        Query::select().column(session::Column::Id).from(session::Entity).and_where(session::Column::CourseId.is_in(wanted())).to_owned();
    let placements = session_track::Entity::find().filter(session_track::Column::SessionId.in_subquery(theirs)).all(db).await?;
    let rules = reminder_rule::Entity::find()
        .filter(reminder_rule::Column::CourseId.is_in(wanted()))
        .order_by_asc(reminder_rule::Column::Position)
        .all(db)
        .await?;

    let changes = schedule_change::of_courses(wanted()).all(db).await?;
    let announcements = announcement::confirmed(wanted()).all(db).await?;

    let mut tracks: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for placement in placements {
        tracks.entry(placement.session_id).or_default().push(placement.track_id);
    }
    let bare = |course: course::Model| CourseFacts {
        course,
        sessions: Vec::new(),
        rules: Vec::new(),
        changes: Vec::new(),
        announcements: Vec::new(),
    };
    let mut facts: HashMap<Uuid, CourseFacts> = courses.into_iter().map(|course| (course.id, bare(course))).collect();
    for session in sessions {
        let track_ids = tracks.remove(&session.id).unwrap_or_default();
        if let Some(course) = facts.get_mut(&session.course_id) {
            course.sessions.push(SessionFacts { session, track_ids });
        }
    }
    for rule in rules {
        if let Some(course) = facts.get_mut(&rule.course_id) {
            course.rules.push(rule);
        }
    }
    for change in changes {
        if let Some(course) = facts.get_mut(&change.course_id) {
            course.changes.push(change);
        }
    }
    for announcement in announcements {
        if let Some(course) = facts.get_mut(&announcement.course_id) {
            course.announcements.push(announcement);
        }
    }
    Ok(facts.into_iter().map(|(id, course)| (id, Arc::new(course))).collect())
}

/// The facts of these registrations that the mailing plan goes by, in the same order; four statements.
pub async fn of_registrations(db: &impl ConnectionTrait, registrations: Vec<registration::Model>) -> Result<Vec<RegistrationFacts>, DbErr> {
    if registrations.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = registrations.iter().map(|registration| registration.id).collect();
    let bases: Vec<(Uuid, Basis)> = quote::Entity::find()
        .select_only()
        .columns([quote::Column::RegistrationId, quote::Column::Basis])
        .filter(quote::Column::RegistrationId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let evaluations: Vec<(Uuid, Instant)> = evaluation::Entity::find()
        .select_only()
        .columns([evaluation::Column::RegistrationId, evaluation::Column::SubmittedAt])
        .filter(evaluation::Column::RegistrationId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let unsubscriptions = unsubscription::of_learners(registrations.iter().map(|registration| registration.learner_id)).all(db).await?;
    let mut instructions = instructions(db, &ids).await?;
    let bases: HashMap<Uuid, Basis> = bases.into_iter().collect();
    let evaluations: HashMap<Uuid, Instant> = evaluations.into_iter().collect();
    let mut joined = |registration: registration::Model| RegistrationFacts {
        basis: bases.get(&registration.id).copied(),
        evaluated_at: evaluations.get(&registration.id).copied(),
        unsubscribed: unsubscriptions.iter().filter(|(id, _)| *id == registration.learner_id).map(|(_, topic)| *topic).collect(),
        instructions: instructions.remove(&registration.id).unwrap_or_default(),
        registration,
    };
    Ok(registrations.into_iter().map(&mut joined).collect())
}

/// What staff said about single letters to these registrations or enquiries, oldest first.
async fn instructions(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<letter_instruction::Model>>, DbErr> {
    let rows = letter_instruction::about(subjects.iter().copied()).all(db).await?;
    let mut found: HashMap<Uuid, Vec<letter_instruction::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.subject_id).or_default().push(row);
    }
    Ok(found)
}

/// The facts of these enquiries that the mailing plan goes by, in the same order; three statements.
pub async fn of_enquiries(db: &impl ConnectionTrait, enquiries: Vec<enquiry::Model>) -> Result<Vec<EnquiryFacts>, DbErr> {
    if enquiries.is_empty() {
        return Ok(Vec::new());
    }
    let addresses = || enquiries.iter().map(|enquiry| enquiry.email_key.as_str());
    let courses: HashSet<Uuid> = enquiries.iter().map(|enquiry| enquiry.course_id).collect();
    let theirs = registration::Entity::belongs_to(learner::Entity).from(registration::Column::LearnerId).to(learner::Column::Id);
    let registered: HashSet<(Uuid, String)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::CourseId)
        .column(learner::Column::EmailKey)
        .join(JoinType::InnerJoin, theirs.into())
        .filter(learner::Column::EmailKey.is_in(addresses()))
        .filter(registration::Column::CourseId.is_in(courses))
        .into_tuple::<(Uuid, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let unsubscribed: HashMap<String, Instant> = unsubscription::Entity::find()
        .select_only()
        .columns([unsubscription::Column::EmailKey, unsubscription::Column::At])
        .filter(unsubscription::Column::EmailKey.is_in(addresses()))
        .filter(unsubscription::Column::Topic.eq(Topic::Deadlines))
        .into_tuple::<(String, Instant)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let ids: Vec<Uuid> = enquiries.iter().map(|enquiry| enquiry.id).collect();
    let mut instructions = instructions(db, &ids).await?;
    let joined = |enquiry: enquiry::Model| EnquiryFacts {
        has_registered: registered.contains(&(enquiry.course_id, enquiry.email_key.clone())),
        unsubscribed_at: unsubscribed.get(&enquiry.email_key).copied(),
        instructions: instructions.remove(&enquiry.id).unwrap_or_default(),
        enquiry,
    };
    Ok(enquiries.into_iter().map(joined).collect())
}

/// Everything about one enquiry that a letter may say, besides the planned itself.
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

impl EnquiryDossier {
    /// What the letter of `planned`, one of this enquiry's, is written from at `now`.
    pub fn matter(self, planned: PlannedLetter, now: Instant) -> Matter {
        let Self { course, offered_by, prices, enquiry } = self;
        Matter::Enquiry(Box::new(EnquiryMatter { planned, course: course.as_ref().clone(), offered_by, prices, enquiry, now }))
    }
}

/// The dossier of one enquiry; none where the enquiry is gone.
pub async fn of_enquiry(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<EnquiryDossier>, DbErr> {
    let Some(enquiry) = enquiry::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let course_id = enquiry.course_id;
    let Some(course) = of_courses(db, &[course_id]).await?.remove(&course_id) else { return Ok(None) };
    let Some(enquiry) = of_enquiries(db, vec![enquiry]).await?.pop() else { return Ok(None) };
    let prices = price::Entity::find().filter(price::Column::CourseId.eq(course_id)).order_by_asc(price::Column::Position).all(db).await?;
    let offered_by = offerers(db, course_id).await?;
    Ok(Some(EnquiryDossier { course, offered_by, prices, enquiry }))
}

/// Everything about one registration that a letter may say, besides the planned itself.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The course.
    pub course: Arc<CourseFacts>,
    /// Who offers it, in order.
    pub offered_by: Vec<organization::Model>,
    /// Its tracks, in order.
    pub tracks: Vec<track::Model>,
    /// The registration.
    pub registration: RegistrationFacts,
    /// The person.
    pub learner: learner::Model,
    /// What it costs.
    pub quote: Option<quote::Model>,
    /// The lines of the quote, in order.
    pub quote_lines: Vec<quote_line::Model>,
    /// What was paid, in cents.
    pub paid_cents: i64,
}

impl Dossier {
    /// What the letter of `planned`, one of this registration's, is written from at `now`.
    pub fn matter(self, planned: PlannedLetter, now: Instant) -> Matter {
        let Self { course, offered_by, tracks, registration, learner, quote, quote_lines, paid_cents } = self;
        Matter::Registration(Box::new(RegistrationMatter {
            planned,
            course: course.as_ref().clone(),
            offered_by,
            tracks,
            registration,
            learner,
            quote,
            quote_lines,
            paid_cents,
            now,
        }))
    }
}

/// The dossier of one registration; none where the registration is gone.
pub async fn of_registration(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Dossier>, DbErr> {
    let Some(registration) = registration::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let course_id = registration.course_id;
    let Some(learner) = learner::Entity::find_by_id(registration.learner_id).one(db).await? else { return Ok(None) };
    let Some(course) = of_courses(db, &[course_id]).await?.remove(&course_id) else { return Ok(None) };
    let Some(registration) = of_registrations(db, vec![registration]).await?.pop() else { return Ok(None) };
    let tracks = track::Entity::find().filter(track::Column::CourseId.eq(course_id)).order_by_asc(track::Column::Position).all(db).await?;
    let quote = quote::Entity::find().filter(quote::Column::RegistrationId.eq(id)).one(db).await?;
    let quote_lines = match &quote {
        Some(quote) => {
            quote_line::Entity::find()
                .filter(quote_line::Column::QuoteId.eq(quote.id))
                .order_by_asc(quote_line::Column::Position)
                .all(db)
                .await?
        }
        None => Vec::new(),
    };
    let payments: Vec<i64> = payment::Entity::find()
        .select_only()
        .column(payment::Column::AmountCents)
        .filter(payment::Column::RegistrationId.eq(id))
        .into_tuple()
        .all(db)
        .await?;
    let offered_by = offerers(db, course_id).await?;
    Ok(Some(Dossier { course, offered_by, tracks, registration, learner, quote, quote_lines, paid_cents: payments.iter().sum() }))
}

/// The organizations that offer the course, in order.
async fn offerers(db: &impl ConnectionTrait, course_id: Uuid) -> Result<Vec<organization::Model>, DbErr> {
    let places: Vec<Uuid> = course_organization::Entity::find()
        .select_only()
        .column(course_organization::Column::OrganizationId)
        .filter(course_organization::Column::CourseId.eq(course_id))
        .filter(course_organization::Column::Role.eq(course_organization::Role::OfferedBy))
        .order_by_asc(course_organization::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let mut found = organization::Entity::find().filter(organization::Column::Id.is_in(places.iter().copied())).all(db).await?;
    found.sort_by_key(|organization| places.iter().position(|id| *id == organization.id));
    Ok(found)
}
