//! The life of a course through the API: drafted, changed, announced, called off, put away, taught again.

mod change;
mod copy;
mod create;
mod ending;
mod import;
mod past;
mod paths;
mod publish;
mod scope;
mod values;
mod words;

use lectern::catalogue::draft::Draft;
use lectern::course_file::{parse, print};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, said};

/// What the stories read of the answer of an act on a course.
const COURSE: &str = "course { __typename id slug version status title }";

/// The organization that offers the reference course.
const OFFERS: &str = "beth-israel-deaconess";

/// A second goes by, so that the audit trail has an order.
fn a_second_later(app: &TestApp) {
    app.nature.move_to(entity::Nature::now(&*app.nature).plus_seconds(1));
}

/// A course's id and version, as this person reads them; a second goes by.
async fn seen(app: &TestApp, person: &Person, slug: &str) -> (Value, i64) {
    a_second_later(app);
    let course = read(app, person, slug, "id version").await;
    (course["id"].clone(), course["version"].as_i64().unwrap_or_else(|| panic!("{slug}: {course}")))
}

/// What this person reads of a course.
async fn read(app: &TestApp, person: &Person, slug: &str, selection: &str) -> Value {
    let query = format!("query($slug: String!) {{ course(slug: $slug) {{ {selection} }} }}");
    person.asks(app, &query, json!({ "slug": slug })).await["course"].clone()
}

/// A person acts on the course called `slug` at its version, with more input; returns the answer.
async fn acts(app: &TestApp, person: &Person, act: &str, slug: &str, more: Value) -> Value {
    let (id, version) = seen(app, person, slug).await;
    let mut input = json!({ "courseId": id, "version": version });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person.does(app, act, input, COURSE).await
}

/// The reference course with changes, as a file.
fn sample_with(change: impl FnOnce(&mut Draft)) -> String {
    let mut file = parse(SAMPLE).expect("the sample can be read");
    change(&mut file);
    print(&file)
}

/// The newest row of the audit trail, and how many there are.
async fn last_act(app: &TestApp) -> (entity::audit::Model, usize) {
    let mut rows = entity::audit::Entity::find()
        .order_by_asc(entity::audit::Column::At)
        .order_by_asc(entity::audit::Column::Id)
        .all(app.db())
        .await
        .expect("rows");
    let count = rows.len();
    (rows.pop().expect("an act"), count)
}

/// A course of another organization: like the reference course, with its own slug.
fn others() -> String {
    sample_with(|file| {
        file.course.slug = said("others");
        file.course.offered_by = vec![said("mercy")];
        file.course.accredited_by = vec![said("mercy")];
        file.organizations.clear();
        file.organizations.push(lectern::catalogue::draft::Organization {
            slug: said("mercy"),
            name: said("Mercy Hospital"),
            url: None,
        });
        file.series = None;
    })
}

/// An app with the reference course, another organization's course, and a member of staff of each.
async fn two_organizations(app: &TestApp) -> (Person, Person) {
    app.has_the_course().await;
    app.imports(&others()).await;
    let staff = (
        app.staff_of("ours@example.org", Some(OFFERS)).await,
        app.staff_of("theirs@example.org", Some("mercy")).await,
    );
    a_second_later(app);
    staff
}

/// The slug of the reference course.
const SLUG: &str = SAMPLE_SLUG;
