//! Teaching a course at another time: the course itself moves, with everybody who has registered for it.

use std::collections::BTreeMap;

use entity::Instant;
use entity::mailing::plan::{LearnerKind, Somebody};
use entity::mailing::{CourseFacts, News, reach};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Distance, Edit, Needs, Open, Saved, facts, move_by_days};
use crate::census::{self, Crowd};
use crate::error::Result;
use crate::viewer::Viewer;

/// A course moves.
#[derive(Clone, Debug)]
pub struct MoveCourse {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// How far.
    pub distance: Distance,
    /// Whether the dates of registration move along.
    pub with_deadlines: bool,
    /// Whether sessions that are still to come may move to where they would have begun.
    pub into_the_past: bool,
    /// Whether only to say whom it would reach.
    pub check: bool,
}

/// Whom a move reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveReach {
    /// People who are confirmed.
    pub confirmed: u64,
    /// People for whom a seat is held.
    pub held: u64,
    /// Of how many of the held the seat is let go by it at once; moving back does not bring it back.
    pub let_go: u64,
    /// How many of them are written to about the move.
    pub told: u64,
    /// Letters by the rules of the course that are still to come, by the new dates.
    pub letters: u64,
    /// Letters that were to come by the old dates, and by the new ones never will.
    pub pointless: u64,
}

/// Moves a course: its days and sessions, the deadline of its evaluation, and, where that is wanted, the
/// dates of its registration. Times on the clock stay. Whoever is confirmed is told, as of any change to the
/// agenda; reminders follow by themselves.
///
/// # Errors
/// As [`Open::save`]; and refuses to move what is still to come into the past, where that is not said in so
/// many words.
pub async fn move_course(app: &AppState, viewer: &Viewer, input: MoveCourse) -> Result<(Saved, MoveReach)> {
    let MoveCourse { course_id, version, distance, with_deadlines, into_the_past, check } = input;
    let now = app.nature.now();
    let crowds = census::registered(&app.db, &[course_id], now).await?;
    let edit = Edit { course_id, version, act: "moveCourse", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    open.telling = distance.telling();
    if let Some(days) = distance.days(open.draft.course.starts_on, &mut open.mistakes) {
        let stood = open.draft.registration.clone();
        move_by_days(&mut open.draft, days);
        if !with_deadlines {
            open.draft.registration = stood;
        }
    }
    if !into_the_past {
        open.no_past = Some(distance.place());
    }
    let page = open.page()?;
    let (before, after) = (page.facts(News::default()), facts::moved(page, &open.draft));
    let saved = if check { open.check().await? } else { open.save().await? };
    Ok((saved, reached(&before, &after, &crowds, now)))
}

fn reached(before: &CourseFacts, after: &CourseFacts, crowds: &[Crowd], now: Instant) -> MoveReach {
    let mut reach = MoveReach::default();
    for (kind, people) in
        [(LearnerKind::Confirmed, &mut reach.confirmed), (LearnerKind::Started, &mut reach.held)]
    {
        *people = crowds.iter().filter(|crowd| crowd.is(kind)).map(|crowd| crowd.people).sum();
    }
    if after.course.registration_closes_at().max(after.course.first_instant()) <= now {
        let held = |crowd: &&Crowd| {
            crowd.is(LearnerKind::Started) && crowd.somebody.hold_until.is_some_and(|until| until > now)
        };
        reach.let_go = crowds.iter().filter(held).map(|crowd| crowd.people).sum();
    }
    // As the mailing plan gathers changes: of use until the later of the old and the new start.
    let moved = |crowd: &&Crowd| {
        before
            .sessions
            .iter()
            .filter(|old| old.session.kind.teaches() && old.concerns(crowd.somebody.track_id))
            .any(|old| {
                let new = after.sessions.iter().find(|new| new.session.id == old.session.id);
                new.is_some_and(|new| {
                    new.session.starts_at != old.session.starts_at
                        && new.session.starts_at.max(old.session.starts_at) > now
                })
            })
    };
    // Whose seat is held is told, too, unless it is let go by the move.
    let closes = after.course.registration_closes_at();
    let keeps_its_seat = |crowd: &Crowd| {
        let until = crowd.somebody.hold_until.map(|until| until.min(closes));
        crowd.is(LearnerKind::Started) && until.is_some_and(|until| until > now)
    };
    let runs = before.runs().is_ok();
    reach.told = crowds
        .iter()
        .filter(|crowd| runs && (crowd.is(LearnerKind::Confirmed) || keeps_its_seat(crowd)))
        .filter(moved)
        .map(|crowd| crowd.people)
        .sum();
    let (old, new) = (by_rule(before, crowds, now), by_rule(after, crowds, now));
    reach.letters = new.values().sum();
    reach.pointless =
        old.iter().map(|(rule, letters)| letters.saturating_sub(new.get(rule).copied().unwrap_or(0))).sum();
    reach
}

/// How many letters each rule still sends.
fn by_rule(facts: &CourseFacts, crowds: &[Crowd], now: Instant) -> BTreeMap<String, u64> {
    let mut letters = BTreeMap::new();
    for kind in [LearnerKind::Started, LearnerKind::Confirmed] {
        // Nobody's seat is held beyond the close of registration.
        let closes = facts.course.registration_closes_at();
        let held = |crowd: &Crowd| Somebody {
            hold_until: crowd.somebody.hold_until.map(|until| until.min(closes)),
            ..crowd.somebody.clone()
        };
        let of_kind = crowds.iter().filter(|crowd| crowd.is(kind)).map(|crowd| (held(crowd), crowd.people));
        let counted: Vec<(Somebody, u64)> =
            of_kind.filter(|(somebody, _)| somebody.hold_until.is_none_or(|until| until > now)).collect();
        for letter in reach::of_letters(facts, kind, &counted, now)
            .into_iter()
            .filter(|letter| letter.planned.verdict.is_ok())
        {
            *letters.entry(letter.planned.rule).or_default() += letter.people;
        }
    }
    letters
}
