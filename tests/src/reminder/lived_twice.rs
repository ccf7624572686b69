//! The control of the stories' clock: the same weeks, lived from moment to moment and by half hours, leave
//! the same ledger behind. So a worker that is awake only at the moments which [`TestApp::lives_until`] finds
//! misses nothing. A third life, in which the worker looks twice at everybody, leaves the same ledger, too: the
//! second look finds nothing where nothing was lost.

use std::collections::{BTreeSet, HashMap};

use entity::mailing::Letter;
use entity::notice::Status;
use entity::registration;
use entity::{learner, notice};
use sea_orm::EntityTrait;
use worker::post::{PostError, Reply, Step};

use crate::support::life::half_hour;
use crate::support::{SAMPLE, TestApp, fact, stories};

/// When both lives begin.
const START: &str = "2026-05-01T12:00-04:00";

/// The reference course with a shorter time for its evaluation, and rules that count from its dates, from its
/// hours and from what people do.
fn course() -> String {
    let rules = [
        ("started", "registration_started", "minutes = 0"),
        ("confirmed", "registration_confirmed", "minutes = 0"),
        ("welcome", "registration_confirmed", "minutes = 75"),
        ("cancelled", "registration_cancelled", "minutes = 0"),
        ("closing", "registration_closing", "days = -2\nat = \"09:30\""),
        ("week-before", "course_starting", "days = -7"),
        ("day-before", "course_starting", "days = -1\nat = \"18:10\""),
        ("hour-before", "day_starting", "minutes = -60"),
        ("talk", "session_starting", "minutes = -45\ntrack = \"adult\""),
        ("evaluation", "evaluation_open", "minutes = 60"),
        ("evaluation-closing", "evaluation_closing", "days = -1"),
    ];
    let rules: String = rules
        .iter()
        .map(|(slug, letter, offset)| {
            format!("\n[[reminder_rules]]\nslug = \"{slug}\"\nletter = \"{letter}\"\n{offset}\n")
        })
        .collect();
    let days = "ends_on = 2026-05-15";
    assert!(SAMPLE.contains(days), "the sample has changed");
    format!("{}{rules}", SAMPLE.replace(days, "ends_on = 2026-05-15\nevaluation_deadline = 2026-05-20"))
}

/// How the clock goes while nobody acts.
#[derive(Clone, Copy, Debug)]
enum Pace {
    FromMomentToMoment,
    ByHalfHours,
}

async fn goes_on(app: &TestApp, pace: Pace, moment: &str) {
    match pace {
        Pace::FromMomentToMoment => app.lives_until(moment).await,
        Pace::ByHalfHours => app.lives_by_half_hours_until(moment).await,
    }
}

/// Three weeks around the course. Everybody acts on a half hour, so that both workers see each act at once.
async fn lives(app: &TestApp, pace: Pace) {
    app.imports(&course()).await;
    app.signs_in("ada@example.org").await.takes_part(app, "nurse").await;
    app.signs_in("ben@example.org").await.registers(app, "nurse").await;
    let leaves = app.signs_in("cleo@example.org").await.takes_part(app, "physician").await;
    fact::enquire(app, "erin@example.org", true).await;

    goes_on(app, pace, "2026-05-02T10:00-04:00").await;
    let talk = "key = \"d3-pain\", start = \"10:15\"";
    assert!(SAMPLE.contains(talk), "the sample has changed");
    app.imports(&course().replace(talk, "key = \"d3-pain\", start = \"10:20\"")).await;

    goes_on(app, pace, "2026-05-03T15:30-04:00").await;
    let staff = app.staff("staff@example.org").await;
    fact::announce(app, &staff, "Before we meet", "Bring a case.", &[registration::Status::Confirmed]).await;

    goes_on(app, pace, "2026-05-12T12:00-04:00").await;
    let left = app.signs_in("cleo@example.org").await.cancels(app, &leaves).await;
    assert_eq!(left["status"], "CANCELLED", "{left}");
    // From here on only Ada is written to, so both lives lose the same letter's answer, and see the same one
    // put off.
    goes_on(app, pace, "2026-05-15T17:00-04:00").await;
    app.post().refuse_next(PostError::reply(Step::Answer, Reply::new(451, "4.3.0 not now")));
    goes_on(app, pace, "2026-05-17T12:00-04:00").await;
    app.post().refuse_next(PostError::silence(Step::Answer, "the line went dead"));
    goes_on(app, pace, "2026-05-22T12:00-04:00").await;
}

/// The ledger, a line for each notice, in the order of people. A letter counts as sent when a worker that is
/// awake every half hour would have sent it.
async fn told(app: &TestApp) -> Vec<String> {
    let people = learner::Entity::find().all(app.db()).await.expect("learners");
    let people: HashMap<String, String> =
        people.into_iter().map(|row| (row.id.to_string(), row.email)).collect();
    let line = |row: notice::Model| {
        let who = people.get(&row.recipient).unwrap_or(&row.recipient);
        // An announcement is told apart by its id, which is another one elsewhere.
        let occurrence = if row.letter == Letter::Announcement { "once" } else { &row.occurrence };
        let sent = row.sent_at.map_or("never".to_owned(), |at| half_hour(at).to_string());
        let (rule, due, tries) = (row.rule, row.due_at, row.attempts);
        format!(
            "{who} {rule} {occurrence} due {due}: {:?} {:?}, tries {tries}, sent {sent}",
            row.status, row.reason
        )
    };
    let mut lines: Vec<String> =
        notice::Entity::find().all(app.db()).await.expect("notices").into_iter().map(line).collect();
    lines.sort();
    lines
}

/// The rules that have a letter which was sent.
async fn spoken(app: &TestApp) -> BTreeSet<String> {
    let rows = notice::Entity::find().all(app.db()).await.expect("notices");
    rows.into_iter().filter(|row| row.status == Status::Sent).map(|row| row.rule).collect()
}

stories! {
    async fn jumping_misses_nothing(app at START) {
        let patient = TestApp::open(app.backend, START).await.expect("a second app");
        lives(&app, Pace::FromMomentToMoment).await;
        lives(&patient, Pace::ByHalfHours).await;
        let (jumped, stepped) = (told(&app).await, told(&patient).await);
        assert_eq!(jumped, stepped);
        let mut careful = TestApp::open(app.backend, START).await.expect("a third app");
        careful.looks_twice();
        lives(&careful, Pace::ByHalfHours).await;
        assert_eq!(told(&careful).await, stepped);
        let everything = [
            "announcement",
            "cancelled",
            "closing",
            "confirmed",
            "day-before",
            "evaluation",
            "evaluation-closing",
            "hour-before",
            "information_requested",
            "schedule_changed",
            "sign_in_code",
            "started",
            "talk",
            "week-before",
            "welcome",
        ];
        assert_eq!(spoken(&app).await, everything.map(str::to_owned).into());
    }
}
