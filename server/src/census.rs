//! The census: how many people of each sort a course has, as far as letters tell people apart. Counted by the
//! database, so that nobody is loaded to be counted: a course of ten thousand is some tens of rows.

use std::collections::HashMap;

use entity::mailing::Topic;
use entity::mailing::plan::{LearnerKind, Somebody};
use entity::profession::Profession;
use entity::quote::Basis;
use entity::registration::{self, Status};
use entity::{Instant, email_change, enquiry, evaluation, learner, quote, suppression, unsubscription};
use sea_orm::sea_query::{
    CaseStatement, Expr, ExprTrait, Func, Order, OverStatement, Query, SelectStatement, WindowStatement,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

/// How many people of each sort are named.
const EXAMPLES: i64 = 5;

/// Everybody of one sort in one course.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// The course.
    pub course_id: Uuid,
    /// What their registrations are; none for people who only asked.
    pub status: Option<Status>,
    /// What they have in common.
    pub somebody: Somebody,
    /// How many there are.
    pub people: u64,
    /// Some of them, by learner; none for people who only asked.
    pub examples: Vec<Uuid>,
}

impl Crowd {
    /// Whether they are of this kind.
    pub fn is(&self, kind: LearnerKind) -> bool {
        self.status == kind.status()
    }
}

/// What two people of one sort have in common, beside the course.
const SORT: [&str; 11] = [
    "course_id",
    "status",
    "profession",
    "track_id",
    "hold_until",
    "basis",
    "evaluated",
    "no_deadlines",
    "no_reminders",
    "no_evaluations",
    "suppressed",
];

#[derive(Debug, FromQueryResult)]
struct Row {
    course_id: Uuid,
    status: Status,
    profession: Profession,
    track_id: Option<Uuid>,
    hold_until: Option<Instant>,
    basis: Option<Basis>,
    evaluated: bool,
    no_deadlines: bool,
    no_reminders: bool,
    no_evaluations: bool,
    suppressed: Option<suppression::Scope>,
    learner_id: Uuid,
    people: i64,
}

/// Everybody with a live registration for one of these courses at `now`; one statement.
pub async fn registered(
    db: &impl ConnectionTrait,
    course_ids: &[Uuid],
    now: Instant,
) -> Result<Vec<Crowd>, DbErr> {
    let mut sort = WindowStatement::new();
    let mut place = WindowStatement::new();
    for column in SORT {
        sort.add_partition_by(Expr::col(column));
        place.add_partition_by(Expr::col(column));
    }
    place.order_by_expr(Expr::col("id"), Order::Asc);
    let counted = Query::select()
        .columns(SORT)
        .column("learner_id")
        .expr_window_as(Func::count(Expr::col("learner_id")), sort, "people")
        .expr_window_as(Func::cust("ROW_NUMBER"), place, "place")
        .from_subquery(people(course_ids, now), "person")
        .take();
    let select = Query::select()
        .columns(SORT)
        .columns(["learner_id", "people"])
        .from_subquery(counted, "counted")
        .and_where(Expr::col("place").lte(EXAMPLES))
        .order_by("place", Order::Asc)
        .take();
    let rows = Row::find_by_statement(db.get_database_backend().build(&select)).all(db).await?;
    let mut crowds: Vec<Crowd> = Vec::new();
    for row in rows {
        let crowd = crowd(&row);
        let alike = |known: &&mut Crowd| {
            (known.course_id, known.status, &known.somebody)
                == (crowd.course_id, crowd.status, &crowd.somebody)
        };
        match crowds.iter_mut().find(alike) {
            Some(known) => known.examples.push(row.learner_id),
            None => crowds.push(crowd),
        }
    }
    Ok(crowds)
}

