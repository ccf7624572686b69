//! Writing the difference: rows keep their ids wherever the file still speaks of the same thing, and what does not differ is not touched.

mod course;
mod lists;
mod moves;
mod offers;
mod sessions;
pub mod shared;

use std::collections::HashMap;

use entity::nature::Nature;
use entity::{Instant, faculty_member, organization};
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::difference::Changes;
use super::format::CourseFile;
use crate::action::holds;
use crate::catalogue::{CoursePage, SeriesRow};
use crate::error::Result;
use crate::store::Transaction;

/// What is stored of the things that courses share, by slug, as far as the file speaks of them.
#[derive(Debug, Default)]
pub struct Shared {
    /// Organizations.
    pub organizations: HashMap<String, organization::Model>,
    /// People.
    pub faculty: HashMap<String, faculty_member::Model>,
    /// The series.
    pub series: Option<std::sync::Arc<SeriesRow>>,
}

/// What an import goes by.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The transaction that everything is written in.
    pub txn: &'a Transaction,
    /// Ids.
    pub nature: &'a dyn Nature,
    /// The moment of the import.
    pub now: Instant,
    /// What is wanted.
    pub file: &'a CourseFile,
    /// What is stored of the course.
    pub page: Option<&'a CoursePage>,
    /// What is stored beside it.
    pub shared: &'a Shared,
    /// How the two differ.
    pub changes: &'a Changes,
    /// The course's id, stored or new.
    pub course_id: Uuid,
}

/// The ids of the things that the file names by slug.
#[derive(Debug, Default)]
pub struct Ids {
    organizations: HashMap<String, Uuid>,
    faculty: HashMap<String, Uuid>,
    series: Option<Uuid>,
    tracks: HashMap<String, Uuid>,
}

impl Ground<'_> {
    /// The rows of a list of the page; none where the course is new.
    fn rows<'p, T>(&'p self, of: impl Fn(&'p CoursePage) -> &'p [T]) -> &'p [T] {
        self.page.map(of).unwrap_or_default()
    }
}

/// Refuses what other facts stand against, and writes. Returns every course whose page has changed.
pub async fn apply(ground: &Ground<'_>) -> Result<Vec<Uuid>> {
    let mut ids = shared::write(ground).await?;
    let agenda = sessions::planned(ground);
    let course = course::write(ground, &ids, &agenda).await?;
    if let Some(page) = ground.page {
        holds::follow(ground.txn, &page.course, &course, ground.now).await?;
    }
    lists::write(ground, &ids).await?;
    ids.tracks = lists::tracks(ground).await?;
    moves::record(ground, &ids, &agenda).await?;
    sessions::write(ground, &ids, agenda).await?;
    lists::remove_tracks(ground).await?;
    offers::write(ground, &ids).await?;
    let mut touched = shared::touched(ground).await?;
    touched.push(ground.course_id);
    Ok(touched)
}

/// Inserts a row, or brings the stored one up to date where it differs.
async fn save<E>(txn: &Transaction, old: Option<&E::Model>, new: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + PartialEq,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    match old {
        Some(old) if *old == new => {}
        Some(_) => {
            E::update(new.into_active_model().reset_all()).exec(txn).await?;
        }
        None => add::<E>(txn, vec![new]).await?,
    }
    Ok(())
}

/// Inserts rows, of which there may be none.
async fn add<E>(txn: &Transaction, rows: Vec<E::Model>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// The place of the element at `index` of a list, from 1.
fn place(index: usize) -> i16 {
    i16::try_from(index).unwrap_or(i16::MAX - 1).saturating_add(1)
}
