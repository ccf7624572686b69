//! The life of one course with one person in it. The clock goes from one moment at which something can happen
//! to the next: an act of the person, a day that is moved, a letter that falls due, a hold that ends.

use std::collections::HashMap;

use entity::money::Money;
use entity::nature::SharedNature;
use entity::payment::Method;
use entity::profession::Profession;
use entity::{Instant, Refusal, course, enquiry, mailing, notice, quote, registration};
use mail_parser::MessageParser;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use worker::facts;
use worker::letter::CannotWrite;

use super::Preview;
use super::acts::{self, Act};
use super::app::RehearsalApp;
use super::record::Record;
use super::rehearsal::{Entry, Rehearsal};
use super::script::Script;
use crate::action::cancel_course::{CancelCourse, cancel_course};
use crate::action::record_payment::{RecordPayment, record_payment};
use crate::action::register::{Register, register};
use crate::catalogue::CoursePage;
use crate::catalogue::draft::{self, Draft, Mistakes};
use crate::error::{Fault, Result};
use crate::steward;
use crate::viewer::Viewer;
use crate::write::mistakes;

/// A life that goes on.
struct Life {
    app: RehearsalApp,
    draft: Draft,
    course_id: Uuid,
    track_id: Option<Uuid>,
    person: Viewer,
    office: Viewer,
    /// As whom the letters know the person.
    known_as: Option<KnownAs>,
    record: Record,
}

/// As whom the letters know somebody.
#[derive(Clone, Copy, Debug)]
enum KnownAs {
    /// By this registration.
    Registrant(Uuid),
    /// By this enquiry.
    Enquirer(Uuid),
}

/// What stands on the outside of a letter that was posted.
#[derive(Clone, Debug)]
struct Outside {
    /// How many were posted before it.
    place: usize,
    /// Its subject line.
    subject: Option<String>,
    /// The sender's address.
    from: Option<String>,
}

impl Default for Outside {
    /// What was not posted comes last of its moment.
    fn default() -> Self {
        Self { place: usize::MAX, subject: None, from: None }
    }
}

/// Rehearses the course of `page` by `script`; chance and today come from `nature`.
pub(super) async fn of(
    preview: &Preview,
    nature: SharedNature,
    page: &CoursePage,
    script: &Script,
) -> Result<Rehearsal> {
    let mut draft = Draft::of(page);
    draft.course.status = course::Status::Published;
    draft.course.cancellation_note = None;
    let starts_at = acts::start(page, script.role, nature.now());
    let mut acts = acts::of(page, &draft, script, starts_at)?;

    let app = RehearsalApp::open(preview, nature, starts_at).await?;
    let course_id = app.has_course(&draft).await?;
    let person = if script.role.registers() { app.learner().await? } else { RehearsalApp::passer_by() };
    let office = app.office().await?;
    let copy = app
        .state
        .catalogue
        .page(&app.state.db, course_id)
        .await?
        .ok_or_else(|| Fault::Stored("the rehearsed course has gone".to_owned()))?;
    let track = match &script.track {
        Some(slug) => {
            Some(copy.tracks.iter().find(|track| track.slug == *slug).ok_or_else(|| no_such_track(&copy))?)
        }
        None => copy.tracks.first(),
    };
    // Who only asks takes none.
    let track = track.filter(|_| script.role.registers());
    let (zone, track_id, track) =
        (copy.course.time_zone.clone(), track.map(|track| track.id), track.map(|track| track.name.clone()));
    let mut life =
        Life { app, draft, course_id, track_id, person, office, known_as: None, record: Record::default() };
    loop {
        // The worker is at work all the time: what was due before an act is said before it.
        life.goes_on().await?;
        while let Some((_, act)) = acts.pop_front_if(|(at, _)| *at <= life.app.now()) {
            life.act(act).await?;
            life.goes_on().await?;
        }
        let Some(next) = life.next(acts.front().map(|(at, _)| *at)).await? else { break };
        life.app.move_to(next);
    }
    Ok(Rehearsal { role: script.role, track, starts_at, zone, entries: life.entries().await? })
}

fn no_such_track(page: &CoursePage) -> Refusal {
    let tracks: Vec<&str> = page.tracks.iter().map(|track| track.slug.as_str()).collect();
    let tracks = if tracks.is_empty() { "none".to_owned() } else { tracks.join(", ") };
    Refusal::invalid(format!("The course has no such track. Its tracks are: {tracks}."), &["track"])
}

