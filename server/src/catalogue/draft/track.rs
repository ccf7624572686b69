//! The tracks of a course: what a draft says of them, and how the whole list is set.

use super::beside::Name;
use super::open::Open;
use super::path::at;
use super::text::{Slug, Title};
use super::{Field, Mistakes};

/// A parallel track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Stable name within the course.
    pub slug: Slug,
    /// Name as people read it.
    pub name: Title,
}

/// A track as it is wanted.
#[derive(Clone, Debug)]
pub struct TrackWanted {
    /// The track, where the course has it already.
    pub known: Option<Name>,
    /// Its slug, where it is said.
    pub slug: Option<Slug>,
    /// Name as people read it.
    pub name: Title,
}

impl TrackWanted {
    /// The track that stands at `index` of the list.
    fn found(self, open: &mut Open<'_>, index: usize) -> Track {
        let Self { known, slug, name } = self;
        let place = at![Tracks, index];
        let wrong = |mistakes: &mut Mistakes, message: &str| mistakes.add(place.at(Field::Slug), message);
        let known = known.map(|known| {
            let found = open.track(&known);
            open.there(found, "track in this course", place.at(Field::Id)).unwrap_or_default()
        });
        let slug = match (known, slug) {
            (None, Some(said)) => said,
            (None, None) => {
                wrong(&mut open.mistakes, "A new track needs a slug.");
                Slug::default()
            }
            (Some(known), said) => {
                if said.is_some_and(|said| !known.is_empty() && said != known) {
                    wrong(&mut open.mistakes, "The slug of a track is its stable name and does not change.");
                }
                known
            }
        };
        Track { slug, name }
    }
}

/// Makes the course have these tracks; one in which sessions are taught stays.
pub fn set(open: &mut Open<'_>, wanted: Vec<TrackWanted>) {
    let mut wanted: Vec<Track> =
        wanted.into_iter().enumerate().map(|(index, track)| track.found(open, index)).collect();
    // Whoever misnamed a track did not mean to remove it.
    let readable = open.mistakes.is_empty();
    let gone: Vec<Track> = open
        .draft
        .tracks
        .iter()
        .filter(|track| wanted.iter().all(|kept| kept.slug != track.slug))
        .cloned()
        .collect();
    for track in gone {
        let taught = open
            .draft
            .days
            .iter()
            .flat_map(|day| &day.sessions)
            .find(|session| session.tracks.contains(&track.slug));
        if let Some(session) = taught.filter(|_| readable) {
            let message = format!(
                "{:?} is taught in the track {:?}, so the track cannot be removed. Take its sessions out of it first.",
                &*session.title, &*track.name
            );
            open.mistakes.add(at![Tracks], message);
        }
        if !open.mistakes.is_empty() {
            wanted.push(track);
        }
    }
    open.draft.tracks = wanted;
}
