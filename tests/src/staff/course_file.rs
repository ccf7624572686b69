//! Course files through the office's hands: imported, edited, checked, exported.

mod edit;
mod record;
mod repeat;

use lectern::catalogue::draft::{self, Draft};
use lectern::course_file::parse;
use lectern::error::Error;
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::support::{SAMPLE, TestApp};

/// Every row of every table that an import can write, the audit trail among them, each as a line that begins
/// with its table's name.
async fn snapshot(app: &TestApp) -> Vec<String> {
    let mut rows = Vec::new();
    macro_rules! tables {
        ($($table:ident),*) => {
            $(for row in entity::$table::Entity::find().all(app.db()).await.expect("rows") {
                rows.push(format!("{} {row:?}", stringify!($table)));
            })*
        };
    }
    tables!(
        organization,
        faculty_member,
        series,
        series_part,
        series_run,
        course,
        objective,
        course_tag,
        audience,
        competency,
        course_organization,
        course_faculty,
        track,
        session,
        session_track,
        session_faculty,
        price,
        credit_offer,
        credit_part,
        credit_requirement,
        statement,
        reminder_rule,
        audit
    );
    rows.sort();
    rows
}

/// The tables in which rows differ, each with how many rows are gone and how many are new; a changed row is
/// both.
fn differing(before: &[String], after: &[String]) -> Vec<(String, usize, usize)> {
    let mut tables: Vec<(String, usize, usize)> = Vec::new();
    let gone = before.iter().filter(|row| !after.contains(row)).map(|row| (row, 1, 0));
    let new = after.iter().filter(|row| !before.contains(row)).map(|row| (row, 0, 1));
    for (row, gone, new) in gone.chain(new) {
        let table = row.split(' ').next().expect("a table");
        match tables.iter_mut().find(|(known, _, _)| known == table) {
            Some((_, before, after)) => {
                *before += gone;
                *after += new;
            }
            None => tables.push((table.to_owned(), gone, new)),
        }
    }
    tables.sort();
    tables
}

fn sample() -> Draft {
    parse(SAMPLE).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// The sample with one place written anew.
fn edited(old: &str, new: &str) -> String {
    assert_eq!(SAMPLE.matches(old).count(), 1, "{old}");
    SAMPLE.replace(old, new)
}

/// What importing a file would say and do, in words.
async fn checks(app: &TestApp, file: &Draft) -> Result<Vec<String>, String> {
    match draft::plan(&app.state, file).await {
        Ok(planned) => Ok(planned.changes.0.iter().map(ToString::to_string).collect()),
        Err(Error::Refused(refusal)) => Err(refusal.to_string()),
        Err(other) => panic!("{other}"),
    }
}

async fn audited(app: &TestApp) -> u64 {
    entity::audit::Entity::find().count(app.db()).await.expect("a count")
}

/// A minute goes by.
fn a_minute_later(app: &TestApp) {
    app.nature.move_to(entity::Nature::now(&*app.nature).plus_minutes(1));
}
