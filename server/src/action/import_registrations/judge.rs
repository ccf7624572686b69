//! Judging lines one after another: what each would do to the course as it is, the lines before it included.

mod known;
mod person;
mod terms;

use std::collections::{HashMap, HashSet};

use entity::money::Money;
use entity::quote::{Draft, Terms};
use entity::registration::{self, Status};
use entity::{Instant, course, learner, price, quote, track};
use uuid::Uuid;

use super::address::Judged;
use super::read::{Line, Said};
use super::write::Writes;
use super::{Row, Verdict};
use crate::app::AppState;

/// What the lines are judged by, and what the verdicts say is to be written.
#[derive(Debug)]
pub struct Judge<'a> {
    app: &'a AppState,
    now: Instant,
    /// The course, locked.
    pub course: course::Model,
    tracks: Vec<track::Model>,
    prices: Vec<price::Model>,
    /// Everybody whom a line names, by address.
    learners: HashMap<String, learner::Model>,
    /// Whose the registrations are that the lines name by an external id.
    owners: HashMap<Uuid, learner::Model>,
    /// Changes of addresses that the lines ask for, by whose they are.
    addresses: HashMap<Uuid, Judged>,
    /// Whose names are not the viewer's to correct.
    known_elsewhere: HashSet<Uuid>,
    /// The registrations for the course of these learners, and those with an external id that a line names.
    registrations: Vec<registration::Model>,
    quotes: HashMap<Uuid, quote::Model>,
    paid: HashMap<Uuid, i64>,
    /// Seats that are free; none: unlimited.
    free: Option<u64>,
    /// Lines by the addresses, the people and the external ids that they named.
    named: HashMap<String, u64>,
    /// What is to be written.
    pub writes: Writes,
}

/// A line that can be done: its verdict, what to know about it, and the registration.
type Done = (Verdict, Option<String>, Uuid);

impl<'a> Judge<'a> {
    /// The verdict on a line.
    pub fn judge(&mut self, line: &Line) -> Row {
        let ended = line.said.as_ref().map_err(Clone::clone).and_then(|said| self.done(line.line, said));
        let (verdict, message, registration_id) = match ended {
            Ok((verdict, message, id)) => {
                let assumed = line.said.as_ref().ok().and_then(|said| self.assumed(said, id));
                (verdict, message.or(assumed), Some(id))
            }
            Err(message) => (Verdict::Refused, Some(message), None),
        };
        Row { line: line.line, verdict, message, registration_id }
    }

    /// What is put down as paid though the row does not say so: what is confirmed is paid in full.
    fn assumed(&self, said: &Said, id: Uuid) -> Option<String> {
        let (_, minor) =
            self.writes.paid.last().filter(|(paid_for, _)| *paid_for == id && said.paid.is_none())?;
        Some(format!(
            "{} is put down as paid, because it is confirmed.",
            Money::new(*minor, self.course.currency.as_str())
        ))
    }