impl Life {
    async fn act(&mut self, act: Act) -> Result<()> {
        match act {
            Act::Register => {
                let (course_id, profession) = (self.course_id, self.profession());
                let input = Register {
                    course_id,
                    profession,
                    track_id: self.track_id,
                    name: None,
                    idempotency_key: None,
                };
                self.known_as = Some(KnownAs::Registrant(
                    register(&self.app.state, &self.person, (input, mistakes::Mistakes::default())).await?.id,
                ));
            }
            Act::Ask => {
                self.app.asks(&self.person, self.course_id, self.profession()).await?;
                let asked = enquiry::Entity::find()
                    .filter(enquiry::Column::CourseId.eq(self.course_id))
                    .one(&self.app.state.db)
                    .await?;
                self.known_as = asked.map(|row| KnownAs::Enquirer(row.id));
            }
            Act::Pay => {
                let Some(KnownAs::Registrant(registration_id)) = self.known_as else { return Ok(()) };
                let row = registration::Entity::find_by_id(registration_id).one(&self.app.state.db).await?;
                // A free course is confirmed without a payment.
                if row.is_some_and(|row| row.status == registration::Status::Started) {
                    let amount = self.due(registration_id).await?.decimal();
                    let input = RecordPayment {
                        registration_id,
                        amount,
                        currency: None,
                        method: Method::Other,
                        reference: None,
                        received_at: None,
                        beyond_due: false,
                        idempotency_key: None,
                    };
                    record_payment(&self.app.state, &self.office, &input).await?;
                }
            }
            Act::Move(keys, by_days) => {
                draft::move_sessions(&mut self.draft, &keys, by_days);
                self.app.has_course(&self.draft).await?;
            }
            Act::Cancel => {
                let row = course::Entity::find_by_id(self.course_id).one(&self.app.state.db).await?;
                let row = row.ok_or_else(|| Fault::Stored("the rehearsed course has gone".to_owned()))?;
                let input = CancelCourse { course_id: row.id, version: row.version, note: None };
                cancel_course(&self.app.state, &self.office, (input, Mistakes::default())).await?;
                self.draft.course.status = course::Status::Cancelled;
            }
        }
        Ok(())
    }

    /// The profession of the person: the one that stands first in the list of prices.
    fn profession(&self) -> Profession {
        self.draft.fees.prices.first().map_or(Profession::AlliedHealthOther, |price| price.profession)
    }

    async fn due(&self, registration_id: Uuid) -> Result<Money> {
        let quote = quote::Entity::find()
            .filter(quote::Column::RegistrationId.eq(registration_id))
            .one(&self.app.state.db)
            .await?;
        let quote =
            quote.ok_or_else(|| Fault::Stored(format!("registration {registration_id} has no quote")))?;
        Ok(Money::new(quote.total_minor, quote.currency))
    }

    /// Steward and worker work, and what the plan says now is taken note of.
    async fn goes_on(&mut self) -> Result<()> {
        steward::round(&self.app.state).await?;
        self.app.works().await?;
        let (db, now) = (&self.app.state.db, self.app.now());
        let dossier = match self.known_as {
            None => None,
            Some(KnownAs::Registrant(id)) => facts::of_registration(db, id).await?,
            Some(KnownAs::Enquirer(id)) => facts::of_enquiry(db, id).await?,
        };
        if let Some(dossier) = dossier {
            self.record.observe(dossier.plan(now), now);
        }
        Ok(())
    }

    /// The next moment at which something can happen; none when all has happened.
    async fn next(&self, next_act: Option<Instant>) -> Result<Option<Instant>> {
        let (db, now) = (&self.app.state.db, self.app.now());
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
        let moments =
            waiting.into_iter().chain(held).flatten().chain(next_act).chain(self.record.next_after(now));
        Ok(moments.filter(|moment| *moment > now).min())
    }

    /// Every letter of this life: those in the ledger, and those that never got there.
    async fn entries(self) -> Result<Vec<Entry>> {
        let parser = MessageParser::default();
        let posted: HashMap<Uuid, Outside> = self
            .app
            .post
            .letters()
            .into_iter()
            .enumerate()
            .map(|(place, posted)| {
                let message = parser.parse(&posted.message);
                let subject = message.as_ref().and_then(|message| message.subject().map(str::to_owned));
                let from = message
                    .as_ref()
                    .and_then(|message| message.from()?.first()?.address().map(str::to_owned));
                (posted.envelope.id, Outside { place, subject, from })
            })
            .collect();
        let about_the_person = Condition::any()
            .add(notice::Column::RegistrationId.is_not_null())
            .add(notice::Column::EnquiryId.is_not_null());
        let notices = notice::Entity::find().filter(about_the_person).all(&self.app.state.db).await?;
        let entered = notices.iter().map(|notice| (notice.rule.clone(), notice.occurrence.clone())).collect();
        let told = notices.into_iter().map(|notice| {
            let needs_postal_address =
                notice.smtp_reply.as_deref() == Some(CannotWrite::NoPostalAddress.to_string().as_str());
            let Outside { place, subject, from } = posted.get(&notice.id).cloned().unwrap_or_default();
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
                | notice::Status::Quarantined => {
                    Some(notice.reason.unwrap_or(mailing::NotSentReason::OutcomeUnknown))
                }
            };
            let at = notice.sent_at.unwrap_or(notice.due_at);
            let needs_postal_address =
                unsent == Some(mailing::NotSentReason::CannotBeWritten) && needs_postal_address;
            (
                place,
                Entry {
                    at,
                    rule: notice.rule,
                    letter: notice.letter,
                    subject,
                    from,
                    unsent,
                    needs_postal_address,
                },
            )
        });
        let never = self.record.unsent(&entered).into_iter().map(|(planned, reason)| {
            let (at, unsent) = (planned.due_at, Some(reason));
            let (rule, letter) = (planned.rule, planned.letter);
            let entry =
                Entry { at, rule, letter, subject: None, from: None, unsent, needs_postal_address: false };
            (usize::MAX, entry)
        });
        let mut entries: Vec<(usize, Entry)> = told.chain(never).collect();
        entries.sort_by(|(place, one), (other_place, other)| {
            (one.at, place, &one.rule).cmp(&(other.at, other_place, &other.rule))
        });
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}
