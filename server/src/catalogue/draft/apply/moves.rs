//! What people have to be told: where a session of a published course moves, comes or goes, the change is put
//! down as a fact beside it. The mailing plan makes letters of such facts.

use std::collections::BTreeSet;

use entity::course::Status;
use entity::mailing::change::Span;
use entity::schedule_change::{self, TrackIds};
use entity::session;
use sea_orm::DbErr;
use uuid::Uuid;

use super::sessions::Planned;
use super::{Ids, Writing, add};
use crate::catalogue::SessionRow;

/// Puts down every change of time between what is stored and `agenda`. Nobody was told anything of a draft,
/// so nothing is put down for one.
pub async fn record(writing: &Writing<'_>, ids: &Ids, agenda: &[Planned<'_>]) -> Result<(), DbErr> {
    if writing.page.is_none_or(|page| page.course.status != Status::Published) {
        return Ok(());
    }
    let stored = writing.rows(|page| &page.sessions);
    let tracks_of = |row: &SessionRow| row.tracks.iter().map(|track| track.id).collect::<BTreeSet<Uuid>>();
    let mut changes = Vec::new();
    for planned in agenda {
        let old = stored.iter().find(|row| row.session.id == planned.new.id);
        let now: BTreeSet<Uuid> = planned.tracks().filter_map(|slug| ids.tracks.get(slug).copied()).collect();
        let tracks = concerned(old.map(tracks_of), Some(now));
        changes.extend(change(writing, old.map(|row| &row.session), Some(&planned.new), tracks));
    }
    for gone in stored.iter().filter(|row| !agenda.iter().any(|planned| planned.new.id == row.session.id)) {
        changes.extend(change(writing, Some(&gone.session), None, concerned(Some(tracks_of(gone)), None)));
    }
    add::<schedule_change::Entity>(writing.txn, changes).await
}

/// The tracks before and after; none where either was for everyone.
fn concerned(before: Option<BTreeSet<Uuid>>, after: Option<BTreeSet<Uuid>>) -> TrackIds {
    let sides: Vec<BTreeSet<Uuid>> = before.into_iter().chain(after).collect();
    if sides.iter().any(BTreeSet::is_empty) {
        return TrackIds::default();
    }
    TrackIds(sides.into_iter().flatten().collect::<BTreeSet<Uuid>>().into_iter().collect())
}

fn change(
    writing: &Writing<'_>,
    old: Option<&session::Model>,
    new: Option<&session::Model>,
    track_ids: TrackIds,
) -> Option<schedule_change::Model> {
    let taught = |session: Option<&session::Model>| -> Option<Span> {
        session.filter(|session| session.kind.teaches()).map(|session| (session.starts_at, session.ends_at))
    };
    let (before, after) = (taught(old), taught(new));
    let session = new.or(old).filter(|_| before != after)?;
    Some(schedule_change::Model {
        id: writing.nature.id(),
        course_id: writing.course_id,
        session_id: session.id,
        title: session.title.clone(),
        track_ids,
        at: writing.now,
        old_starts_at: before.map(|span| span.0),
        old_ends_at: before.map(|span| span.1),
        new_starts_at: after.map(|span| span.0),
        new_ends_at: after.map(|span| span.1),
    })
}
