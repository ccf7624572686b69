//! One order for what may be written in any: so that what is wanted and what is stored compare as they mean.

use super::text::Slug;
use super::{Draft, Session, Standing};

/// Puts days, sessions, tracks of a session, parts of the series, guests and organizations in the order in
/// which they are stored, and drops days and groups that hold nothing.
pub fn arrange(draft: &mut Draft) {
    draft.days.retain(|day| !day.sessions.is_empty());
    draft.days.sort_by_key(|day| day.date);
    let tracks: Vec<Slug> = draft.tracks.iter().map(|track| track.slug.clone()).collect();
    for day in &mut draft.days {
        day.sessions.sort_by_key(Session::order);
        for session in &mut day.sessions {
            session.tracks.sort_by_key(|slug| tracks.iter().position(|track| track == slug));
        }
    }
    draft.competencies.retain(|group| !group.names.is_empty());
    // Sorting is stable: guests go last, everybody else stays where they are.
    draft.faculty.sort_by_key(|member| member.role == Standing::Guest);
    let guests =
        draft.faculty.iter().position(|member| member.role == Standing::Guest).unwrap_or(draft.faculty.len());
    draft.faculty[guests..].sort_by(|one, other| one.slug.cmp(&other.slug));
    let named: Vec<&Slug> = draft.course.offered_by.iter().chain(&draft.course.accredited_by).collect();
    draft.organizations.sort_by_key(|row| named.iter().position(|slug| **slug == row.slug));
    if let Some(series) = &mut draft.series {
        series.parts.sort_by_key(|part| part.position);
    }
}
