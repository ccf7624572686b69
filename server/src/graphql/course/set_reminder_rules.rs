//! Setting the reminder rules of a course.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use entity::mailing::Offset;
use entity::profession::Profession;
use entity::{Refusal as Refused, WallTime};

use super::object::Course;
use crate::action::set_reminder_rules::{Reach, RulesSet, SetReminderRules, Wanted, set_reminder_rules};
use crate::app::AppState;
use crate::catalogue::draft::{Field, Mistakes, Rule, at, number};
use crate::error;
use crate::graphql::directive::{cost, list_size, of_act};
use crate::graphql::global_id::{Kind, must, of};
use crate::graphql::input::Reader;
use crate::graphql::letter::Letter;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{DateTime, LocalTime, Markdown};
use crate::graphql::vocabulary;
use crate::viewer::Viewer;

/// A reminder rule as it is wanted. It says either `days`, and with them `time`, or `minutes`.
#[derive(Clone, Debug, InputObject)]
pub struct ReminderRuleInput {
    /// Stable name within the course, small letters, digits, - and _; what is called as a rule of the course
    /// is that rule.
    slug: String,
    /// Which letter is sent; it says from what the moment is counted, and to whom the letter goes.
    letter: Letter,
    /// Calendar days from the local day of the moment, negative: before, -365 to 365.
    days: Option<i32>,
    /// Time on the clock in the course's zone, where days are counted; left out: `09:00`.
    time: Option<LocalTime>,
    /// Exact minutes from the moment, negative: before, -525600 to 525600.
    minutes: Option<i32>,
    /// Whether the rule is switched on.
    #[graphql(default = true)]
    enabled: bool,
    /// A subject line of the office's own. Plain text, up to 300 characters.
    subject: Option<String>,
    /// An opening paragraph of the office's own, up to 20,000 characters.
    opening: Option<Markdown>,
    /// To these professions alone: codes, such as `nurse`; empty: to all that the letter goes to.
    #[graphql(default)]
    profession_codes: Vec<String>,
    /// To people in this track of the course, and those who have chosen none; null: to all.
    track_id: Option<ID>,
}

/// The reminder rules that a course is to have: the whole list.
#[derive(Clone, Debug, InputObject)]
pub struct SetReminderRulesInput {
    /// The course.
    course_id: ID,
    /// The version of the course that the viewer saw.
    version: i32,
    /// All of its rules, in order; a rule that is not among them is removed.
    rules: Vec<ReminderRuleInput>,
    /// Whether only to say what would be, and change nothing.
    #[graphql(default)]
    check: bool,
}

/// Whom a rule reaches from now on.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReminderReach {
    /// The name of the rule.
    rule: String,
    /// How many of the people who are there now get a letter by it from now on. A letter that follows an act
    /// of somebody's reaches those who act from now on, of whom nobody is there yet.
    people: i32,
    /// When it next speaks to anybody; null for letters that follow an act.
    next_at: Option<DateTime>,
}

payload! {
    /// What came of setting reminder rules.
    SetReminderRulesPayload {
        /// The course with its rules; as it was, where the input only asked to check. Null where refused.
        course: Course,
        /// For each rule that is new, changed or switched on: whom it reaches. Null where refused.
        #[graphql(directive = list_size::apply(20))]
        reach: Vec<ReminderReach>,
    }
}

impl SetReminderRulesInput {
    fn read(self) -> std::result::Result<(SetReminderRules, Mistakes), Refused> {
        let Self { course_id, version, rules, check } = self;
        let course_id = must(Kind::Course, &course_id)?;
        let mut mistakes = Mistakes::default();
        let mut read = Reader::at(at![], &mut mistakes);
        let rules = read
            .list(Field::ReminderRules, MaybeUndefined::Value(rules), ReminderRuleInput::read)
            .unwrap_or_default();
        Ok((SetReminderRules { course_id, version, rules, check }, mistakes))
    }
}

impl ReminderRuleInput {
    fn read(mut read: Reader<'_>, said: Self) -> Wanted {
        let Self { slug, letter, days, time, minutes, enabled, subject, opening, profession_codes, track_id } =
            said;
        let days: Option<i16> =
            days.and_then(|days| read.value(Field::RuleDays, number::whole(&number::RULE_DAYS, days.into())));
        let minutes: Option<i32> = minutes.and_then(|minutes| {
            read.value(Field::Minutes, number::whole(&number::RULE_MINUTES, minutes.into()))
        });
        // Nine in the morning, as in a course file.
        let morning = || days.filter(|_| minutes.is_none()).map(|_| WallTime::NINE);
        let time = time.map(|time| time.0).or_else(morning);
        // A half offset is refused by the judgement, together with all other mistakes; until then any value
        // stands in its place.
        let offset = match (days, time) {
            (Some(days), Some(at)) => Offset::Days { days, at },
            (Some(_) | None, Some(_) | None) => Offset::Exact { minutes: minutes.unwrap_or(0) },
        };
        let track = |id: ID| of(Kind::Track, &id).ok_or_else(|| "This course has no such track.".to_owned());
        let track_id = track_id.and_then(|id| read.value(Field::RuleTrack, track(id)));
        let codes = MaybeUndefined::Value(profession_codes);
        let known = read.list(Field::Professions, codes, |read, code: String| {
            read.here(vocabulary::word::<Profession>(&code))
        });
        let mut professions: Vec<Profession> = Vec::new();
        for profession in known.into_iter().flatten().flatten() {
            if !professions.contains(&profession) {
                professions.push(profession);
            }
        }
        let blank = |text: &String| !text.trim().is_empty();
        let rule = Rule {
            slug: read.text(Field::Slug, &slug),
            letter: letter.into(),
            offset,
            enabled,
            subject: read.some_text(Field::Subject, subject.filter(blank)),
            opening: read.some_text(Field::Opening, opening.map(|opening| opening.0).filter(blank)),
            professions,
            track: None,
        };
        Wanted { rule, track_id, offset: (days, time, minutes) }
    }
}

/// Setting the reminder rules of a course.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetReminderRulesMutation;

#[Object]
impl SetReminderRulesMutation {
    /// Sets all reminder rules of a course that the viewer runs. A rule that is new, changed or switched on
    /// looks forward only, is refused where it can never speak, and is answered with the number of people
    /// that it will reach.
    #[graphql(directive = cost::apply(of_act()))]
    async fn set_reminder_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course and its rules.")] input: SetReminderRulesInput,
    ) -> Result<SetReminderRulesPayload> {
        answer(set(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn set(
    app: &AppState,
    viewer: &Viewer,
    input: SetReminderRulesInput,
) -> error::Result<(Course, Vec<ReminderReach>)> {
    viewer.signed_in()?;
    let RulesSet { course_id, reach } = set_reminder_rules(app, viewer, input.read()?).await?;
    let page = app.catalogue.page(&app.db, course_id).await?.ok_or_else(|| Refused::not_found("course"))?;
    let told = |Reach { rule, people, next_at }: Reach| ReminderReach {
        rule,
        people: i32::try_from(people).unwrap_or(i32::MAX),
        next_at: next_at.map(DateTime),
    };
    Ok((Course::new(page), reach.into_iter().map(told).collect()))
}
