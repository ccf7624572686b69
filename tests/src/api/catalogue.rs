//! What anybody can read about courses: the whole course page, lists, and what stays hidden.

mod cost;
mod credit;
mod facts;
mod folding;
mod freshness;
mod listing;
mod memory;
mod paging;
mod seek;
mod transaction;
mod visibility;

use lectern::catalogue::draft::Draft;
use lectern::course_file::{parse, print};
use serde_json::{Value, json};

use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, said};

/// Everything that a course page shows.
const PAGE: &str =
    "query($slug: String!) { course(slug: $slug) { id slug title kind summary overview status format lengthLabel timeZone startsOn endsOn
    startsAt endsAt evaluationDeadline centre contactEmail registrationSite creditHeadline
    days { date sessions { id title kind startsAt endsAt date startTime endTime tracks { name } faculty { role member { name } } } }
    sessions(first: 100) { totalCount nodes { id slug title joinUrl tracks { id } faculty { member { slug } } } }
    tracks { id slug name } directors { name } faculty { totalCount nodes { name } }
    objectives learningObjectives { id text } domains audiences topics competencies { name competencies }
    series { position of series { title length legacyTitle summary parts { position title runs { month format } } } }
    offeredBy { name } accreditedBy { name }
    registrationWindow { state opensAt earlyDeadline earlyEndsAt deadline closesAt }
    prices { profession { code } label regular { amount } early { amount } current { amount currency formatted } audiences }
    processingFee { amount formatted } seats { capacity available }
    credits { type { code unit } label amount parts { label amount } requirements { kind text } statement }
    statements { kind version text } viewerRegistration { id } } }";

/// The sample under another name, changed by `edit`, as a file.
pub fn variant(slug: &str, edit: impl FnOnce(&mut Draft)) -> String {
    let mut file = parse(SAMPLE).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    file.course.slug = said(slug);
    edit(&mut file);
    print(&file)
}

/// The course page of the sample, as somebody without an account reads it.
async fn page(app: &TestApp) -> Value {
    app.asks(None, PAGE, json!({ "slug": SAMPLE_SLUG })).await["course"].clone()
}

/// The value of `field` of every element of a list.
fn each(list: &Value, field: &str) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    list.iter()
        .map(|row| row[field].as_str().unwrap_or_else(|| panic!("no {field} in {row}")).to_owned())
        .collect()
}
