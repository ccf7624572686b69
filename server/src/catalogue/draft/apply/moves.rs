//! What people have to be told: where a session of a published course moves, comes or goes, for everyone or
//! for those of a track, and where the link to join it changes, that is put down as a fact beside it. The
//! mailing plan makes letters of such facts.

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

/// A session as it is on one side of the change: when it is taught, in which tracks (none: for everyone), and
/// where it is joined.
struct Side<'a> {
    taught: Option<Span>,
    tracks: BTreeSet<Uuid>,
    link: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn of(session: &'a session::Model, tracks: BTreeSet<Uuid>) -> Self {
        let taught = session.kind.teaches().then_some((session.starts_at, session.ends_at));
        Self { taught, tracks, link: session.join_url.as_deref() }
    }
}

/// What became of a session for those of some tracks; none: for everyone.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    tracks: TrackIds,
    old: Option<Span>,
    new: Option<Span>,
    link_changed: bool,
}

/// Puts down every change of time, of tracks and of links between what is stored and `agenda`. Nobody was
/// told anything of a draft, so nothing is put down for one. Returns what was put down.
pub async fn record(
    writing: &Writing<'_>,
    ids: &Ids,
    agenda: &[Planned<'_>],
) -> Result<Vec<schedule_change::Model>, DbErr> {
    if writing.page.is_none_or(|page| page.course.status != Status::Published) {
        return Ok(Vec::new());
    }
    let stored = writing.rows(|page| &page.sessions);
    let all = ids.tracks.values().copied().collect();
    let before = |row: &'_ SessionRow| row.tracks.iter().map(|track| track.id).collect();
    let mut changes = Vec::new();
    for planned in agenda {
        let old = stored.iter().find(|row| row.session.id == planned.new.id);
        let old = old.map(|row| Side::of(&row.session, before(row)));
        let tracks = planned.tracks().filter_map(|slug| ids.tracks.get(slug).copied()).collect();
        let parts = parts(old, Some(Side::of(&planned.new, tracks)), &all);
        changes.extend(parts.into_iter().map(|part| change(writing, &planned.new, part)));
    }
    for gone in stored.iter().filter(|row| !agenda.iter().any(|planned| planned.new.id == row.session.id)) {
        let parts = parts(Some(Side::of(&gone.session, before(gone))), None, &all);
        changes.extend(parts.into_iter().map(|part| change(writing, &gone.session, part)));
    }
    add::<schedule_change::Entity>(writing.txn, changes.clone()).await?;
    Ok(changes)
}

/// What became of a session, for whom; nothing where that is nothing. Where its tracks change: for those of
/// the tracks that have it no more, that keep it, perhaps as it is, and that have it now; all of these, so
/// that somebody in no track, who takes part in every one, finds the whole. `all` are the tracks of the course
/// as it will be.
fn parts(old: Option<Side<'_>>, new: Option<Side<'_>>, all: &BTreeSet<Uuid>) -> Vec<Part> {
    let taught = |side: &Option<Side<'_>>| side.as_ref().and_then(|side| side.taught);
    let (before, after) = (taught(&old), taught(&new));
    let link_changed = before.is_some()
        && after.is_some()
        && old.as_ref().and_then(|side| side.link) != new.as_ref().and_then(|side| side.link);
    let part = |tracks: BTreeSet<Uuid>, old: Option<Span>, new: Option<Span>| Part {
        tracks: TrackIds(tracks.into_iter().collect()),
        old,
        new,
        link_changed: link_changed && old.is_some() && new.is_some(),
    };
    let everyone = |tracks: &BTreeSet<Uuid>| tracks.is_empty() || tracks == all;
    let tracks_change = |old: &Side<'_>, new: &Side<'_>| {
        old.tracks != new.tracks && !(everyone(&old.tracks) && everyone(&new.tracks)) && !all.is_empty()
    };
    match (old, new) {
        (Some(old), Some(new)) if tracks_change(&old, &new) => {
            let whole = |side: Side<'_>| if side.tracks.is_empty() { all.clone() } else { side.tracks };
            let (old, new) = (whole(old), whole(new));
            let parts =
                [(&old - &new, before, None), (&old & &new, before, after), (&new - &old, None, after)];
            let told = parts
                .into_iter()
                .filter(|(tracks, old, new)| !tracks.is_empty() && (old.is_some() || new.is_some()));
            told.map(|(tracks, old, new)| part(tracks, old, new)).collect()
        }
        (Some(side), Some(_) | None) | (None, Some(side)) if before != after || link_changed => {
            vec![part(side.tracks, before, after)]
        }
        (Some(_) | None, Some(_) | None) => Vec::new(),
    }
}

fn change(writing: &Writing<'_>, session: &session::Model, part: Part) -> schedule_change::Model {
    let Part { tracks, old, new, link_changed } = part;
    schedule_change::Model {
        id: writing.nature.id(),
        course_id: writing.course_id,
        session_id: session.id,
        title: session.title.clone(),
        track_ids: tracks,
        at: writing.now,
        old_starts_at: old.map(|span| span.0),
        old_ends_at: old.map(|span| span.1),
        new_starts_at: new.map(|span| span.0),
        new_ends_at: new.map(|span| span.1),
        link_changed,
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

    fn side(hour: i64, tracks: &[u128]) -> Option<Side<'static>> {
        let tracks = tracks.iter().copied().map(Uuid::from_u128).collect();
        Some(Side { taught: Some(span(hour)), tracks, link: None })
    }

    fn told(old: Option<Side<'_>>, new: Option<Side<'_>>) -> Vec<(Vec<u128>, Option<Span>, Option<Span>)> {
        let ids = |tracks: TrackIds| tracks.0.into_iter().map(|id| id.as_u128()).collect();
        parts(old, new, &all()).into_iter().map(|part| (ids(part.tracks), part.old, part.new)).collect()
    }

    fn all() -> BTreeSet<Uuid> {
        [ADULT, PEDIATRIC].map(Uuid::from_u128).into()
    }

    #[test]
    fn a_changed_link_is_told_of_a_session_that_stays() {
        let with = |link: &'static str, hour: i64, tracks: &[u128]| {
            side(hour, tracks).map(|side| Side { link: Some(link), ..side })
        };
        let changed = |old: Option<Side<'_>>, new: Option<Side<'_>>| -> Vec<bool> {
            parts(old, new, &all()).iter().map(|part| part.link_changed).collect()
        };
        assert_eq!(changed(with("one", 9, &[]), with("two", 9, &[])), [true]);
        assert!(changed(with("one", 9, &[]), with("one", 9, &[])).is_empty());
        assert_eq!(changed(with("one", 9, &[]), with("two", 10, &[])), [true]);
        assert_eq!(changed(with("one", 9, &[]), with("two", 9, &[ADULT])), [false, true], "one track leaves");
        assert_eq!(changed(None, with("two", 9, &[])), [false], "a new session");
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
