//! The second look: everybody who may be owed something, a page at a time, slowly, whatever the mark says.
//!
//! It goes through the registrations for courses that have a future, then through the enquiries about them,
//! then through changes of addresses; then it rests. It asks the ledger
//! first and writes only what is missing, so where nothing was lost it writes nothing.

use std::collections::HashSet;

use entity::mailing::second_look::was_passed_over;
use entity::recipient::Kind;
use entity::{Instant, course, enquiry, notice, registration};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::entry::Entry;
use super::round::Round;
use super::timetable::COURSES_AT_A_TIME;
use crate::Store;

/// How many people are looked at in one step.
const PEOPLE_AT_A_TIME: usize = 500;
/// How long it rests between two steps, in seconds.
const STEP_SECONDS: i64 = 30;
/// How long after its beginning it begins anew, in minutes, unless it is still at it.
const ROUND_MINUTES: i64 = 10;
/// How far back changes of addresses are looked at, in days.
const EMAIL_CHANGE_DAYS: i64 = 30;

/// Where the second look stands, and when it goes on. It is kept in memory alone: whoever starts begins from
/// the beginning.
#[derive(Debug, Default)]
pub(super) struct SecondLook {
    place: Place,
    /// When it last began; none where it has not.
    began_at: Option<Instant>,
    /// When the next step is taken; none: at once.
    next_at: Option<Instant>,
}

/// What the next step looks at.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// People, those behind the last one that was looked at.
    People(Kind, Option<Last>),
    /// Changes of addresses.
    EmailChanges,
}

/// The last one that was looked at.
#[derive(Clone, Copy, Debug)]
struct Last {
    course_id: Uuid,
    /// None: everybody of the course has been.
    person_id: Option<Uuid>,
}

impl Default for Place {
    fn default() -> Self {
        Self::People(Kind::Registrant, None)
    }
}

impl SecondLook {
    /// Takes one step, where it is time for one.
    pub(super) async fn step<D: Store>(&mut self, round: &mut Round<'_, D>) -> Result<(), DbErr> {
        let now = round.now;
        // A clock that was ahead has set a moment that is far off.
        let waits = |next: Instant| now < next && next <= now.plus_minutes(ROUND_MINUTES);
        if self.next_at.is_some_and(waits) {
            return Ok(());
        }
        let began_at = self.began_at.filter(|began_at| *began_at <= now).unwrap_or(now);
        let next = match self.place {
            Place::People(kind, last) => Some(match (people(round, kind, last).await?, kind) {
                (Some(last), _) => Place::People(kind, Some(last)),
                (None, Kind::Registrant) => Place::People(Kind::Enquirer, None),
                (None, Kind::Enquirer) => Place::EmailChanges,
            }),
            Place::EmailChanges => {
                round.email_changes(now.plus_seconds(-EMAIL_CHANGE_DAYS * 86_400)).await?;
                None
            }
        };
        let soon = now.plus_seconds(STEP_SECONDS);
        (self.place, self.began_at, self.next_at) = match next {
            Some(place) => (place, Some(began_at), Some(soon)),
            None => (Place::default(), None, Some(Ord::max(soon, began_at.plus_minutes(ROUND_MINUTES)))),
        };
        Ok(())
    }
}

/// Looks at the next page of people of that kind; says who was the last one, none where nobody is left.
async fn people<D: Store>(
    round: &mut Round<'_, D>,
    kind: Kind,
    last: Option<Last>,
) -> Result<Option<Last>, DbErr> {
    let courses = courses(round, last).await?;
    let page = match kind {
        Kind::Registrant => {
            use registration::Column::{CourseId, Id};
            page(registration::Entity::find(), (CourseId, Id), &courses, last, round.db).await?
        }
        Kind::Enquirer => {
            use enquiry::Column::{CourseId, Id};
            page(enquiry::Entity::find(), (CourseId, Id), &courses, last, round.db).await?
        }
    };
    let ids: Vec<Uuid> = page.iter().map(|(_, id)| *id).collect();
    if !ids.is_empty() {
        look_at(round, kind, &ids).await?;
    }
    Ok(if page.len() >= PEOPLE_AT_A_TIME {
        page.last().map(|(course_id, id)| Last { course_id: *course_id, person_id: Some(*id) })
    } else if courses.len() >= COURSES_AT_A_TIME {
        courses.last().map(|course_id| Last { course_id: *course_id, person_id: None })
    } else {
        None
    })
}

/// The next courses that have a future, in the order of their ids.
async fn courses<D: Store>(round: &Round<'_, D>, last: Option<Last>) -> Result<Vec<Uuid>, DbErr> {
    let mut select = course::with_future_after(round.now)
        .select_only()
        .column(course::Column::Id)
        .limit(u64::try_from(COURSES_AT_A_TIME).unwrap_or(u64::MAX));
    if let Some(Last { course_id, person_id }) = last {
        let id = course::Column::Id;
        select = select.filter(if person_id.is_some() { id.gte(course_id) } else { id.gt(course_id) });
    }
    select.into_tuple().all(round.db).await
}

/// A page of (course, person) among these courses, behind the last one; found in an index by both.
async fn page<E: EntityTrait>(
    select: Select<E>,
    (course_id, id): (E::Column, E::Column),
    courses: &[Uuid],
    last: Option<Last>,
    db: &impl Store,
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    if courses.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = select
        .select_only()
        .columns([course_id, id])
        .filter(course_id.is_in(courses.iter().copied()))
        .order_by_asc(course_id)
        .order_by_asc(id)
        .limit(u64::try_from(PEOPLE_AT_A_TIME).unwrap_or(u64::MAX));
    if let Some(Last { course_id: last_course, person_id: Some(last_person) }) = last {
        let behind = Expr::tuple([course_id.into_simple_expr(), id.into_simple_expr()])
            .gt(Expr::tuple([Expr::val(last_course), Expr::val(last_person)]));
        select = select.filter(behind);
    }
    select.into_tuple().all(db).await
}

/// Enters what these people are owed and the ledger knows nothing of.
async fn look_at<D: Store>(round: &mut Round<'_, D>, kind: Kind, ids: &[Uuid]) -> Result<(), DbErr> {
    let (people, courses) = round.facts(kind, ids).await?;
    let known = noticed(round, kind, ids).await?;
    let mut entries = Vec::new();
    for person in &people {
        let Some(course) = courses.get(&person.course_id()) else { continue };
        for planned in person.plan(course, round.now) {
            if was_passed_over(&planned, course.course.updated_at, person.changed_at(), round.now)
                && !known.contains(&(person.id(), planned.rule.clone(), planned.occurrence.clone()))
            {
                entries.push(Entry::of(round, person, planned));
            }
        }
    }
    round.enter(entries).await
}

/// What the ledger holds about these people: whom, the rule, and which time it spoke.
async fn noticed<D: Store>(
    round: &Round<'_, D>,
    kind: Kind,
    ids: &[Uuid],
) -> Result<HashSet<(Uuid, String, String)>, DbErr> {
    use notice::Column::{EnquiryId, Occurrence, RegistrationId, Rule};
    let about = match kind {
        Kind::Registrant => RegistrationId,
        Kind::Enquirer => EnquiryId,
    };
    let rows: Vec<(Uuid, String, String)> = notice::Entity::find()
        .select_only()
        .columns([about, Rule, Occurrence])
        .filter(about.is_in(ids.iter().copied()))
        .into_tuple()
        .all(round.db)
        .await?;
    Ok(rows.into_iter().collect())
}
