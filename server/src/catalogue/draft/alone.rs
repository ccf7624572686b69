//! Things that courses share, changed by themselves: checked, compared and put on record in the same way as
//! with a course.

use entity::refusal::Versioned;
use entity::{Refusal, faculty_member, organization};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::apply::shared;
use super::diff::{Changes, between};
use super::mistake::Telling;
use super::path::at;
use super::showing::{Showing, showing, touch};
use super::text::Slug;
use super::thing::{self, Thing};
use super::{FacultyMember, Field, Mistakes, Organization, Series, Standing};
use crate::app::AppState;
use crate::catalogue::SeriesRow;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{Act, Actor, record};

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

impl Wanted<'_> {
    fn things(&self) -> (Vec<Thing>, Vec<Thing>) {
        match self {
            Self::Organization(old, new) => {
                let old = old.map(Organization::of);
                (
                    thing::shared(old.iter(), [].iter(), None),
                    thing::shared(std::iter::once(*new), [].iter(), None),
                )
            }
            Self::FacultyMember(old, new) => {
                let old = old.map(|row| FacultyMember::of(row, Standing::Guest));
                (
                    thing::shared([].iter(), old.iter(), None),
                    thing::shared([].iter(), std::iter::once(*new), None),
                )
            }
            Self::Series(old, new) => {
                let old = old.map(|row| Series::of(row, 1));
                (
                    thing::shared([].iter(), [].iter(), old.as_ref()),
                    thing::shared([].iter(), [].iter(), Some(new)),
                )
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

/// Writes a shared thing that has been checked, and puts `act` on record; where nothing differs, nothing is
/// written. Returns its id, and the courses whose pages have changed, none where nothing was written.
///
/// # Errors
/// Refuses who is not signed in.
pub async fn put(
    app: &AppState,
    txn: &Transaction,
    viewer: &Viewer,
    act: &str,
    wanted: Wanted<'_>,
) -> Result<(Uuid, Option<Vec<Uuid>>)> {
    let (actor, changes) = (Actor::Person(viewer.signed_in()?), wanted.changes());
    let id = wanted.id().unwrap_or_else(|| app.nature.id());
    if changes.is_empty() {
        return Ok((id, None));
    }
    let mut changed = Showing::default();
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
    record(
        txn,
        app,
        actor,
        Act { name: act, subject_type: wanted.table(), subject_id: id, course_id: None, before, after },
    )
    .await?;
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

/// Notes each of these fields that a new thing needs and that is not said.
pub fn must_say(fields: &[(Field, bool)], message: &str, mistakes: &mut Mistakes) {
    for (field, _) in fields.iter().filter(|(_, said)| !said) {
        mistakes.add(at![*field], message);
    }
}

/// Refuses a name that another thing of the kind has, in `column`.
///
/// # Errors
/// As it says.
pub async fn must_be_free<E: EntityTrait>(txn: &Transaction, column: E::Column, slug: &Slug) -> Result<()> {
    let others: Option<String> =
        E::find().select_only().column(column).filter(column.eq(&**slug)).into_tuple().one(txn).await?;
    match others {
        None => Ok(()),
        Some(_) => Err(Telling::input().refusal(&at![Slug], "This slug is taken.").into()),
    }
}
