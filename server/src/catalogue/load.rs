//! Reading course pages: one statement per table, however many courses there are.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use entity::{
    audience, competency, course, course_faculty, course_organization, course_tag, credit_offer, credit_part, credit_requirement,
    faculty_member, objective, organization, price, reminder_rule, series, series_part, series_run, session, session_faculty,
    session_track, statement, track,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::page::{CoursePage, CreditRow, FacultyRow, SeriesRow, SessionRow};

/// How often a page is read anew because the course changed meanwhile.
const TRIES: usize = 4;

/// The versions of these courses.
pub async fn versions<C: ConnectionTrait>(db: &C, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, i32>, DbErr> {
    let rows: Vec<(Uuid, i32)> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .column(course::Column::Version)
        .filter(course::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The pages of these courses. Each is read at one version: the version is asked for again at the end, and what changed is read anew.
pub async fn pages<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<Arc<CoursePage>>, DbErr> {
    let mut done = Vec::with_capacity(ids.len());
    let mut wanted = ids.to_vec();
    for attempt in 1..=TRIES {
        let read = read(db, &wanted).await?;
        let versions = versions(db, wanted.iter().copied()).await?;
        let last = attempt == TRIES;
        let (whole, torn): (Vec<_>, Vec<_>) =
            read.into_iter().partition(|page| last || versions.get(&page.course.id) == Some(&page.course.version));
        done.extend(whole.into_iter().map(Arc::new));
        wanted = torn.iter().map(|page| page.course.id).collect();
        if wanted.is_empty() {
            break;
        }
    }
    Ok(done)
}

/// Groups rows by a key, keeping their order.
fn by<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// Rows by their id, to be shared.
fn shared<V>(rows: Vec<V>, id: impl Fn(&V) -> Uuid) -> HashMap<Uuid, Arc<V>> {
    rows.into_iter().map(|row| (id(&row), Arc::new(row))).collect()
}

/// The pages of these courses as this connection sees them: in a transaction, as of now.
pub async fn read<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<CoursePage>, DbErr> {
    let of = || ids.iter().copied();
    let courses = course::Entity::find().filter(course::Column::Id.is_in(of())).all(db).await?;
    let mut objectives = by(
        objective::Entity::find().filter(objective::Column::CourseId.is_in(of())).order_by_asc(objective::Column::Position).all(db).await?,
        |row| row.course_id,
    );
    let mut tags = by(
        course_tag::Entity::find()
            .filter(course_tag::Column::CourseId.is_in(of()))
            .order_by_asc(course_tag::Column::Position)
            .all(db)
            .await?,
        |row| row.course_id,
    );
    let mut audiences = by(
        audience::Entity::find().filter(audience::Column::CourseId.is_in(of())).order_by_asc(audience::Column::Position).all(db).await?,
        |row| row.course_id,
    );
    let mut competencies = by(
        competency::Entity::find()
            .filter(competency::Column::CourseId.is_in(of()))
            .order_by_asc(competency::Column::GroupPosition)
            .order_by_asc(competency::Column::Position)
            .all(db)
            .await?,
        |row| row.course_id,
    );
    let mut prices =
        by(price::Entity::find().filter(price::Column::CourseId.is_in(of())).order_by_asc(price::Column::Position).all(db).await?, |row| {
            row.course_id
        });
    let mut statements = by(
        statement::Entity::find()
            .filter(statement::Column::CourseId.is_in(of()))
            .filter(statement::Column::RetiredAt.is_null())
            .order_by_asc(statement::Column::Position)
            .all(db)
            .await?,
        |row| row.course_id,
    );
    let mut rules = by(
        reminder_rule::Entity::find()
            .filter(reminder_rule::Column::CourseId.is_in(of()))
            .order_by_asc(reminder_rule::Column::Position)
            .all(db)
            .await?,
        |row| row.course_id,
    );
    let mut organizations = organizations(db, ids).await?;
    let mut credits = credits(db, ids).await?;
    let mut people = people(db, ids).await?;
    let series = serieses(db, courses.iter().filter_map(|course| course.series_id)).await?;
    Ok(courses
        .into_iter()
        .map(|course| {
            let id = course.id;
            let (offered_by, accredited_by) = organizations.remove(&id).unwrap_or_default();
            let People { faculty, tracks, sessions } = people.remove(&id).unwrap_or_default();
            CoursePage {
                objectives: objectives.remove(&id).unwrap_or_default(),
                tags: tags.remove(&id).unwrap_or_default(),
                audiences: audiences.remove(&id).unwrap_or_default(),
                competencies: competencies.remove(&id).unwrap_or_default(),
                offered_by,
                accredited_by,
                faculty,
                tracks,
                sessions,
                prices: prices.remove(&id).unwrap_or_default(),
                credits: credits.remove(&id).unwrap_or_default(),
                statements: statements.remove(&id).unwrap_or_default(),
                rules: rules.remove(&id).unwrap_or_default(),
                series: course.series_id.and_then(|series_id| series.get(&series_id).cloned()),
                course,
            }
        })
        .collect())
}

type Organizations = (Vec<Arc<organization::Model>>, Vec<Arc<organization::Model>>);

async fn organizations<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, Organizations>, DbErr> {
    use course_organization::Role;
    let links = course_organization::Entity::find()
        .filter(course_organization::Column::CourseId.is_in(ids.iter().copied()))
        .order_by_asc(course_organization::Column::Position)
        .all(db)
        .await?;
    let wanted = links.iter().map(|link| link.organization_id);
    let rows = shared(organization::Entity::find().filter(organization::Column::Id.is_in(wanted)).all(db).await?, |row| row.id);
    let mut found: HashMap<Uuid, Organizations> = HashMap::new();
    for link in links {
        let Some(organization) = rows.get(&link.organization_id) else { continue };
        let (offered_by, accredited_by) = found.entry(link.course_id).or_default();
        match link.role {
            Role::OfferedBy => offered_by.push(Arc::clone(organization)),
            Role::AccreditedBy => accredited_by.push(Arc::clone(organization)),
        }
    }
    Ok(found)
}

async fn credits<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<CreditRow>>, DbErr> {
    let offers = credit_offer::Entity::find()
        .filter(credit_offer::Column::CourseId.is_in(ids.iter().copied()))
        .order_by_asc(credit_offer::Column::Position)
        .all(db)
        .await?;
    let of = || offers.iter().map(|offer| offer.id);
    let mut parts = by(
        credit_part::Entity::find()
            .filter(credit_part::Column::CreditOfferId.is_in(of()))
            .order_by_asc(credit_part::Column::Position)
            .all(db)
            .await?,
        |row| row.credit_offer_id,
    );
    let mut requirements = by(
        credit_requirement::Entity::find()
            .filter(credit_requirement::Column::CreditOfferId.is_in(of()))
            .order_by_asc(credit_requirement::Column::Position)
            .all(db)
            .await?,
        |row| row.credit_offer_id,
    );
    let rows = offers
        .into_iter()
        .map(|offer| CreditRow {
            parts: parts.remove(&offer.id).unwrap_or_default(),
            requirements: requirements.remove(&offer.id).unwrap_or_default(),
            offer,
        })
        .collect();
    Ok(by(rows, |row: &CreditRow| row.offer.course_id))
}

#[derive(Default)]
struct People {
    faculty: Vec<FacultyRow>,
    tracks: Vec<Arc<track::Model>>,
    sessions: Vec<SessionRow>,
}

/// Faculty, tracks and sessions, which point at one another.
async fn people<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, People>, DbErr> {
    let of = || ids.iter().copied();
    let sessions = session::Entity::find()
        .filter(session::Column::CourseId.is_in(of()))
        .order_by_asc(session::Column::StartsAt)
        .order_by_asc(session::Column::Position)
        .order_by_asc(session::Column::Id)
        .all(db)
        .await?;
    let tracks = track::Entity::find().filter(track::Column::CourseId.is_in(of())).order_by_asc(track::Column::Position).all(db).await?;
    // The links of all sessions are found through their courses, so that the statement does not grow with the agenda.
    let of_courses =
        || session::Entity::find().select_only().column(session::Column::Id).filter(session::Column::CourseId.is_in(of())).into_query();
    let session_tracks = session_track::Entity::find().filter(session_track::Column::SessionId.in_subquery(of_courses())).all(db).await?;
    let session_faculty = session_faculty::Entity::find()
        .filter(session_faculty::Column::SessionId.in_subquery(of_courses()))
        .order_by_asc(session_faculty::Column::Position)
        .all(db)
        .await?;
    let course_faculty = course_faculty::Entity::find()
        .filter(course_faculty::Column::CourseId.is_in(of()))
        .order_by_asc(course_faculty::Column::Position)
        .all(db)
        .await?;
    let mut wanted: Vec<Uuid> =
        session_faculty.iter().map(|link| link.faculty_member_id).chain(course_faculty.iter().map(|link| link.faculty_member_id)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let members = shared(faculty_member::Entity::find().filter(faculty_member::Column::Id.is_in(wanted)).all(db).await?, |row| row.id);

    let mut found: HashMap<Uuid, People> = HashMap::new();
    for link in course_faculty {
        if let Some(member) = members.get(&link.faculty_member_id) {
            found.entry(link.course_id).or_default().faculty.push(FacultyRow { role: link.role, member: Arc::clone(member) });
        }
    }
    let tracks: Vec<Arc<track::Model>> = tracks.into_iter().map(Arc::new).collect();
    for track in &tracks {
        found.entry(track.course_id).or_default().tracks.push(Arc::clone(track));
    }
    let tracks_of = by(session_tracks, |link| link.session_id);
    let mut faculty_of = by(session_faculty, |link| link.session_id);
    for session in sessions {
        let links = tracks_of.get(&session.id).map(Vec::as_slice).unwrap_or_default();
        let row = SessionRow {
            tracks: tracks.iter().filter(|track| links.iter().any(|link| link.track_id == track.id)).cloned().collect(),
            faculty: faculty_of
                .remove(&session.id)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|link| members.get(&link.faculty_member_id).map(|member| (link.role, Arc::clone(member))))
                .collect(),
            session,
        };
        found.entry(row.session.course_id).or_default().sessions.push(row);
    }
    Ok(found)
}

/// Series by id, with their parts and runs.
pub async fn serieses<C: ConnectionTrait>(db: &C, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Arc<SeriesRow>>, DbErr> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = series::Entity::find().filter(series::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let parts = series_part::Entity::find()
        .filter(series_part::Column::SeriesId.is_in(ids))
        .order_by_asc(series_part::Column::Position)
        .all(db)
        .await?;
    let mut runs = by(
        series_run::Entity::find()
            .filter(series_run::Column::SeriesPartId.is_in(parts.iter().map(|part| part.id)))
            .order_by_asc(series_run::Column::Position)
            .all(db)
            .await?,
        |run| run.series_part_id,
    );
    let parts = parts.into_iter().map(|part| (runs.remove(&part.id).unwrap_or_default(), part)).map(|(runs, part)| (part, runs)).collect();
    let mut parts = by(parts, |(part, _): &(series_part::Model, Vec<series_run::Model>)| part.series_id);
    Ok(rows
        .into_iter()
        .map(|series| (series.id, Arc::new(SeriesRow { parts: parts.remove(&series.id).unwrap_or_default(), series })))
        .collect())
}
