//! The form of an evaluation: what a learner may rate, what must be rated, and where a filled-in form is
//! wrong.

use std::collections::HashSet;
use std::fmt::Display;

use entity::evaluation_rating::{self, RANGE};
use entity::{Refusal, registration};
use serde::Serialize;
use uuid::Uuid;

use crate::catalogue::CoursePage;
use crate::write::mistakes::Mistakes;

/// A rating of a learning objective.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectiveRating {
    /// The objective.
    pub objective_id: Uuid,
    /// From 1 to 5.
    pub rating: i32,
}

/// A rating of a session.
#[derive(Clone, Debug, Serialize)]
pub struct SessionRating {
    /// The session.
    pub session_id: Uuid,
    /// From 1 to 5.
    pub rating: i32,
    /// Ratings of those who speak in it.
    pub speakers: Vec<SpeakerRating>,
}

/// A rating of a speaker in a session.
#[derive(Clone, Debug, Serialize)]
pub struct SpeakerRating {
    /// The speaker.
    pub faculty_member_id: Uuid,
    /// From 1 to 5.
    pub rating: i32,
}

/// What is wrong, and the fields that lead there.
fn wrong(message: &str, path: &[&dyn Display]) -> Refusal {
    Refusal::InvalidInput {
        message: message.to_owned(),
        path: path.iter().map(|part| part.to_string()).collect(),
        details: Vec::new(),
    }
}

/// A rating that can be stored.
fn in_range(rating: i32, path: &[&dyn Display]) -> Result<i16, Refusal> {
    i16::try_from(rating)
        .ok()
        .filter(|rating| RANGE.contains(rating))
        .ok_or_else(|| wrong("A rating is a number from 1 to 5.", path))
}

/// The filled-in form as rows of the evaluation `evaluation_id`; `id` makes their ids.
///
/// # Errors
/// Every mistake, with the path to it: every objective is rated once, a session and a speaker in it at
/// most once, and only what the learner took part in.
pub fn rows(
    page: &CoursePage,
    registration: &registration::Model,
    (objectives, ratings): (&[ObjectiveRating], &[SessionRating]),
    evaluation_id: Uuid,
    id: impl Fn() -> Uuid,
) -> Result<Vec<evaluation_rating::Model>, Refusal> {
    let row = |rating| evaluation_rating::Model {
        id: id(),
        evaluation_id,
        objective_id: None,
        session_id: None,
        faculty_member_id: None,
        rating,
    };
    let mut rows = Vec::new();
    let mut mistakes = Mistakes::default();
    let mut rated = HashSet::new();
    for (place, one) in objectives.iter().enumerate() {
        let path: [&dyn Display; 3] = [&"objectiveRatings", &place, &"objectiveId"];
        if !page.objectives.iter().any(|objective| objective.id == one.objective_id) {
            mistakes.note::<()>(Err(wrong("This course has no such objective.", &path)));
        } else if !rated.insert(one.objective_id) {
            mistakes.note::<()>(Err(wrong("Please rate each objective once.", &path)));
        }
        let rating = mistakes.read(in_range(one.rating, &[&"objectiveRatings", &place, &"rating"]));
        rows.push(evaluation_rating::Model { objective_id: Some(one.objective_id), ..row(rating) });
    }
    if rated.len() < page.objectives.len() {
        let message = "Please rate every objective of the course.";
        mistakes.note::<()>(Err(wrong(message, &[&"objectiveRatings"])));
    }
    let mut seen = HashSet::new();
    for (place, one) in ratings.iter().enumerate() {
        let path: [&dyn Display; 3] = [&"sessionRatings", &place, &"sessionId"];
        let session = page.taught(registration.track_id).find(|row| row.session.id == one.session_id);
        if session.is_none() {
            mistakes.note::<()>(Err(wrong("There is no such session for you to rate.", &path)));
        } else if !seen.insert(one.session_id) {
            mistakes.note::<()>(Err(wrong("Please rate each session once.", &path)));
        }
        let rating = mistakes.read(in_range(one.rating, &[&"sessionRatings", &place, &"rating"]));
        rows.push(evaluation_rating::Model { session_id: Some(one.session_id), ..row(rating) });
        let Some(session) = session else { continue };
        let mut heard = HashSet::new();
        for (spot, speaker) in one.speakers.iter().enumerate() {
            let path: [&dyn Display; 5] = [&"sessionRatings", &place, &"speakers", &spot, &"facultyMemberId"];
            if !session.faculty.iter().any(|(_, member)| member.id == speaker.faculty_member_id) {
                mistakes.note::<()>(Err(wrong("This person does not speak in the session.", &path)));
            } else if !heard.insert(speaker.faculty_member_id) {
                mistakes.note::<()>(Err(wrong("Please rate each speaker of a session once.", &path)));
            }
            let path: [&dyn Display; 5] = [&"sessionRatings", &place, &"speakers", &spot, &"rating"];
            let rating = mistakes.read(in_range(speaker.rating, &path));
            rows.push(evaluation_rating::Model {
                session_id: Some(one.session_id),
                faculty_member_id: Some(speaker.faculty_member_id),
                ..row(rating)
            });
        }
    }
    mistakes.none()?;
    Ok(rows)
}
