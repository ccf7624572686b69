//! What people have to be told: where a session of a published course moves, comes or goes, for everyone or
//! for those of a track, the change is put down as a fact beside it. The mailing plan makes letters of such
//! facts.

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

/// A session as it is on one side of the change: when it is taught, and in which tracks; none: for everyone.
struct Side {
    taught: Option<Span>,
    tracks: BTreeSet<Uuid>,
}

/// Puts down every change of time, and of tracks, between what is stored and `agenda`. Nobody was told
/// anything of a draft, so nothing is put down for one.
pub async fn record(writing: &Writing<'_>, ids: &Ids, agenda: &[Planned<'_>]) -> Result<(), DbErr> {
    if writing.page.is_none_or(|page| page.course.status != Status::Published) {
        return Ok(());
    }
    let stored = writing.rows(|page| &page.sessions);
    let before = |row: &SessionRow| Side {
        taught: taught(&row.session),
        tracks: row.tracks.iter().map(|track| track.id).collect(),
    };
    let mut changes = Vec::new();
    for planned in agenda {
        let old = stored.iter().find(|row| row.session.id == planned.new.id).map(before);
        let tracks = planned.tracks().filter_map(|slug| ids.tracks.get(slug).copied()).collect();
        let new = Side { taught: taught(&planned.new), tracks };
        for (tracks, old, new) in parts(old, Some(new), &ids.tracks.values().copied().collect()) {
            changes.push(change(writing, &planned.new, tracks, old, new));
        }
    }
    for gone in stored.iter().filter(|row| !agenda.iter().any(|planned| planned.new.id == row.session.id)) {
        for (tracks, old, new) in parts(Some(before(gone)), None, &BTreeSet::new()) {
            changes.push(change(writing, &gone.session, tracks, old, new));
        }
    }
    add::<schedule_change::Entity>(writing.txn, changes).await
}

fn taught(session: &session::Model) -> Option<Span> {
    session.kind.teaches().then_some((session.starts_at, session.ends_at))
}

/// What became of a session, for whom; nothing where that is nothing. Where its tracks change: for those of
/// the tracks that have it no more, that keep it, perhaps as it is, and that have it now; all of these, so
/// that somebody in no track, who takes part in every one, finds the whole. `all` are the tracks of the course
/// as it will be.
fn parts(
    old: Option<Side>,
    new: Option<Side>,
    all: &BTreeSet<Uuid>,
) -> Vec<(TrackIds, Option<Span>, Option<Span>)> {
    let (before, after) =
        (old.as_ref().and_then(|side| side.taught), new.as_ref().and_then(|side| side.taught));
    let listed = |tracks: BTreeSet<Uuid>| TrackIds(tracks.into_iter().collect());
    let everyone = |tracks: &BTreeSet<Uuid>| tracks.is_empty() || *tracks == *all;
    let tracks_change = |old: &Side, new: &Side| {
        old.tracks != new.tracks && !(everyone(&old.tracks) && everyone(&new.tracks)) && !all.is_empty()
    };
    match (old, new) {
        (Some(old), Some(new)) if tracks_change(&old, &new) && (before.is_some() || after.is_some()) => {
            let whole = |side: Side| if side.tracks.is_empty() { all.clone() } else { side.tracks };
            let (old, new) = (whole(old), whole(new));
            vec![
                (listed(&old - &new), before, None),
                (listed(&old & &new), before, after),
                (listed(&new - &old), None, after),
            ]
            .into_iter()
            .filter(|(tracks, before, after)| !tracks.0.is_empty() && (before.is_some() || after.is_some()))
            .collect()
        }
        (Some(side), Some(_) | None) | (None, Some(side)) if before != after => {
            vec![(listed(side.tracks), before, after)]
        }
        (Some(_) | None, Some(_) | None) => Vec::new(),
    }
}

fn change(
    writing: &Writing<'_>,
    session: &session::Model,
    track_ids: TrackIds,
    old: Option<Span>,
    new: Option<Span>,
) -> schedule_change::Model {
    schedule_change::Model {
        id: writing.nature.id(),
        course_id: writing.course_id,
        session_id: session.id,
        title: session.title.clone(),
        track_ids,
        at: writing.now,
        old_starts_at: old.map(|span| span.0),
        old_ends_at: old.map(|span| span.1),
        new_starts_at: new.map(|span| span.0),
        new_ends_at: new.map(|span| span.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADULT: u128 = 1;
    const PEDIATRIC: u128 = 2;

    fn span(hour: i64) -> Span {
        let midnight = entity::Instant::from_micros(0);
        (midnight.plus_minutes(60 * hour), midnight.plus_minutes(60 * hour + 45))
    }

    fn side(hour: i64, tracks: &[u128]) -> Option<Side> {
        Some(Side { taught: Some(span(hour)), tracks: tracks.iter().copied().map(Uuid::from_u128).collect() })
    }

    fn told(old: Option<Side>, new: Option<Side>) -> Vec<(Vec<u128>, Option<Span>, Option<Span>)> {
        let all = [ADULT, PEDIATRIC].map(Uuid::from_u128).into();
        let ids = |tracks: TrackIds| tracks.0.into_iter().map(|id| id.as_u128()).collect();
        parts(old, new, &all).into_iter().map(|(tracks, old, new)| (ids(tracks), old, new)).collect()
    }

    #[test]
    fn a_change_of_tracks_is_told_to_those_who_lose_and_gain_the_session() {
        let (nine, ten) = (Some(span(9)), Some(span(10)));
        assert_eq!(
            told(side(9, &[]), side(9, &[PEDIATRIC])),
            [(vec![ADULT], nine, None), (vec![PEDIATRIC], nine, nine)]
        );
        assert_eq!(
            told(side(9, &[ADULT]), side(9, &[])),
            [(vec![ADULT], nine, nine), (vec![PEDIATRIC], None, nine)]
        );
        assert_eq!(
            told(side(9, &[ADULT]), side(10, &[PEDIATRIC])),
            [(vec![ADULT], nine, None), (vec![PEDIATRIC], None, ten)]
        );
        assert_eq!(
            told(side(9, &[]), side(10, &[ADULT])),
            [(vec![PEDIATRIC], nine, None), (vec![ADULT], nine, ten)]
        );
        assert_eq!(told(side(9, &[]), side(9, &[ADULT, PEDIATRIC])), [], "everyone, in other words");
        assert_eq!(told(side(9, &[]), side(10, &[])), [(vec![], nine, ten)]);
        assert_eq!(told(side(9, &[ADULT]), side(9, &[ADULT])), []);
        assert_eq!(told(None, side(9, &[ADULT])), [(vec![ADULT], None, nine)]);
        assert_eq!(told(side(9, &[ADULT]), None), [(vec![ADULT], nine, None)]);
    }
}
