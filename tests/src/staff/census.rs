//! The census counts by the set what the reader of facts tells of each: whoever is counted is one to whom the
//! letter goes.

use std::collections::BTreeMap;

use entity::mailing::Topic;
use entity::mailing::plan::Somebody;
use entity::nature::Nature;
use entity::profession::Profession;
use entity::quote::Basis;
use entity::recipient::{Kind, Recipient};
use entity::registration::{self, Status};
use entity::{email_change, enquiry, evaluation, learner, quote, unsubscription};
use lectern::census::{self, Crowd};
use sea_orm::{EntityTrait, IntoActiveModel};
use uuid::Uuid;
use worker::facts;

use crate::support::{TestApp, fact, stories};

/// How many people are made up, of each kind.
const PEOPLE: usize = 300;

/// What people are made up from: chance that is the same in every run.
struct Chance<'a>(&'a TestApp);

impl Chance<'_> {
    fn below(&self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.nature.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(bound).expect("a bound"))
            .expect("a number below it")
    }

    fn of<T: Clone>(&self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Somebody in words, so that two lists of them can be compared.
fn told(status: Option<Status>, somebody: &Somebody) -> String {
    let mut somebody = somebody.clone();
    somebody.unsubscribed.sort_unstable_by_key(|topic| format!("{topic:?}"));
    format!("{status:?} {somebody:?}")
}

fn counted(crowds: &[Crowd]) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for crowd in crowds {
        *counted.entry(told(crowd.status, &crowd.somebody)).or_default() += crowd.people;
    }
    counted
}

async fn makes_up_a_learner(app: &TestApp, email: &str) -> Uuid {
    let (id, now) = (app.nature.id(), app.nature.now());
    let row = learner::Model {
        id,
        email: email.to_owned(),
        email_key: email.to_owned(),
        name: None,
        credentials: None,
        profession: None,
        time_zone: None,
        calendar_rotation: 0,
        merged_into: None,
        signed_in_at: None,
        created_at: now,
        updated_at: now,
    };
    learner::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("a learner");
    id
}

async fn has_enough(app: &TestApp, email: &str, topic: Topic, at: entity::Instant) {
    let row = unsubscription::Model { email_key: email.to_owned(), topic, at };
    unsubscription::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("a wish");
}

const PROFESSIONS: [Profession; 3] = [Profession::Nurse, Profession::Physician, Profession::Chaplain];

/// Makes up people with registrations in every state; returns their ids.
async fn registrants(app: &TestApp, chance: &Chance<'_>, course: Uuid, tracks: &[Option<Uuid>]) -> Vec<Uuid> {
    let now = app.nature.now();
    let mut ids = Vec::new();
    for number in 0..PEOPLE {
        let email = format!("registrant{number}@example.org");
        let learner_id = makes_up_a_learner(app, &email).await;
        let status = chance.of(&[
            Status::Started,
            Status::Confirmed,
            Status::Waitlisted,
            Status::Cancelled,
            Status::Expired,
        ]);
        let id = app.nature.id();
        let row = registration::Model {
            id,
            code: format!("X{number:09}"),
            course_id: course,
            learner_id,
            profession: chance.of(&PROFESSIONS),
            track_id: chance.of(tracks),
            known_as: None,
            external_id: None,
            status,
            started_at: now.plus_minutes(-60),
            hold_until: chance.of(&[
                (status == Status::Started).then_some(now),
                Some(now.plus_minutes(-1)),
                Some(now),
                Some(now.plus_minutes(1)),
                Some(now.plus_minutes(60)),
            ]),
            confirmed_at: (status == Status::Confirmed).then_some(now),
            cancelled_at: (status == Status::Cancelled).then_some(now),
            expired_at: (status == Status::Expired).then_some(now),
            entered_by: None,
            corrected_at: None,
            updated_at: now,
        };
        registration::Entity::insert(row.into_active_model())
            .exec_without_returning(app.db())
            .await
            .expect("a registration");
        if chance.below(5) > 0 {
            let row = quote::Model {
                id: app.nature.id(),
                registration_id: id,
                currency: "USD".to_owned(),
                basis: chance.of(&[Basis::Early, Basis::Regular]),
                total_minor: 100,
                valid_until: Some(now),
                created_at: now,
            };
            quote::Entity::insert(row.into_active_model())
                .exec_without_returning(app.db())
                .await
                .expect("a quote");
        }
        if status == Status::Confirmed && chance.below(3) == 0 {
            let row = evaluation::Model {
                id: app.nature.id(),
                registration_id: id,
                submitted_at: now,
                bias_perceived: false,
                bias_comment: None,
                comments: None,
            };
            evaluation::Entity::insert(row.into_active_model())
                .exec_without_returning(app.db())
                .await
                .expect("an evaluation");
        }
        for topic in [Topic::Deadlines, Topic::Reminders, Topic::Evaluations] {
            if chance.below(4) == 0 {
                has_enough(app, &email, topic, now).await;
            }
        }
        ids.push(id);
    }
    ids
}

/// A registration of somebody who has given it up.
async fn is_registered(app: &TestApp, number: usize, course: Uuid, learner_id: Uuid) {
    let now = app.nature.now();
    let row = registration::Model {
        id: app.nature.id(),
        code: format!("Y{number:09}"),
        course_id: course,
        learner_id,
        profession: Profession::Nurse,
        track_id: None,
        known_as: None,
        external_id: None,
        status: Status::Cancelled,
        started_at: now,
        hold_until: None,
        confirmed_at: None,
        cancelled_at: Some(now),
        expired_at: None,
        entered_by: None,
        corrected_at: None,
        updated_at: now,
    };
    registration::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("a registration");
}

