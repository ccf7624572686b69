//! Somebody asks about a course, without an account.
//!
//! Whether the address belongs to a learner is never looked at, so neither the answer nor the time it takes
//! can tell.

use entity::enquiry::{self, Column, HOURLY_PER_ADDRESS, HOURLY_PER_CLIENT, HOURLY_PER_CLIENT_AND_ADDRESS};
use entity::profession::Profession;
use entity::{Instant, Refusal, course, secret, spent_proof};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Error, Fault, Result};
use crate::human_check::{self, Purpose};
use crate::listing::index;
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::free_text;
use crate::write::give_address::read_address;
use crate::write::mistakes::Mistakes;
use crate::write::once;
use crate::write::proof::{spend_proof, too_old};
use crate::write::turn::{self, Over};

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;
/// The longest question, in characters.
const LONGEST_QUESTION: usize = 5000;

/// What somebody says who asks about a course.
#[derive(Clone, Debug, Serialize)]
pub struct RequestInformation {
    /// The course.
    pub course_id: Uuid,
    /// The person's name.
    pub name: String,
    /// Where the answer goes.
    pub email: String,
    /// As what the person would take part.
    pub profession: Option<Profession>,
    /// What the person wants to know.
    pub question: Option<String>,
    /// Whether the person agrees to letters about the course's deadlines.
    pub consent: bool,
    /// Which wording the person agrees to.
    pub consent_version: Option<String>,
    /// A solved challenge. Not part of what is asked: a request that comes again may bring another.
    #[serde(skip)]
    pub proof: String,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The information is on its way.
#[derive(Clone, Debug)]
pub struct Requested {
    /// The course.
    pub course_id: Uuid,
    /// Where it is sent.
    pub email: String,
    /// Whether letters about the course's deadlines will be sent there, too.
    pub consents: bool,
}

/// The same, read and found good.
struct Asked<'a> {
    input: &'a RequestInformation,
    client_key: String,
    name: String,
    question: Option<String>,
    email: String,
    email_key: String,
    consent_version: Option<&'static str>,
    input_hash: String,
}

/// Takes down what somebody asks about a course; the letter that answers follows from it.
///
/// # Errors
/// Refused where the input has mistakes, all of which are told with those found when it was read; where the course cannot be asked about, where the human check fails,
/// and where the address or the client has asked too often within the last hour. The limits are exact:
/// requests of one address, and of one client, wait for one another.
pub async fn request_information(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (RequestInformation, Mistakes),
) -> Result<Requested> {
    let asked = read(&input, mistakes, viewer.client_key(&app.key))?;
    let requested =
        Requested { course_id: input.course_id, email: asked.email.clone(), consents: input.consent };
    // What was answered before is answered again, although its proof is spent by now.
    if known(&app.db, &asked, app.nature.now()).await? {
        return Ok(requested);
    }
    let course =
        course::Entity::find_by_id(input.course_id).filter(viewer.visible_courses()).one(&app.db).await?;
    let course = course.ok_or_else(|| Refusal::not_found("course"))?;
    enquiry::taken_for(&course, app.nature.now())?;
    let challenge = human_check::check(app, Purpose::Enquiry(course.id), &input.proof, app.nature.now())?;

    let txn = turn::begin(app, &[Over::Client(&asked.client_key), Over::Address(&asked.email_key)]).await?;
    let now = app.nature.now();
    if known(&txn, &asked, now).await? {
        txn.rollback().await?;
        return Ok(requested);
    }
    within_limits(&txn, &asked, now).await?;
    let proof = spent_proof::Model {
        challenge,
        form: spent_proof::Form::Enquiry,
        spent_at: now,
        client_key: asked.client_key.clone(),
        email_key: asked.email_key.clone(),
        idempotency_key: input.idempotency_key.clone(),
        input_hash: asked.input_hash.clone(),
    };
    spend_proof(&txn, proof).await?;
    let id = app.nature.id();
    if asked.consent_version.is_some() {
        take_over_consent(&txn, app, &asked, id, now).await?;
    }
    let row = enquiry::Model {
        id,
        course_id: course.id,
        name: asked.name,
        email: asked.email,
        email_key: asked.email_key,
        profession: input.profession,
        question: asked.question,
        consent_version: asked.consent_version.map(str::to_owned),
        consented_at: asked.consent_version.map(|_| now),
        answer: None,
        answered_by: None,
        answered_at: None,
        created_at: now,
        updated_at: now,
    };
    enquiry::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
    index::enquiries(&txn, &[id]).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(requested)
}

