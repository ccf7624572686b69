//! Recording a payment: staff say what came in; what is paid in full is confirmed.
//!
//! Money that came is on record whether or not there is a seat for it: what came after the hold, while all
//! seats are taken, stands without one, and the registration stays what it is. So does what came twice, too
//! much or too late, where staff say that they mean it: an amount beyond what is due is most often a slip of
//! the hand. What is to be paid is judged by when the money was received.

use entity::decimal::Decimal;
use entity::payment::{self, Method};
use entity::quote::{Draft, Receipt, Reckoned, Terms};
use entity::registration::{self, Status};
use entity::{Instant, Refusal, course, learner, money, quote};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter,
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Error, Fault, Result};
use crate::store::Transaction;
use crate::viewer::Viewer;
use crate::write::audit::{self, Act, Actor};
use crate::write::mistakes::Mistakes;
use crate::write::once::{self, Once};
use crate::write::registering::{self, spelled};
use crate::write::{free_text, pricing, seats};

/// The longest reference, in characters.
const LONGEST_REFERENCE: usize = 200;

/// A payment as staff enter it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordPayment {
    /// What it is for.
    pub registration_id: Uuid,
    /// How much, in the currency's unit. Named as in releases whose keys may be sent again.
    #[serde(rename = "amount_cents")]
    pub amount: Decimal,
    /// ISO 4217; the course's where it is not said.
    pub currency: Option<String>,
    /// How it came.
    pub method: Method,
    /// The number of the check or transfer.
    pub reference: Option<String>,
    /// When it was received; now where it is not said.
    pub received_at: Option<Instant>,
    /// Whether it is put on record though less is due, or nothing. Left out of what is compared where it is
    /// not said, as in releases that knew no such thing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub beyond_due: bool,
    /// Chosen by the client, so that a request sent twice acts once.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Records a payment for a registration of a course that the viewer runs.
pub async fn record_payment(
    app: &AppState,
    viewer: &Viewer,
    input: &RecordPayment,
) -> Result<registration::Model> {
    let staff = viewer.signed_in()?;
    // Whether somebody runs the course comes before what is wrong with the input, and what was done before is
    // told again to who may see it still.
    let found = seen(&app.db, viewer, input.registration_id).await?;
    let page = app.catalogue.page(&app.db, found.course_id).await?;
    let page = page.ok_or_else(|| Refusal::not_found("registration"))?;
    let mut mistakes = Mistakes::default();
    mistakes.note(in_currency(input, &page.course));
    mistakes.note(may_be_paid(input.amount, &page.course.currency));
    if input.received_at.is_some_and(|received| received > app.nature.now()) {
        let message = "A payment cannot have been received in the future.";
        mistakes.note::<()>(Err(Refusal::invalid(message, &["receivedAt"])));
    }
    let reference = free_text::perhaps_one_line(input.reference.as_deref(), LONGEST_REFERENCE, "reference");
    let reference = mistakes.read(reference);
    mistakes.note(once::well_formed(input.idempotency_key.as_deref()));
    mistakes.none()?;
    let once = Once::new(staff.id, "recordPayment", input.idempotency_key.as_deref(), input)?;
    let done = once.act(app, || attempt(app, viewer, staff, input, reference.as_deref(), &once)).await?;
    registering::told(app, done).await
}

/// Refuses a payment in another currency than the course's.
fn in_currency(input: &RecordPayment, course: &course::Model) -> Result<(), Refusal> {
    if input.currency.as_ref().is_some_and(|currency| *currency != course.currency) {
        return Err(Refusal::WrongCurrency { currency: course.currency.clone() });
    }
    Ok(())
}

