//! Things that a draft names by their slugs: they must be there, and nothing must be there that is not named.

use std::collections::HashSet;

use super::once;
use crate::catalogue::draft::field::Field;
use crate::catalogue::draft::mistake::{Mistakes, Wrong};
use crate::catalogue::draft::path::{Path, at};
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Draft, Session, Standing};

fn to(slug: &Slug, mut known: impl Iterator<Item = Slug>, list: Field, path: Path, mistakes: &mut Mistakes) {
    if !known.any(|row| row == *slug) {
        mistakes.add(path, Wrong::Unknown(slug.to_string(), list));
    }
}

/// A track of the course.
pub fn to_track(draft: &Draft, slug: &Slug, path: Path, mistakes: &mut Mistakes) {
    to(slug, draft.tracks.iter().map(|row| row.slug.clone()), Field::Tracks, path, mistakes);
}

/// The tracks, the room and the people of a session, which stands at `place`.
pub fn of_session(draft: &Draft, session: &Session, place: &Path, mistakes: &mut Mistakes) {
    for (index, track) in session.tracks.iter().enumerate() {
        to_track(draft, track, place.then(&at![SessionTracks, index]), mistakes);
    }
    once(&session.tracks, |index| place.then(&at![SessionTracks, index]), mistakes);
    if let Some(room) = &session.room {
        to(
            room,
            draft.rooms.iter().map(|row| row.slug.clone()),
            Field::Rooms,
            place.at(Field::Room),
            mistakes,
        );
    }
    once(&session.themes, |index| place.then(&at![Themes, index]), mistakes);
    let member = |index: usize| place.then(&at![Faculty, index, Member]);
    for (index, speaker) in session.faculty.iter().enumerate() {
        to(
            &speaker.member,
            draft.faculty.iter().map(|row| row.slug.clone()),
            Field::Faculty,
            member(index),
            mistakes,
        );
    }
    once(session.faculty.iter().map(|speaker| &speaker.member), member, mistakes);
}

/// Whoever offers or accredits the course is there, and nobody else.
pub fn organizations(draft: &Draft, mistakes: &mut Mistakes) {
    let known = || draft.organizations.iter().map(|row| row.slug.clone());
    for (index, slug) in draft.course.offered_by.iter().enumerate() {
        to(slug, known(), Field::Organizations, at![Course, OfferedBy, index], mistakes);
    }
    for (index, slug) in draft.course.accredited_by.iter().enumerate() {
        to(slug, known(), Field::Organizations, at![Course, AccreditedBy, index], mistakes);
    }
    let named: HashSet<&Slug> = draft.course.offered_by.iter().chain(&draft.course.accredited_by).collect();
    let readable = mistakes.sound(&at![Course, OfferedBy]) && mistakes.sound(&at![Course, AccreditedBy]);
    for (index, organization) in draft.organizations.iter().enumerate() {
        if readable && !named.contains(&organization.slug) {
            mistakes.add(at![Organizations, index, Slug], Wrong::Unnamed);
        }
    }
}

/// A guest is there only for a session.
pub fn guests(draft: &Draft, mistakes: &mut Mistakes) {
    for (index, member) in draft.faculty.iter().enumerate() {
        if member.role == Standing::Guest
            && !draft.speaks(&member.slug)
            && mistakes.sound(&at![Faculty, index, Slug])
        {
            mistakes.add(at![Faculty, index, Role], "is that of a guest, who must speak in some session");
        }
    }
}