    fn done(&mut self, line: u64, said: &Said) -> Result<Done, String> {
        let key = said.email.key();
        // One person can have several that are over, and one that is not.
        if let Some(id) = self.is_over_already(said, &key) {
            return Ok((Verdict::Unchanged, None, id));
        }
        let names =
            [Some(format!("address {key}")), said.external_id.as_ref().map(|id| format!("external id {id}"))];
        for name in names.into_iter().flatten() {
            if let Some(before) = self.named.insert(name.clone(), line) {
                return Err(format!("Line {before} names the {name} too."));
            }
        }
        let with_id =
            |row: &&registration::Model| said.external_id.is_some() && row.external_id == said.external_id;
        let known = self.learners.get(&key).cloned();
        // Two addresses may be those of one person whose accounts were merged.
        let person = known.as_ref().map(|learner| format!("learner {}", learner.id));
        if let Some(before) = person.and_then(|person| self.named.insert(person, line)) {
            return Err(format!("Line {before} names the same person."));
        }
        let (row, known, moved) = match self.registrations.iter().find(with_id).cloned() {
            Some(row) if known.as_ref().is_none_or(|learner| learner.id != row.learner_id) => {
                let owner = self.other_address(&row, known.as_ref(), &key)?;
                if let Some(before) = self.named.insert(format!("learner {}", owner.id), line) {
                    return Err(format!("Line {before} names the same person."));
                }
                (Some(row), Some(owner), true)
            }
            Some(row) => (Some(row), known, false),
            None => (known.as_ref().and_then(|learner| self.live(learner.id)), known, false),
        };
        match (row, known) {
            (Some(row), Some(learner)) => {
                let (verdict, mut message, id) = self.change(row.clone(), said)?;
                if moved {
                    message = Some(self.readdress(&learner, said, message));
                }
                let renamed = self.rename(&learner, said).unwrap_or_else(|stays| {
                    message = Some(message.take().into_iter().chain([stays]).collect::<Vec<_>>().join(" "));
                    false
                });
                // A new address is told by itself, as a confirmation is, and both greet by the new name.
                let told = moved
                    || self.writes.changed.last().is_some_and(|(before, becomes)| {
                        before.id == row.id && becomes.status != before.status
                    });
                if renamed && learner.name.is_some() && !told {
                    self.writes.called.push(row);
                }
                let corrected = renamed || moved;
                Ok((
                    if corrected && verdict == Verdict::Unchanged { Verdict::Updated } else { verdict },
                    message,
                    id,
                ))
            }
            (_, Some(learner)) => {
                let (verdict, _, id) = self.begin(learner.id, said)?;
                // Whoever has a name keeps it, and who is known elsewhere is named there. Nothing is said of that, because it would tell who has an
                // account: this person is not among those of the course yet.
                self.writes.known.push((learner.id, learner.email_key.clone()));
                let is_ours = !self.known_elsewhere.contains(&learner.id);
                if let Some(name) = said.name.clone().filter(|_| learner.name.is_none() && is_ours) {
                    self.writes.renamed.push((learner, name));
                }
                Ok((verdict, None, id))
            }
            (_, None) => {
                let learner = self.new_learner(key, said);
                let done = self.begin(learner.id, said)?;
                self.learners.insert(learner.email_key.clone(), learner.clone());
                self.writes.entered.push(learner);
                Ok(done)
            }
        }
    }

    /// The live registration of a learner.
    fn live(&self, learner_id: Uuid) -> Option<registration::Model> {
        self.registrations.iter().find(|row| row.learner_id == learner_id && is_live(row.status)).cloned()
    }

    /// A new registration.
    fn begin(&mut self, learner_id: Uuid, said: &Said) -> Result<Done, String> {
        only_forward(said.status)?;
        let profession = said.profession.ok_or("A new registration needs a profession.")?;
        let track_id = match &said.track {
            Some(track) => Some(self.track(track)?),
            None if self.tracks.is_empty() => None,
            None => return Err(format!("A new registration needs a track: {}.", self.track_names())),
        };
        let (hold_until, draft) = self.priced(profession)?;
        let (status, pay) = self.standing(said, draft.total_minor(), 0)?;
        self.hold_is_ahead(status, hold_until)?;
        self.take_seat()?;
        let mut chance = [0; 16];
        self.app.nature.fill(&mut chance);
        let row = registration::Model {
            id: self.app.nature.id(),
            code: registration::code(chance),
            course_id: self.course.id,
            learner_id,
            known_as: None,
            external_id: said.external_id.clone(),
            profession,
            track_id,
            status,
            started_at: self.now,
            hold_until: (status == Status::Started).then_some(hold_until),
            confirmed_at: (status == Status::Confirmed).then_some(self.now),
            cancelled_at: None,
            expired_at: None,
            entered_by: None,
            corrected_at: None,
            updated_at: self.now,
        };
        self.pay(row.id, pay);
        let id = row.id;
        self.writes.begun.push((row, settled(draft, status)));
        Ok((Verdict::Created, None, id))
    }

    /// A known registration.
    fn change(&mut self, row: registration::Model, said: &Said) -> Result<Done, String> {
        if said.profession.is_some_and(|profession| profession != row.profession) {
            return Err("The profession decides the price, so an import does not change it.".to_owned());
        }
        let mut becomes = row.clone();
        match (&row.external_id, &said.external_id) {
            (Some(known), Some(id)) if known != id => {
                return Err(format!("This registration already has the external id {known}."));
            }
            (Some(_) | None, None) => {}
            (Some(_) | None, Some(id)) => becomes.external_id = Some(id.clone()),
        }
        if let Some(track) = &said.track {
            becomes.track_id = Some(self.track(track)?);
        }
        let message = self.advance(&row, &mut becomes, said)?;
        if becomes == row && self.writes.paid.last().is_none_or(|(id, _)| *id != row.id) {
            return Ok((Verdict::Unchanged, message, row.id));
        }
        // Who stands where they stood is told that they are in another track; a confirmation says it itself.
        if becomes.track_id != row.track_id && becomes.status == row.status {
            becomes.corrected_at = Some(self.now);
        }
        becomes.updated_at = row.changed_at(self.now);
        let id = row.id;
        self.writes.changed.push((row, becomes));
        Ok((Verdict::Updated, message, id))
    }