/// The amount in the smallest unit of the currency, where it is one that can be paid at all.
fn may_be_paid(amount: Decimal, currency: &str) -> Result<i64, Refusal> {
    let wrong = |message: String| Refusal::invalid(message, &["amount"]);
    if !amount.is_positive() {
        return Err(wrong("A payment is more than zero.".to_owned()));
    }
    let places = money::places(currency);
    let minor =
        amount.units(places).map_err(|no| wrong(format!("{amount} is no amount in {currency}: {no}.")))?;
    let most = Decimal::new(money::MOST, 0).units(places);
    if most.is_ok_and(|most| minor > most) {
        return Err(wrong(format!("A payment cannot be more than {}.", money::MOST)));
    }
    Ok(minor)
}

/// The registration, where the viewer runs its course.
async fn seen(db: &impl ConnectionTrait, viewer: &Viewer, id: Uuid) -> Result<registration::Model> {
    let unknown = || Refusal::not_found("registration");
    let mine = viewer.run_registrations().ok_or_else(unknown)?;
    Ok(registration::Entity::find_by_id(id).filter(mine).one(db).await?.ok_or_else(unknown)?)
}

async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    staff: &learner::Model,
    input: &RecordPayment,
    reference: Option<&str>,
    once: &Once,
) -> Result<Uuid> {
    let txn = app.begin().await?;
    let found = seen(&txn, viewer, input.registration_id).await?;
    let course = seats::lock_course(&txn, found.course_id).await?;
    let registration = seats::lock_registration(&txn, found.id).await?;
    let now = app.nature.now();

    let received_at = input.received_at.unwrap_or(now);
    in_currency(input, &course)?;
    let amount_minor = may_be_paid(input.amount, &course.currency)?;
    let receipt = Receipt { received_at, minor: amount_minor };
    let reckoned = match reckoned(&txn, &course, &registration, receipt, now).await {
        Ok(reckoned) => Some(reckoned),
        // Nothing is due, and the money came all the same.
        Err(Error::Refused(
            Refusal::AlreadyPaid | Refusal::RegistrationNotLive | Refusal::CourseCancelled,
        )) if input.beyond_due => None,
        Err(no) => return Err(no),
    };
    let paid_minor = pricing::paid(&txn, registration.id).await?;
    let due_minor = reckoned.as_ref().map_or(0, |reckoned| reckoned.due_minor);
    if amount_minor > due_minor && !input.beyond_due {
        return Err(Refusal::PaymentTooLarge {
            due: money::Money::new(due_minor, course.currency).to_string(),
        }
        .into());
    }
    let in_full = amount_minor >= due_minor;
    let terms = reckoned.map(|reckoned| reckoned.terms);
    let seat = match &terms {
        Some(terms) => {
            seated(&txn, &course, &registration, terms, in_full, (received_at, now)).await?.then_some(terms)
        }
        None => None,
    };
    let status = match (seat, in_full) {
        (Some(_), true) => Status::Confirmed,
        (Some(_), false) => Status::Started,
        (None, _) => registration.status_at(now),
    };
    if let Some(terms) = seat {
        match &terms.anew {
            Some(draft) => {
                let valid_until = draft.valid_until.filter(|_| !in_full);
                let draft = Draft { valid_until, ..draft.clone() };
                pricing::write(&txn, app, &registration, &course, &draft, now).await?;
            }
            None if in_full => pricing::settle(&txn, &[registration.id]).await?,
            None => {}
        }
    }
    let payment = payment::Model {
        id: app.nature.id(),
        registration_id: registration.id,
        amount_minor,
        currency: course.currency.clone(),
        method: input.method,
        reference: reference.map(str::to_owned),
        received_at,
        recorded_at: now,
        recorded_by: staff.id,
    };
    payment::Entity::insert(payment.clone().into_active_model()).exec_without_returning(&txn).await?;
    match seat {
        Some(terms) => advance(&txn, &registration, status, terms.hold_until, now).await?,
        None => touch(&txn, &registration, now).await?,
    }
    let act = Act {
        name: "recordPayment",
        subject_type: "registration",
        subject_id: registration.id,
        course_id: Some(course.id),
        before: Some(json!({ "status": spelled(registration.status_at(now)), "paid_minor": paid_minor })),
        after: Some(json!({
            "status": spelled(status),
            "paid_minor": paid_minor + payment.amount_minor,
            "payment": payment.id,
            "method": payment.method,
            "received_at": payment.received_at,
            "total_minor": terms.map(|terms| terms.total_minor),
        })),
    };
    audit::record(&txn, app, Actor::Person(staff), act).await?;
    once.keep(&txn, app, registration.id).await?;
    txn.commit().await?;
    Ok(registration.id)
}

