//! A rehearsal: the whole life of a course on a moved clock, and every letter in it.

use std::sync::Arc;

use entity::civil::words::zone_name;
use entity::mailing::{Letter, NotSentReason};
use entity::{Instant, Zone};
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use super::script::{Role, Script};
use super::{Preview, life};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::{Fault, Result};

/// Said of a letter that cannot be written for want of a setting, which is no mistake of ours.
const NEEDS_POSTAL_ADDRESS: &str = "An e-mail to somebody who has not registered needs the office's postal address, and none is set: see POSTAL_ADDRESS.";

/// What a rehearsal showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// Who took part.
    pub role: Role,
    /// Name of the track that the person took; none where the course has none, and for who only asks.
    pub track: Option<String>,
    /// When the life of the course began: it is published then.
    pub starts_at: Instant,
    /// The course's zone.
    pub zone: Zone,
    /// Every letter, sent or not, in the order of their moments.
    pub entries: Vec<Entry>,
}

/// A letter of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was sent, or was to be.
    pub at: Instant,
    /// Slug of the rule that called for it.
    pub rule: String,
    /// Which letter.
    pub letter: Letter,
    /// Its subject line; none where it was not written.
    pub subject: Option<String>,
    /// The address that it is from; none where it was not written.
    pub from: Option<String>,
    /// Why it was not sent; none where it was.
    pub unsent: Option<NotSentReason>,
    /// Whether it was not sent because it needs a postal address, and none is set.
    pub needs_postal_address: bool,
}

impl Entry {
    /// Why it was not sent, for people; none where it was.
    pub fn unsent_in_words(&self) -> Option<&'static str> {
        self.unsent
            .map(|reason| if self.needs_postal_address { NEEDS_POSTAL_ADDRESS } else { reason.in_words() })
    }
}

impl Rehearsal {
    /// `at` on the course's clock, with the name of its zone: `2026-05-06 09:00 Eastern Time`.
    pub fn local(&self, at: Instant) -> String {
        format!("{} {}", at.in_zone(&self.zone).strftime("%Y-%m-%d %H:%M"), zone_name(&self.zone, at))
    }
}

impl Preview {
    /// Rehearses the course of `page` as if it were published at the start of its life: the earlier of now,
    /// of sixty days before its first day, and of thirty days before registration closes. Nothing of it is
    /// kept, in the database of `app` or anywhere else.
    ///
    /// Runs in a task of its own; a few run at a time in one process, the others wait.
    ///
    /// # Errors
    /// Refused where the script asks for what the course has not, and where an act in it is refused, such as
    /// registering after the deadline.
    pub async fn rehearse(&self, app: &AppState, page: Arc<CoursePage>, script: Script) -> Result<Rehearsal> {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|error| Fault::Stored(error.to_string()))?;
        let (preview, nature) = (self.clone(), Arc::clone(&app.nature));
        let play = async move {
            let rehearsal = life::of(&preview, nature, &page, &script).await;
            drop(place);
            rehearsal
        };
        // The log is about real letters; what goes wrong in a rehearsal is told by its outcome.
        tokio::spawn(play.with_subscriber(Dispatch::none())).await.map_err(Fault::from)?
    }
}
