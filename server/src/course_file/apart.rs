//! Things that courses share, changed by themselves: judged, compared and put on record in the same way as in a course file.

use entity::refusal::{Detail, Versioned};
use entity::{Refusal, faculty_member, organization};
use serde_json::json;
use uuid::Uuid;

use super::apply::shared;
use super::difference::{Changes, between};
use super::format::{CourseFile, FacultyMember, Organization, Series, Standing};
use super::judge::detail;
use super::notes::Mistake;
use super::showing::{Shared, showing, touch};
use super::things::{self, Thing};
use super::{parse, print, stored};
use crate::action::audit::{Act, Actor, record};
use crate::app::AppState;
use crate::catalogue::SeriesRow;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// A course that has nothing but what is to be judged. Nobody sees it.
const BEARER: &str = "[course]
slug = \"bearer\"
title = \"Bearer\"
status = \"draft\"
format = \"live_online\"
time_zone = \"UTC\"
starts_on = 2026-01-01
ends_on = 2026-01-01
[registration]
[fees]
currency = \"USD\"
";

/// A shared thing as it is to be, with the row that it is stored in; none: it is new.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// An organization.
    Organization(Option<&'a organization::Model>, &'a Organization),
    /// A person.
    FacultyMember(Option<&'a faculty_member::Model>, &'a FacultyMember),
    /// A series.
    Series(Option<&'a SeriesRow>, &'a Series),
}

/// An organization as it will be stored.
///
/// # Errors
/// Every mistake, with the path of its field.
pub fn organization(row: &Organization) -> Result<Organization, Refusal> {
    let judged = judged(|bearer| {
        bearer.course.offered_by.push(row.slug.clone());
        bearer.organizations.push(row.clone());
    });
    judged?.organizations.pop().ok_or_else(unread)
}

/// A person as they will be stored; what they are to a course does not matter here.
///
/// # Errors
/// Every mistake, with the path of its field.
pub fn faculty_member(row: &FacultyMember) -> Result<FacultyMember, Refusal> {
    let judged = judged(|bearer| bearer.faculty.push(FacultyMember { role: Standing::Faculty, ..row.clone() }));
    judged?.faculty.pop().ok_or_else(unread)
}

/// A series as it will be stored; the place of a course in it does not matter here.
///
/// # Errors
/// Every mistake, with the path of its field.
pub fn series(row: &Series) -> Result<Series, Refusal> {
    let judged = judged(|bearer| bearer.series = Some(Series { position: 1, ..row.clone() }));
    judged?.series.ok_or_else(unread)
}

/// Writes a course file that has the thing, and reads it again: so there is no second list of checks to keep.
fn judged(bear: impl FnOnce(&mut CourseFile)) -> Result<CourseFile, Refusal> {
    let mut bearer = parse(BEARER).map_err(|_| unread())?;
    bear(&mut bearer);
    parse(&print(&bearer)).map_err(|mistakes| Refusal::mistakes(mistakes.iter().filter_map(of_thing).collect()))
}

fn unread() -> Refusal {
    Refusal::mistakes(Vec::new())
}

/// A mistake in the thing itself, with a path from there; what only follows from it elsewhere in the bearer is not told.
fn of_thing(mistake: &Mistake) -> Option<Detail> {
    let Detail { path, message, line } = detail(mistake, false);
    let path = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["organizations" | "faculty", _, field @ ..] | ["series", field @ ..] => field.iter().map(|part| (*part).to_owned()).collect(),
        _ => return None,
    };
    Some(Detail { path, message, line })
}

