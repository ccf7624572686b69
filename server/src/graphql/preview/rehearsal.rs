//! What rehearsals add to a course, for the staff who run it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::input::{RehearsalMove, RehearsalRole};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::error::Error;
use crate::graphql::directive::{cost, list_size};
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::letter::Letter;
use crate::graphql::notice::planned::NotSentReason;
use crate::graphql::refusal::{bad_argument, opaque};
use crate::graphql::scalar::{Date, DateTime, TimeZone};
use crate::preview::Preview;
use crate::preview::rehearsal;
use crate::preview::script::Script;
use crate::viewer::Viewer;

/// The rehearsal of a course.
#[derive(Clone, Debug)]
pub struct RehearsalOfCourse(pub Arc<CoursePage>);

/// The whole life of a course with one made-up person in it, on a moved clock. Nothing of it is stored, and
/// nothing is sent.
#[derive(Clone, Debug, SimpleObject)]
pub struct Rehearsal {
    /// When the life of the course began: it is rehearsed as if it were published then.
    starts_at: DateTime,
    /// The course's zone.
    time_zone: TimeZone,
    /// The name of the track that the person took; null where the course has no tracks, and for an enquirer.
    track: Option<String>,
    /// Every letter, sent or not, in the order of their moments.
    #[graphql(directive = list_size::apply(50))]
    entries: Vec<RehearsedLetter>,
}

/// A letter of a rehearsal.
#[derive(Clone, Debug, SimpleObject)]
pub struct RehearsedLetter {
    /// When it was sent, or was to be.
    at: DateTime,
    /// Which letter it is.
    letter: Letter,
    /// The name of the course's rule that called for it.
    rule: String,
    /// Its subject line; null where it was not written.
    subject: Option<String>,
    /// The address that it is from; null where it was not written.
    sender: Option<String>,
    /// Whether it was sent.
    sent: bool,
    /// Why it was not sent; null where it was.
    reason: Option<NotSentReason>,
    /// The reason as a full sentence; null where it was sent.
    reason_in_words: Option<String>,
}

impl From<rehearsal::Rehearsal> for Rehearsal {
    fn from(rehearsal: rehearsal::Rehearsal) -> Self {
        let rehearsal::Rehearsal { role: _, track, starts_at, zone, entries } = rehearsal;
        Self {
            starts_at: DateTime(starts_at),
            time_zone: TimeZone(zone),
            track,
            entries: entries.into_iter().map(RehearsedLetter::from).collect(),
        }
    }
}

impl From<rehearsal::Entry> for RehearsedLetter {
    fn from(entry: rehearsal::Entry) -> Self {
        let reason_in_words = entry.unsent_in_words().map(str::to_owned);
        let rehearsal::Entry { at, rule, letter, subject, from, unsent, needs_postal_address: _ } = entry;
        Self {
            at: DateTime(at),
            letter: letter.into(),
            rule,
            subject,
            sender: from,
            sent: unsent.is_none(),
            reason: unsent.map(Into::into),
            reason_in_words,
        }
    }
}

#[Object]
impl RehearsalOfCourse {
    /// The course rehearsed from its publication to the last letter, as if it were published at the start of
    /// its life: the earlier of now, of sixty days before its first day, and of thirty days before
    /// registration closes. Null for who does not run the course.
    #[graphql(directive = cost::apply("10000".to_owned()))]
    async fn rehearsal(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Who takes part; somebody who is confirmed where it is not given.")]
        role: Option<RehearsalRole>,
        #[graphql(
            desc = "The day on which the late learner registers and pays, in the course's zone; with the role LATE alone."
        )]
        late_on: Option<Date>,
        #[graphql(desc = "Which course days are moved meanwhile; none where it is not given.")] moves: Option<
            Vec<RehearsalMove>,
        >,
        #[graphql(
            desc = "The course is canceled at noon of this day, in its zone; it takes place where the day is not given."
        )]
        cancelled_on: Option<Date>,
        #[graphql(desc = "The track that the person takes; the course's first where it is not given.")]
        track_id: Option<ID>,
    ) -> Nullable<Rehearsal> {
        nullable(async {
            let (app, viewer) = (ctx.data::<AppState>()?, ctx.data::<Viewer>()?);
            if !viewer.runs_course(&self.0) {
                return Ok(None);
            }
            let track = match track_id {
                None => None,
                Some(id) => {
                    let wanted = global_id::of(Kind::Track, &id);
                    let track = self.0.tracks.iter().find(|track| Some(track.id) == wanted);
                    Some(track.ok_or_else(|| bad_argument("the course has no such track"))?.slug.clone())
                }
            };
            let script = Script {
                role: role.unwrap_or(RehearsalRole::Confirmed).read(late_on).map_err(bad_argument)?,
                moves: moves.unwrap_or_default().into_iter().map(RehearsalMove::read).collect(),
                cancelled_on: cancelled_on.map(|day| day.0),
                track,
            };
            match ctx.data::<Preview>()?.rehearse(app, Arc::clone(&self.0), script).await {
                Ok(rehearsal) => Ok(Some(rehearsal.into())),
                Err(Error::Refused(refusal)) => Err(bad_argument(refusal.to_string())),
                Err(Error::Fault(fault)) => Err(opaque(&fault)),
            }
        })
        .await
    }
}
