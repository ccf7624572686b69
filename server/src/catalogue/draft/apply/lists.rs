//! The lists of a course: words, audiences, competencies, organizations, faculty, objectives and tracks.

use std::collections::{HashMap, HashSet};

use entity::{
    audience, competency, course_faculty, course_organization, course_tag, evaluation_rating, objective,
    registration, track,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::sessions::rated;
use super::{Ids, Writing, add, place, save};
use crate::catalogue::draft::Audience;
use crate::catalogue::draft::path::at;
use crate::catalogue::draft::text::{Slug, Title};
use crate::catalogue::draft::thing::Sort;
use crate::error::Result;

/// Writes every list but the tracks. What nothing points at is written anew where it differs.
pub async fn write(writing: &Writing<'_>, ids: &Ids) -> Result<()> {
    let differs = |field: &str| {
        writing
            .changes
            .0
            .iter()
            .any(|change| change.sort == Sort::Course && change.field.is_none_or(|is| is == field))
    };
    let (txn, course_id, course) = (writing.txn, writing.course_id, &writing.draft.course);
    for (field, kind, names) in [
        ("domains", course_tag::Kind::Domain, &course.domains),
        ("topics", course_tag::Kind::Topic, &course.topics),
    ] {
        if differs(field) {
            let of_kind = course_tag::Column::CourseId.eq(course_id).and(course_tag::Column::Kind.eq(kind));
            course_tag::Entity::delete_many().filter(of_kind).exec(txn).await?;
            let row = |(index, name): (usize, &Title)| {
                let (id, position) = (writing.nature.id(), place(index));
                course_tag::Model { id, course_id, kind, position, name: name.to_string() }
            };
            add::<course_tag::Entity>(txn, names.iter().enumerate().map(row).collect()).await?;
        }
    }
    if differs("audiences") {
        audience::Entity::delete_many().filter(audience::Column::CourseId.eq(course_id)).exec(txn).await?;
        let row = |(index, row): (usize, &Audience)| {
            let (id, position) = (writing.nature.id(), place(index));
            audience::Model {
                id,
                course_id,
                position,
                name: row.name.to_string(),
                profession: row.profession,
            }
        };
        add::<audience::Entity>(txn, course.audiences.iter().enumerate().map(row).collect()).await?;
    }
    if differs("competencies") {
        competencies(writing).await?;
    }
    if differs("offered_by") || differs("accredited_by") {
        organizations(writing, ids).await?;
    }
    if differs("faculty") {
        course_faculty::Entity::delete_many()
            .filter(course_faculty::Column::CourseId.eq(course_id))
            .exec(txn)
            .await?;
        let listed =
            writing.draft.faculty.iter().filter_map(|row| row.role.role().zip(ids.faculty.get(&row.slug)));
        let row = |(index, (role, member)): (usize, (course_faculty::Role, &Uuid))| course_faculty::Model {
            course_id,
            faculty_member_id: *member,
            role,
            position: place(index),
        };
        add::<course_faculty::Entity>(txn, listed.enumerate().map(row).collect()).await?;
    }
    if differs("objectives") {
        objectives(writing).await?;
    }
    Ok(())
}

async fn competencies(writing: &Writing<'_>) -> Result<(), DbErr> {
    competency::Entity::delete_many()
        .filter(competency::Column::CourseId.eq(writing.course_id))
        .exec(writing.txn)
        .await?;
    let mut rows = Vec::new();
    for (group, row) in writing.draft.competencies.iter().enumerate() {
        rows.extend(row.names.iter().enumerate().map(|(index, name)| competency::Model {
            id: writing.nature.id(),
            course_id: writing.course_id,
            group_position: place(group),
            group_name: row.group.to_string(),
            position: place(index),
            name: name.to_string(),
        }));
    }
    add::<competency::Entity>(writing.txn, rows).await
}

async fn organizations(writing: &Writing<'_>, ids: &Ids) -> Result<(), DbErr> {
    use course_organization::{Column, Entity, Model, Role};
    Entity::delete_many().filter(Column::CourseId.eq(writing.course_id)).exec(writing.txn).await?;
    let course = &writing.draft.course;
    let mut rows = Vec::new();
    for (role, slugs) in [(Role::OfferedBy, &course.offered_by), (Role::AccreditedBy, &course.accredited_by)]
    {
        rows.extend(slugs.iter().filter_map(|slug| ids.organizations.get(slug)).enumerate().map(
            |(index, id)| Model {
                course_id: writing.course_id,
                organization_id: *id,
                role,
                position: place(index),
            },
        ));
    }
    add::<Entity>(writing.txn, rows).await
}

/// Ratings name objectives, so an objective keeps its row while its text stays, wherever it moves, and while
/// its place stays, whatever its text becomes.
async fn objectives(writing: &Writing<'_>) -> Result<()> {
    let stored = writing.rows(|page| &page.objectives);
    let wanted = &writing.draft.course.objectives;
    let mut free: Vec<Option<&objective::Model>> = stored.iter().map(Some).collect();
    let mut matched: Vec<Option<&objective::Model>> = wanted
        .iter()
        .map(|text| {
            free.iter_mut().find(|row| row.is_some_and(|row| *text == row.text)).and_then(Option::take)
        })
        .collect();
    for (row, free) in matched.iter_mut().zip(free.iter_mut()) {
        if row.is_none() {
            *row = free.take();
        }
    }
    let gone: Vec<Uuid> = free.into_iter().flatten().map(|row| row.id).collect();
    if !gone.is_empty() {
        if !rated(writing, evaluation_rating::Column::ObjectiveId, gone.clone()).await?.is_empty() {
            let message = "Learners have rated an objective that would go, so it cannot be removed.";
            return Err(writing.telling.refusal(&at![Course, Objectives], message).into());
        }
        objective::Entity::delete_many().filter(objective::Column::Id.is_in(gone)).exec(writing.txn).await?;
    }
    // A place is unique, so rows on their way to another one wait below zero.
    objective::Entity::update_many()
        .col_expr(objective::Column::Position, Expr::val(-1).sub(Expr::col(objective::Column::Position)))
        .filter(objective::Column::CourseId.eq(writing.course_id))
        .exec(writing.txn)
        .await?;
    for (index, (text, old)) in wanted.iter().zip(matched).enumerate() {
        let new = objective::Model {
            id: old.map_or_else(|| writing.nature.id(), |old| old.id),
            course_id: writing.course_id,
            position: place(index),
            text: text.to_string(),
        };
        match old {
            Some(_) => place_again::<objective::Entity>(writing, new).await?,
            None => add::<objective::Entity>(writing.txn, vec![new]).await?,
        }
    }
    Ok(())
}

/// Writes a stored row whole, whether or not it differs.
async fn place_again<E>(writing: &Writing<'_>, row: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: sea_orm::IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: sea_orm::ActiveModelTrait<Entity = E> + sea_orm::ActiveModelBehavior + Send,
{
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    E::update(row.into_active_model().reset_all()).exec(writing.txn).await.map(|_| ())
}

/// Writes the tracks that the draft has, and returns the ids of them.
pub async fn tracks(writing: &Writing<'_>) -> Result<HashMap<Slug, Uuid>> {
    let stored: HashMap<&str, &track::Model> =
        writing.rows(|page| &page.tracks).iter().map(|row| (row.slug.as_str(), &**row)).collect();
    let differ = writing.changes.touch(Sort::Track, &["order_of_tracks"]);
    if differ {
        track::Entity::update_many()
            .col_expr(track::Column::Position, Expr::val(-1).sub(Expr::col(track::Column::Position)))
            .filter(track::Column::CourseId.eq(writing.course_id))
            .exec(writing.txn)
            .await?;
    }
    let mut ids = HashMap::new();
    for (index, row) in writing.draft.tracks.iter().enumerate() {
        let old = stored.get(&*row.slug);
        let id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        ids.insert(row.slug.clone(), id);
        let (slug, name) = (row.slug.to_string(), row.name.to_string());
        let new = track::Model { id, course_id: writing.course_id, slug, position: place(index), name };
        match old {
            Some(_) if differ => place_again::<track::Entity>(writing, new).await?,
            Some(_) => {}
            None => save::<track::Entity>(writing.txn, None, new).await?,
        }
    }
    Ok(ids)
}

/// Removes the tracks that the draft no longer has; one that somebody has chosen stays.
pub async fn remove_tracks(writing: &Writing<'_>) -> Result<()> {
    let kept: HashSet<&str> = writing.draft.tracks.iter().map(|row| &*row.slug).collect();
    let gone: Vec<&track::Model> = writing
        .rows(|page| &page.tracks)
        .iter()
        .map(|row| &**row)
        .filter(|row| !kept.contains(row.slug.as_str()))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    let meant = writing.rows(|page| &page.rules).iter().filter_map(|rule| rule.track_id);
    if writing.draft.reminder_rules.is_none()
        && meant.into_iter().any(|id| gone.iter().any(|row| row.id == id))
    {
        let message =
            "A reminder rule is meant for a track that would go; say what becomes of the rules, too.";
        return Err(writing.telling.refusal(&at![Tracks], message).into());
    }
    let chosen = registration::Entity::find()
        .select_only()
        .column(registration::Column::TrackId)
        .distinct()
        .filter(registration::Column::TrackId.is_in(gone.iter().map(|row| row.id)))
        .into_tuple::<Uuid>()
        .all(writing.txn)
        .await?;
    let named: Vec<&str> =
        gone.iter().filter(|row| chosen.contains(&row.id)).map(|row| row.slug.as_str()).collect();
    if !named.is_empty() {
        let message = format!(
            "Learners have registered for these tracks, so they cannot be removed: {}.",
            named.join(", ")
        );
        return Err(writing.telling.refusal(&at![Tracks], message).into());
    }
    track::Entity::delete_many()
        .filter(track::Column::Id.is_in(gone.iter().map(|row| row.id)))
        .exec(writing.txn)
        .await?;
    Ok(())
}
