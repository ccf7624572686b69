//! The agenda as it stood at an earlier moment, found by taking back what was changed since. A reminder whose
//! moment lies before the change that gave its session the present time was never due at that moment.

use uuid::Uuid;

use super::change::Span;
use super::{CourseFacts, PlannedLetter, SessionFacts, moment};
use crate::schedule_change;

/// Whether the dates that this letter is counted from came to be what they are after its moment: by the agenda
/// as it stood then, its rule did not speak at that moment to anybody in `track`.
pub(super) fn set_after_its_moment(
    facts: &CourseFacts,
    planned: &PlannedLetter,
    track: Option<Uuid>,
) -> bool {
    let since = facts.changes.partition_point(|change| change.at <= planned.due_at);
    let mut since = facts.changes.iter().skip(since).filter(|change| change.concerns(track)).peekable();
    let rule = facts.rules.iter().find(|rule| rule.slug == planned.rule);
    let Some(rule) = rule.filter(|_| since.peek().is_some()) else { return false };
    let then = CourseFacts {
        course: facts.course.clone(),
        sessions: taken_back(facts, since, track),
        rules: Vec::new(),
        changes: Vec::new(),
        announcements: Vec::new(),
    };
    !moment::of_course(&then, rule, track).iter().any(|moment| moment.due_at == planned.due_at)
}

/// The sessions that teach in `track` as they were before the changes `since`, which are in the order of time.
fn taken_back<'a>(
    facts: &CourseFacts,
    since: impl Iterator<Item = &'a schedule_change::Model>,
    track: Option<Uuid>,
) -> Vec<SessionFacts> {
    let mut earlier: Vec<(&schedule_change::Model, Option<Span>)> = Vec::new();
    for change in since {
        let old = change.old_starts_at.zip(change.old_ends_at);
        match earlier.iter_mut().find(|(first, _)| first.session_id == change.session_id) {
            // One edit may have several parts: into one track, and out of another.
            Some((first, known)) if first.at == change.at => *known = known.or(old),
            Some(_) => {}
            None => earlier.push((change, old)),
        }
    }
    let unchanged = |one: &&SessionFacts| {
        let taught = one.session.kind.teaches() && one.concerns(track);
        taught && !earlier.iter().any(|(change, _)| change.session_id == one.session.id)
    };
    let mut sessions: Vec<SessionFacts> = facts.sessions.iter().filter(unchanged).cloned().collect();
    for (change, old) in &earlier {
        // One that has been taken out has left nothing but its times: what else it was plays no part.
        let is = |one: &&SessionFacts| one.session.id == change.session_id;
        let like = facts.sessions.iter().find(is).or_else(|| facts.sessions.first());
        if let (Some((starts_at, ends_at)), Some(like)) = (*old, like) {
            let mut session = like.session.clone();
            session.day_on = session.day_on.filter(|_| session.starts_at == starts_at);
            (session.id, session.starts_at, session.ends_at) = (change.session_id, starts_at, ends_at);
            session.kind = crate::session::Kind::Talk;
            sessions.push(SessionFacts { session, track_ids: Vec::new() });
        }
    }
    sessions.sort_by_key(|one| one.session.starts_at);
    sessions
}
