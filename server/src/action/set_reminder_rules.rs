//! Setting the reminder rules of a course: the whole list, judged rule by rule, with the word how many people
//! each will reach from now on.

use entity::announcement::Professions;
use entity::mailing::plan::LearnerKind;
use entity::mailing::{CourseFacts, News, reach, rule};
use entity::{Instant, reminder_rule};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Edit, Field, Mistakes, Needs, Open, Rule, at};
use crate::census::{self, Crowd};
use crate::error::Result;
use crate::viewer::Viewer;

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

/// Sets the rules of a course that the viewer runs, or says what would be if they were set; `mistakes` are
/// those of reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses rules that are new, changed or switched on and can never speak, each with
/// the reason.
pub async fn set_reminder_rules(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (SetReminderRules, Mistakes),
) -> Result<RulesSet> {
    let SetReminderRules { course_id, version, rules, check } = input;
    let now = app.nature.now();
    let edit = Edit { course_id, version, act: "setReminderRules", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let judged = open.page().map(|page| {
        let judged = judge(page, &rules, mistakes, now);
        (judged, rules.iter().map(|wanted| named(page, wanted)).collect())
    });
    let (Judged { facts, fresh, mistakes }, rules) = match judged {
        Ok(judged) => judged,
        Err(no) => return Err(open.close(no).await),
    };
    open.mistakes = mistakes;
    open.draft.reminder_rules = Some(rules);
    if check {
        open.check().await?
    } else {
        open.save().await?
    };
    Ok(RulesSet { course_id, reach: reached(app, &facts, &fresh, now).await? })
}

/// What a course would be with the rules as wanted.
struct Judged {
    facts: CourseFacts,
    /// The slugs of rules that are new, changed or switched on.
    fresh: Vec<String>,
    mistakes: Mistakes,
}

/// Judges the rules; one that could not be read is not judged.
fn judge(page: &CoursePage, rules: &[Wanted], mut mistakes: Mistakes, now: Instant) -> Judged {
    let mut facts = page.facts(News::default());
    let mut fresh = Vec::new();
    let mut rows = Vec::new();
    for (index, wanted) in rules.iter().enumerate() {
        let place = at![ReminderRules, index];
        let old = page.rules.iter().find(|row| wanted.rule.slug == row.slug);
        let row = row(page, wanted, old, index, now);
        if wanted.track_id.is_some_and(|id| page.tracks.iter().all(|track| track.id != id)) {
            mistakes.add(place.at(Field::RuleTrack), "This course has no such track.");
        }
        if !mistakes.clean(&place) {
            continue;
        }
        // A rule that is off, or as it was, need not be able to speak now; but every rule must be one.
        let new = row.enabled && old.is_none_or(|old| row.speaks_anew(old));
        match rule::can_fire(&facts, &row, now) {
            Ok(()) => {}
            Err(
                why @ (rule::Impossible::HalfOffset
                | rule::Impossible::NoRuleForIt
                | rule::Impossible::BeforeTheAct),
            ) => {
                mistakes.add(place, why.to_string());
            }
            Err(why) if new => mistakes.add(place, why.to_string()),
            Err(_) => {}
        }
        if new {
            fresh.push(row.slug.clone());
        }
        rows.push(row);
    }
    facts.rules = rows;
    Judged { facts, fresh, mistakes }
}

fn row(
    page: &CoursePage,
    wanted: &Wanted,
    old: Option<&reminder_rule::Model>,
    index: usize,
    now: Instant,
) -> reminder_rule::Model {
    let Wanted { rule, track_id, offset: (offset_days, wall_time, offset_minutes) } = wanted;
    let row = reminder_rule::Model {
        id: old.map_or(Uuid::nil(), |old| old.id),
        course_id: page.course.id,
        slug: rule.slug.to_string(),
        position: i16::try_from(index + 1).unwrap_or(i16::MAX),
        letter: rule.letter,
        offset_days: *offset_days,
        wall_time: *wall_time,
        offset_minutes: *offset_minutes,
        enabled: rule.enabled,
        applies_from: now,
        subject: rule.subject.clone().map(Into::into),
        opening: rule.opening.clone().map(Into::into),
        professions: (!rule.professions.is_empty()).then(|| Professions(rule.professions.clone())),
        track_id: *track_id,
    };
    match old {
        Some(old) if !row.speaks_anew(old) => reminder_rule::Model { applies_from: old.applies_from, ..row },
        Some(_) | None => row,
    }
}

fn named(page: &CoursePage, wanted: &Wanted) -> Rule {
    let track = wanted
        .track_id
        .and_then(|id| page.tracks.iter().find(|track| track.id == id))
        .map(|track| Slug::stored(&*track.slug));
    Rule { track, ..wanted.rule.clone() }
}

/// Whom the rules called `fresh` reach from `now` on; three statements at most.
async fn reached(app: &AppState, facts: &CourseFacts, fresh: &[String], now: Instant) -> Result<Vec<Reach>> {
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let mut crowds = census::registered(&app.db, &[facts.course.id], now).await?;
    crowds.extend(census::interested(&app.db, facts.course.id, now).await?);
    let mut planned = Vec::new();
    for kind in [LearnerKind::Started, LearnerKind::Confirmed, LearnerKind::Enquirer] {
        let of_kind: Vec<&Crowd> = crowds.iter().filter(|crowd| crowd.is(kind)).collect();
        let counted: Vec<_> = of_kind.iter().map(|crowd| (crowd.somebody.clone(), crowd.people)).collect();
        planned.push((reach::of_letters(facts, kind, &counted, now), counted));
    }
    let reach = |slug: &String| {
        let mut people = 0;
        for (letters, counted) in &planned {
            let owed = letters
                .iter()
                .filter(|letter| letter.planned.rule == *slug && letter.planned.verdict.is_ok());
            let mut reached: Vec<usize> = owed.flat_map(|letter| letter.crowds.iter().copied()).collect();
            reached.sort_unstable();
            reached.dedup();
            people +=
                reached.iter().filter_map(|place| counted.get(*place)).map(|(_, count)| count).sum::<u64>();
        }
        let moments =
            facts.rules.iter().filter(|row| row.slug == *slug).flat_map(|row| rule::moments(facts, row));
        let next_at = moments.map(|moment| moment.due_at).filter(|due| *due > now).min();
        Reach { rule: slug.clone(), people, next_at }
    };
    Ok(fresh.iter().map(reach).collect())
}
