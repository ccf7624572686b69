//! What the mailing plan would go by if a draft were saved.

use entity::mailing::{CourseFacts, News};

use super::Draft;
use super::stored::instants;
use crate::catalogue::CoursePage;

/// The facts of the course of `page` with the dates of `draft`, without its news; sessions that are not
/// stored yet are not among them.
pub fn moved(page: &CoursePage, draft: &Draft) -> CourseFacts {
    let mut facts = page.facts(News::default());
    draft.course.put(&mut facts.course);
    draft.registration.put(&mut facts.course);
    let spans = || {
        draft
            .days
            .iter()
            .flat_map(|day| day.sessions.iter().map(move |session| (session, instants(draft, day, session))))
    };
    for facts in &mut facts.sessions {
        if let Some((_, (starts_at, ends_at))) =
            spans().find(|(session, _)| session.key == facts.session.slug)
        {
            (facts.session.starts_at, facts.session.ends_at) = (starts_at, ends_at);
        }
    }
    facts.sessions.sort_by_key(|facts| (facts.session.starts_at, facts.session.position));
    facts.course.starts_at = spans().map(|(_, span)| span.0).min();
    facts.course.ends_at = spans().map(|(_, span)| span.1).max();
    facts
}
