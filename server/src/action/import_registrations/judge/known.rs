//! What is known before the first line is judged: a handful of statements, however many lines there are.

use std::collections::HashMap;

use entity::registration::{self, Column};
use entity::{Instant, course, learner, payment, price, quote, track};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::read::{Line, Said};
use super::super::write::Writes;
use super::Judge;
use crate::app::AppState;
use crate::error::Result;
use crate::listing::index;
use crate::store::Transaction;

/// Rows to a statement.
const AT_ONCE: usize = 500;

/// Reads what the lines are judged by.
pub async fn read<'a>(txn: &Transaction, app: &'a AppState, course: course::Model, lines: &[Line], now: Instant) -> Result<Judge<'a>> {
    let said: Vec<&Said> = lines.iter().filter_map(|line| line.said.as_ref().ok()).collect();
    let learners = enter(txn, app, &said, now).await?;
    let external_ids = said.iter().filter_map(|said| said.external_id.clone());
    let theirs = Condition::any()
        .add(Column::LearnerId.is_in(learners.values().map(|learner| learner.id)))
        .add(Column::ExternalId.is_in(external_ids));
    let registrations = registration::Entity::find().filter(Column::CourseId.eq(course.id)).filter(theirs).all(txn).await?;
    let ids = || registrations.iter().map(|row| row.id);
    let quotes = quote::Entity::find().filter(quote::Column::RegistrationId.is_in(ids())).all(txn).await?;
    let paid: Vec<(Uuid, i64)> = payment::Entity::find()
        .select_only()
        .column(payment::Column::RegistrationId)
        .column_as(payment::Column::AmountCents.sum().cast_as("bigint"), "paid")
        .filter(payment::Column::RegistrationId.is_in(ids()))
        .group_by(payment::Column::RegistrationId)
        .into_tuple()
        .all(txn)
        .await?;
    let of_course = |id| track::Entity::find().filter(track::Column::CourseId.eq(id)).order_by_asc(track::Column::Position).all(txn);
    let tracks = of_course(course.id).await?;
    let prices = price::Entity::find().filter(price::Column::CourseId.eq(course.id)).all(txn).await?;
    let free = match course.capacity {
        None => None,
        Some(capacity) => {
            let taken = registration::Entity::find().filter(Column::CourseId.eq(course.id)).filter(registration::seated(now));
            Some(u64::try_from(capacity).unwrap_or(0).saturating_sub(taken.count(txn).await?))
        }
    };
    Ok(Judge {
        app,
        now,
        course,
        tracks,
        prices,
        learners,
        registrations,
        quotes: quotes.into_iter().map(|row| (row.registration_id, row)).collect(),
        paid: paid.into_iter().collect(),
        free,
        named: HashMap::new(),
        writes: Writes::default(),
    })
}

/// Everybody whom a line names, by address. Whoever is new is entered with the line's name and profession; whoever is known keeps their own.
async fn enter(txn: &Transaction, app: &AppState, said: &[&Said], now: Instant) -> Result<HashMap<String, learner::Model>, DbErr> {
    let mut by_key: Vec<(String, &Said)> = said.iter().map(|said| (said.email.key(), *said)).collect();
    // In one order, so that two imports that enter the same people cannot wait for each other; of two lines the first counts.
    by_key.sort_by(|one, other| one.0.cmp(&other.0));
    by_key.dedup_by(|later, first| later.0 == first.0);
    let known = || learner::Entity::find().filter(learner::Column::EmailKey.is_in(by_key.iter().map(|(key, _)| key.clone()))).all(txn);
    let mut learners: HashMap<String, learner::Model> = known().await?.into_iter().map(|row| (row.email_key.clone(), row)).collect();
    let new: Vec<learner::ActiveModel> = by_key
        .iter()
        .filter(|(key, _)| !learners.contains_key(key))
        .map(|(key, said)| learner::Model {
            id: app.nature.id(),
            email: said.email.as_sent(),
            email_key: key.clone(),
            name: said.name.clone(),
            credentials: None,
            profession: said.profession,
            time_zone: None,
            calendar_rotation: 0,
            created_at: now,
            updated_at: now,
        })
        .map(IntoActiveModel::into_active_model)
        .collect();
    if new.is_empty() {
        return Ok(learners);
    }
    for rows in new.chunks(AT_ONCE) {
        // Somebody may sign in for the first time meanwhile: then that row counts.
        learner::Entity::insert_many(rows.iter().cloned())
            .on_conflict_do_nothing_on([learner::Column::EmailKey])
            .exec_without_returning(txn)
            .await?;
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.id.try_as_ref().copied()).collect();
        index::learners(txn, &ids).await?;
    }
    learners.extend(known().await?.into_iter().map(|row| (row.email_key.clone(), row)));
    Ok(learners)
}