    /// Where the registration comes to stand; never back. Says what else there is to know.
    fn advance(
        &mut self,
        row: &registration::Model,
        becomes: &mut registration::Model,
        said: &Said,
    ) -> Result<Option<String>, String> {
        let paid = self.paid.get(&row.id).copied().unwrap_or(0);
        let more = said.paid.is_some_and(|named| named > paid);
        let asked = match said.status {
            Some(status) if status == row.status => None,
            status => status,
        };
        match row.status {
            Status::Confirmed if more => Err("This registration is paid in full already.".to_owned()),
            Status::Confirmed => match asked {
                Some(Status::Started) => {
                    Ok(Some("It is confirmed already, and an import takes nothing back.".to_owned()))
                }
                other => only_forward(other).map(|()| None),
            },
            Status::Cancelled if asked.is_some() || more => {
                Err("This registration was canceled, and an import does not take that back.".to_owned())
            }
            Status::Cancelled => Ok(None),
            Status::Expired | Status::Waitlisted if asked.is_none() && !more => Ok(None),
            Status::Started | Status::Expired | Status::Waitlisted => {
                only_forward(asked)?;
                self.go_on(row, becomes, said, paid).map(|()| None)
            }
        }
    }

    /// Pays for, confirms, or takes up again, a registration that is not confirmed.
    fn go_on(
        &mut self,
        row: &registration::Model,
        becomes: &mut registration::Model,
        said: &Said,
        paid: i64,
    ) -> Result<(), String> {
        let seatless = row.status != Status::Started;
        let told = self.quotes.get(&row.id);
        let terms =
            quote::terms(&self.course, &self.prices, row, told, self.now).map_err(|_| terms::NO_PRICE)?;
        let Terms { hold_until, anew, total_minor: total } = terms;
        let (status, pay) = self.standing(said, total, paid)?;
        if status == row.status && pay == 0 {
            return Ok(());
        }
        if seatless {
            self.hold_is_ahead(status, hold_until)?;
            let other = |other: &registration::Model| {
                other.learner_id == row.learner_id && other.id != row.id && is_live(other.status)
            };
            if row.status == Status::Expired && self.registrations.iter().any(other) {
                return Err("This registration has expired, and its learner has another one.".to_owned());
            }
            self.take_seat()?;
        }
        becomes.status = status;
        becomes.expired_at = None;
        if status == Status::Confirmed {
            becomes.confirmed_at = Some(self.now.max(row.started_at));
        } else {
            becomes.hold_until = Some(hold_until);
        }
        match anew {
            Some(draft) => self.writes.priced.push((row.clone(), settled(draft, status))),
            None if status == Status::Confirmed => self.writes.settled.push(row.id),
            None => {}
        }
        self.pay(row.id, pay);
        Ok(())
    }

    fn track(&self, named: &str) -> Result<Uuid, String> {
        let is = |text: &str| text.to_lowercase() == named.to_lowercase();
        let found = self
            .tracks
            .iter()
            .find(|track| is(&track.slug))
            .or_else(|| self.tracks.iter().find(|track| is(&track.name)));
        found
            .map(|track| track.id)
            .ok_or_else(|| format!("There is no track \"{named}\"; there is {}.", self.track_names()))
    }

    fn track_names(&self) -> String {
        if self.tracks.is_empty() {
            return "none in this course".to_owned();
        }
        self.tracks.iter().map(|track| track.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn is_live(status: Status) -> bool {
    match status {
        Status::Started | Status::Confirmed | Status::Waitlisted => true,
        Status::Cancelled | Status::Expired => false,
    }
}

/// A file can begin a registration and confirm it; everything else has a way of its own.
fn only_forward(status: Option<Status>) -> Result<(), String> {
    match status {
        None | Some(Status::Started | Status::Confirmed) => Ok(()),
        Some(Status::Waitlisted | Status::Cancelled | Status::Expired) => {
            Err("Only STARTED and CONFIRMED registrations can be imported.".to_owned())
        }
    }
}

/// What is paid does not lapse.
fn settled(draft: Draft, status: Status) -> Draft {
    Draft { valid_until: draft.valid_until.filter(|_| status != Status::Confirmed), ..draft }
}
