//! Setting the reminder rules of a course: the whole list, judged rule by rule, with the word how many people each will reach from now on.

use entity::announcement::Professions;
use entity::mailing::plan::LearnerKind;
use entity::mailing::{CourseFacts, reach, rule};
use entity::refusal::Detail;
use entity::{Instant, Refusal, reminder_rule};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::census::{self, Crowd};
use crate::course_file::format::Rule;
use crate::course_file::{self, Edit, Needs};
use crate::error::{Fault, Result};
use crate::viewer::Viewer;
use entity::mailing::News;

/// The rules that a course is to have.
#[derive(Clone, Debug)]
pub struct SetReminderRules {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// All of its rules, in order.
    pub rules: Vec<Wanted>,
    /// Whether only to say what would be.
    pub check: bool,
}

/// A rule as it is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The rule; its track, if any, by id until the course is known.
    pub rule: Rule,
    /// The track.
    pub track_id: Option<Uuid>,
    /// The offset as it was given, for the judgement: calendar days, time of day, exact minutes.
    pub offset: (Option<i16>, Option<entity::WallTime>, Option<i32>),
}

/// Whom a rule reaches from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The rule's slug.
    pub rule: String,
    /// How many of those who are there now.
    pub people: u64,
    /// When it next speaks to anybody.
    pub next_at: Option<Instant>,
}

/// What was set.
#[derive(Clone, Debug)]
pub struct RulesSet {
    /// The course.
    pub course_id: Uuid,
    /// For each rule that is new, changed or switched on, whom it reaches.
    pub reach: Vec<Reach>,
}

/// Sets the rules of a course that the viewer runs, or says what would be if they were set.
///
/// # Errors
/// As [`course_file::edit`]; and refuses rules that are new, changed or switched on and can never speak, each with the reason.
pub async fn set_reminder_rules(app: &AppState, viewer: &Viewer, input: SetReminderRules) -> Result<RulesSet> {
    let SetReminderRules { course_id, version, rules, check } = input;
    let now = app.nature.now();
    let mut judged: Option<(CourseFacts, Vec<String>)> = None;
    let edit = Edit { course_id, version, act: "setReminderRules", needs: Needs::default() };
    let change = |stored: &course_file::Stored<'_>, file: &mut course_file::CourseFile| {
        let page = stored.page.ok_or_else(|| Refusal::not_found("course"))?;
        let (facts, fresh) = judge(page, &rules, now)?;
        file.reminder_rules = Some(rules.iter().map(|wanted| named(page, wanted)).collect());
        judged = Some((facts, fresh));
        Ok(())
    };
    let ended =
        if check { course_file::try_out(app, viewer, edit, change).await } else { course_file::edit(app, viewer, edit, change).await };
    ended.map_err(told_of_input)?;
    let (facts, fresh) = judged.ok_or_else(|| Fault::Stored(format!("the rules of {course_id} were not judged")))?;
    Ok(RulesSet { course_id, reach: reached(app, &facts, &fresh, now).await? })
}

/// The course with the rules as wanted, and the slugs of those that are new, changed or switched on.
fn judge(page: &CoursePage, rules: &[Wanted], now: Instant) -> Result<(CourseFacts, Vec<String>), Refusal> {
    let mut facts = page.facts(News::default());
    let mut mistakes = Vec::new();
    let mut fresh = Vec::new();
    let mut rows = Vec::new();
    for (index, wanted) in rules.iter().enumerate() {
        let mut wrong = |field: &str, message: String| {
            let path = ["rules".to_owned(), index.to_string(), field.to_owned()];
            mistakes.push(Detail { path: path.into_iter().filter(|part| !part.is_empty()).collect(), message, line: None });
        };
        let old = page.rules.iter().find(|row| row.slug == wanted.rule.slug);
        let row = row(page, wanted, old, index, now);
        if wanted.track_id.is_some_and(|id| page.tracks.iter().all(|track| track.id != id)) {
            wrong("trackId", "This course has no such track.".to_owned());
            continue;
        }
        // A rule that is off, or as it was, need not be able to speak now; but every rule must be one.
        let new = row.enabled && old.is_none_or(|old| differs(old, &row));
        match rule::can_fire(&facts, &row, now) {
            Ok(()) => {}
            Err(why @ (rule::Impossible::HalfOffset | rule::Impossible::NoRuleForIt | rule::Impossible::BeforeTheAct)) => {
                wrong("", why.to_string());
            }
            Err(why) if new => wrong("", why.to_string()),
            Err(_) => {}
        }
        if new {
            fresh.push(row.slug.clone());
        }
        rows.push(row);
    }
    if !mistakes.is_empty() {
        return Err(Refusal::mistakes(mistakes));
    }
    facts.rules = rows;
    Ok((facts, fresh))
}

