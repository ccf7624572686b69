//! Making one person of two entries. Every place of the second becomes the first's; then the second is gone.

use entity::refusal::Versioned;
use entity::{Refusal, course, course_faculty, evaluation_rating, faculty_member, session_faculty};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::alone::Seen;
use crate::catalogue::draft::changing;
use crate::catalogue::draft::showing::{Showing, showing, touch};
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{Act, Actor, record};

/// Merges `second` into `first`, who stays as they are. Where both have a place in one course or one session,
/// the first's stays, and with it the first's rating; whoever of the two directs a course makes the first its
/// director. Returns the first's id.
///
/// # Errors
/// Refuses who is not staff, a person merged with themselves, a version that is no longer the one of its
/// person, and, but for the whole office, people who are shown in courses that the viewer does not run.
pub async fn merge_faculty_members(
    app: &AppState,
    viewer: &Viewer,
    first: Seen,
    second: Seen,
) -> Result<Uuid> {
    viewer.must_be_staff()?;
    if first.id == second.id {
        return Err(Refusal::invalid("These are the same entry.", &["mergeId"]).into());
    }
    changing(app, async |txn| write(app, txn, viewer, first, second).await).await
}

async fn write(
    app: &AppState,
    txn: &Transaction,
    viewer: &Viewer,
    first: Seen,
    second: Seen,
) -> Result<(Uuid, Option<Vec<Uuid>>)> {
    let both = [first.id, second.id];
    let rows = faculty_member::Entity::find()
        .filter(faculty_member::Column::Id.is_in(both))
        .order_by_asc(faculty_member::Column::Id)
        .lock_exclusive();
    let rows = rows.all(txn).await?;
    let found = |seen: Seen| {
        rows.iter().find(|row| row.id == seen.id).ok_or_else(|| Refusal::not_found("faculty member"))
    };
    let (kept, gone) = (found(first)?, found(second)?);
    first.is_current(Versioned::FacultyMember, kept.version)?;
    second.is_current(Versioned::FacultyMember, gone.version)?;
    let courses = showing(txn, &Showing { faculty: both.to_vec(), ..Showing::default() }).await?;
    all_run(txn, viewer, &courses).await?;

    let (in_courses, in_sessions) = (courses_of(txn, gone.id).await?, sessions_of(txn, gone.id).await?);
    let lost = ratings(txn, kept.id, gone.id).await?;
    places_in_courses(txn, kept.id, gone.id).await?;
    places_in_sessions(txn, kept.id, gone.id).await?;
    faculty_member::Entity::delete_by_id(gone.id).exec(txn).await?;
    faculty_member::Entity::update_many()
        .col_expr(faculty_member::Column::Version, Expr::val(kept.version + 1))
        .filter(faculty_member::Column::Id.eq(kept.id))
        .exec(txn)
        .await?;
    touch(txn, app.nature.now(), &courses).await?;

    let before = json!({ "kept": told(kept), "merged": told(gone), "courses": in_courses, "sessions": in_sessions, "ratings_lost": lost });
    let act = Act {
        name: "mergeFacultyMembers",
        subject_type: "faculty_member",
        subject_id: kept.id,
        course_id: None,
        before: Some(before),
        after: Some(json!({ "kept": told(kept), "merged": null })),
    };
    record(txn, app, Actor::Person(viewer.signed_in()?), act).await?;
    Ok((kept.id, Some(courses)))
}

/// Refuses whoever does not run all of these courses.
async fn all_run(txn: &Transaction, viewer: &Viewer, courses: &[Uuid]) -> Result<()> {
    let mine = viewer.run_courses().ok_or(Refusal::Forbidden)?;
    let run = course::Entity::find()
        .filter(course::Column::Id.is_in(courses.iter().copied()))
        .filter(mine)
        .count(txn)
        .await?;
    if usize::try_from(run).is_ok_and(|run| run == courses.len()) {
        return Ok(());
    }
    let message =
        "Courses that you do not run show one of these people, so only the whole office can merge the two.";
    Err(Refusal::invalid(message, &["mergeId"]).into())
}

