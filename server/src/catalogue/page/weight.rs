//! How much memory a page takes, estimated once, when it is read.
//!
//! The estimate asks each row for its columns instead of naming them, so no field that is ever added to a row
//! is left out. Rows that pages share count for each of them.

use sea_orm::{EntityTrait, Iterable, ModelTrait, Value};

use super::row::{CoursePage, CreditRow, FacultyRow, SeriesRow, SessionRow};

/// What an allocation costs beyond what it holds, in bytes.
const ALLOCATION: usize = 16;

/// How much memory something takes, in bytes.
trait Weigh {
    fn bytes(&self) -> usize;
}

impl<M: ModelTrait> Weigh for M {
    fn bytes(&self) -> usize {
        let columns = <<M::Entity as EntityTrait>::Column as Iterable>::iter();
        size_of::<M>() + columns.map(|column| beside(&self.get(column))).sum::<usize>()
    }
}

/// What a value takes beside the row that holds it.
fn beside(value: &Value) -> usize {
    match value {
        Value::String(Some(text)) => ALLOCATION + text.len(),
        Value::Bytes(Some(bytes)) => ALLOCATION + bytes.len(),
        // A tree of small allocations takes some times as much as its text.
        Value::Json(Some(json)) => 4 * json.to_string().len(),
        _ => 0,
    }
}

/// What a list of rows takes.
fn all<'a, M: Weigh + 'a>(rows: impl IntoIterator<Item = &'a M>) -> usize {
    rows.into_iter().map(Weigh::bytes).sum()
}

/// What a page takes, in bytes.
pub(super) fn of_page(page: &CoursePage) -> usize {
    let CoursePage {
        course,
        objectives,
        tags,
        audiences,
        competencies,
        offered_by,
        accredited_by,
        faculty,
        tracks,
        rooms,
        sessions,
        prices,
        credits,
        statements,
        rules,
        series,
    } = page;
    let lists = all(objectives)
        + all(tags)
        + all(audiences)
        + all(competencies)
        + all(prices)
        + all(statements)
        + all(rules)
        + all(rooms);
    let shared = all(offered_by.iter().chain(accredited_by).map(AsRef::as_ref))
        + all(tracks.iter().map(AsRef::as_ref));
    let people = size_of_val(faculty.as_slice())
        + all(faculty.iter().map(|FacultyRow { role: _, member }| member.as_ref()));
    // The speakers of a session are, nearly always, among the faculty above.
    let session = |SessionRow { session, tracks, faculty }: &SessionRow| {
        session.bytes()
            + 2 * (size_of::<Vec<()>>() + ALLOCATION)
            + size_of_val(tracks.as_slice())
            + size_of_val(faculty.as_slice())
    };
    let credit =
        |CreditRow { offer, parts, requirements }: &CreditRow| offer.bytes() + all(parts) + all(requirements);
    let parts = |SeriesRow { series, parts }: &SeriesRow| {
        series.bytes() + parts.iter().map(|(part, runs)| part.bytes() + all(runs)).sum::<usize>()
    };
    course.bytes()
        + lists
        + shared
        + people
        + sessions.iter().map(session).sum::<usize>()
        + credits.iter().map(credit).sum::<usize>()
        + series.as_deref().map_or(0, parts)
}
