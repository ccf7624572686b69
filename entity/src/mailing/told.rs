//! What somebody was last told of the agenda: with each letter that says how things stand, the ledger keeps
//! up to which change it knew. A change is held against that, and not against the moment at which it was made.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::instructed::first_time;
use super::{Letter, RegistrationFacts};
use crate::{Instant, schedule_change};

/// What a letter told of the agenda, kept with its notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Told {
    /// The last change to the course's agenda that it knew; none where there had been none.
    pub through: Option<Uuid>,
    /// The sessions of which it told; none: the whole agenda.
    pub sessions: Option<Vec<Uuid>>,
    /// Of a letter about the whole agenda: the sessions of which it told where they are joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Uuid>,
}

impl Told {
    /// Whether it told where this session is joined.
    pub fn tells_link(&self, session_id: Uuid) -> bool {
        self.sessions.as_ref().unwrap_or(&self.links).contains(&session_id)
    }
}

/// A letter to the person that told something of the agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which letter.
    pub letter: Letter,
    /// Which time it was.
    pub occurrence: String,
    /// When the mail server took it.
    pub sent_at: Instant,
    /// What it told; none where an earlier release sent it, which kept no record of that.
    pub told: Option<Told>,
}

/// Letters that tell how the whole agenda stands.
pub const TELL_ALL: [Letter; 5] = [
    Letter::RegistrationStarted,
    Letter::RegistrationConfirmed,
    Letter::RegistrationCorrected,
    Letter::CourseStarting,
    Letter::ScheduleChanged,
];
/// Letters that tell of some sessions.
pub const TELL_SOME: [Letter; 2] = [Letter::DayStarting, Letter::SessionStarting];

impl Said {
    /// How many of `changes`, which are all that there are, oldest first, the letter knew as far as this
    /// session is concerned.
    fn knew(&self, session_id: Uuid, changes: &[schedule_change::Model]) -> usize {
        match &self.told {
            Some(told) if told.sessions.as_ref().is_some_and(|some| !some.contains(&session_id)) => 0,
            Some(_) => self.knew_in_all(changes),
            None if TELL_ALL.contains(&self.letter) => self.knew_in_all(changes),
            None => 0,
        }
    }

    /// How many of `changes` it knew.
    fn knew_in_all(&self, changes: &[schedule_change::Model]) -> usize {
        match &self.told {
            Some(Told { through: None, .. }) => 0,
            Some(Told { through: Some(last), .. }) => {
                changes.iter().position(|change| change.id == *last).map_or(0, |place| place + 1)
            }
            None => changes.iter().take_while(|change| change.at <= self.sent_at).count(),
        }
    }
}

/// What somebody knew of the changes to a course before they were told of those that were gathered from a
/// moment on.
#[derive(Debug)]
pub(super) struct Knowledge<'a> {
    changes: &'a [schedule_change::Model],
    /// The letters that told of the agenda before this one did, or so far.
    said: Vec<&'a Said>,
    /// How many changes this one told of, where it has been sent.
    own: Option<usize>,
}

impl<'a> Knowledge<'a> {
    /// Of `person`, before the letter about the changes that were gathered from `since` on.
    pub(super) fn before(
        changes: &'a [schedule_change::Model],
        person: &'a RegistrationFacts,
        since: Instant,
    ) -> Self {
        let since = since.to_string();
        let about_these =
            |said: &&Said| said.letter == Letter::ScheduleChanged && first_time(&said.occurrence) == since;
        let own = person.said.iter().filter(about_these).min_by_key(|said| said.sent_at);
        let said = person.said.iter().filter(|said| own.is_none_or(|own| said.sent_at < own.sent_at));
        Self { changes, said: said.collect(), own: own.map(|own| own.knew_in_all(changes)) }
    }

    /// Whether the letter has been sent.
    pub(super) fn is_told(&self) -> bool {
        self.own.is_some()
    }

    /// The changes that the letter can tell of: all that there are, or were when it was sent.
    pub(super) fn changes(&self) -> impl Iterator<Item = &'a schedule_change::Model> {
        let changes = self.changes;
        let upto = self.own.unwrap_or(changes.len());
        (0..).zip(changes).take(upto).filter(|(place, change)| !self.knew(*place, change)).map(|(_, c)| c)
    }

    /// Whether the person has been told where this session is joined.
    pub(super) fn knows_link(&self, session_id: Uuid) -> bool {
        self.said.iter().any(|said| said.told.as_ref().is_some_and(|told| told.tells_link(session_id)))
    }

    fn knew(&self, place: usize, change: &schedule_change::Model) -> bool {
        self.said.iter().any(|said| place < said.knew(change.session_id, self.changes))
    }
}
