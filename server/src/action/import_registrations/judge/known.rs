//! What is known before the first line is judged: a handful of statements, however many lines there are.

use std::collections::HashMap;

use entity::registration::{self, Column, Status};
use entity::{Instant, course, learner, payment, price, quote, track};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::address::Judged;
use super::super::read::{Line, Said};
use super::super::write::Writes;
use super::Judge;
use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::may_correct::known_elsewhere;
use crate::write::seats;

impl<'a> Judge<'a> {
    /// Reads what the lines are judged by. The number of statements does not depend on the number of lines.
    pub async fn of(
        db: &impl ConnectionTrait,
        (app, viewer): (&'a AppState, &Viewer),
        course: course::Model,
        lines: &[Line],
        addresses: HashMap<Uuid, Judged>,
        now: Instant,
    ) -> Result<Self> {
        let said: Vec<&Said> = lines.iter().filter_map(|line| line.said.as_ref().ok()).collect();
        let learners = named(db, &said).await?;
        let external_ids = said.iter().filter_map(|said| said.external_id.clone());
        let theirs = Condition::any()
            .add(Column::LearnerId.is_in(learners.values().map(|learner| learner.id)))
            .add(Column::ExternalId.is_in(external_ids));
        let registrations = registration::Entity::find()
            .filter(Column::CourseId.eq(course.id))
            .filter(theirs)
            .all(db)
            .await?;
        // A hold that has ended is one also where nobody has written it down yet.
        let registrations: Vec<registration::Model> =
            registrations.into_iter().map(|row| row.as_of(now)).collect();
        let owners = learner::Entity::find()
            .filter(learner::Column::Id.is_in(registrations.iter().map(|row| row.learner_id)))
            .all(db)
            .await?;
        let people: Vec<Uuid> = learners.values().chain(&owners).map(|learner| learner.id).collect();
        let known_elsewhere = known_elsewhere(db, viewer, &people).await?;
        let ids = || registrations.iter().map(|row| row.id);
        let quotes = quote::Entity::find().filter(quote::Column::RegistrationId.is_in(ids())).all(db).await?;
        let paid: Vec<(Uuid, i64)> = payment::sums(ids()).into_tuple().all(db).await?;
        let of_course = |id| {
            track::Entity::find()
                .filter(track::Column::CourseId.eq(id))
                .order_by_asc(track::Column::Position)
                .all(db)
        };
        let tracks = of_course(course.id).await?;
        let prices = price::Entity::find().filter(price::Column::CourseId.eq(course.id)).all(db).await?;
        let free = match course.capacity {
            None => None,
            Some(capacity) => {
                let taken = seats::taken(db, course.id, now).await?;
                Some(u64::try_from(capacity).unwrap_or(0).saturating_sub(taken))
            }
        };
        Ok(Self {
            app,
            now,
            course,
            tracks,
            prices,
            learners,
            addresses,
            known_elsewhere,
            owners: owners.into_iter().map(|row| (row.id, row)).collect(),
            registrations,
            quotes: quotes.into_iter().map(|row| (row.registration_id, row)).collect(),
            paid: paid.into_iter().collect(),
            free,
            named: HashMap::new(),
            writes: Writes::default(),
        })
    }
}

impl Judge<'_> {
    /// The registration that was given up, or has expired, just as the row says: a list that Lectern has written
    /// tells it, and wants nothing by it. None where the row says anything else.
    pub(super) fn is_over_already(&self, said: &Said, email_key: &str) -> Option<Uuid> {
        let status = said.status.filter(|status| match status {
            Status::Cancelled | Status::Expired => true,
            Status::Started | Status::Confirmed | Status::Waitlisted => false,
        })?;
        let learner = self.learners.get(email_key)?;
        if said.name.as_ref().is_some_and(|name| learner.name.as_ref() != Some(name)) {
            return None;
        }
        let track_id = match &said.track {
            Some(named) => Some(self.track(named).ok()?),
            None => None,
        };
        let is_so = |row: &&registration::Model| {
            row.learner_id == learner.id
                && row.status == status
                && said.profession.is_none_or(|profession| profession == row.profession)
                && (track_id.is_none() || row.track_id == track_id)
                && (said.external_id.is_none() || row.external_id == said.external_id)
                && said.paid.is_none_or(|paid| paid == self.paid.get(&row.id).copied().unwrap_or(0))
        };
        self.registrations.iter().find(is_so).map(|row| row.id)
    }
}

/// Everybody whom a line names and who is known, by address; whose account was merged into another, the
/// other.
async fn named(db: &impl ConnectionTrait, said: &[&Said]) -> Result<HashMap<String, learner::Model>, DbErr> {
    let keys = said.iter().map(|said| said.email.key());
    let rows = learner::Entity::find().filter(learner::Column::EmailKey.is_in(keys)).all(db).await?;
    let mut learners = rows.into_iter().map(|row| (row.email_key.clone(), row)).collect();
    kept(db, &mut learners).await?;
    Ok(learners)
}

/// In the place of accounts that were merged, those that they were merged into.
async fn kept(
    db: &impl ConnectionTrait,
    learners: &mut HashMap<String, learner::Model>,
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = learners.values().filter_map(|row| row.merged_into).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = learner::Entity::find().filter(learner::Column::Id.is_in(ids)).all(db).await?;
    let rows: HashMap<Uuid, learner::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for learner in learners.values_mut() {
        if let Some(row) = learner.merged_into.and_then(|id| rows.get(&id)) {
            *learner = row.clone();
        }
    }
    Ok(())
}