/// Who somebody is, for the record.
fn told(row: &faculty_member::Model) -> Value {
    let faculty_member::Model { id, slug, version, name, credentials, title, affiliation, bio } = row;
    json!({ "id": id, "slug": slug, "version": version, "name": name, "credentials": credentials, "title": title,
        "affiliation": affiliation, "bio": bio })
}

async fn courses_of(txn: &Transaction, member: Uuid) -> Result<Vec<Uuid>, DbErr> {
    use course_faculty::{Column, Entity};
    let select =
        Entity::find().select_only().column(Column::CourseId).filter(Column::FacultyMemberId.eq(member));
    select.order_by_asc(Column::CourseId).into_tuple().all(txn).await
}

async fn sessions_of(txn: &Transaction, member: Uuid) -> Result<Vec<Uuid>, DbErr> {
    use session_faculty::{Column, Entity};
    let select =
        Entity::find().select_only().column(Column::SessionId).filter(Column::FacultyMemberId.eq(member));
    select.order_by_asc(Column::SessionId).into_tuple().all(txn).await
}

async fn places_in_courses(txn: &Transaction, kept: Uuid, gone: Uuid) -> Result<(), DbErr> {
    use course_faculty::{Column, Entity, Role};
    let of = |member: Uuid| -> SelectStatement {
        Query::select()
            .column(Column::CourseId)
            .from(Entity)
            .and_where(Column::FacultyMemberId.eq(member))
            .take()
    };
    let directed = of(gone).and_where(Column::Role.eq(Role::Director)).take();
    Entity::update_many()
        .col_expr(Column::Role, Expr::val(sea_orm::ActiveEnum::to_value(&Role::Director)))
        .filter(Column::FacultyMemberId.eq(kept))
        .filter(Column::CourseId.in_subquery(directed))
        .exec(txn)
        .await?;
    Entity::delete_many()
        .filter(Column::FacultyMemberId.eq(gone))
        .filter(Column::CourseId.in_subquery(of(kept)))
        .exec(txn)
        .await?;
    Entity::update_many()
        .col_expr(Column::FacultyMemberId, Expr::val(kept))
        .filter(Column::FacultyMemberId.eq(gone))
        .exec(txn)
        .await?;
    Ok(())
}

async fn places_in_sessions(txn: &Transaction, kept: Uuid, gone: Uuid) -> Result<(), DbErr> {
    use session_faculty::{Column, Entity};
    let of_kept = Query::select()
        .column(Column::SessionId)
        .from(Entity)
        .and_where(Column::FacultyMemberId.eq(kept))
        .take();
    Entity::delete_many()
        .filter(Column::FacultyMemberId.eq(gone))
        .filter(Column::SessionId.in_subquery(of_kept))
        .exec(txn)
        .await?;
    Entity::update_many()
        .col_expr(Column::FacultyMemberId, Expr::val(kept))
        .filter(Column::FacultyMemberId.eq(gone))
        .exec(txn)
        .await?;
    Ok(())
}

/// Hands the ratings over. Where one learner has rated both in one session, the second's rating has no place
/// any more; those are returned, for the record.
async fn ratings(txn: &Transaction, kept: Uuid, gone: Uuid) -> Result<Vec<Value>, DbErr> {
    use evaluation_rating::{Column, Entity};
    let of_kept = Query::select()
        .columns([Column::EvaluationId, Column::SessionId])
        .from(Entity)
        .and_where(Column::FacultyMemberId.eq(kept))
        .take();
    let pair = Expr::tuple([Column::EvaluationId.into_expr(), Column::SessionId.into_expr()]);
    let twice = Condition::all().add(Column::FacultyMemberId.eq(gone)).add(pair.in_subquery(of_kept));
    let lost = Entity::find().filter(twice.clone()).order_by_asc(Column::Id).all(txn).await?;
    Entity::delete_many().filter(twice).exec(txn).await?;
    Entity::update_many()
        .col_expr(Column::FacultyMemberId, Expr::val(kept))
        .filter(Column::FacultyMemberId.eq(gone))
        .exec(txn)
        .await?;
    let told = |row: &evaluation_rating::Model| json!({ "evaluation": row.evaluation_id, "session": row.session_id, "rating": row.rating });
    Ok(lost.iter().map(told).collect())
}
