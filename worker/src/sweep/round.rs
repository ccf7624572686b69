//! One sweep in progress: what it looks at, a page at a time, and what of it is to be entered into the
//! ledger.

use std::collections::HashMap;
use std::sync::Arc;

use entity::email_change::{self, Side};
use entity::letter::Audience;
use entity::mailing::{self, CourseFacts, NotSentReason, PlannedLetter};
use entity::nature::SharedNature;
use entity::recipient::{Kind, Recipient};
use entity::{Instant, enquiry, notice, registration, sign_in_code};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::Swept;
use super::entry::{self, Entry};
use super::timetable::{COURSES_AT_A_TIME, Holds};
use crate::{Store, facts};

/// How many people are held at a time.
const PAGE: u64 = 1000;
/// The same, as lists count.
const SIZE: usize = 1000;

/// One sweep in progress.
pub(super) struct Round<'a, D> {
    pub(super) db: &'a D,
    pub(super) nature: &'a SharedNature,
    pub(super) host: &'a str,
    /// The mark (where there is none, the beginning of time) less the overlap.
    pub(super) from: Instant,
    pub(super) now: Instant,
    pub(super) swept: Swept,
}

impl<D: Store> Round<'_, D> {
    /// Sign-in codes that are still good and have no notice. They are few, so all are looked at each time,
    /// whatever the mark says.
    pub(super) async fn codes(&mut self) -> Result<(), DbErr> {
        let alive_from = self.now.plus_minutes(-sign_in_code::LIFE_MINUTES);
        let codes = sign_in_code::Entity::find()
            .filter(sign_in_code::Column::CreatedAt.gte(alive_from))
            .filter(Condition::all().not().add(Expr::exists(notice_of(SIGN_IN_CODE))))
            .order_by_asc(sign_in_code::Column::CreatedAt)
            .all(self.db)
            .await?;
        let mut entries = Vec::new();
        for code in &codes {
            let planned = mailing::of_sign_in_code(code, self.now);
            if planned.verdict.is_ok() {
                entries.push(Entry::of_code(self, code, planned));
            }
        }
        self.enter(entries).await
    }

    /// Changes of addresses from `from` on that have no notice: both addresses are told.
    pub(super) async fn email_changes(&mut self, from: Instant) -> Result<(), DbErr> {
        let changes = email_change::Entity::find()
            .filter(email_change::Column::ChangedAt.gte(from))
            .filter(Condition::all().not().add(Expr::exists(notice_of(EMAIL_CHANGE))))
            .order_by_asc(email_change::Column::ChangedAt)
            .limit(PAGE)
            .all(self.db)
            .await?;
        let both =
            |change: &email_change::Model| Side::BOTH.map(|side| Entry::of_email_change(self, change, side));
        self.enter(changes.iter().flat_map(both).collect()).await
    }

    /// People who have changed lately, a page at a time.
    pub(super) async fn changed(
        &mut self,
        kind: Kind,
        seen: &mut HashMap<Uuid, Instant>,
    ) -> Result<(), DbErr> {
        let mut last: Option<(Instant, Uuid)> = None;
        loop {
            let page = match kind {
                Kind::Registrant => {
                    use registration::Column::{Id, UpdatedAt};
                    changed_since::<registration::Entity>(self.db, UpdatedAt, Id, self.from, last).await?
                }
                Kind::Enquirer => {
                    use enquiry::Column::{Id, UpdatedAt};
                    changed_since::<enquiry::Entity>(self.db, UpdatedAt, Id, self.from, last).await?
                }
            };
            let Some((id, changed_at)) = page.last().copied() else { return Ok(()) };
            last = Some((changed_at, id));
            let whole = is_whole(page.len());
            let fresh: Vec<(Uuid, Instant)> =
                page.into_iter().filter(|(id, changed_at)| seen.get(id) != Some(changed_at)).collect();
            if !fresh.is_empty() {
                let ids: Vec<Uuid> = fresh.iter().map(|(id, _)| *id).collect();
                self.people(kind, &ids, self.from).await?;
                seen.extend(fresh);
            }
            if !whole {
                return Ok(());
            }
        }
    }

    /// Those to whom letters go about courses that have a moment in `(since, now]`, which is the same of all
    /// of them: a page at a time, and those of small courses together.
    pub(super) async fn courses(&mut self, kind: Kind, called: &[(Uuid, Instant)]) -> Result<(), DbErr> {
        let Some((_, since)) = called.first().copied() else { return Ok(()) };
        for some in called.chunks(COURSES_AT_A_TIME) {
            let mut waiting = Vec::new();
            for (id, _) in some {
                let mut last = None;
                loop {
                    let page = self.page(kind, *id, last).await?;
                    let whole = is_whole(page.len());
                    last = page.last().copied();
                    waiting.extend(page);
                    if is_whole(waiting.len()) {
                        let rest = waiting.split_off(SIZE);
                        self.people(kind, &std::mem::replace(&mut waiting, rest), since).await?;
                    }
                    if !whole {
                        break;
                    }
                }
            }
            if !waiting.is_empty() {
                self.people(kind, &waiting, since).await?;
            }
        }
        Ok(())
    }

    /// Those whose holds end at moments about which something is said, those of many courses together; all
    /// are looked at from one moment on.
    pub(super) async fn holds(&mut self, called: &[Holds]) -> Result<(), DbErr> {
        use registration::Column::{CourseId, HoldUntil, Id, Status};
        for some in called.chunks(COURSES_AT_A_TIME) {
            let Some(since) = some.first().map(|holds| holds.since) else { return Ok(()) };
            let among = some.iter().fold(Condition::any(), |any, holds| {
                let ends = Condition::all().add(HoldUntil.gt(holds.after)).add(HoldUntil.lte(holds.until));
                any.add(ends.add(CourseId.eq(holds.course_id)))
            });
            let mut last = None;
            loop {
                let held = registration::page_after(last, PAGE)
                    .filter(Status.eq(registration::Status::Started))
                    .filter(among.clone());
                let page: Vec<Uuid> = held.select_only().column(Id).into_tuple().all(self.db).await?;
                last = page.last().copied();
                let whole = is_whole(page.len());
                if !page.is_empty() {
                    self.people(Kind::Registrant, &page, since).await?;
                }
                if !whole {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A page of those to whom letters about a course go: the live registrations, and those who agreed to
    /// letters about deadlines.
    async fn page(&self, kind: Kind, id: Uuid, last: Option<Uuid>) -> Result<Vec<Uuid>, DbErr> {
        match kind {
            Kind::Registrant => {
                let live = registration::page_after(last, PAGE)
                    .filter(registration::Column::CourseId.eq(id))
                    .filter(registration::live());
                live.select_only().column(registration::Column::Id).into_tuple().all(self.db).await
            }
            Kind::Enquirer => {
                let consenting = enquiry::page_after(last, PAGE)
                    .filter(enquiry::Column::CourseId.eq(id))
                    .filter(enquiry::consenting());
                consenting.select_only().column(enquiry::Column::Id).into_tuple().all(self.db).await
            }
        }
    }

    /// Enters what is due to these people: what follows a fact whenever it is owed, everything else where its
    /// moment lies in `(since, now]`.
    async fn people(&mut self, kind: Kind, ids: &[Uuid], since: Instant) -> Result<(), DbErr> {
        let (people, courses) = self.facts(kind, ids).await?;
        let mut entries = Vec::new();
        let mut stopped = Vec::new();
        for person in &people {
            self.swept.judged += 1;
            let Some(course) = courses.get(&person.course_id()) else { continue };
            for planned in person.plan(course, self.now) {
                if to_be_entered(&planned, since, self.now) {
                    entries.push(Entry::of(self, person, planned));
                } else if planned.verdict == Err(NotSentReason::StoppedByStaff)
                    && !person.instructions().is_empty()
                {
                    stopped.push((person.id(), planned));
                }
            }
        }
        self.enter(entries).await?;
        self.stop(stopped).await
    }

    /// These people and their courses, all as they are at one moment: a payment that comes meanwhile is seen
    /// whole or not at all.
    pub(super) async fn facts(
        &self,
        kind: Kind,
        ids: &[Uuid],
    ) -> Result<(Vec<Recipient>, HashMap<Uuid, Arc<CourseFacts>>), DbErr> {
        let db = self.db.at_one_moment();
        let people = facts::of_people(&db, kind, ids).await?;
        let mut courses: Vec<Uuid> = people.iter().map(Recipient::course_id).collect();
        courses.sort_unstable();
        courses.dedup();
        let courses = facts::of_courses(&db, &courses).await?;
        Ok((people, courses))
    }

    /// Ends notices that wait and that an instruction has stopped; an announcement is stopped before anything
    /// waits. One that is in a worker's hands is judged there, just before it is sent.
    async fn stop(&self, stopped: Vec<(Uuid, PlannedLetter)>) -> Result<(), DbErr> {
        for (subject, planned) in stopped {
            entry::stop(self.db, subject, &planned, self.now).await?;
        }
        Ok(())
    }

    pub(super) async fn enter(&mut self, entries: Vec<Entry>) -> Result<(), DbErr> {
        let (planned, lapsed) = entry::enter(self.db, entries).await?;
        self.swept.planned += planned;
        self.swept.lapsed += lapsed;
        Ok(())
    }
}

/// Whether so many make a page.
fn is_whole(length: usize) -> bool {
    length >= SIZE
}

/// Whether the ledger is to know of a planned letter: of one that is owed, of one that only came too late, and
/// of one whose address was suppressed when it fell due, which is not made up for when that ends. One that follows a fact may be entered ahead of its moment, because nothing would call the sweep
/// back to it.
fn to_be_entered(planned: &PlannedLetter, since: Instant, now: Instant) -> bool {
    let in_window = since < planned.due_at && planned.due_at <= now;
    // As long as it can be paid for, that a hold will end is only foreseen.
    let foreseen = planned.letter.spec().audience == Audience::Expired && planned.due_at > now;
    match planned.verdict {
        Ok(()) => in_window || (planned.letter.follows_an_act() && !foreseen),
        Err(NotSentReason::Pointless | NotSentReason::Superseded | NotSentReason::AddressSuppressed) => {
            in_window
        }
        Err(
            NotSentReason::LateRegistration
            | NotSentReason::Cancelled
            | NotSentReason::Expired
            | NotSentReason::CourseCancelled
            | NotSentReason::CourseNotRunning
            | NotSentReason::AlreadyConfirmed
            | NotSentReason::NotConfirmed
            | NotSentReason::AlreadyEvaluated
            | NotSentReason::NotConcerned
            | NotSentReason::RuleOff
            | NotSentReason::RuleTooNew
            | NotSentReason::Moved
            | NotSentReason::MomentPassed
            | NotSentReason::CodeUsed
            | NotSentReason::RefusedByServer
            | NotSentReason::AddressRefused
            | NotSentReason::AddressInvalid
            | NotSentReason::GaveUp
            | NotSentReason::OutcomeUnknown
            | NotSentReason::CannotBeWritten
            | NotSentReason::CrashedWorker
            | NotSentReason::StoppedByStaff
            | NotSentReason::Unsubscribed
            | NotSentReason::NoConsent
            | NotSentReason::HasRegistered
            | NotSentReason::CountedAsSent,
        ) => false,
    }
}

/// What is about an account, and the notice's column that names it.
type Fact = ((&'static str, &'static str), notice::Column);
const SIGN_IN_CODE: Fact = (("sign_in_code", "id"), notice::Column::SignInCodeId);
const EMAIL_CHANGE: Fact = (("email_change", "id"), notice::Column::EmailChangeId);

/// The notice about a fact, as a part of a query for facts.
fn notice_of((fact, column): Fact) -> SelectStatement {
    use sea_orm::sea_query::ExprTrait;
    let about = Expr::col((notice::Entity, column)).equals(fact);
    Query::select().expr(Expr::val(1)).from(notice::Entity).and_where(about).to_owned()
}

/// A page of (id, moment of change), in the order of change; read from the index alone.
async fn changed_since<E: EntityTrait>(
    db: &impl ConnectionTrait,
    updated_at: E::Column,
    id: E::Column,
    from: Instant,
    last: Option<(Instant, Uuid)>,
) -> Result<Vec<(Uuid, Instant)>, DbErr> {
    let beyond = last.map(|(moment, last)| Condition::any().add(updated_at.gt(moment)).add(id.gt(last)));
    E::find()
        .select_only()
        .columns([id, updated_at])
        .filter(updated_at.gte(last.map_or(from, |(moment, _)| moment)))
        .filter(beyond.unwrap_or_else(Condition::all))
        .order_by_asc(updated_at)
        .order_by_asc(id)
        .limit(PAGE)
        .into_tuple()
        .all(db)
        .await
}
