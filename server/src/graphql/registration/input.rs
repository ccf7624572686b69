//! What clients say to register, to pay, to cancel, and to find registrations.

use async_graphql::{Enum, ID, InputObject};
use entity::registration::{self, Status};
use entity::{Instant, Refusal, learner};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::object::RegistrationStatus;
use crate::action::cancel_registration::CancelRegistration;
use crate::action::record_payment::RecordPayment;
use crate::action::register::Register;
use crate::graphql::global_id::{self, Kind};
use crate::graphql::profession::Profession;
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};

/// The row that `id` names, where it is of the type `kind`; what is no such id is no such thing.
fn known(kind: Kind, id: &ID, what: &'static str) -> Result<Uuid, Refusal> {
    global_id::of(kind, id).ok_or_else(|| Refusal::not_found(what))
}

/// Somebody registers for a course. The price follows from the profession and the day; nobody can name one.
#[derive(Clone, Debug, InputObject)]
pub struct RegisterInput {
    /// The course.
    course_id: ID,
    /// As what the learner takes part.
    profession: Profession,
    /// The track; required where the course has tracks.
    track_id: Option<ID>,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input gives the same answer for at least 30 days
    /// and acts once; with another input it is refused.
    idempotency_key: Option<String>,
}

impl RegisterInput {
    /// The same, for the action.
    pub fn read(self) -> Result<Register, Refusal> {
        let Self { course_id, profession, track_id, idempotency_key } = self;
        let track =
            |id: ID| global_id::of(Kind::Track, &id).ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]));
        Ok(Register {
            course_id: known(Kind::Course, &course_id, "course")?,
            profession: profession.into(),
            track_id: track_id.map(track).transpose()?,
            idempotency_key,
        })
    }
}

/// How a payment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::payment::Method")]
pub enum PaymentMethod {
    /// A card, charged elsewhere.
    Card,
    /// A check.
    Check,
    /// A bank transfer.
    BankTransfer,
    /// Cash.
    Cash,
    /// Any other way.
    Other,
}

/// Staff say what came in for a registration.
#[derive(Clone, Debug, InputObject)]
pub struct RecordPaymentInput {
    /// What it is for.
    registration_id: ID,
    /// How much, more than zero and not more than what is due; a part of it is taken too.
    amount: Decimal,
    /// The currency; the course's own where it is not given, and no other is taken.
    currency: Option<CurrencyCode>,
    /// How it came.
    method: PaymentMethod,
    /// The number of the check or transfer, up to 200 characters.
    reference: Option<String>,
    /// When it was received; now where it is not given, and never in the future.
    received_at: Option<DateTime>,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input gives the same answer for at least 30 days
    /// and acts once; with another input it is refused.
    idempotency_key: Option<String>,
}

impl RecordPaymentInput {
    /// The same, for the action.
    pub fn read(self) -> Result<RecordPayment, Refusal> {
        let Self { registration_id, amount, currency, method, reference, received_at, idempotency_key } = self;
        Ok(RecordPayment {
            registration_id: known(Kind::Registration, &registration_id, "registration")?,
            amount_cents: amount.0,
            currency: currency.map(|currency| currency.0),
            method: method.into(),
            reference,
            received_at: received_at.map(|received| received.0),
            idempotency_key,
        })
    }
}

/// A registration is given up.
#[derive(Clone, Debug, InputObject)]
pub struct CancelRegistrationInput {
    /// The registration.
    registration_id: ID,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input gives the same answer for at least 30 days
    /// and acts once; with another input it is refused.
    idempotency_key: Option<String>,
}

impl CancelRegistrationInput {
    /// The same, for the action.
    pub fn read(self) -> Result<CancelRegistration, Refusal> {
        let Self { registration_id, idempotency_key } = self;
        Ok(CancelRegistration { registration_id: known(Kind::Registration, &registration_id, "registration")?, idempotency_key })
    }
}

/// Which registrations are asked for: those that meet everything that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RegistrationFilter {
    /// In one of these states at this moment.
    status: Option<Vec<RegistrationStatus>>,
    /// For this course.
    course_id: Option<ID>,
    /// As one of these professions.
    profession: Option<Vec<Profession>>,
    /// Whose code is this, or whose learner's name or e-mail address contains it; upper and lower case are alike.
    text: Option<String>,
    /// Begun at this moment or later.
    started_from: Option<DateTime>,
    /// Begun before this moment.
    started_before: Option<DateTime>,
}

impl RegistrationFilter {
    /// The same, for a query over registrations as they are at `now`.
    pub fn condition(&self, now: Instant) -> Condition {
        use registration::Column;
        let Self { status, course_id, profession, text, started_from, started_before } = self;
        let status = status.as_ref().map(|wanted| {
            // One false term keeps an empty list from meaning everything.
            let none = Condition::any().add(Expr::val(1).eq(0));
            wanted.iter().fold(none, |any, status| any.add(in_state((*status).into(), now)))
        });
        let profession = profession
            .as_ref()
            .map(|wanted| Column::Profession.is_in(wanted.iter().map(|profession| entity::profession::Profession::from(*profession))));
        // An id of another kind names no course, and so no registration.
        let course = course_id.as_ref().map(|id| Column::CourseId.is_in(global_id::of(Kind::Course, id)));
        Condition::all()
            .add_option(status)
            .add_option(course)
            .add_option(profession)
            .add_option(text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(about))
            .add_option(started_from.as_ref().map(|from| Column::StartedAt.gte(from.0)))
            .add_option(started_before.as_ref().map(|before| Column::StartedAt.lt(before.0)))
    }
}

/// Registrations in this state at `now`, whatever was last written down about holds that have ended.
fn in_state(status: Status, now: Instant) -> Condition {
    use registration::Column;
    match status {
        Status::Started => Condition::all().add(Column::Status.eq(Status::Started)).add(Column::HoldUntil.gt(now)),
        Status::Expired => Condition::any().add(Column::Status.eq(Status::Expired)).add(registration::overdue(now)),
        Status::Confirmed | Status::Waitlisted | Status::Cancelled => Condition::all().add(Column::Status.eq(status)),
    }
}

/// Registrations with this code, or of learners whose name or address contains the text.
fn about(text: &str) -> Condition {
    let lower = text.to_lowercase();
    let escaped: String =
        lower.chars().flat_map(|letter| matches!(letter, '%' | '_' | '\\').then_some('\\').into_iter().chain([letter])).collect();
    let contains = || LikeExpr::new(format!("%{escaped}%")).escape('\\');
    let learners = Query::select()
        .column(learner::Column::Id)
        .from(learner::Entity)
        .cond_where(
            Condition::any()
                .add(Expr::col(learner::Column::EmailKey).like(contains()))
                .add(Expr::expr(Func::lower(Expr::col(learner::Column::Name))).like(contains())),
        )
        .take();
    Condition::any().add(registration::Column::Code.eq(text.to_uppercase())).add(registration::Column::LearnerId.in_subquery(learners))
}