fn row(page: &CoursePage, wanted: &Wanted, old: Option<&reminder_rule::Model>, index: usize, now: Instant) -> reminder_rule::Model {
    let Wanted { rule, track_id, offset: (offset_days, wall_time, offset_minutes) } = wanted;
    let row = reminder_rule::Model {
        id: old.map_or(Uuid::nil(), |old| old.id),
        course_id: page.course.id,
        slug: rule.slug.clone(),
        position: i16::try_from(index + 1).unwrap_or(i16::MAX),
        letter: rule.letter,
        offset_days: *offset_days,
        wall_time: *wall_time,
        offset_minutes: *offset_minutes,
        enabled: rule.enabled,
        applies_from: now,
        subject: rule.subject.clone(),
        opening: rule.opening.clone(),
        professions: (!rule.professions.is_empty()).then(|| Professions(rule.professions.clone())),
        track_id: *track_id,
    };
    match old {
        Some(old) if !differs(old, &row) => reminder_rule::Model { applies_from: old.applies_from, ..row },
        Some(_) | None => row,
    }
}

/// Whether `new` is switched on since `old`, or speaks of something else, at another time or to others.
fn differs(old: &reminder_rule::Model, new: &reminder_rule::Model) -> bool {
    (new.enabled && !old.enabled)
        || old.letter != new.letter
        || old.offset() != new.offset()
        || old.professions != new.professions
        || old.track_id != new.track_id
}

fn named(page: &CoursePage, wanted: &Wanted) -> Rule {
    let track = wanted.track_id.and_then(|id| page.tracks.iter().find(|track| track.id == id)).map(|track| track.slug.clone());
    Rule { track, ..wanted.rule.clone() }
}

/// Paths of the file, as the input has them: `reminder_rules.3.at` is `rules.3.time`.
fn told_of_input(no: crate::error::Error) -> crate::error::Error {
    let named = |path: Vec<String>| match path.split_first() {
        Some((first, rest)) if first == "reminder_rules" => {
            let known = |part: &String| match part.as_str() {
                "at" => "time".to_owned(),
                "track" => "trackId".to_owned(),
                other => other.to_owned(),
            };
            std::iter::once("rules".to_owned()).chain(rest.iter().map(known)).collect()
        }
        Some(_) | None => path,
    };
    match no {
        crate::error::Error::Refused(refusal) => refusal.told_at(named).into(),
        fault @ crate::error::Error::Fault(_) => fault,
    }
}

/// Whom the rules called `fresh` reach from `now` on; three statements at most.
async fn reached(app: &AppState, facts: &CourseFacts, fresh: &[String], now: Instant) -> Result<Vec<Reach>> {
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let mut crowds = census::registered(&app.db, &[facts.course.id], now).await?;
    crowds.extend(census::interested(&app.db, facts.course.id).await?);
    let mut planned = Vec::new();
    for kind in [LearnerKind::Started, LearnerKind::Confirmed, LearnerKind::Enquirer] {
        let of_kind: Vec<&Crowd> = crowds.iter().filter(|crowd| crowd.is(kind)).collect();
        let counted: Vec<_> = of_kind.iter().map(|crowd| (crowd.somebody.clone(), crowd.people)).collect();
        planned.push((reach::of_letters(facts, kind, &counted, now), counted));
    }
    let reach = |slug: &String| {
        let mut people = 0;
        for (letters, counted) in &planned {
            let owed = letters.iter().filter(|letter| letter.planned.rule == *slug && letter.planned.verdict.is_ok());
            let mut reached: Vec<usize> = owed.flat_map(|letter| letter.crowds.iter().copied()).collect();
            reached.sort_unstable();
            reached.dedup();
            people += reached.iter().filter_map(|place| counted.get(*place)).map(|(_, count)| count).sum::<u64>();
        }
        let moments = facts.rules.iter().filter(|row| row.slug == *slug).flat_map(|row| rule::moments(facts, row));
        let next_at = moments.map(|moment| moment.due_at).filter(|due| *due > now).min();
        Reach { rule: slug.clone(), people, next_at }
    };
    Ok(fresh.iter().map(reach).collect())
}
