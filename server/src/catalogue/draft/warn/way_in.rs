//! How people get to a course: where they come to, and where they join.

use entity::course::Status;
use entity::{Instant, WallTime};

use crate::catalogue::draft::Draft;
use crate::catalogue::draft::path::{Path, at};
use crate::catalogue::draft::stored::instants;

/// How many days before a session a link that is missing is told.
const LINK_DAYS: i64 = 7;

/// That people come to a course which does not say where.
pub fn venue(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let course = &draft.course;
    if course.format.is_in_person() && course.venue.is_none() && course.venue_address.is_none() {
        warn(
            at![Course, Venue],
            "is missing although people come to this course; no e-mail and no calendar can say where"
                .to_owned(),
        );
    }
}

/// That people will soon want to join sessions which have no link. They are told together, at the first of
/// them.
pub fn links(draft: &Draft, now: Instant, warn: &mut impl FnMut(Path, String)) {
    if draft.course.status != Status::Published || !draft.course.format.is_online() {
        return;
    }
    let soon = now.plus_seconds(LINK_DAYS * 86_400);
    let mut missing: Vec<(Instant, Path, &str)> = Vec::new();
    for (day, row) in draft.days.iter().enumerate() {
        for (index, session) in row
            .sessions
            .iter()
            .enumerate()
            .filter(|(_, session)| session.kind.teaches() && session.join_url.is_none())
        {
            let (start, _) = instants(draft, row, session);
            if now < start && start <= soon {
                missing.push((start, at![Days, day, Sessions, index, JoinUrl], &session.title));
            }
        }
    }
    missing.sort_by_key(|(start, ..)| *start);
    let others = missing.len().saturating_sub(1);
    if let Some((start, path, title)) = missing.into_iter().next() {
        let local = start.in_zone(&draft.course.time_zone);
        let (date, time) = (local.date(), WallTime::from(local.time()));
        let more = match others {
            0 => String::new(),
            1 => "; 1 more session in the next seven days has none".to_owned(),
            others => format!("; {others} more sessions in the next seven days have none"),
        };
        warn(path, format!("is missing, and \"{title}\" starts on {date} at {time}{more}"));
    }
}
