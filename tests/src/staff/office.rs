//! What the stories of the office share: what staff read of a course, and what is on record.

use entity::nature::Nature;
use entity::{Instant, audit};
use lectern::catalogue::draft::Draft;
use lectern::course_file::{parse, print};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::payload::is_refused;
use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, said};

const COURSE: &str = "query($slug: String!) { course(slug: $slug) { id version startsAt endsAt warnings { path message } tracks { id slug name }
    directors { slug } faculty(first: 100) { nodes { id slug name version } } offeredBy { id slug name url version } accreditedBy { id slug name version }
    series { position series { id slug version title length } } sessions(first: 100) { nodes { id slug title startsAt endsAt date startTime endTime joinUrl
    tracks { slug } faculty { role member { id slug } } } } } }";

/// A course as this person reads it.
pub async fn course(app: &TestApp, person: &Person, slug: &str) -> Value {
    let data = person.asks(app, COURSE, json!({ "slug": slug })).await;
    assert!(data["course"].is_object(), "{slug}: {data}");
    data["course"].clone()
}

/// The reference course as this person reads it.
pub async fn the_course(app: &TestApp, person: &Person) -> Value {
    course(app, person, SAMPLE_SLUG).await
}

/// The row of a list whose slug this is.
pub fn row<'a>(list: &'a Value, slug: &str) -> &'a Value {
    let found = list.as_array().and_then(|rows| rows.iter().find(|row| row["slug"] == slug));
    found.unwrap_or_else(|| panic!("no {slug} in {list}"))
}

/// A session of a course by its key.
pub fn session<'a>(course: &'a Value, key: &str) -> &'a Value {
    row(&course["sessions"]["nodes"], key)
}

/// The slugs of a list.
pub fn slugs(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap_or_else(|| panic!("not a list: {list}"))
        .iter()
        .filter_map(|row| row["slug"].as_str())
        .collect()
}

/// The sample under another name, changed by `edit`, as a file.
pub fn variant(slug: &str, edit: impl FnOnce(&mut Draft)) -> String {
    let mut file = parse(SAMPLE).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    file.course.slug = said(slug);
    edit(&mut file);
    print(&file)
}

/// Does something that must succeed; returns the thing with what `selection` reads of it. A second goes by,
/// so that the record has an order.
pub async fn does(app: &TestApp, person: &Person, name: &str, input: Value, selection: &str) -> Value {
    let done = person.does(app, name, input, selection).await;
    assert!(!is_refused(&done), "{name}: {done}");
    app.nature.move_to(Instant::from_micros(app.nature.now().as_micros() + 1_000_000));
    done
}

/// Tries something that must be refused; returns the refusal.
pub async fn refused(app: &TestApp, person: &Person, name: &str, input: Value) -> Value {
    let before = record(app).await.len();
    let done = person.does(app, name, input.clone(), "").await;
    assert!(is_refused(&done), "{name} {input}: {done}");
    assert_eq!(record(app).await.len(), before, "a refusal leaves nothing on record");
    done
}

/// The record, oldest first.
pub async fn record(app: &TestApp) -> Vec<audit::Model> {
    let rows = audit::Entity::find()
        .order_by_asc(audit::Column::At)
        .order_by_asc(audit::Column::Id)
        .all(app.db())
        .await;
    rows.expect("rows")
}

/// The rows of the record for one act.
pub async fn recorded(app: &TestApp, act: &str) -> Vec<audit::Model> {
    record(app).await.into_iter().filter(|row| row.act == act).collect()
}
