//! The short lists of a page, such as its objectives: all of them in one statement, because each has but a
//! few lines, and asking costs more than reading.

use std::collections::HashMap;

use entity::credit_amount::CreditAmount;
use entity::{
    audience, competency, course_tag, credit_offer, credit_part, credit_requirement, objective, room,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoTableRef, Query, SelectStatement, UnionType};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

/// The short lists of courses: those of the courses by course, those of offers of credit by offer; each in
/// order.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) objectives: HashMap<Uuid, Vec<objective::Model>>,
    pub(super) tags: HashMap<Uuid, Vec<course_tag::Model>>,
    pub(super) audiences: HashMap<Uuid, Vec<audience::Model>>,
    pub(super) competencies: HashMap<Uuid, Vec<competency::Model>>,
    pub(super) rooms: HashMap<Uuid, Vec<room::Model>>,
    pub(super) parts: HashMap<Uuid, Vec<credit_part::Model>>,
    pub(super) requirements: HashMap<Uuid, Vec<credit_requirement::Model>>,
}

/// Which list a line is of.
const OBJECTIVE: i32 = 1;
const TAG: i32 = 2;
const AUDIENCE: i32 = 3;
const COMPETENCY: i32 = 4;
const PART: i32 = 5;
const REQUIREMENT: i32 = 6;
const ROOM: i32 = 7;

/// A line of any of these lists; what a list does not have is null.
#[derive(Debug, FromQueryResult)]
struct Line {
    list: i32,
    id: Uuid,
    /// The course, or the offer of credit.
    owner: Uuid,
    position: i16,
    /// What people read.
    words: Option<String>,
    /// A word of a closed set: kind or profession; of a room its slug.
    kind: Option<String>,
    group_position: Option<i16>,
    group_name: Option<String>,
    amount: Option<i32>,
}

/// Where the columns of [`Line`] come from in one list.
struct Source {
    list: i32,
    id: Expr,
    owner: Expr,
    position: Expr,
    words: Expr,
    kind: Option<Expr>,
    group: Option<(Expr, Expr)>,
    amount: Option<Expr>,
}

impl Source {
    /// The lines of `table` that belong to one of the owners.
    fn select(self, table: impl IntoTableRef, owners: Owners<'_>) -> SelectStatement {
        let Self { list, id, owner, position, words, kind, group, amount } = self;
        let (group_position, group_name) = group.unzip();
        // Each list says what its nulls are, because PostgreSQL settles the type of a column by the first
        // lists alone.
        let or_null = |column: Option<Expr>, of: &str| {
            column.unwrap_or_else(|| Expr::cust("null")).cast_as(Alias::new(of))
        };
        let belongs = match owners {
            Owners::Courses(ids) => owner.clone().is_in(ids.iter().copied()),
            Owners::OffersOf(ids) => {
                let offers = Query::select()
                    .column(credit_offer::Column::Id)
                    .from(credit_offer::Entity)
                    .and_where(credit_offer::Column::CourseId.is_in(ids.iter().copied()))
                    .take();
                owner.clone().in_subquery(offers)
            }
        };
        Query::select()
            .expr_as(Expr::cust(list.to_string()), "list")
            .expr_as(id, "id")
            .expr_as(owner, "owner")
            .expr_as(position, "position")
            .expr_as(or_null(Some(words), "text"), "words")
            .expr_as(or_null(kind, "text"), "kind")
            .expr_as(or_null(group_position, "smallint"), "group_position")
            .expr_as(or_null(group_name, "text"), "group_name")
            .expr_as(or_null(amount, "integer"), "amount")
            .from(table)
            .and_where(belongs)
            .take()
    }
}