fn crowd(row: &Row) -> Crowd {
    let enough = [
        (row.no_deadlines, Topic::Deadlines),
        (row.no_reminders, Topic::Reminders),
        (row.no_evaluations, Topic::Evaluations),
    ];
    Crowd {
        course_id: row.course_id,
        status: Some(row.status),
        somebody: Somebody {
            profession: Some(row.profession),
            track_id: row.track_id,
            hold_until: row.hold_until,
            basis: row.basis,
            evaluated: row.evaluated,
            unsubscribed: enough.into_iter().filter(|(enough, _)| *enough).map(|(_, topic)| topic).collect(),
            suppressed: row.suppressed,
        },
        people: u64::try_from(row.people).unwrap_or(0),
        examples: vec![row.learner_id],
    }
}

/// Each live registration of these courses with what letters go by.
fn people(course_ids: &[Uuid], now: Instant) -> SelectStatement {
    use registration::Column;
    let of = |column: Column| Expr::col((registration::Entity, column));
    let held = Condition::any().add(Column::HoldUntil.is_null()).add(Column::HoldUntil.gt(now));
    let live = Condition::any()
        .add(Column::Status.is_in([Status::Confirmed, Status::Waitlisted]))
        .add(Condition::all().add(Column::Status.eq(Status::Started)).add(held));
    // The hold of who has paid is of no more interest.
    let hold = CaseStatement::new().case(Column::Status.eq(Status::Started), of(Column::HoldUntil));
    let mut select = Query::select();
    for (column, name) in [
        (Column::Id, "id"),
        (Column::LearnerId, "learner_id"),
        (Column::CourseId, "course_id"),
        (Column::Status, "status"),
        (Column::Profession, "profession"),
        (Column::TrackId, "track_id"),
    ] {
        select.expr_as(of(column), name);
    }
    select
        .expr_as(hold, "hold_until")
        .expr_as(Expr::col((quote::Entity, quote::Column::Basis)), "basis")
        .expr_as(Expr::col((evaluation::Entity, evaluation::Column::Id)).is_not_null(), "evaluated")
        .expr_as(had_enough(Topic::Deadlines), "no_deadlines")
        .expr_as(had_enough(Topic::Reminders), "no_reminders")
        .expr_as(had_enough(Topic::Evaluations), "no_evaluations")
        .expr_as(suppressed(now), "suppressed")
        .from(registration::Entity)
        .inner_join(
            learner::Entity,
            Expr::col((learner::Entity, learner::Column::Id)).eq(of(Column::LearnerId)),
        )
        .left_join(
            quote::Entity,
            Expr::col((quote::Entity, quote::Column::RegistrationId)).eq(of(Column::Id)),
        )
        .left_join(
            evaluation::Entity,
            Expr::col((evaluation::Entity, evaluation::Column::RegistrationId)).eq(of(Column::Id)),
        )
        .and_where(Column::CourseId.is_in(course_ids.iter().copied()))
        .cond_where(live)
        .take()
}

/// Whether the learner's address has had enough of `topic`.
fn had_enough(topic: Topic) -> Expr {
    let theirs = Expr::col((unsubscription::Entity, unsubscription::Column::EmailKey))
        .eq(Expr::col((learner::Entity, learner::Column::EmailKey)));
    let said = Query::select()
        .expr(Expr::val(1))
        .from(unsubscription::Entity)
        .and_where(theirs)
        .and_where(unsubscription::Column::Topic.eq(topic))
        .take();
    Expr::exists(said)
}

/// The widest scope within which letters are kept back from the learner's address at `now`.
fn suppressed(now: Instant) -> CaseStatement {
    use suppression::Scope;
    let theirs = Expr::col((learner::Entity, learner::Column::EmailKey));
    [Scope::All, Scope::Optional, Scope::Commercial].into_iter().fold(CaseStatement::new(), |case, scope| {
        let kept_back = kept_back(theirs.clone(), now)
            .and_where(Expr::col((suppression::Entity, suppression::Column::Scope)).eq(scope))
            .take();
        case.case(Expr::exists(kept_back), Expr::val(scope))
    })
}

