//! Judging a course that has no text: a value that somebody has edited.
//!
//! The value is written as a file and read again. So every check that a file meets is met by an edit too, those of single fields among them,
//! and there is no second list of checks to keep. The lines of that text are nobody's, and are not told.

use entity::refusal::Detail;
use entity::{LocalDate, Refusal};

use super::format::CourseFile;
use super::notes::Mistake;
use super::{parse, print};

/// The years in which a course can take place; others cannot be written in a file.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=9000;

/// The course as it will be compared and stored.
///
/// # Errors
/// Every mistake, with the path of its field as a file has it.
pub fn judge(file: &CourseFile) -> Result<CourseFile, Refusal> {
    let strange = strange_days(file);
    if !strange.is_empty() {
        return Err(Refusal::mistakes(strange));
    }
    parse(&print(file)).map_err(|mistakes| Refusal::mistakes(mistakes.iter().map(|mistake| detail(mistake, false)).collect()))
}

/// A mistake as a refusal tells it, with its line where the asker has the text.
pub fn detail(mistake: &Mistake, with_line: bool) -> Detail {
    let Mistake { line, field, message } = mistake;
    Detail { path: segments(field), message: message.clone(), line: with_line.then(|| u32::try_from(*line).unwrap_or(u32::MAX)) }
}

/// A path of a file as a list: `days[0].sessions[3].end` is `days`, `0`, `sessions`, `3`, `end`.
pub fn segments(path: &str) -> Vec<String> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn strange_days(file: &CourseFile) -> Vec<Detail> {
    let (course, registration) = (&file.course, &file.registration);
    let opens = registration.opens.map(|opens| LocalDate(opens.date()));
    let mut days = vec![
        ("course.starts_on".to_owned(), Some(course.starts_on)),
        ("course.ends_on".to_owned(), Some(course.ends_on)),
        ("course.evaluation_deadline".to_owned(), course.evaluation_deadline),
        ("registration.opens".to_owned(), opens),
        ("registration.early_deadline".to_owned(), registration.early_deadline),
        ("registration.deadline".to_owned(), registration.deadline),
    ];
    for (index, day) in file.days.iter().enumerate() {
        days.push((format!("days[{index}].date"), Some(day.date)));
        let ends = day.sessions.iter().enumerate();
        days.extend(ends.map(|(session, row)| (format!("days[{index}].sessions[{session}].ends_on"), row.ends_on)));
    }
    let strange = |(path, day): (String, Option<LocalDate>)| {
        let day = day.filter(|day| !YEARS.contains(&day.0.year()))?;
        Some(Detail { path: segments(&path), message: format!("{day} is too far away for a course"), line: None })
    };
    days.into_iter().filter_map(strange).collect()
}
