//! Writing the difference: rows keep their ids wherever the draft still speaks of the same thing, and what
//! does not differ is not touched.

mod course;
mod lists;
mod moves;
mod offers;
mod rooms;
mod sessions;
pub mod shared;

use std::collections::HashMap;

use entity::nature::Nature;
use entity::{Instant, faculty_member, organization, series};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

use super::Draft;
use super::diff::Changes;
use super::mistake::Telling;
use super::text::Slug;
use crate::catalogue::{CoursePage, SeriesRow, load};
use crate::error::Result;
use crate::store::Transaction;
use crate::write::holds;

/// What is stored of the things that courses share, by slug, as far as the draft speaks of them.
#[derive(Debug, Default)]
pub struct Shared {
    /// Organizations.
    pub organizations: HashMap<Slug, organization::Model>,
    /// People.
    pub faculty: HashMap<Slug, faculty_member::Model>,
    /// The series.
    pub series: Option<std::sync::Arc<SeriesRow>>,
}

impl Shared {
    /// What is stored under the slugs that `draft` names.
    pub async fn named_by(txn: &Transaction, draft: &Draft) -> Result<Self, DbErr> {
        let organizations = draft.organizations.iter().map(|row| &*row.slug);
        let organizations = organization::Entity::find()
            .filter(organization::Column::Slug.is_in(organizations))
            .all(txn)
            .await?;
        let members = draft.faculty.iter().map(|row| &*row.slug);
        let members = faculty_member::Entity::find()
            .filter(faculty_member::Column::Slug.is_in(members))
            .all(txn)
            .await?;
        let mut found = None;
        if let Some(wanted) = &draft.series
            && let Some(row) =
                series::Entity::find().filter(series::Column::Slug.eq(&*wanted.slug)).one(txn).await?
        {
            found = load::serieses(txn, std::iter::once(row.id)).await?.remove(&row.id);
        }
        Ok(Self {
            organizations: organizations.into_iter().map(|row| (Slug::stored(&*row.slug), row)).collect(),
            faculty: members.into_iter().map(|row| (Slug::stored(&*row.slug), row)).collect(),
            series: found,
        })
    }
}

/// What writing goes by.
#[derive(Debug)]
pub struct Writing<'a> {
    /// The transaction that everything is written in.
    pub txn: &'a Transaction,
    /// Ids.
    pub nature: &'a dyn Nature,
    /// The moment of the change.
    pub now: Instant,
    /// What is wanted.
    pub draft: &'a Draft,
    /// What is stored of the course.
    pub page: Option<&'a CoursePage>,
    /// What is stored beside it.
    pub shared: &'a Shared,
    /// How the two differ.
    pub changes: &'a Changes,
    /// The course's id, stored or new.
    pub course_id: Uuid,
    /// In whose words a refusal is told.
    pub telling: &'a Telling,
}

/// The ids of the things that the draft names by slug.
#[derive(Debug, Default)]
pub struct Ids {
    organizations: HashMap<Slug, Uuid>,
    faculty: HashMap<Slug, Uuid>,
    series: Option<Uuid>,
    tracks: HashMap<Slug, Uuid>,
    rooms: HashMap<Slug, Uuid>,
}

impl Writing<'_> {
    /// The rows of a list of the page; none where the course is new.
    fn rows<'p, T>(&'p self, of: impl Fn(&'p CoursePage) -> &'p [T]) -> &'p [T] {
        self.page.map(of).unwrap_or_default()
    }
}

/// Refuses what other facts stand against, and writes. Returns every course whose page has changed.
pub async fn apply(writing: &Writing<'_>) -> Result<Vec<Uuid>> {
    let mut ids = shared::write(writing).await?;
    let mut agenda = sessions::planned(writing);
    let course = course::write(writing, &ids, &agenda).await?;
    lists::write(writing, &ids).await?;
    ids.tracks = lists::tracks(writing).await?;
    ids.rooms = rooms::write(writing).await?;
    sessions::put_into_rooms(&mut agenda, &ids);
    let told = moves::record(writing, &ids, &agenda).await?;
    if let Some(page) = writing.page {
        holds::follow(writing.txn, (&page.course, &course), &told, writing.now).await?;
    }
    sessions::write(writing, &ids, agenda).await?;
    lists::remove_tracks(writing).await?;
    rooms::remove(writing).await?;
    offers::write(writing, &ids).await?;
    let mut touched = shared::touched(writing).await?;
    touched.push(writing.course_id);
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
