//! Moving what is still to come into the past: hardly ever meant, and never to be taken back, because letters
//! follow from it. So an edit says it in so many words.

use entity::course::Status;
use entity::{Instant, WallTime};

use super::Draft;
use super::mistake::Mistakes;
use super::path::{Path, at};
use super::stored::instants;
use crate::catalogue::CoursePage;

/// Notes at `path` that a session of a published course which has not begun at `now` would have begun by
/// then, or that of a course that has not begun any session would have; the first one is named. Where none
/// would have, that its first day, which is ahead, would lie behind. `word` is what is said where that is meant.
pub fn not_into_the_past(
    page: &CoursePage,
    draft: &Draft,
    now: Instant,
    (path, word): (&Path, &str),
    mistakes: &mut Mistakes,
) {
    if page.course.status != Status::Published || draft.course.status != Status::Published {
        return;
    }
    let to_come =
        |key: &str| page.sessions.iter().any(|row| row.session.slug == key && row.session.starts_at > now);
    let sessions = draft
        .days
        .iter()
        .flat_map(|day| day.sessions.iter().map(move |session| (session, instants(draft, day, session).0)));
    let has_not_begun = page.course.first_instant() > now;
    let first = sessions
        .filter(|(session, start)| *start <= now && (has_not_begun || to_come(&session.key)))
        .min_by_key(|(_, start)| *start);
    if let Some((session, start)) = first {
        let local = start.in_zone(&draft.course.time_zone);
        let message = format!(
            "\"{}\" would start on {} at {}, which is in the past. Where that is meant, say {word}.",
            session.title,
            local.date(),
            WallTime::from(local.time())
        );
        mistakes.add(path.clone(), message);
    } else if page.course.starts_on > now.date_in(&page.course.time_zone)
        && draft.course.starts_on < now.date_in(&draft.course.time_zone)
    {
        let message = format!(
            "The first day would be {}, which is in the past. Where that is meant, say {word}.",
            draft.course.starts_on
        );
        let by_days = at![Course, MoveByDays];
        mistakes.add(if *path == by_days { by_days } else { at![Course, StartsOn] }, message);
    }
}
