//! What a process does though nobody asks it anything.

use entity::profession::Profession;
use entity::registration::{self, Status};
use entity::{Nature, course, learner, nature::RealNature};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::{KEY, course_text};
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::{Backend, database};

/// Serves a database in which a hold has ended an hour ago, and asks it nothing.
async fn a_hold_has_ended(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let listen = format!("127.0.0.1:{}", free_port());
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().display().to_string(), folder.path().join("course.toml"));
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("LISTEN", listen.as_str()),
        ("SECRET_KEY", KEY),
        ("DATA_DIR", data.as_str()),
    ];
    says(&settings, &["migrate"]);
    std::fs::write(&file, course_text("open-course", 0)).expect("a file");
    says(&settings, &["import", &file.display().to_string()]);

    let db = database::open(&database.url, 2).await;
    let course = course::Entity::find().one(&db).await.expect("an answer").expect("a course");
    let (nature, now) = (RealNature, RealNature.now());
    let person = learner::Model {
        id: nature.id(),
        email: "ada@example.org".to_owned(),
        email_key: "ada@example.org".to_owned(),
        name: None,
        credentials: None,
        profession: None,
        time_zone: None,
        calendar_rotation: 0,
        merged_into: None,
        signed_in_at: None,
        created_at: now.plus_minutes(-120),
        updated_at: now.plus_minutes(-120),
    };
    let row = registration::Model {
        id: nature.id(),
        code: "K7QD4MXPTZ".to_owned(),
        course_id: course.id,
        learner_id: person.id,
        profession: Profession::Nurse,
        track_id: None,
        known_as: None,
        external_id: None,
        status: Status::Started,
        started_at: now.plus_minutes(-120),
        hold_until: Some(now.plus_minutes(-60)),
        confirmed_at: None,
        cancelled_at: None,
        expired_at: None,
        entered_by: None,
        corrected_at: None,
        updated_at: now.plus_minutes(-120),
    };
    learner::Entity::insert(person.into_active_model()).exec_without_returning(&db).await.expect("a learner");
    registration::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&db)
        .await
        .expect("a registration");

    let server = Running::start(&settings, &["serve", "--no-worker"]);
    wait_until("the hold to be written down as ended", 60, async || {
        let stored = registration::Entity::find_by_id(row.id)
            .one(&db)
            .await
            .expect("an answer")
            .expect("the registration");
        (stored.status == Status::Expired && stored.expired_at.is_some()).then_some(())
    })
    .await;
    server.stops(20).await;
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_has_ended_is_written_down_though_nobody_asks() {
    a_hold_has_ended(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_has_ended_is_written_down_though_nobody_asks_on_postgres() {
    a_hold_has_ended(Backend::Postgres).await;
}
