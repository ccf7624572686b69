//! The application of a rehearsal: one in miniature, with a database in memory, a clock that is moved, and a
//! post that sends nothing.

use std::sync::Arc;

use altcha::{Payload, SolveChallengeOptions, solve_challenge};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::nature::{Nature, SharedNature};
use entity::profession::Profession;
use entity::secret::SecretKey;
use entity::{Instant, enquiry, learner, staff_role};
use sea_orm::DbErr;
use uuid::Uuid;
use worker::post::MemoryPost;
use worker::sweep::Sweeper;
use worker::{Worker, claim, deliver};

use super::Preview;
use super::clock::Clock;
use super::somebody::{EMAIL, NAME};
use crate::action::grant_role::{GrantRole, grant_role};
use crate::action::request_information::{RequestInformation, request_information};
use crate::action::update_profile::{Changes, update_profile};
use crate::app::AppState;
use crate::catalogue::draft::{self, Draft};
use crate::error::{Fault, Result};
use crate::human_check::{self, Effort, Purpose};
use crate::store::{self, Database};
use crate::viewer::Viewer;
use crate::wake::Wake;
use crate::write::account::enter_learner;
use crate::write::authority::Authority;
use crate::write::mistakes::Mistakes;

/// Who the miniature's audit trail says it was.
const ACTOR: &str = "rehearsal";
/// The member of staff who records the payment; nobody can have that address (RFC 2606).
const OFFICE: &str = "office@example.org";
/// Under which name the worker claims.
const WORKER: &str = "rehearsal";
/// The proof of work in the miniature: nobody is to be kept out of it.
const EFFORT: Effort = Effort { rounds: 1, prefix: "0" };
/// How many letters are claimed at a time.
const CLAIM: u32 = 50;

/// An application in miniature. It is gone when it is dropped.
pub(super) struct RehearsalApp {
    /// The app's state over the database in memory.
    pub(super) state: AppState,
    /// What was posted.
    pub(super) post: MemoryPost,
    clock: Arc<Clock>,
    worker: Worker<Database>,
    sweeper: Sweeper,
}

impl RehearsalApp {
    /// An empty application whose clock stands at `start`; chance comes from `real`.
    pub(super) async fn open(preview: &Preview, real: SharedNature, start: Instant) -> Result<Self, DbErr> {
        let db = store::open_in_memory().await?;
        store::migrate(&db).await?;
        let mut key = [0; 32];
        real.fill(&mut key);
        let key = SecretKey::new(key);
        let clock = Arc::new(Clock::at(start, real));
        let nature: SharedNature = Arc::clone(&clock) as SharedNature;
        let app = AppState {
            effort: EFFORT,
            ..AppState::new(db.clone(), Arc::clone(&nature), key.clone(), Wake::default())
        };
        let post = MemoryPost::default();
        let sweeper = Sweeper::new(&preview.sender.domain());
        let worker = Worker::new(
            db,
            nature,
            key,
            Arc::clone(&preview.writer),
            Arc::new(post.clone()),
            preview.sender.clone(),
            WORKER,
        );
        let worker = worker.with_news_sender(preview.news_sender.clone());
        Ok(Self { state: app, post, clock, worker, sweeper })
    }

    /// The moment on the clock.
    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Moves the clock on to `moment`.
    pub(super) fn move_to(&self, moment: Instant) {
        self.clock.move_to(moment);
    }

    /// Makes the stored course say what `draft` says; returns its id.
    pub(super) async fn has_course(&self, draft: &Draft) -> Result<Uuid> {
        Ok(draft::import(&self.state, draft, ACTOR).await?.course_id)
    }

    /// Somebody who learns.
    pub(super) async fn learner(&self) -> Result<Viewer> {
        let txn = self.state.begin().await?;
        let (learner, _) = enter_learner(&txn, &self.state, EMAIL, EMAIL).await?;
        txn.commit().await?;
        let entered = viewer(learner, Vec::new());
        let learner = update_profile(
            &self.state,
            &entered,
            (Changes { name: Some(NAME.to_owned()), ..Changes::default() }, Mistakes::default()),
        )
        .await?;
        Ok(viewer(learner, Vec::new()))
    }

    /// Somebody without an account.
    pub(super) fn passer_by() -> Viewer {
        Viewer::default()
    }

    /// The person asks about the course, as anybody does, with a proof of work and consent to letters about
    /// its deadlines.
    pub(super) async fn asks(&self, person: &Viewer, course_id: Uuid, profession: Profession) -> Result<()> {
        let input = RequestInformation {
            course_id,
            name: NAME.to_owned(),
            email: EMAIL.to_owned(),
            profession: Some(profession),
            question: None,
            consent: true,
            consent_version: Some(enquiry::CONSENT.version.to_owned()),
            proof: self.proof(course_id)?,
            idempotency_key: None,
        };
        request_information(&self.state, person, (input, Mistakes::default())).await.map(drop)
    }

    /// A solved challenge, as a client makes it.
    fn proof(&self, course_id: Uuid) -> Result<String, Fault> {
        let failed =
            |what: &dyn std::fmt::Display| Fault::Stored(format!("the rehearsed proof of work: {what}"));
        let challenge = human_check::issue(&self.state, Purpose::Enquiry(course_id))?.challenge;
        let solution =
            solve_challenge(SolveChallengeOptions::new(&challenge)).map_err(|error| failed(&error))?;
        let solution = solution.ok_or_else(|| failed(&"not solved in time"))?;
        let json = serde_json::to_string(&Payload { challenge, solution }).map_err(|error| failed(&error))?;
        Ok(STANDARD.encode(json))
    }

    /// Somebody who runs every course.
    pub(super) async fn office(&self) -> Result<Viewer> {
        let role = GrantRole { email: OFFICE.to_owned(), role: staff_role::Role::Staff, organization: None };
        let granted = grant_role(&self.state, Authority::Operator(ACTOR), &role).await?;
        Ok(viewer(granted.learner, vec![granted.role]))
    }

    /// The worker works until nothing is left to do at this moment: the real sweep, and the real delivery.
    pub(super) async fn works(&mut self) -> Result<(), DbErr> {
        self.sweeper.sweep(&self.worker.db, &self.worker.nature).await?;
        loop {
            let claimed = claim::claim(&self.worker.db, &self.worker.name, CLAIM, self.now()).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            deliver::deliver_each(&self.worker, claimed).await;
        }
    }
}

fn viewer(learner: learner::Model, roles: Vec<staff_role::Model>) -> Viewer {
    Viewer { learner: Some(learner), roles, ..Viewer::default() }
}
