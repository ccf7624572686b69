//! Mistakes in sessions that an input does not speak of by itself, such as those of a course that moves. They
//! are told at the field that brings them about, and name the session, because the input has no place for it.

use super::Draft;
use super::mistake::{Mistake, Mistakes, Telling, Wrong, says_of_a_thing};
use super::path::{Path, at};

/// Tells such mistakes in the words of an input; those of a course file stand where they are.
pub fn name_sessions(draft: &Draft, telling: &Telling, mistakes: &mut Mistakes) {
    mistakes.change(|mistake| {
        if !telling.is_own(&mistake.path)
            && let Some(words) = words(draft, telling, mistake)
        {
            mistake.path = brought_about_by(draft, telling, mistake);
            mistake.wrong = Wrong::Said(words);
        }
    });
}

/// The mistake with the name of its session; none where it is of no session.
fn words(draft: &Draft, telling: &Telling, Mistake { path, wrong }: &Mistake) -> Option<String> {
    let (day, session) = path.in_agenda()?;
    let day = draft.days.get(day)?;
    let named = day.sessions.get(session.unwrap_or(0))?;
    let others = match (session, day.sessions.len()) {
        (Some(_), _) | (None, 0 | 1) => String::new(),
        (None, 2) => " (and 1 more on that day)".to_owned(),
        (None, count) => format!(" (and {} more on that day)", count - 1),
    };
    let words = telling.behind_its_place(wrong);
    let of_a_day = session.is_none() && says_of_a_thing(&words);
    let colon = if of_a_day { "" } else { ":" };
    Some(format!("The session \"{}\" of {}{others}{colon} {words}.", &*named.title, day.date))
}

/// The place in the words of the input: its one field for all of that, or else the field of the course that the
/// mistake follows from.
fn brought_about_by(draft: &Draft, telling: &Telling, Mistake { path, wrong }: &Mistake) -> Path {
    if !telling.is_of_course() {
        return path.clone();
    }
    if let Wrong::Unknown(_, list) = wrong {
        return at![*list];
    }
    let day = path.in_agenda().and_then(|(day, session)| session.is_none().then(|| draft.days.get(day)));
    match day.flatten() {
        Some(day) if day.date < draft.course.starts_on => at![Course, StartsOn],
        Some(_) => at![Course, EndsOn],
        None => at![Course, TimeZone],
    }
}
