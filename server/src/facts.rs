//! What the mailing plan goes by besides pages and registrations: the news of courses, and what people and staff have said about letters. Read for
//! many at a time: the number of statements does not depend on how many are asked for.

use std::collections::HashMap;

use entity::mailing::{EnquiryFacts, RegistrationFacts, Topic};
use entity::quote::Basis;
use entity::{
    Instant, announcement, enquiry, evaluation, learner, letter_instruction, quote, registration, schedule_change, unsubscription,
};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// The news of a course.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// What was changed in its agenda since it was published, oldest first.
    pub changes: Vec<schedule_change::Model>,
    /// Announcements to its registrants that were confirmed.
    pub announcements: Vec<announcement::Model>,
}

/// The news of these courses, by id; two statements. A course without news is missing.
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

/// What was said about letters to one person.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// What the person does not want letters about.
    pub unsubscribed: Vec<Topic>,
    /// What staff said about single letters, oldest first.
    pub instructions: Vec<letter_instruction::Model>,
}

/// What was said about letters to the people of these registrations, each given with its learner, by the registration's id; two statements.
/// Where nothing was said, it is missing.
pub async fn said(db: &impl ConnectionTrait, people: &[(Uuid, Uuid)]) -> Result<HashMap<Uuid, Said>, DbErr> {
    let mut said: HashMap<Uuid, Said> = HashMap::new();
    for (learner_id, topic) in unsubscription::of_learners(people.iter().map(|(_, learner_id)| *learner_id)).all(db).await? {
        for (id, _) in people.iter().filter(|(_, learner)| *learner == learner_id) {
            said.entry(*id).or_default().unsubscribed.push(topic);
        }
    }
    for instruction in letter_instruction::about(people.iter().map(|(id, _)| *id)).all(db).await? {
        said.entry(instruction.subject_id).or_default().instructions.push(instruction);
    }
    Ok(said)
}

/// What the mailing plan goes by of the person of one registration; four statements.
pub async fn person(db: &impl ConnectionTrait, row: registration::Model) -> Result<RegistrationFacts, DbErr> {
    let basis: Option<Basis> = quote::Entity::find()
        .select_only()
        .column(quote::Column::Basis)
        .filter(quote::Column::RegistrationId.eq(row.id))
        .into_tuple()
        .one(db)
        .await?;
    let evaluated_at: Option<Instant> = evaluation::Entity::find()
        .select_only()
        .column(evaluation::Column::SubmittedAt)
        .filter(evaluation::Column::RegistrationId.eq(row.id))
        .into_tuple()
        .one(db)
        .await?;
    let Said { unsubscribed, instructions } = said(db, &[(row.id, row.learner_id)]).await?.remove(&row.id).unwrap_or_default();
    Ok(RegistrationFacts { registration: row, basis, evaluated_at, unsubscribed, instructions })
}

/// What the mailing plan goes by of somebody who asked about a course; three statements.
pub async fn asker(db: &impl ConnectionTrait, row: enquiry::Model) -> Result<EnquiryFacts, DbErr> {
    let same_address = Query::select()
        .column(learner::Column::Id)
        .from(learner::Entity)
        .and_where(learner::Column::EmailKey.eq(row.email_key.as_str()))
        .take();
    let registered = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(row.course_id))
        .filter(registration::Column::LearnerId.in_subquery(same_address))
        .count(db)
        .await?;
    let unsubscribed = unsubscription::Entity::find_by_id((row.email_key.clone(), Topic::Deadlines)).one(db).await?;
    let instructions = letter_instruction::about([row.id]).all(db).await?;
    Ok(EnquiryFacts {
        enquiry: row,
        has_registered: registered > 0,
        unsubscribed_at: unsubscribed.map(|unsubscribed| unsubscribed.at),
        instructions,
    })
}