/// The learner had the address `old` until then.
async fn has_another_address(app: &TestApp, learner_id: Uuid, old: &str, changed_at: entity::Instant) {
    let row = email_change::Model {
        id: app.nature.id(),
        learner_id,
        old_email: old.to_owned(),
        old_email_key: old.to_owned(),
        new_email: format!("new-{old}"),
        new_email_key: format!("new-{old}"),
        cause: email_change::Cause::Own,
        changed_by: None,
        changed_at,
    };
    email_change::Entity::insert(row.into_active_model())
        .exec_without_returning(app.db())
        .await
        .expect("a change");
}

/// Makes up people who asked, some of them twice, some of whom have registered; returns the ids of their
/// enquiries.
async fn enquirers(app: &TestApp, chance: &Chance<'_>, course: Uuid) -> Vec<Uuid> {
    let now = app.nature.now();
    let mut ids = Vec::new();
    let mut known = BTreeMap::new();
    for number in 0..PEOPLE {
        // Whoever asks again says the same of the profession, and may agree this time.
        let person = number - usize::from(number > 0 && chance.below(4) == 0);
        let email = format!("enquirer{person}@example.org");
        let profession = *known
            .entry(person)
            .or_insert_with(|| chance.of(&[None, Some(Profession::Nurse), Some(Profession::Physician)]));
        let agreed_at = chance.of(&[None, Some(now.plus_minutes(-10)), Some(now)]);
        let id = app.nature.id();
        let row = enquiry::Model {
            id,
            course_id: course,
            name: "Ines Duarte".to_owned(),
            email: email.clone(),
            email_key: email.clone(),
            profession,
            question: None,
            consent_version: agreed_at.map(|_| "1".to_owned()),
            consented_at: agreed_at,
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
        if person == number {
            match chance.below(4) {
                0 => has_enough(app, &email, Topic::Deadlines, now.plus_minutes(-5)).await,
                1 => is_registered(app, number, course, makes_up_a_learner(app, &email).await).await,
                2 => {
                    // Somebody who has another address by now; perhaps since before the enquiry, which then
                    // was somebody else's.
                    let learner_id = makes_up_a_learner(app, &format!("moved{number}@example.org")).await;
                    is_registered(app, number, course, learner_id).await;
                    let changed_at = chance.of(&[now.plus_minutes(-5), now, now.plus_minutes(5)]);
                    has_another_address(app, learner_id, &email, changed_at).await;
                }
                _ => {}
            }
        }
        ids.push(id);
    }
    ids
}

stories! {
    async fn the_census_counts_those_whom_the_reader_of_facts_tells(app with the course at "2026-04-20T12:00-04:00") {
        let course = fact::course(&app).await.id;
        let chance = Chance(&app);
        let tracks: Vec<Option<Uuid>> = {
            use entity::track;
            let rows = track::Entity::find().all(app.db()).await.expect("the tracks");
            rows.into_iter().map(|track| Some(track.id)).chain([None]).collect()
        };
        let registered = registrants(&app, &chance, course, &tracks).await;
        let asked = enquirers(&app, &chance, course).await;
        let now = app.nature.now();

        let mut told_of: BTreeMap<String, u64> = BTreeMap::new();
        for person in facts::of_people(app.db(), Kind::Registrant, &registered).await.expect("the facts") {
            let Recipient::Registrant(person) = person else { panic!("a registrant") };
            let row = &person.registration;
            let status = row.status_at(now);
            if !matches!(status, Status::Started | Status::Confirmed | Status::Waitlisted) {
                continue;
            }
            let somebody = Somebody {
                profession: Some(row.profession),
                track_id: row.track_id,
                hold_until: row.hold_until.filter(|_| status == Status::Started),
                basis: person.basis,
                evaluated: person.evaluated_at.is_some(),
                unsubscribed: person.unsubscribed.clone(),
                suppressed: entity::suppression::widest(&person.suppressions, now).map(|row| row.scope),
            };
            *told_of.entry(told(Some(status), &somebody)).or_default() += 1;
        }
        assert!(told_of.len() > 100, "{} sorts of people", told_of.len());
        assert_eq!(counted(&census::registered(app.db(), &[course], now).await.expect("a census")), told_of);

        let mut interested: BTreeMap<String, Option<Profession>> = BTreeMap::new();
        for person in facts::of_people(app.db(), Kind::Enquirer, &asked).await.expect("the facts") {
            let Recipient::Enquirer(person) = person else { panic!("an enquirer") };
            let stopped = person.unsubscribed_at;
            if person.enquiry.consented_at.is_some_and(|at| stopped.is_none_or(|stopped| stopped < at))
                && !person.has_registered
                && entity::suppression::widest(&person.suppressions, now).is_none()
            {
                interested.insert(person.enquiry.email_key.clone(), person.enquiry.profession);
            }
        }
        let mut of_profession: BTreeMap<String, u64> = BTreeMap::new();
        for profession in interested.values() {
            let somebody = Somebody {
                profession: *profession,
                track_id: None,
                hold_until: None,
                basis: None,
                evaluated: false,
                unsubscribed: Vec::new(),
                suppressed: None,
            };
            *of_profession.entry(told(None, &somebody)).or_default() += 1;
        }
        assert_eq!(of_profession.len(), 3);
        assert_eq!(counted(&census::interested(app.db(), course, now).await.expect("a census")), of_profession);
    }
}
