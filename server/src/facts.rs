//! What the agenda goes by besides pages and registrations: the news of courses, and what people and staff have said about letters. Read for
//! many at a time: the number of statements does not depend on how many are asked for.

use std::collections::HashMap;

use entity::agenda::Topic;
use entity::{announcement, letter_instruction, schedule_change, unsubscription};
use sea_orm::{ConnectionTrait, DbErr};
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
