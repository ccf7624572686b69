//! Sessions at the same time: where the same people would have to sit in both, where somebody would have to
//! speak in both, and where one room would have to hold both.
//!
//! A real agenda is full of sessions at the same time, and most of them are meant. What is held in another
//! room, in another track or about another theme is there to be chosen from; a break or a meal may go on
//! beside anything. And one session is told once, however many others it is in the way of: a block of twenty
//! that is put an hour too early is one mistake, not two hundred.

use entity::Instant;

use crate::catalogue::draft::path::{Path, at};
use crate::catalogue::draft::stored::instants;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Draft, Session};

/// How many of a sort are told one by one: who has more has them all.
const MOST: usize = 50;

/// A session and when it is.
struct Sitting<'a> {
    path: Path,
    row: &'a Session,
    start: Instant,
    end: Instant,
}

/// Everything of the sort.
pub fn sessions(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let mut sittings = Vec::new();
    for (day, row) in draft.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate().filter(|(_, session)| session.kind.teaches())
        {
            let (start, end) = instants(draft, row, session);
            sittings.push(Sitting { path: at![Days, day, Sessions, index], row: session, start, end });
        }
    }
    sittings.sort_by_key(|sitting| sitting.start);
    let (mut sat, mut spoken) = (0, 0);
    for (place, later) in sittings.iter().enumerate() {
        if sat > MOST && spoken > MOST {
            return;
        }
        let meanwhile: Vec<&Sitting<'_>> =
            sittings.iter().take(place).filter(|one| one.end > later.start).collect();
        if sat <= MOST
            && let Some((path, message)) = in_the_way(later, &meanwhile)
        {
            sat += 1;
            let more = "is not the last session that begins before another one is over; there are more";
            if sat > MOST { warn(path, more.to_owned()) } else { warn(path, message) }
        }
        for (index, speaker) in later.row.faculty.iter().enumerate() {
            let elsewhere = meanwhile
                .iter()
                .find(|one| one.row.faculty.iter().any(|other| other.member == speaker.member));
            if let Some(one) = elsewhere.filter(|_| spoken <= MOST) {
                spoken += 1;
                let path = later.path.then(&at![Faculty, index, Member]);
                let name = draft
                    .faculty
                    .iter()
                    .find(|row| row.slug == speaker.member)
                    .map_or(&*speaker.member, |row| &*row.name);
                let message = format!(
                    "{name} also speaks in \"{}\" at the same time ({} to {})",
                    one.row.title, one.row.start, one.row.end
                );
                let more = "is not the last who speaks in two sessions at the same time; there are more";
                if spoken > MOST { warn(path, more.to_owned()) } else { warn(path, message) }
            }
        }
    }
}

/// What of the sessions that are going on when `later` begins is in its way, told at the first of them; none
/// where nothing is.
fn in_the_way(later: &Sitting<'_>, meanwhile: &[&Sitting<'_>]) -> Option<(Path, String)> {
    if let Some(one) = meanwhile.iter().find(|one| one.row.room.is_some() && one.row.room == later.row.room) {
        let (title, start, end) = (&one.row.title, one.row.start, one.row.end);
        let message = format!("is still in use for \"{title}\" ({start} to {end}) when this session begins");
        return Some((later.path.then(&at![Room]), message));
    }
    let mut both = meanwhile.iter().filter(|one| for_the_same(one.row, later.row));
    let one = both.next()?;
    let (title, start, end) = (&one.row.title, one.row.start, one.row.end);
    let shared = later.row.tracks.iter().find(|slug| one.row.tracks.contains(slug));
    let who =
        shared.map_or_else(|| "the same people".to_owned(), |slug| format!("everyone in the track {slug}"));
    let more = match both.count() {
        0 => String::new(),
        1 => "; it also overlaps 1 other session".to_owned(),
        others => format!("; it also overlaps {others} other sessions"),
    };
    Some((
        later.path.then(&at![Start]),
        format!("is before \"{title}\" ({start} to {end}) is over, so {who} would have to be in both{more}"),
    ))
}

/// Whether the same people would have to sit in both: nothing says that they are to choose.
fn for_the_same(one: &Session, other: &Session) -> bool {
    let rooms = |session: &Session| session.room.iter().cloned().collect::<Vec<Slug>>();
    !apart(&one.tracks, &other.tracks)
        && !apart(&one.themes, &other.themes)
        && !apart(&rooms(one), &rooms(other))
}

/// Whether both say something, and nothing that both say.
fn apart<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    !one.is_empty() && !other.is_empty() && !one.iter().any(|word| other.contains(word))
}