/// Whose lines are wanted.
#[derive(Clone, Copy)]
enum Owners<'a> {
    Courses(&'a [Uuid]),
    /// The offers of credit of these courses.
    OffersOf(&'a [Uuid]),
}

/// All lines of these courses, as one statement.
fn statement(ids: &[Uuid]) -> SelectStatement {
    let (courses, offers) = (Owners::Courses(ids), Owners::OffersOf(ids));
    let objectives = {
        use objective::Column::{CourseId, Id, Position, Text};
        let (id, owner, position, words) =
            (Id.into_expr(), CourseId.into_expr(), Position.into_expr(), Text.into_expr());
        Source { list: OBJECTIVE, id, owner, position, words, kind: None, group: None, amount: None }
            .select(objective::Entity, courses)
    };
    let tags = {
        use course_tag::Column::{CourseId, Id, Kind, Name, Position};
        let (id, owner, position, words) =
            (Id.into_expr(), CourseId.into_expr(), Position.into_expr(), Name.into_expr());
        let kind = Some(Kind.into_expr());
        Source { list: TAG, id, owner, position, words, kind, group: None, amount: None }
            .select(course_tag::Entity, courses)
    };
    let audiences = {
        use audience::Column::{CourseId, Id, Name, Position, Profession};
        let (id, owner, position, words) =
            (Id.into_expr(), CourseId.into_expr(), Position.into_expr(), Name.into_expr());
        let kind = Some(Profession.into_expr());
        Source { list: AUDIENCE, id, owner, position, words, kind, group: None, amount: None }
            .select(audience::Entity, courses)
    };
    let competencies = {
        use competency::Column::{CourseId, GroupName, GroupPosition, Id, Name, Position};
        let (id, owner, position, words) =
            (Id.into_expr(), CourseId.into_expr(), Position.into_expr(), Name.into_expr());
        let group = Some((GroupPosition.into_expr(), GroupName.into_expr()));
        Source { list: COMPETENCY, id, owner, position, words, kind: None, group, amount: None }
            .select(competency::Entity, courses)
    };
    let rooms = {
        use room::Column::{Capacity, CourseId, Id, Name, Position, Slug};
        let (id, owner, position, words) =
            (Id.into_expr(), CourseId.into_expr(), Position.into_expr(), Name.into_expr());
        let (kind, amount) = (Some(Slug.into_expr()), Some(Capacity.into_expr()));
        Source { list: ROOM, id, owner, position, words, kind, group: None, amount }
            .select(room::Entity, courses)
    };
    let parts = {
        use credit_part::Column::{AmountHundredths, CreditOfferId, Id, Label, Position};
        let (id, owner, position, words) =
            (Id.into_expr(), CreditOfferId.into_expr(), Position.into_expr(), Label.into_expr());
        let amount = Some(AmountHundredths.into_expr());
        Source { list: PART, id, owner, position, words, kind: None, group: None, amount }
            .select(credit_part::Entity, offers)
    };
    let requirements = {
        use credit_requirement::Column::{CreditOfferId, Id, Kind, Position, Text};
        let (id, owner, position, words) =
            (Id.into_expr(), CreditOfferId.into_expr(), Position.into_expr(), Text.into_expr());
        let kind = Some(Kind.into_expr());
        Source { list: REQUIREMENT, id, owner, position, words, kind, group: None, amount: None }
            .select(credit_requirement::Entity, offers)
    };
    let mut all = objectives;
    for more in [tags, audiences, competencies, rooms, parts, requirements] {
        all.union(UnionType::All, more);
    }
    all
}

impl Lines {
    /// The short lists of these courses; one statement.
    pub(super) async fn read<C: ConnectionTrait>(db: &C, ids: &[Uuid]) -> Result<Self, DbErr> {
        let rows = db.query_all(&statement(ids)).await?;
        let mut lines =
            rows.iter().map(|row| Line::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
        lines.sort_by_key(|line| (line.list, line.group_position, line.position));
        let mut lists = Self::default();
        for Line { list, id, owner, position, words, kind, group_position, group_name, amount } in lines {
            let text = || words.clone().unwrap_or_default();
            match list {
                OBJECTIVE => put(
                    &mut lists.objectives,
                    owner,
                    objective::Model { id, course_id: owner, position, text: text() },
                ),
                TAG => {
                    let kind = word(kind)?;
                    put(
                        &mut lists.tags,
                        owner,
                        course_tag::Model { id, course_id: owner, kind, position, name: text() },
                    );
                }
                AUDIENCE => {
                    let profession = word(kind)?;
                    put(
                        &mut lists.audiences,
                        owner,
                        audience::Model { id, course_id: owner, position, name: text(), profession },
                    );
                }
                COMPETENCY => {
                    let (group_position, group_name) =
                        (group_position.unwrap_or_default(), group_name.unwrap_or_default());
                    let row = competency::Model {
                        id,
                        course_id: owner,
                        group_position,
                        group_name,
                        position,
                        name: text(),
                    };
                    put(&mut lists.competencies, owner, row);
                }
                ROOM => {
                    let slug = kind.unwrap_or_default();
                    put(
                        &mut lists.rooms,
                        owner,
                        room::Model { id, course_id: owner, slug, position, name: text(), capacity: amount },
                    );
                }
                PART => {
                    let amount_hundredths = CreditAmount(amount.unwrap_or_default());
                    let row = credit_part::Model {
                        id,
                        credit_offer_id: owner,
                        position,
                        label: text(),
                        amount_hundredths,
                    };
                    put(&mut lists.parts, owner, row);
                }
                REQUIREMENT => {
                    let kind = word(kind)?;
                    put(
                        &mut lists.requirements,
                        owner,
                        credit_requirement::Model { id, credit_offer_id: owner, position, kind, text: words },
                    );
                }
                _ => return Err(DbErr::Type(format!("a line of list {list}"))),
            }
        }
        Ok(lists)
    }
}

fn put<V>(lists: &mut HashMap<Uuid, Vec<V>>, owner: Uuid, row: V) {
    lists.entry(owner).or_default().push(row);
}

/// A word of a closed set.
fn word<T: ActiveEnum<Value = String>>(word: Option<String>) -> Result<T, DbErr> {
    T::try_from_value(&word.unwrap_or_default())
}
