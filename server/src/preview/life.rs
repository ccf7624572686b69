//! The life of one course with one person in it. The clock goes from one moment at which something can happen to the next: an act of the
//! person, a day that is moved, a letter that falls due, a hold that ends.

use std::collections::{HashMap, HashSet, VecDeque};

use entity::deadline::instant_of;
use entity::nature::SharedNature;
use entity::payment::Method;
use entity::profession::Profession;
use entity::{Instant, LocalDate, Refusal, Zone, agenda, notice, quote, registration};
use mail_parser::MessageParser;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use worker::facts;

use super::Preview;
use super::record::Record;
use super::rehearsal::{Entry, Rehearsal};
use super::script::{MOST_MOVES, Role, Script};
use super::stage::Stage;
use crate::action::record_payment::{RecordPayment, record_payment};
use crate::action::register::{Register, register};
use crate::answer::{Answer, Fault};
use crate::catalogue::CoursePage;
use crate::course_file::{self, CourseFile};
use crate::viewer::Viewer;

/// How many days before its first day the life of a course begins at the latest.
const BEFORE_COURSE_DAYS: i32 = 60;
/// How many days before registration closes it begins at the latest.
const BEFORE_CLOSE_DAYS: i32 = 30;
/// How many days before the day that is moved it is moved, where nothing is said.
const BEFORE_MOVE_DAYS: i32 = 3;

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Act {
    /// The person registers.
    Register,
    /// The office records the payment of what is due.
    Pay,
    /// The office moves these sessions by so many days.
    Move(HashSet<String>, i32),
}

/// A life that goes on.
struct Life {
    stage: Stage,
    file: CourseFile,
    course_id: Uuid,
    track_id: Option<Uuid>,
    person: Viewer,
    office: Viewer,
    registration_id: Option<Uuid>,
    record: Record,
}

/// Rehearses the course of `page` by `script`; chance and today come from `nature`.
pub(super) async fn of(preview: &Preview, nature: SharedNature, page: &CoursePage, script: &Script) -> Answer<Rehearsal> {
    let mut file = course_file::stored_file(page);
    file.course.status = entity::course::Status::Published;
    let starts_at = start(page, script.role, nature.now());
    let mut acts = acts(page, &file, script, starts_at)?;

    let stage = Stage::open(preview, nature, starts_at).await?;
    let course_id = stage.has_course(&file).await?;
    let (person, office) = (stage.learner().await?, stage.office().await?);
    let copy = stage.desk.catalogue.page(course_id).await?.ok_or_else(|| Fault::Stored("the rehearsed course has gone".to_owned()))?;
    let track = match &script.track {
        Some(slug) => Some(copy.tracks.iter().find(|track| track.slug == *slug).ok_or_else(|| no_such_track(&copy))?),
        None => copy.tracks.first(),
    };
    let (zone, track_id, track) = (copy.course.time_zone.clone(), track.map(|track| track.id), track.map(|track| track.name.clone()));
    let mut life = Life { stage, file, course_id, track_id, person, office, registration_id: None, record: Record::default() };
    loop {
        // The worker is at work all the time: what was due before an act is said before it.
        life.goes_on().await?;
        while let Some((_, act)) = acts.pop_front_if(|(at, _)| *at <= life.stage.now()) {
            life.act(act).await?;
            life.goes_on().await?;
        }
        let Some(next) = life.next(acts.front().map(|(at, _)| *at)).await? else { break };
        life.stage.move_to(next);
    }
    Ok(Rehearsal { role: script.role, track, starts_at, zone, entries: life.entries().await? })
}

fn no_such_track(page: &CoursePage) -> Refusal {
    let tracks: Vec<&str> = page.tracks.iter().map(|track| track.slug.as_str()).collect();
    let tracks = if tracks.is_empty() { "none".to_owned() } else { tracks.join(", ") };
    Refusal::invalid(format!("The course has no such track. Its tracks are: {tracks}."), &["track"])
}

fn noon(day: LocalDate, zone: &Zone) -> Instant {
    instant_of(day.0.at(12, 0, 0, 0), zone)
}

/// When the life of the course begins.
fn start(page: &CoursePage, role: Role, now: Instant) -> Instant {
    let zone = &page.course.time_zone;
    let close = page.course.registration_closes_at().date_in(zone);
    let early = noon(page.course.starts_on.plus_days(-BEFORE_COURSE_DAYS), zone).min(noon(close.plus_days(-BEFORE_CLOSE_DAYS), zone));
    let start = now.min(early);
    match role {
        Role::Late(day) => start.min(noon(day, zone)),
        Role::Confirmed | Role::Started | Role::Enquirer => start,
    }
}

/// What is done, and when, in that order.
fn acts(page: &CoursePage, file: &CourseFile, script: &Script, start: Instant) -> Result<VecDeque<(Instant, Act)>, Refusal> {
    let zone = &page.course.time_zone;
    let opens = page.course.registration_opens_at.map_or(start, |opens| opens.max(start));
    let mut acts = match script.role {
        Role::Confirmed => vec![(opens, Act::Register), (opens, Act::Pay)],
        Role::Started => vec![(opens, Act::Register)],
        Role::Late(day) => vec![(noon(day, zone), Act::Register), (noon(day, zone), Act::Pay)],
        Role::Enquirer => return Err(Refusal::invalid("An enquirer cannot be rehearsed: this house takes no enquiries.", &["as"])),
    };
    if script.moves.len() > MOST_MOVES {
        return Err(Refusal::invalid(format!("At most {MOST_MOVES} days can be moved in one rehearsal."), &["moves"]));
    }
    for moved in &script.moves {
        let day = moved.day_of(file)?;
        let keys = day.sessions.iter().map(|session| session.key.clone()).collect();
        let at = noon(moved.on.unwrap_or_else(|| day.date.plus_days(-BEFORE_MOVE_DAYS)), zone).max(start);
        acts.push((at, Act::Move(keys, moved.by_days)));
    }
    acts.sort_by_key(|(at, _)| *at);
    Ok(acts.into())
}

