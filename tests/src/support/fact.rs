//! Facts put down as rows, for stories that are not about the way in which they come to be, and what the
//! ledger says of them.

use entity::letter_instruction::Kind;
use entity::mailing::{Letter, NotSentReason, Topic};
use entity::nature::Nature;
use entity::notice::{self, Status};
use entity::{announcement, course, enquiry, learner, letter_instruction, registration, unsubscription};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::{Person, SAMPLE_SLUG, TestApp};

/// The reference course's row.
pub async fn course(app: &TestApp) -> course::Model {
    course::Entity::find()
        .filter(course::Column::Slug.eq(SAMPLE_SLUG))
        .one(app.db())
        .await
        .expect("a course")
        .expect("the course")
}

/// Marks the course as changed without changing its page, as an announcement does.
async fn touch_course(app: &TestApp) {
    let row = course(app).await;
    let changed_at = row.changed_at(app.nature.now());
    let mut row = row.into_active_model();
    row.updated_at = Set(changed_at);
    row.update(app.db()).await.expect("the course changes");
}

/// Cancels the reference course, with a note.
pub async fn cancel_course(app: &TestApp, note: &str) {
    let row = course(app).await;
    let (version, now) = (row.version, app.nature.now());
    let mut row = row.into_active_model();
    row.status = Set(course::Status::Cancelled);
    row.version = Set(version + 1);
    row.cancelled_at = Set(Some(now));
    row.cancellation_note = Set(Some(note.to_owned()));
    row.updated_at = Set(now);
    row.update(app.db()).await.expect("the course is cancelled");
}

/// Announces to the registrants in these states, from ten minutes from now on; returns the announcement's id.
pub async fn announce(
    app: &TestApp,
    by: &Person,
    subject: &str,
    body: &str,
    statuses: &[registration::Status],
) -> Uuid {
    let (id, now) = (app.nature.id(), app.nature.now());
    let row = announcement::Model {
        id,
        course_id: course(app).await.id,
        subject: subject.to_owned(),
        body: body.to_owned(),
        statuses: announcement::Statuses(statuses.to_vec()),
        professions: announcement::Professions::default(),
        track_id: None,
        written_by: learner(app, &by.email).await.id,
        created_at: now,
        confirmed_at: Some(now),
        due_at: Some(now.plus_minutes(announcement::WAIT_MINUTES)),
        stopped_at: None,
    };
    announcement::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("an announcement");
    touch_course(app).await;
    id
}

/// Stops an announcement.
pub async fn stop_announcement(app: &TestApp, id: Uuid) {
    let change = announcement::ActiveModel {
        id: Set(id),
        stopped_at: Set(Some(app.nature.now())),
        ..Default::default()
    };
    change.update(app.db()).await.expect("it is stopped");
    touch_course(app).await;
}

/// Asks about the course, and agrees to letters about its deadlines or not; returns the enquiry's id.
pub async fn enquire(app: &TestApp, email: &str, agrees: bool) -> Uuid {
    let (id, now) = (app.nature.id(), app.nature.now());
    let row = enquiry::Model {
        id,
        course_id: course(app).await.id,
        name: "Ines Duarte".to_owned(),
        email: email.to_owned(),
        email_key: email.to_lowercase(),
        profession: None,
        question: Some("Can I take part by phone?".to_owned()),
        consent_version: agrees.then(|| "1".to_owned()),
        consented_at: agrees.then_some(now),
        answer: None,
        answered_by: None,
        answered_at: None,
        created_at: now,
        updated_at: now,
    };
    enquiry::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("an enquiry");
    id
}

/// Answers an enquiry.
pub async fn answer(app: &TestApp, by: &Person, id: Uuid, answer: &str) {
    let row = enquiry::Entity::find_by_id(id).one(app.db()).await.expect("an enquiry").expect("an enquiry");
    let changed_at = row.changed_at(app.nature.now());
    let mut row = row.into_active_model();
    row.answer = Set(Some(answer.to_owned()));
    row.answered_by = Set(Some(learner(app, &by.email).await.id));
    row.answered_at = Set(Some(app.nature.now()));
    row.updated_at = Set(changed_at);
    row.update(app.db()).await.expect("it is answered");
}

/// Says something about one letter of a registration.
pub async fn instruct(
    app: &TestApp,
    by: &Person,
    registration: Uuid,
    (rule, occurrence): (&str, &str),
    kind: Kind,
) {
    let now = app.nature.now();
    let said = letter_instruction::Model {
        id: app.nature.id(),
        subject_id: registration,
        rule: rule.to_owned(),
        occurrence: occurrence.to_owned(),
        kind,
        at: now,
        said_by: learner(app, &by.email).await.id,
    };
    letter_instruction::Entity::insert(said.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("an instruction");
    let row = registration::Entity::find_by_id(registration)
        .one(app.db())
        .await
        .expect("a registration")
        .expect("a registration");
    let changed_at = row.changed_at(now);
    let mut row = row.into_active_model();
    row.updated_at = Set(changed_at);
    row.update(app.db()).await.expect("the registration changes");
}

/// Has enough of a topic.
pub async fn unsubscribe(app: &TestApp, email: &str, topic: Topic) {
    let row = unsubscription::Model { email_key: email.to_owned(), topic, at: app.nature.now() };
    unsubscription::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("an unsubscription");
}

/// The learner with this address.
pub async fn learner(app: &TestApp, email: &str) -> learner::Model {
    let found = learner::Entity::find().filter(learner::Column::EmailKey.eq(email)).one(app.db()).await;
    found.expect("learners").unwrap_or_else(|| panic!("nobody has the address {email}"))
}

/// What the ledger holds for an address, codes left out, in the order of the letters' moments.
pub async fn ledger(app: &TestApp, email: &str) -> Vec<notice::Model> {
    let learner = learner::Entity::find()
        .filter(learner::Column::EmailKey.eq(email))
        .one(app.db())
        .await
        .expect("learners");
    let recipients = learner.map(|learner| learner.id.to_string()).into_iter().chain([email.to_owned()]);
    notice::Entity::find()
        .filter(notice::Column::Recipient.is_in(recipients))
        .filter(notice::Column::Letter.ne(Letter::SignInCode))
        .order_by_asc(notice::Column::DueAt)
        .order_by_asc(notice::Column::Id)
        .all(app.db())
        .await
        .expect("notices")
}

/// The rules of the letters that were sent to an address, codes and the beginnings of registrations left out.
pub async fn sent(app: &TestApp, email: &str) -> Vec<String> {
    let told = |notice: &notice::Model| {
        notice.status == Status::Sent && notice.letter != Letter::RegistrationStarted
    };
    ledger(app, email).await.into_iter().filter(told).map(|notice| notice.rule).collect()
}

/// What became of the letters of a rule to an address.
pub async fn fate(app: &TestApp, email: &str, rule: &str) -> Vec<(Status, Option<NotSentReason>)> {
    ledger(app, email)
        .await
        .into_iter()
        .filter(|notice| notice.rule == rule)
        .map(|notice| (notice.status, notice.reason))
        .collect()
}