impl Wanted<'_> {
    fn things(&self) -> (Vec<Thing>, Vec<Thing>) {
        match self {
            Self::Organization(old, new) => {
                let old = old.map(stored::organization);
                (things::shared(old.iter(), [].iter(), None), things::shared(std::iter::once(*new), [].iter(), None))
            }
            Self::FacultyMember(old, new) => {
                let old = old.map(|row| stored::faculty_member(row, Standing::Guest));
                (things::shared([].iter(), old.iter(), None), things::shared([].iter(), std::iter::once(*new), None))
            }
            Self::Series(old, new) => {
                let old = old.map(|row| stored::series(row, 1));
                (things::shared([].iter(), [].iter(), old.as_ref()), things::shared([].iter(), [].iter(), Some(new)))
            }
        }
    }

    /// How the thing differs from what is stored, its slug among the rest.
    fn changes(&self) -> Changes {
        let (mut before, mut after) = self.things();
        let name = after.first().map(|thing| thing.name.clone()).unwrap_or_default();
        for thing in before.iter_mut().chain(&mut after) {
            thing.fields.insert(0, ("slug", json!(thing.name)));
            thing.name.clone_from(&name);
        }
        between(&before, &after)
    }

    fn id(&self) -> Option<Uuid> {
        match self {
            Self::Organization(old, _) => old.map(|row| row.id),
            Self::FacultyMember(old, _) => old.map(|row| row.id),
            Self::Series(old, _) => old.map(|row| row.series.id),
        }
    }

    fn table(&self) -> &'static str {
        match self {
            Self::Organization(_, _) => "organization",
            Self::FacultyMember(_, _) => "faculty_member",
            Self::Series(_, _) => "series",
        }
    }
}

/// Writes a shared thing that has been judged, and puts `act` on record; where nothing differs, nothing is written. Returns its id, and the
/// courses whose pages have changed, none where nothing was written: for [`super::settle`].
///
/// # Errors
/// Refuses who is not signed in.
pub async fn put(app: &AppState, txn: &Transaction, viewer: &Viewer, act: &str, wanted: Wanted<'_>) -> Result<(Uuid, Option<Vec<Uuid>>)> {
    let (actor, changes) = (Actor::Person(viewer.signed_in()?), wanted.changes());
    let id = wanted.id().unwrap_or_else(|| app.nature.id());
    if changes.is_empty() {
        return Ok((id, None));
    }
    let mut changed = Shared::default();
    match wanted {
        Wanted::Organization(old, new) => {
            shared::organization(txn, id, old, new).await?;
            changed.organizations.push(id);
        }
        Wanted::FacultyMember(old, new) => {
            shared::faculty_member(txn, id, old, new).await?;
            changed.faculty.push(id);
        }
        Wanted::Series(old, new) => {
            shared::series(txn, app.nature.as_ref(), id, old.map(|row| &row.series), new).await?;
            changed.series.push(id);
        }
    }
    let courses = if wanted.id().is_some() { showing(txn, &changed).await? } else { Vec::new() };
    touch(txn, app.nature.now(), &courses).await?;
    let (before, after) = changes.record();
    let (before, after) = (wanted.id().map(|_| before), Some(after));
    record(txn, app, actor, Act { name: act, subject_type: wanted.table(), subject_id: id, course_id: None, before, after }).await?;
    Ok((id, Some(courses)))
}

/// A stored thing, and the version of it that somebody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its row.
    pub id: Uuid,
    /// The version.
    pub version: i32,
}

impl Seen {
    /// Refuses who has not seen the thing as it is now.
    ///
    /// # Errors
    /// Another version than the one that is stored.
    pub fn is_current(self, thing: Versioned, stored: i32) -> Result<(), Refusal> {
        if self.version == stored { Ok(()) } else { Err(Refusal::Stale { thing, id: self.id }) }
    }
}

/// A name that another thing of the kind has.
pub fn taken() -> Refusal {
    Refusal::invalid("This slug is taken.", &["slug"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna(slug: &str, name: &str) -> FacultyMember {
        let (slug, name) = (slug.to_owned(), name.to_owned());
        FacultyMember { slug, name, role: Standing::Guest, credentials: None, title: None, affiliation: None, bio: None }
    }

    #[test]
    fn what_is_sound_is_tidied_and_what_is_not_is_told_at_its_field() {
        assert_eq!(faculty_member(&anna("anna", " Anna ")).map(|row| row.name), Ok("Anna".to_owned()));
        let mistakes = faculty_member(&anna("An Na", "")).expect_err("mistakes");
        let paths: Vec<_> = mistakes.details().iter().map(|detail| detail.path.join(".")).collect();
        assert_eq!(paths, ["slug", "name"]);
        let row = Organization { slug: "An Na".to_owned(), name: "Anna".to_owned(), url: None };
        assert_eq!(organization(&row).expect_err("a mistake").path(), ["slug"]);
    }
}
