//! Letters to people who asked about a course: what they asked for, and, if they agreed to it, the letters
//! about its deadlines.

use super::moment::{self, Moment};
use super::{CourseFacts, EnquiryFacts, Letter, NotSentReason, PlannedLetter, instructed, suppressed};
use crate::{Instant, enquiry, reminder_rule};

/// Every letter that the facts about an enquiry call for, past and to come, in the order of their moments, as
/// judged at `now`.
pub fn of_enquiry(facts: &CourseFacts, person: &EnquiryFacts, now: Instant) -> Vec<PlannedLetter> {
    let mut letters: Vec<PlannedLetter> = answers(facts, person, now);
    for rule in &facts.rules {
        if rule.letter.spec().audience.invites_enquirers() {
            let judged = |moment: Moment| {
                let verdict = judge(facts, rule, person, &moment, now);
                PlannedLetter::of(&rule.slug, rule.letter, moment, verdict)
            };
            letters.extend(moment::of_course(facts, rule, None).into_iter().map(judged));
        }
    }
    super::in_order(&mut letters, now);
    instructed::apply(&mut letters, &person.instructions, now);
    suppressed::apply(&mut letters, &person.suppressions, now);
    letters
}

/// What was asked for, and what staff answered.
fn answers(facts: &CourseFacts, person: &EnquiryFacts, now: Instant) -> Vec<PlannedLetter> {
    let enquiry = &person.enquiry;
    let told = |letter: Letter, occurrence: &str, at: Instant, verdict: Result<(), NotSentReason>| {
        let pointless_at = at.plus_seconds(enquiry::LIFE_DAYS * 86_400);
        let verdict =
            if verdict.is_ok() && now >= pointless_at { Err(NotSentReason::Pointless) } else { verdict };
        let moment = Moment {
            occurrence: occurrence.to_owned(),
            due_at: at,
            pointless_at: Some(pointless_at),
            day: None,
            session_ids: Vec::new(),
        };
        letter.without_rule().map(|rule| PlannedLetter::of(&rule, letter, moment, verdict))
    };
    let asked = told(Letter::InformationRequested, "asked", enquiry.created_at, facts.runs());
    // Staff may answer at any time; nobody is left without an answer because a course was cancelled.
    let answered = enquiry.answered_at.and_then(|at| told(Letter::EnquiryAnswered, "answered", at, Ok(())));
    asked.into_iter().chain(answered).collect()
}

fn judge(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    person: &EnquiryFacts,
    moment: &Moment,
    now: Instant,
) -> Result<(), NotSentReason> {
    if !rule.enabled {
        return Err(NotSentReason::RuleOff);
    }
    let Some(consented_at) = person.enquiry.consented_at else { return Err(NotSentReason::NoConsent) };
    // Who agrees again after having had enough is asked for again.
    if person.unsubscribed_at.is_some_and(|at| at >= consented_at) {
        return Err(NotSentReason::Unsubscribed);
    }
    if person.has_registered {
        return Err(NotSentReason::HasRegistered);
    }
    facts.runs()?;
    // A rule that is meant for some is not for somebody of whom that is not known.
    let meant = rule.track_id.is_none()
        && rule.professions.as_ref().is_none_or(|wanted| {
            wanted.0.is_empty()
                || person.enquiry.profession.is_some_and(|profession| wanted.0.contains(&profession))
        });
    if !meant {
        return Err(NotSentReason::NotConcerned);
    }
    if moment.due_at < rule.applies_from {
        return Err(NotSentReason::RuleTooNew);
    }
    if moment.due_at < consented_at {
        return Err(NotSentReason::LateRegistration);
    }
    let pointless = moment.pointless_at.is_some_and(|pointless| now >= pointless);
    if pointless || now >= facts.course.first_instant() { Err(NotSentReason::Pointless) } else { Ok(()) }
}
