//! The lists of a course: words, audiences, competencies, organizations, faculty, objectives and tracks.

use std::collections::{HashMap, HashSet};

use entity::{
    Refusal, audience, competency, course_faculty, course_organization, course_tag, evaluation_rating, objective, registration, track,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::sessions::rated;
use super::{Ground, Ids, add, place, save};
use crate::course_file::things::Sort;
use crate::error::Result;

/// Writes every list but the tracks. What nothing points at is written anew where it differs.
pub async fn write(ground: &Ground<'_>, ids: &Ids) -> Result<()> {
    let differs =
        |field: &str| ground.changes.0.iter().any(|change| change.sort == Sort::Course && change.field.is_none_or(|is| is == field));
    let (txn, course_id, course) = (ground.txn, ground.course_id, &ground.file.course);
    for (field, kind, names) in
        [("domains", course_tag::Kind::Domain, &course.domains), ("topics", course_tag::Kind::Topic, &course.topics)]
    {
        if differs(field) {
            let of_kind = course_tag::Column::CourseId.eq(course_id).and(course_tag::Column::Kind.eq(kind));
            course_tag::Entity::delete_many().filter(of_kind).exec(txn).await?;
            let row = |(index, name): (usize, &String)| {
                let (id, position) = (ground.nature.id(), place(index));
                course_tag::Model { id, course_id, kind, position, name: name.clone() }
            };
            add::<course_tag::Entity>(txn, names.iter().enumerate().map(row).collect()).await?;
        }
    }
    if differs("audiences") {
        audience::Entity::delete_many().filter(audience::Column::CourseId.eq(course_id)).exec(txn).await?;
        let row = |(index, row): (usize, &crate::course_file::format::Audience)| {
            let (id, position) = (ground.nature.id(), place(index));
            audience::Model { id, course_id, position, name: row.name.clone(), profession: row.profession }
        };
        add::<audience::Entity>(txn, course.audiences.iter().enumerate().map(row).collect()).await?;
    }
    if differs("competencies") {
        competencies(ground).await?;
    }
    if differs("offered_by") || differs("accredited_by") {
        organizations(ground, ids).await?;
    }
    if differs("faculty") {
        course_faculty::Entity::delete_many().filter(course_faculty::Column::CourseId.eq(course_id)).exec(txn).await?;
        let listed = ground.file.faculty.iter().filter_map(|row| row.role.role().zip(ids.faculty.get(&row.slug)));
        let row = |(index, (role, member)): (usize, (course_faculty::Role, &Uuid))| course_faculty::Model {
            course_id,
            faculty_member_id: *member,
            role,
            position: place(index),
        };
        add::<course_faculty::Entity>(txn, listed.enumerate().map(row).collect()).await?;
    }
    if differs("objectives") {
        objectives(ground).await?;
    }
    Ok(())
}

async fn competencies(ground: &Ground<'_>) -> Result<(), DbErr> {
    competency::Entity::delete_many().filter(competency::Column::CourseId.eq(ground.course_id)).exec(ground.txn).await?;
    let mut rows = Vec::new();
    for (group, row) in ground.file.competencies.iter().enumerate() {
        rows.extend(row.names.iter().enumerate().map(|(index, name)| competency::Model {
            id: ground.nature.id(),
            course_id: ground.course_id,
            group_position: place(group),
            group_name: row.group.clone(),
            position: place(index),
            name: name.clone(),
        }));
    }
    add::<competency::Entity>(ground.txn, rows).await
}

async fn organizations(ground: &Ground<'_>, ids: &Ids) -> Result<(), DbErr> {
    use course_organization::{Column, Entity, Model, Role};
    Entity::delete_many().filter(Column::CourseId.eq(ground.course_id)).exec(ground.txn).await?;
    let course = &ground.file.course;
    let mut rows = Vec::new();
    for (role, slugs) in [(Role::OfferedBy, &course.offered_by), (Role::AccreditedBy, &course.accredited_by)] {
        rows.extend(slugs.iter().filter_map(|slug| ids.organizations.get(slug)).enumerate().map(|(index, id)| Model {
            course_id: ground.course_id,
            organization_id: *id,
            role,
            position: place(index),
        }));
    }
    add::<Entity>(ground.txn, rows).await
}

/// Ratings name objectives, so an objective keeps its row while its text stays, wherever it moves, and while its place stays, whatever its
/// text becomes.
async fn objectives(ground: &Ground<'_>) -> Result<()> {
    let stored = ground.rows(|page| &page.objectives);
    let wanted = &ground.file.course.objectives;
    let mut free: Vec<Option<&objective::Model>> = stored.iter().map(Some).collect();
    let mut matched: Vec<Option<&objective::Model>> =
        wanted.iter().map(|text| free.iter_mut().find(|row| row.is_some_and(|row| row.text == *text)).and_then(Option::take)).collect();
    for (row, free) in matched.iter_mut().zip(free.iter_mut()) {
        if row.is_none() {
            *row = free.take();
        }
    }
    let gone: Vec<Uuid> = free.into_iter().flatten().map(|row| row.id).collect();
    if !gone.is_empty() {
        if !rated(ground, evaluation_rating::Column::ObjectiveId, gone.clone()).await?.is_empty() {
            let message = "Learners have rated an objective that the file no longer has, so it cannot be removed.";
            return Err(Refusal::invalid(message, &["course", "objectives"]).into());
        }
        objective::Entity::delete_many().filter(objective::Column::Id.is_in(gone)).exec(ground.txn).await?;
    }
    // A place is unique, so rows on their way to another one wait below zero.
    objective::Entity::update_many()
        .col_expr(objective::Column::Position, Expr::val(-1).sub(Expr::col(objective::Column::Position)))
        .filter(objective::Column::CourseId.eq(ground.course_id))
        .exec(ground.txn)
        .await?;
    for (index, (text, old)) in wanted.iter().zip(matched).enumerate() {
        let new = objective::Model {
            id: old.map_or_else(|| ground.nature.id(), |old| old.id),
            course_id: ground.course_id,
            position: place(index),
            text: text.clone(),
        };
        match old {
            Some(_) => place_again::<objective::Entity>(ground, new).await?,
            None => add::<objective::Entity>(ground.txn, vec![new]).await?,
        }
    }
    Ok(())
}

/// Writes a stored row whole, whether or not it differs.
async fn place_again<E>(ground: &Ground<'_>, row: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: sea_orm::IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: sea_orm::ActiveModelTrait<Entity = E> + sea_orm::ActiveModelBehavior + Send,
{
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    E::update(row.into_active_model().reset_all()).exec(ground.txn).await.map(|_| ())
}

/// Writes the tracks that the file has, and returns the ids of them.
pub async fn tracks(ground: &Ground<'_>) -> Result<HashMap<String, Uuid>> {
    let stored: HashMap<&str, &track::Model> = ground.rows(|page| &page.tracks).iter().map(|row| (row.slug.as_str(), &**row)).collect();
    let differ = ground.changes.touch(Sort::Track, &["order_of_tracks"]);
    if differ {
        track::Entity::update_many()
            .col_expr(track::Column::Position, Expr::val(-1).sub(Expr::col(track::Column::Position)))
            .filter(track::Column::CourseId.eq(ground.course_id))
            .exec(ground.txn)
            .await?;
    }
    let mut ids = HashMap::new();
    for (index, row) in ground.file.tracks.iter().enumerate() {
        let old = stored.get(row.slug.as_str());
        let id = old.map_or_else(|| ground.nature.id(), |old| old.id);
        ids.insert(row.slug.clone(), id);
        let (slug, name) = (row.slug.clone(), row.name.clone());
        let new = track::Model { id, course_id: ground.course_id, slug, position: place(index), name };
        match old {
            Some(_) if differ => place_again::<track::Entity>(ground, new).await?,
            Some(_) => {}
            None => save::<track::Entity>(ground.txn, None, new).await?,
        }
    }
    Ok(ids)
}

/// Removes the tracks that the file no longer has; one that somebody has chosen stays.
pub async fn remove_tracks(ground: &Ground<'_>) -> Result<()> {
    let kept: HashSet<&str> = ground.file.tracks.iter().map(|row| row.slug.as_str()).collect();
    let gone: Vec<&track::Model> =
        ground.rows(|page| &page.tracks).iter().map(|row| &**row).filter(|row| !kept.contains(row.slug.as_str())).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let meant = ground.rows(|page| &page.rules).iter().filter_map(|rule| rule.track_id);
    if ground.file.reminder_rules.is_none() && meant.into_iter().any(|id| gone.iter().any(|row| row.id == id)) {
        let message = "A reminder rule is meant for a track that the file no longer has; say in the file what becomes of the rules.";
        return Err(Refusal::invalid(message, &["tracks"]).into());
    }
    let chosen = registration::Entity::find()
        .select_only()
        .column(registration::Column::TrackId)
        .distinct()
        .filter(registration::Column::TrackId.is_in(gone.iter().map(|row| row.id)))
        .into_tuple::<Uuid>()
        .all(ground.txn)
        .await?;
    let named: Vec<&str> = gone.iter().filter(|row| chosen.contains(&row.id)).map(|row| row.slug.as_str()).collect();
    if !named.is_empty() {
        let message = format!("Learners have registered for these tracks, so they cannot be removed: {}.", named.join(", "));
        return Err(Refusal::invalid(message, &["tracks"]).into());
    }
    track::Entity::delete_many().filter(track::Column::Id.is_in(gone.iter().map(|row| row.id))).exec(ground.txn).await?;
    Ok(())
}
