//! What words each thing has, and what it is put in order by.

use entity::{
    course, course_faculty, course_tag, enquiry, faculty_member, learner, organization, series, session,
    session_faculty,
};
use sea_orm::sea_query::{ExprTrait, Query, UnionType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::put_keys;
use super::words::Wanted;
use crate::listing::search::{COURSES, ENQUIRIES, FACULTY, LEARNERS, ORGANIZATIONS};

/// These courses: ordered by title, found by title, summary, topics, domains, and the names of everybody who
/// teaches.
pub async fn courses<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let of = || ids.iter().copied();
    let mut wanted = Wanted::of(of());
    let rows: Vec<(Uuid, String, Option<String>)> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::Title, course::Column::Summary])
        .filter(course::Column::Id.is_in(of()))
        .into_tuple()
        .all(db)
        .await?;
    for (id, title, summary) in &rows {
        wanted.say(*id, title);
        wanted.say(*id, summary.as_deref().unwrap_or_default());
    }
    let titles: Vec<(Uuid, String)> = rows.into_iter().map(|(id, title, _)| (id, title)).collect();
    let tags: Vec<(Uuid, String)> = course_tag::Entity::find()
        .select_only()
        .columns([course_tag::Column::CourseId, course_tag::Column::Name])
        .filter(course_tag::Column::CourseId.is_in(of()))
        .into_tuple()
        .all(db)
        .await?;
    for (id, name) in names_of_faculty(db, ids).await?.into_iter().chain(tags) {
        wanted.say(id, &name);
    }
    Ok(put_keys(db, "course", "title_key", &titles).await? + wanted.write(db, COURSES).await?)
}

/// The names of everybody who is listed for, or speaks in, these courses.
async fn names_of_faculty<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbErr> {
    let of = || ids.iter().copied();
    let person = || faculty_member::Column::Id.into_expr();
    let listed = Query::select()
        .expr_as(course_faculty::Column::CourseId.into_expr(), "course_id")
        .expr_as(faculty_member::Column::Name.into_expr(), "name")
        .from(course_faculty::Entity)
        .inner_join(faculty_member::Entity, person().eq(course_faculty::Column::FacultyMemberId.into_expr()))
        .and_where(course_faculty::Column::CourseId.is_in(of()))
        .take();
    let speaking = Query::select()
        .expr_as(session::Column::CourseId.into_expr(), "course_id")
        .expr_as(faculty_member::Column::Name.into_expr(), "name")
        .from(session::Entity)
        .inner_join(
            session_faculty::Entity,
            session_faculty::Column::SessionId.into_expr().eq(session::Column::Id.into_expr()),
        )
        .inner_join(faculty_member::Entity, person().eq(session_faculty::Column::FacultyMemberId.into_expr()))
        .and_where(session::Column::CourseId.is_in(of()))
        .take();
    let mut both = listed;
    let rows = db.query_all(both.union(UnionType::Distinct, speaking)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "course_id")?, row.try_get("", "name")?))).collect()
}

/// These members of the faculty: ordered by name, found by name, position, and where it is held.
pub async fn faculty<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let mut wanted = Wanted::of(ids.iter().copied());
    let mut names = Vec::new();
    for row in faculty_member::Entity::find()
        .filter(faculty_member::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?
    {
        for text in [Some(&row.name), row.title.as_ref(), row.affiliation.as_ref()].into_iter().flatten() {
            wanted.say(row.id, text);
        }
        names.push((row.id, row.name));
    }
    Ok(put_keys(db, "faculty_member", "name_key", &names).await? + wanted.write(db, FACULTY).await?)
}

/// These organizations: ordered and found by name.
pub async fn organizations<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let mut wanted = Wanted::of(ids.iter().copied());
    let mut names = Vec::new();
    for row in organization::Entity::find()
        .filter(organization::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?
    {
        wanted.say(row.id, &row.name);
        names.push((row.id, row.name));
    }
    Ok(put_keys(db, "organization", "name_key", &names).await? + wanted.write(db, ORGANIZATIONS).await?)
}

/// These series: ordered by title.
pub async fn serieses<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let rows = series::Entity::find().filter(series::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let titles: Vec<(Uuid, String)> = rows.into_iter().map(|row| (row.id, row.title)).collect();
    put_keys(db, "series", "title_key", &titles).await
}

/// These learners: ordered by name, or by the address where there is none; found by name and address, and by
/// those of accounts that were merged into theirs.
pub async fn learners<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let mut wanted = Wanted::of(ids.iter().copied());
    let mut names = Vec::new();
    let theirs =
        [learner::Column::Id, learner::Column::MergedInto].map(|column| column.is_in(ids.iter().copied()));
    let theirs = theirs.into_iter().fold(Condition::any(), Condition::add);
    for row in learner::Entity::find().filter(theirs).all(db).await? {
        let owner = row.merged_into.unwrap_or(row.id);
        wanted.say(owner, row.name.as_deref().unwrap_or_default());
        wanted.say(owner, &row.email);
        if ids.contains(&row.id) {
            names.push((row.id, row.name.unwrap_or(row.email)));
        }
    }
    Ok(put_keys(db, "learner", "name_key", &names).await? + wanted.write(db, LEARNERS).await?)
}

/// These enquiries: found by name, address and question.
pub async fn enquiries<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<u64, DbErr> {
    let mut wanted = Wanted::of(ids.iter().copied());
    for row in enquiry::Entity::find().filter(enquiry::Column::Id.is_in(ids.iter().copied())).all(db).await? {
        for text in [row.name.as_str(), row.email.as_str(), row.question.as_deref().unwrap_or_default()] {
            wanted.say(row.id, text);
        }
    }
    wanted.write(db, ENQUIRIES).await
}