/// What keeps letters from the address in the column `key` at `now`.
fn kept_back(key: Expr, now: Instant) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(suppression::Entity)
        .and_where(Expr::col((suppression::Entity, suppression::Column::EmailKey)).eq(key))
        .cond_where(suppression::in_force(now))
        .take()
}

/// Everybody who asked about the course, agreed to letters about its deadlines, has not had enough of them
/// since, has not registered, and whose address is not suppressed at `now`; one statement.
pub async fn interested(
    db: &impl ConnectionTrait,
    course_id: Uuid,
    now: Instant,
) -> Result<Vec<Crowd>, DbErr> {
    let asked = |column: enquiry::Column| Expr::col((enquiry::Entity, column));
    let had_enough = Query::select()
        .expr(Expr::val(1))
        .from(unsubscription::Entity)
        .and_where(
            Expr::col((unsubscription::Entity, unsubscription::Column::EmailKey))
                .eq(asked(enquiry::Column::EmailKey)),
        )
        .and_where(unsubscription::Column::Topic.eq(Topic::Deadlines))
        .and_where(
            Expr::col((unsubscription::Entity, unsubscription::Column::At))
                .gte(asked(enquiry::Column::ConsentedAt)),
        )
        .take();
    let registered = Query::select()
        .expr(Expr::val(1))
        .from(registration::Entity)
        .inner_join(
            learner::Entity,
            Expr::col((registration::Entity, registration::Column::LearnerId)).is_in(
                [learner::Column::Id, learner::Column::MergedInto]
                    .map(|column| Expr::col((learner::Entity, column))),
            ),
        )
        .and_where(
            Expr::col((registration::Entity, registration::Column::CourseId))
                .eq(asked(enquiry::Column::CourseId)),
        )
        .and_where(
            Expr::col((learner::Entity, learner::Column::EmailKey)).eq(asked(enquiry::Column::EmailKey)),
        )
        .take();
    let changed = |column: email_change::Column| Expr::col((email_change::Entity, column));
    let registered_since = Query::select()
        .expr(Expr::val(1))
        .from(registration::Entity)
        .inner_join(
            email_change::Entity,
            changed(email_change::Column::LearnerId)
                .eq(Expr::col((registration::Entity, registration::Column::LearnerId))),
        )
        .and_where(
            Expr::col((registration::Entity, registration::Column::CourseId))
                .eq(asked(enquiry::Column::CourseId)),
        )
        .and_where(changed(email_change::Column::OldEmailKey).eq(asked(enquiry::Column::EmailKey)))
        .and_where(changed(email_change::Column::ChangedAt).gt(asked(enquiry::Column::CreatedAt)))
        .take();
    let mut select = enquiry::Entity::find()
        .select_only()
        .column(enquiry::Column::Profession)
        .filter(enquiry::Column::CourseId.eq(course_id))
        .filter(enquiry::consenting())
        .filter(Condition::all().not().add(Expr::exists(had_enough)))
        .filter(Condition::all().not().add(Expr::exists(registered)))
        .filter(Condition::all().not().add(Expr::exists(registered_since)))
        .filter(Condition::all().not().add(Expr::exists(kept_back(asked(enquiry::Column::EmailKey), now))))
        .group_by(enquiry::Column::Profession);
    QueryTrait::query(&mut select).expr_as(asked(enquiry::Column::EmailKey).count_distinct(), "people");
    let rows: Vec<(Option<Profession>, i64)> = select.into_tuple().all(db).await?;
    let crowd = |(profession, people): (Option<Profession>, i64)| Crowd {
        course_id,
        status: None,
        somebody: Somebody {
            profession,
            track_id: None,
            hold_until: None,
            basis: None,
            evaluated: false,
            unsubscribed: Vec::new(),
            suppressed: None,
        },
        people: u64::try_from(people).unwrap_or(0),
        examples: Vec::new(),
    };
    Ok(rows.into_iter().map(crowd).collect())
}

/// These learners, by id; one statement, or none.
pub async fn learners(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, learner::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = learner::Entity::find().filter(learner::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
