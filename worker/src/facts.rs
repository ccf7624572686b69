//! The one reader of the facts that the mailing plan goes by: the sweep, the check just before sending, what
//! staff read, the learner's own page and the preview all read them here.
//!
//! Facts are fetched many at a time: the number of statements does not depend on how many courses or people
//! are asked for. Whoever judges by them reads them in one snapshot ([`crate::Store::at_one_moment`]), or in
//! the transaction in which they are locked, so that no letter says half of what was before a payment and
//! half of what was after it.

mod dossier;
mod kept;
mod stamp;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use entity::mailing::told::{self, Said, Told};
use entity::mailing::{self, CourseFacts, EnquiryFacts, News, RegistrationFacts, SessionFacts, Topic};
use entity::quote::Basis;
use entity::recipient::{Kind, Recipient};
use entity::{
    Instant, announcement, course, email_change, enquiry, evaluation, learner, letter_instruction, notice,
    quote, registration, reminder_rule, schedule_change, session, session_track, suppression, unsubscription,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use dossier::{
    Dossier, EnquiryDossier, Read, RegistrationDossier, of_enquiry, of_notice, of_registration, read,
};
pub use kept::{CourseDossier, Kept};

/// The facts of these courses that the mailing plan goes by, by id; six statements. A course that is gone is
/// missing.
pub async fn of_courses(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<CourseFacts>>, DbErr> {
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
    let theirs = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::CourseId.is_in(wanted()))
        .to_owned();
    let placements = session_track::Entity::find()
        .filter(session_track::Column::SessionId.in_subquery(theirs))
        .all(db)
        .await?;
    let rules = reminder_rule::Entity::find()
        .filter(reminder_rule::Column::CourseId.is_in(wanted()))
        .filter(reminder_rule::readable())
        .order_by_asc(reminder_rule::Column::Position)
        .all(db)
        .await?;

    let mut news = news(db, ids).await?;

    let mut tracks: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for placement in placements {
        tracks.entry(placement.session_id).or_default().push(placement.track_id);
    }
    let mut bare = |course: course::Model| {
        let News { changes, announcements } = news.remove(&course.id).unwrap_or_default();
        CourseFacts { course, sessions: Vec::new(), rules: Vec::new(), changes, announcements }
    };
    let mut facts: HashMap<Uuid, CourseFacts> =
        courses.into_iter().map(|course| (course.id, bare(course))).collect();
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

/// What has happened to these courses, by id; two statements. A course to which nothing has happened is
/// missing.
pub async fn news(db: &impl ConnectionTrait, course_ids: &[Uuid]) -> Result<HashMap<Uuid, News>, DbErr> {
    let mut news: HashMap<Uuid, News> = HashMap::new();
    for change in schedule_change::of_courses(course_ids.iter().copied()).all(db).await? {
        news.entry(change.course_id).or_default().changes.push(change);
    }
    for announcement in announcement::confirmed(course_ids.iter().copied()).all(db).await? {
        news.entry(announcement.course_id).or_default().announcements.push(announcement);
    }
    Ok(news)
}

/// What has happened to one course; two statements.
pub async fn news_of(db: &impl ConnectionTrait, course_id: Uuid) -> Result<News, DbErr> {
    Ok(news(db, &[course_id]).await?.remove(&course_id).unwrap_or_default())
}

/// These people, each with what the mailing plan goes by, in no order; eight statements at most. Who is gone is
/// missing.
pub async fn of_people(db: &impl ConnectionTrait, kind: Kind, ids: &[Uuid]) -> Result<Vec<Recipient>, DbErr> {
    let wanted = ids.iter().copied();
    Ok(match kind {
        Kind::Registrant => {
            let rows =
                registration::Entity::find().filter(registration::Column::Id.is_in(wanted)).all(db).await?;
            of_registrations(db, rows).await?.into_iter().map(Recipient::from).collect()
        }
        Kind::Enquirer => {
            let rows = enquiry::Entity::find().filter(enquiry::Column::Id.is_in(wanted)).all(db).await?;
            of_enquiries(db, rows).await?.into_iter().map(Recipient::from).collect()
        }
    })
}

/// The facts of these registrations that the mailing plan goes by, in the same order; six statements, and
/// one more where some have expired.
pub async fn of_registrations(
    db: &impl ConnectionTrait,
    registrations: Vec<registration::Model>,
) -> Result<Vec<RegistrationFacts>, DbErr> {
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
    let unsubscriptions =
        unsubscription::of_learners(registrations.iter().map(|registration| registration.learner_id))
            .all(db)
            .await?;
    let suppressions =
        suppression::of_learners(registrations.iter().map(|registration| registration.learner_id))
            .all(db)
            .await?;
    let mut instructions = instructions(db, &ids).await?;
    let mut said = said(db, &ids).await?;
    let again = registered_again(db, &registrations).await?;
    let bases: HashMap<Uuid, Basis> = bases.into_iter().collect();
    let evaluations: HashMap<Uuid, Instant> = evaluations.into_iter().collect();
    let mut joined = |registration: registration::Model| RegistrationFacts {
        basis: bases.get(&registration.id).copied(),
        registered_again: again.contains(&(registration.course_id, registration.learner_id)),
        evaluated_at: evaluations.get(&registration.id).copied(),
        unsubscribed: unsubscriptions
            .iter()
            .filter(|(id, _)| *id == registration.learner_id)
            .map(|(_, topic)| *topic)
            .collect(),
        suppressions: suppressions
            .iter()
            .filter(|(_, whose)| whose.as_ref().is_some_and(|whose| whose.id == registration.learner_id))
            .map(|(row, _)| row.clone())
            .collect(),
        instructions: instructions.remove(&registration.id).unwrap_or_default(),
        said: said.remove(&registration.id).unwrap_or_default(),
        registration,
    };
    Ok(registrations.into_iter().map(&mut joined).collect())
}

/// Of those of these registrations that have expired: the courses for which, and the people who, have
/// registered again.
async fn registered_again(
    db: &impl ConnectionTrait,
    registrations: &[registration::Model],
) -> Result<HashSet<(Uuid, Uuid)>, DbErr> {
    use registration::Column::{CourseId, LearnerId};
    let expired = || registrations.iter().filter(|row| row.status == registration::Status::Expired);
    if expired().next().is_none() {
        return Ok(HashSet::new());
    }
    let live: Vec<(Uuid, Uuid)> = registration::Entity::find()
        .select_only()
        .columns([CourseId, LearnerId])
        .filter(CourseId.is_in(expired().map(|row| row.course_id)))
        .filter(LearnerId.is_in(expired().map(|row| row.learner_id)))
        .filter(registration::live())
        .into_tuple()
        .all(db)
        .await?;
    Ok(live.into_iter().collect())
}

/// What these registrations have been told of their agendas, oldest first; of courses whose agenda has changed
/// alone, because it matters nowhere else.
async fn said(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Said>>, DbErr> {
    use notice::Column::{CourseId, Id, Letter, Occurrence, RegistrationId, SentAt, Status};
    type Row = (Uuid, mailing::Letter, String, Option<Instant>, Option<Told>);
    let changed =
        Query::select().column(schedule_change::Column::CourseId).from(schedule_change::Entity).to_owned();
    let rows: Vec<Row> = notice::Entity::find()
        .select_only()
        .columns([RegistrationId, Letter, Occurrence, SentAt, notice::Column::Told])
        .filter(RegistrationId.is_in(ids.iter().copied()))
        .filter(Status.eq(notice::Status::Sent))
        .filter(Letter.is_in(told::TELL_ALL.into_iter().chain(told::TELL_SOME)))
        .filter(CourseId.in_subquery(changed))
        .order_by_asc(SentAt)
        .order_by_asc(Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut found: HashMap<Uuid, Vec<Said>> = HashMap::new();
    for (id, letter, occurrence, sent_at, told) in rows {
        let Some(sent_at) = sent_at else { continue };
        found.entry(id).or_default().push(Said { letter, occurrence, sent_at, told });
    }
    Ok(found)
}

/// What staff said about single letters to these registrations or enquiries, oldest first.
async fn instructions(
    db: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<letter_instruction::Model>>, DbErr> {
    let rows = letter_instruction::about(subjects.iter().copied()).all(db).await?;
    let mut found: HashMap<Uuid, Vec<letter_instruction::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.subject_id).or_default().push(row);
    }
    Ok(found)
}

/// The facts of these enquiries that the mailing plan goes by, in the same order; five statements.
pub async fn of_enquiries(
    db: &impl ConnectionTrait,
    enquiries: Vec<enquiry::Model>,
) -> Result<Vec<EnquiryFacts>, DbErr> {
    if enquiries.is_empty() {
        return Ok(Vec::new());
    }
    let addresses = || enquiries.iter().map(|enquiry| enquiry.email_key.as_str());
    let courses: HashSet<Uuid> = enquiries.iter().map(|enquiry| enquiry.course_id).collect();
    let registered = registered(db, addresses(), courses.iter().copied()).await?;
    // Who asked with the address that the learner had then has registered, too, whatever the address is now.
    let of_then = registration::Entity::belongs_to(email_change::Entity)
        .from(registration::Column::LearnerId)
        .to(email_change::Column::LearnerId);
    let registered_since: Vec<(Uuid, String, Instant)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::CourseId)
        .column(email_change::Column::OldEmailKey)
        .column(email_change::Column::ChangedAt)
        .join(JoinType::InnerJoin, of_then.into())
        .filter(email_change::Column::OldEmailKey.is_in(addresses()))
        .filter(registration::Column::CourseId.is_in(courses.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let has_registered = |enquiry: &enquiry::Model| {
        let then = |(course, key, changed_at): &(Uuid, String, Instant)| {
            *course == enquiry.course_id && *key == enquiry.email_key && enquiry.created_at < *changed_at
        };
        registered.contains(&(enquiry.course_id, enquiry.email_key.clone()))
            || registered_since.iter().any(then)
    };
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
    let suppressions = suppression::of_addresses(addresses()).all(db).await?;
    let suppressed = |key: &str| suppressions.iter().filter(|row| row.email_key == key).cloned().collect();
    let ids: Vec<Uuid> = enquiries.iter().map(|enquiry| enquiry.id).collect();
    let mut instructions = instructions(db, &ids).await?;
    let joined = |enquiry: enquiry::Model| EnquiryFacts {
        has_registered: has_registered(&enquiry),
        unsubscribed_at: unsubscribed.get(&enquiry.email_key).copied(),
        suppressions: suppressed(&enquiry.email_key),
        instructions: instructions.remove(&enquiry.id).unwrap_or_default(),
        enquiry,
    };
    Ok(enquiries.into_iter().map(joined).collect())
}

/// Which of these addresses have registered for which of these courses: an address that of an account, or of
/// one that was merged into it.
async fn registered<'a>(
    db: &impl ConnectionTrait,
    addresses: impl Iterator<Item = &'a str>,
    courses: impl Iterator<Item = Uuid>,
) -> Result<HashSet<(Uuid, String)>, DbErr> {
    let of_learner = |column: learner::Column| Expr::col((learner::Entity, column));
    let whose = Expr::col((registration::Entity, registration::Column::LearnerId));
    let select = Query::select()
        .expr_as(Expr::col((registration::Entity, registration::Column::CourseId)), "course_id")
        .expr_as(of_learner(learner::Column::EmailKey), "email_key")
        .from(learner::Entity)
        .inner_join(
            registration::Entity,
            whose.is_in([of_learner(learner::Column::Id), of_learner(learner::Column::MergedInto)]),
        )
        .and_where(of_learner(learner::Column::EmailKey).is_in(addresses))
        .and_where(Expr::col((registration::Entity, registration::Column::CourseId)).is_in(courses))
        .take();
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get("", "course_id")?, row.try_get("", "email_key")?))).collect()
}
