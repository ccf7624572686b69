//! One order for what may be written in any: so that a file and what is stored compare as they mean.

use super::format::{CourseFile, Standing};

/// Puts days, sessions, tracks of a session, parts of the series, guests and organizations in the order in which they are stored, and drops
/// days and groups that hold nothing.
pub fn arrange(file: &mut CourseFile) {
    file.days.retain(|day| !day.sessions.is_empty());
    file.days.sort_by_key(|day| day.date);
    let tracks: Vec<String> = file.tracks.iter().map(|track| track.slug.clone()).collect();
    for day in &mut file.days {
        day.sessions.sort_by_key(|session| session.start);
        for session in &mut day.sessions {
            session.tracks.sort_by_key(|slug| tracks.iter().position(|track| track == slug));
        }
    }
    file.competencies.retain(|group| !group.names.is_empty());
    // Sorting is stable: guests go last, everybody else stays where the file puts them.
    file.faculty.sort_by_key(|member| member.role == Standing::Guest);
    let guests = file.faculty.iter().position(|member| member.role == Standing::Guest).unwrap_or(file.faculty.len());
    file.faculty[guests..].sort_by(|one, other| one.slug.cmp(&other.slug));
    let named: Vec<&String> = file.course.offered_by.iter().chain(&file.course.accredited_by).collect();
    file.organizations.sort_by_key(|row| named.iter().position(|slug| **slug == row.slug));
    if let Some(series) = &mut file.series {
        series.parts.sort_by_key(|part| part.position);
    }
}