impl Life {
    async fn act(&mut self, act: Act) -> Answer<()> {
        match act {
            Act::Register => {
                // Somebody of the profession that stands first in the list of prices.
                let profession = self.file.fees.prices.first().map_or(Profession::AlliedHealthOther, |price| price.profession);
                let input = Register { course_id: self.course_id, profession, track_id: self.track_id, idempotency_key: None };
                self.registration_id = Some(register(&self.stage.desk, &self.person, &input).await?.id);
            }
            Act::Pay => {
                let Some(registration_id) = self.registration_id else { return Ok(()) };
                let row = registration::Entity::find_by_id(registration_id).one(&self.stage.desk.db).await?;
                // A free course is confirmed without a payment.
                if row.is_some_and(|row| row.status == registration::Status::Started) {
                    let amount_cents = self.due_cents(registration_id).await?;
                    let input = RecordPayment {
                        registration_id,
                        amount_cents,
                        currency: None,
                        method: Method::Other,
                        reference: None,
                        received_at: None,
                        idempotency_key: None,
                    };
                    record_payment(&self.stage.desk, &self.office, &input).await?;
                }
            }
            Act::Move(keys, by_days) => {
                course_file::move_sessions(&mut self.file, &keys, by_days);
                self.stage.has_course(&self.file).await?;
            }
        }
        Ok(())
    }

    async fn due_cents(&self, registration_id: Uuid) -> Answer<i64> {
        let total: Option<i64> = quote::Entity::find()
            .select_only()
            .column(quote::Column::TotalCents)
            .filter(quote::Column::RegistrationId.eq(registration_id))
            .into_tuple()
            .one(&self.stage.desk.db)
            .await?;
        Ok(total.unwrap_or(0))
    }

    /// The worker works, and what the agenda says now is taken note of.
    async fn goes_on(&mut self) -> Answer<()> {
        self.stage.works().await?;
        let Some(registration_id) = self.registration_id else { return Ok(()) };
        if let Some(dossier) = facts::of_registration(&self.stage.desk.db, registration_id).await? {
            let now = self.stage.now();
            self.record.observe(agenda::of_registration(&dossier.course, &dossier.registration, now), now);
        }
        Ok(())
    }

    /// The next moment at which something can happen; none when all has happened.
    async fn next(&self, next_act: Option<Instant>) -> Answer<Option<Instant>> {
        let (db, now) = (&self.stage.desk.db, self.stage.now());
        let waiting: Vec<Option<Instant>> = notice::Entity::find()
            .select_only()
            .column(notice::Column::ReadyAt)
            .filter(notice::open())
            .order_by_asc(notice::Column::ReadyAt)
            .limit(1)
            .into_tuple()
            .all(db)
            .await?;
        let held: Vec<Option<Instant>> = registration::Entity::find()
            .select_only()
            .column(registration::Column::HoldUntil)
            .filter(registration::Column::Status.eq(registration::Status::Started))
            .filter(registration::Column::HoldUntil.gt(now))
            .into_tuple()
            .all(db)
            .await?;
        let moments = waiting.into_iter().chain(held).flatten().chain(next_act).chain(self.record.next_after(now));
        Ok(moments.filter(|moment| *moment > now).min())
    }

    /// Every letter of this life: those in the ledger, and those that never got there.
    async fn entries(self) -> Answer<Vec<Entry>> {
        let parser = MessageParser::default();
        let posted: HashMap<Uuid, (usize, Option<String>)> = self
            .stage
            .post
            .letters()
            .into_iter()
            .enumerate()
            .map(|(place, posted)| {
                let subject = parser.parse(&posted.message).and_then(|message| message.subject().map(str::to_owned));
                (posted.envelope.id, (place, subject))
            })
            .collect();
        let notices = notice::Entity::find().filter(notice::Column::RegistrationId.is_not_null()).all(&self.stage.desk.db).await?;
        let entered = notices.iter().map(|notice| (notice.rule.clone(), notice.occurrence.clone())).collect();
        let told = notices.into_iter().map(|notice| {
            let (place, subject) = posted.get(&notice.id).cloned().unwrap_or((usize::MAX, None));
            let unsent = match notice.status {
                notice::Status::Sent => None,
                notice::Status::Planned
                | notice::Status::Claimed
                | notice::Status::Sending
                | notice::Status::Retry
                | notice::Status::Failed
                | notice::Status::Unknown
                | notice::Status::Lapsed
                | notice::Status::Cancelled
                | notice::Status::Quarantined => Some(notice.reason.unwrap_or(agenda::Reason::OutcomeUnknown)),
            };
            let at = notice.sent_at.unwrap_or(notice.due_at);
            (place, Entry { at, rule: notice.rule, letter: notice.letter, subject, unsent })
        });
        let never = self.record.unsent(&entered).into_iter().map(|(occasion, reason)| {
            let entry = Entry { at: occasion.due_at, rule: occasion.rule, letter: occasion.letter, subject: None, unsent: Some(reason) };
            (usize::MAX, entry)
        });
        let mut entries: Vec<(usize, Entry)> = told.chain(never).collect();
        entries.sort_by(|(place, one), (other_place, other)| (one.at, place, &one.rule).cmp(&(other.at, other_place, &other.rule)));
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}