fn read(input: &RequestInformation, mut mistakes: Mistakes, client_key: String) -> Result<Asked<'_>> {
    let address = mistakes.note(read_address(&input.email));
    let name = mistakes.read(free_text::one_line(&input.name, LONGEST_NAME, "name"));
    let question = mistakes.read(free_text::read(input.question.as_deref(), LONGEST_QUESTION, "question"));
    mistakes.note(once::well_formed(input.idempotency_key.as_deref()));
    let address = mistakes.settle(address)?;
    let consent_version = match (input.consent, input.consent_version.as_deref()) {
        (false, _) => None,
        (true, Some(version)) if version == enquiry::CONSENT.version => Some(enquiry::CONSENT.version),
        (true, _) => return Err(Refusal::ConsentOutdated.into()),
    };
    let written = serde_json::to_string(input).map_err(|error| Fault::Stored(error.to_string()))?;
    Ok(Asked {
        input,
        client_key,
        name,
        question,
        email: address.as_sent(),
        email_key: address.key(),
        consent_version,
        input_hash: secret::fingerprint(&written),
    })
}

/// Whether the request came before, under its key.
async fn known(db: &impl ConnectionTrait, asked: &Asked<'_>, now: Instant) -> Result<bool, Error> {
    let Some(key) = &asked.input.idempotency_key else { return Ok(false) };
    let row = spent_proof::Entity::find()
        .filter(spent_proof::Column::EmailKey.eq(&asked.email_key))
        .filter(spent_proof::Column::IdempotencyKey.eq(key))
        .filter(spent_proof::Column::SpentAt.gt(too_old(now)))
        .one(db)
        .await?;
    match row {
        None => Ok(false),
        Some(row) if row.input_hash == asked.input_hash => Ok(true),
        Some(_) => Err(Refusal::IdempotencyKeyReused.into()),
    }
}

async fn within_limits(txn: &Transaction, asked: &Asked<'_>, now: Instant) -> Result<()> {
    use spent_proof::Column::{ClientKey, EmailKey, Form, SpentAt};
    let an_hour_ago = now.plus_minutes(-60);
    let recent = || {
        spent_proof::Entity::find()
            .filter(Form.eq(spent_proof::Form::Enquiry))
            .filter(SpentAt.gt(an_hour_ago))
    };
    let by_client = recent().filter(ClientKey.eq(&asked.client_key)).count(txn).await?;
    let by_address = recent().filter(EmailKey.eq(&asked.email_key)).count(txn).await?;
    let by_both = recent()
        .filter(EmailKey.eq(&asked.email_key))
        .filter(ClientKey.eq(&asked.client_key))
        .count(txn)
        .await?;
    let too_many = by_client >= HOURLY_PER_CLIENT
        || by_address >= HOURLY_PER_ADDRESS
        || by_both >= HOURLY_PER_CLIENT_AND_ADDRESS;
    if too_many { Err(Refusal::RateLimited.into()) } else { Ok(()) }
}

/// Who agrees once more is not written to twice: the consent goes with the newest enquiry of the address
/// about the course. What was agreed to before stays on record.
async fn take_over_consent(
    txn: &Transaction,
    app: &AppState,
    asked: &Asked<'_>,
    newest: Uuid,
    now: Instant,
) -> Result<()> {
    let earlier = enquiry::Entity::find()
        .filter(Column::EmailKey.eq(&asked.email_key))
        .filter(Column::CourseId.eq(asked.input.course_id))
        .filter(enquiry::consenting())
        .all(txn)
        .await?;
    for row in earlier {
        let act = Act {
            name: "requestInformation",
            subject_type: "enquiry",
            subject_id: row.id,
            course_id: Some(row.course_id),
            before: Some(
                json!({ "consent": { "version": row.consent_version, "at": row.consented_at.map(|at| at.to_string()) } }),
            ),
            after: Some(json!({ "consent": null, "renewedBy": newest })),
        };
        audit::record(txn, app, Actor::Other("the person who asks"), act).await?;
        let updated_at = row.changed_at(now);
        let row = enquiry::ActiveModel {
            consent_version: Set(None),
            consented_at: Set(None),
            updated_at: Set(updated_at),
            ..row.into_active_model()
        };
        row.update(txn).await?;
    }
    Ok(())
}