/// What the money comes to beside what was recorded before.
async fn reckoned(
    txn: &Transaction,
    course: &course::Model,
    registration: &registration::Model,
    receipt: Receipt,
    now: Instant,
) -> Result<Reckoned> {
    match registration.status_at(now) {
        Status::Started | Status::Expired | Status::Waitlisted => {}
        Status::Confirmed => return Err(Refusal::AlreadyPaid.into()),
        Status::Cancelled => return Err(Refusal::RegistrationNotLive.into()),
    }
    if course.is_cancelled() {
        return Err(Refusal::CourseCancelled.into());
    }
    let told =
        quote::Entity::find().filter(quote::Column::RegistrationId.eq(registration.id)).one(txn).await?;
    let told = told.ok_or_else(|| Fault::Stored(format!("registration {} has no quote", registration.id)))?;
    let prices = pricing::prices(txn, course.id).await?;
    let before = pricing::receipts(txn, registration.id).await?;
    let reckoned = quote::reckon((course, &prices), registration, Some(&told), &before, receipt);
    Ok(reckoned.map_err(|no| if no == Refusal::NoPrice { Refusal::NoPriceToPay } else { no })?)
}

/// Whether the payment has a seat: the one that is held, or one that is free now, where the money came before
/// the course was over and the learner has not registered anew since. A part of the price can take a seat only
/// while there is time left to pay the rest.
async fn seated(
    txn: &Transaction,
    course: &course::Model,
    registration: &registration::Model,
    terms: &Terms,
    in_full: bool,
    (received_at, now): (Instant, Instant),
) -> Result<bool> {
    if registration.status_at(now) == Status::Started {
        return Ok(true);
    }
    seats::expire_overdue(txn, course.id, now).await?;
    let in_time = received_at < course.last_instant() && (in_full || now < terms.hold_until);
    Ok(in_time
        && !registering::is_registered(txn, course.id, registration.learner_id).await?
        && seats::is_free(txn, course, now).await?)
}

/// Notes that something has changed about a registration that stays what it is.
async fn touch(txn: &Transaction, registration: &registration::Model, now: Instant) -> Result<()> {
    let change = registration::ActiveModel {
        id: Set(registration.id),
        updated_at: Set(registration.changed_at(now)),
        ..Default::default()
    };
    change.update(txn).await?;
    Ok(())
}

async fn advance(
    txn: &Transaction,
    registration: &registration::Model,
    status: Status,
    hold_until: Instant,
    now: Instant,
) -> Result<()> {
    let row = registration::ActiveModel {
        status: Set(status),
        // The last hold is kept after payment: it tells how long the learner had. A hold that never was
        // cannot begin before its end.
        hold_until: Set(if hold_until > now { Some(hold_until) } else { registration.hold_until }),
        confirmed_at: Set((status == Status::Confirmed).then(|| now.max(registration.started_at))),
        expired_at: Set(None),
        // Who was told that the seat is let go is told that it is held again.
        corrected_at: if status == Status::Started && registration.status_at(now) == Status::Expired {
            Set(Some(now))
        } else {
            NotSet
        },
        updated_at: Set(registration.changed_at(now)),
        ..registration.clone().into_active_model()
    };
    row.update(txn).await.map_err(|error| {
        // The learner has begun anew since; the old registration stays what it is.
        if seats::second_live(&error) { Error::from(Refusal::RegistrationNotLive) } else { error.into() }
    })?;
    Ok(())
}
