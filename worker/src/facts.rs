//! Facts, fetched many at a time: the number of statements does not depend on how many courses or registrations are asked for.

use std::collections::HashMap;
use std::sync::Arc;

use entity::agenda::{CourseFacts, Occasion, RegistrationFacts, SessionFacts};
use entity::quote::Basis;
use entity::{
    Instant, course, course_organization, evaluation, learner, organization, payment, quote, quote_line, registration, reminder_rule,
    session, session_track, track,
};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::letter::{Matter, RegistrationMatter};

/// The facts of these courses that the agenda goes by, by id; four statements. A course that is gone is missing.
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

    let mut tracks: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for placement in placements {
        tracks.entry(placement.session_id).or_default().push(placement.track_id);
    }
    let mut facts: HashMap<Uuid, CourseFacts> =
        courses.into_iter().map(|course| (course.id, CourseFacts { course, sessions: Vec::new(), rules: Vec::new() })).collect();
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
    Ok(facts.into_iter().map(|(id, course)| (id, Arc::new(course))).collect())
}

/// The facts of these registrations that the agenda goes by, in the same order; two statements.
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
        .filter(evaluation::Column::RegistrationId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let bases: HashMap<Uuid, Basis> = bases.into_iter().collect();
    let evaluations: HashMap<Uuid, Instant> = evaluations.into_iter().collect();
    let joined = |registration: registration::Model| RegistrationFacts {
        basis: bases.get(&registration.id).copied(),
        evaluated_at: evaluations.get(&registration.id).copied(),
        registration,
    };
    Ok(registrations.into_iter().map(joined).collect())
}

/// Everything about one registration that a letter may say, besides the occasion itself.
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
    /// What the letter of `occasion`, one of this registration's, is written from at `now`.
    pub fn matter(self, occasion: Occasion, now: Instant) -> Matter {
        let Self { course, offered_by, tracks, registration, learner, quote, quote_lines, paid_cents } = self;
        Matter::Registration(Box::new(RegistrationMatter {
            occasion,
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
