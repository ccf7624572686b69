//! Reading course pages: a fixed number of statements, however many courses there are and however much stands
//! on their pages.

mod line;
mod link;
mod people;
mod series;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use entity::{course, course_organization, credit_offer, organization, price, reminder_rule, statement};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

use super::row::{CoursePage, CreditRow};
use line::Lines;
use people::People;
pub use series::serieses;

/// How often a page is read anew because the course changed meanwhile.
const TRIES: usize = 4;

/// The versions of these courses.
pub async fn versions<C: ConnectionTrait>(
    db: &C,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, i32>, DbErr> {
    let rows: Vec<(Uuid, i32)> = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .column(course::Column::Version)
        .filter(course::Column::Id.is_in(evened(ids.collect())))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The rows of these courses, without anything that stands on their pages.
pub async fn courses<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<course::Model>, DbErr> {
    course::Entity::find().filter(course::Column::Id.is_in(evened(ids.to_vec()))).all(db).await
}

/// The pages of these courses. Each is read at one version: the version is asked for again at the end, and
/// what changed is read anew.
pub async fn pages<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<Arc<CoursePage>>, DbErr> {
    let mut done = Vec::with_capacity(ids.len());
    let mut wanted = ids.to_vec();
    for attempt in 1..=TRIES {
        let read = read(db, &wanted).await?;
        let versions = versions(db, wanted.iter().copied()).await?;
        let last = attempt == TRIES;
        let (whole, torn): (Vec<_>, Vec<_>) = read
            .into_iter()
            .partition(|page| last || versions.get(&page.course.id) == Some(&page.course.version));
        done.extend(whole.into_iter().map(Arc::new));
        wanted = torn.iter().map(|page| page.course.id).collect();
        if wanted.is_empty() {
            break;
        }
    }
    Ok(done)
}

/// The ids, the last of them again and again up to a power of two, so that a connection knows a few shapes of
/// each statement and not one for every number of ids.
fn evened(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

/// Groups rows by a key, keeping their order.
fn by<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// The pages of these courses as this connection sees them: in a transaction, as of now.
pub async fn read<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Vec<CoursePage>, DbErr> {
    let evened = evened(ids.to_vec());
    let of = || evened.iter().copied();
    let courses = courses(db, ids).await?;
    let prices = price::Entity::find()
        .filter(price::Column::CourseId.is_in(of()))
        .order_by_asc(price::Column::Position)
        .all(db)
        .await?;
    let mut prices = by(prices, |row| row.course_id);
    let statements = statement::Entity::find()
        .filter(statement::Column::CourseId.is_in(of()))
        .filter(statement::Column::RetiredAt.is_null())
        .order_by_asc(statement::Column::Position)
        .all(db)
        .await?;
    let mut statements = by(statements, |row| row.course_id);
    let rules = reminder_rule::Entity::find()
        .filter(reminder_rule::Column::CourseId.is_in(of()))
        .filter(reminder_rule::readable())
        .order_by_asc(reminder_rule::Column::Position)
        .all(db)
        .await?;
    let mut rules = by(rules, |row| row.course_id);
    let Lines { mut objectives, mut tags, mut audiences, mut competencies, mut rooms, parts, requirements } =
        Lines::read(db, &evened).await?;
    let mut credits = credits(db, &evened, parts, requirements).await?;
    let mut organizations = organizations(db, &evened).await?;
    let mut people = people::read(db, &evened).await?;
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
                rooms: rooms.remove(&id).unwrap_or_default(),
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

/// Who offers and who accredits each course, in order.
async fn organizations<C: ConnectionTrait>(
    db: &C,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Organizations>, DbErr> {
    use course_organization::{Column, Entity, Role};
    let named: RelationDef = Entity::belongs_to(organization::Entity)
        .from(Column::OrganizationId)
        .to(organization::Column::Id)
        .into();
    let rows = Entity::find()
        .select_also(organization::Entity)
        .join(JoinType::InnerJoin, named)
        .filter(Column::CourseId.is_in(ids.iter().copied()))
        .order_by_asc(Expr::col((Entity, Column::Position)))
        .all(db)
        .await?;
    let mut known: HashMap<Uuid, Arc<organization::Model>> = HashMap::new();
    let mut found: HashMap<Uuid, Organizations> = HashMap::new();
    for (link, organization) in rows {
        let Some(organization) = organization else { continue };
        let organization = Arc::clone(known.entry(organization.id).or_insert_with(|| Arc::new(organization)));
        let (offered_by, accredited_by) = found.entry(link.course_id).or_default();
        match link.role {
            Role::OfferedBy => offered_by.push(organization),
            Role::AccreditedBy => accredited_by.push(organization),
        }
    }
    Ok(found)
}

/// The credit that each course offers, in order.
async fn credits<C: ConnectionTrait>(
    db: &C,
    ids: &[Uuid],
    mut parts: HashMap<Uuid, Vec<entity::credit_part::Model>>,
    mut requirements: HashMap<Uuid, Vec<entity::credit_requirement::Model>>,
) -> Result<HashMap<Uuid, Vec<CreditRow>>, DbErr> {
    let offers = credit_offer::Entity::find()
        .filter(credit_offer::Column::CourseId.is_in(ids.iter().copied()))
        .order_by_asc(credit_offer::Column::Position)
        .all(db)
        .await?;
    let row = |offer: credit_offer::Model| CreditRow {
        parts: parts.remove(&offer.id).unwrap_or_default(),
        requirements: requirements.remove(&offer.id).unwrap_or_default(),
        offer,
    };
    Ok(by(offers.into_iter().map(row).collect(), |row: &CreditRow| row.offer.course_id))
}
