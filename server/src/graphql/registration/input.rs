//! What clients say to register, to pay, to cancel, and to find registrations.

use async_graphql::{Enum, ID, InputObject};
use entity::Refusal;
use uuid::Uuid;

use super::object::RegistrationStatus;
use crate::action::cancel_registration::CancelRegistration;
use crate::action::record_payment::RecordPayment;
use crate::action::register::Register;
use crate::graphql::course::OrderDirection;
use crate::graphql::directive::{code, cost, max_length, of_search};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::graphql::vocabulary::{coded, coded_each};
use crate::listing::search::Words;
use crate::roster::{self, Filter};

/// The row that `id` names, where it is of the type `kind`; what is no such id is no such thing.
pub(in crate::graphql) fn known(kind: Kind, id: &ID, what: &'static str) -> Result<Uuid, Refusal> {
    global_id::of(kind, id).ok_or_else(|| Refusal::not_found(what))
}

/// Somebody registers for a course. The price follows from the profession and the day; nobody can name one.
#[derive(Clone, Debug, InputObject)]
pub struct RegisterInput {
    /// The course.
    course_id: ID,
    /// As what the learner takes part: the code of a profession, such as `nurse`. `Query.professions` has
    /// them all.
    profession_code: String,
    /// The track; required where the course has tracks.
    track_id: Option<ID>,
    /// The learner's name as it should stand on letters and certificates: one line, at most 200 characters.
    /// Ask for it where none is known; nobody is refused for the lack of it. Left out or empty, the name
    /// stays as it is.
    name: Option<String>,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

impl RegisterInput {
    /// The same, for the action.
    pub fn read(self) -> Result<Register, Refusal> {
        let Self { course_id, profession_code, track_id, name, idempotency_key } = self;
        let track = |id: ID| {
            global_id::of(Kind::Track, &id)
                .ok_or_else(|| Refusal::invalid("This course has no such track.", &["trackId"]))
        };
        Ok(Register {
            course_id: known(Kind::Course, &course_id, "course")?,
            profession: coded(&profession_code, &["professionCode"])?,
            track_id: track_id.map(track).transpose()?,
            name,
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
    /// How much, more than zero and, without `beyondDue`, not more than what is due; a part of it is taken
    /// too.
    amount: Decimal,
    /// The currency; the course's own where it is not given, and no other is taken.
    currency: Option<CurrencyCode>,
    /// How it came.
    method: PaymentMethod,
    /// The number of the check or transfer, up to 200 characters.
    reference: Option<String>,
    /// When it was received; now where it is not given, and never in the future.
    received_at: Option<DateTime>,
    /// Whether it is put on record though less is due or nothing is: it came twice, or too much of it, or the
    /// registration or the course has been canceled. What is due is paid by it first; the rest changes
    /// nothing but the books, and is owed back. Left out, that is refused.
    #[graphql(default)]
    beyond_due: bool,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

impl RecordPaymentInput {
    /// The same, for the action.
    pub fn read(self) -> Result<RecordPayment, Refusal> {
        let Self {
            registration_id,
            amount,
            currency,
            method,
            reference,
            received_at,
            beyond_due,
            idempotency_key,
        } = self;
        Ok(RecordPayment {
            registration_id: known(Kind::Registration, &registration_id, "registration")?,
            amount: amount.0,
            currency: currency.map(|currency| currency.0),
            method: method.into(),
            reference,
            received_at: received_at.map(|received| received.0),
            beyond_due,
            idempotency_key,
        })
    }
}

/// A registration is given up.
#[derive(Clone, Debug, InputObject)]
pub struct CancelRegistrationInput {
    /// The registration.
    registration_id: ID,
    /// Chosen by the client, 1 to 255 visible ASCII characters. The same key with the same input acts once
    /// and gives the same answer for at least 30 days; with another input it is refused. A refusal keeps
    /// nothing: the key may be used again.
    idempotency_key: Option<String>,
}

impl CancelRegistrationInput {
    /// The same, for the action.
    pub fn read(self) -> Result<CancelRegistration, Refusal> {
        let Self { registration_id, idempotency_key } = self;
        Ok(CancelRegistration {
            registration_id: known(Kind::Registration, &registration_id, "registration")?,
            idempotency_key,
        })
    }
}

/// Which registrations are asked for: those that meet everything that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RegistrationFilter {
    /// In one of these states at this moment.
    status: Option<Vec<RegistrationStatus>>,
    /// For this course.
    course_id: Option<ID>,
    /// In this track; who has chosen none is in none.
    track_id: Option<ID>,
    /// As one of these professions: codes, such as `nurse`.
    #[graphql(directive = code::apply("professions".to_owned()))]
    profession_code: Option<Vec<String>>,
    /// Whose code or external id is this; or words, each of which must be, or begin, a word of the learner's
    /// name or e-mail address; case, accents and signs do not matter. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    text: Option<String>,
    /// Begun at this moment or later.
    started_from: Option<DateTime>,
    /// Begun before this moment.
    started_before: Option<DateTime>,
    /// Confirmed at this moment or later.
    confirmed_from: Option<DateTime>,
    /// Confirmed before this moment.
    confirmed_before: Option<DateTime>,
}

impl RegistrationFilter {
    /// The same, without the API's own words.
    ///
    /// # Errors
    /// A text that is too long, and a code that is no profession's.
    pub fn read(self) -> Result<Filter, Refusal> {
        let Self {
            status,
            course_id,
            track_id,
            profession_code,
            text,
            started_from,
            started_before,
            confirmed_from,
            confirmed_before,
        } = self;
        if let Some(Err(no)) = text.as_deref().map(Words::read) {
            return Err(Refusal::invalid(format!("{no}."), &["filter", "text"]));
        }
        Ok(Filter {
            status: status.map(|wanted| wanted.into_iter().map(Into::into).collect()),
            // An id of another kind names no course, and so no registration.
            course: course_id.map(|id| global_id::of(Kind::Course, &id)),
            track: track_id.map(|id| global_id::of(Kind::Track, &id)),
            profession: profession_code
                .map(|codes| coded_each(&codes, &["filter", "professionCode"]))
                .transpose()?,
            text,
            started_from: started_from.map(|at| at.0),
            started_before: started_before.map(|at| at.0),
            confirmed_from: confirmed_from.map(|at| at.0),
            confirmed_before: confirmed_before.map(|at| at.0),
        })
    }
}

/// In which order registrations are listed. Those that are equal in it keep an order of their own.
#[derive(Clone, Debug, InputObject)]
pub struct RegistrationOrder {
    /// By what.
    field: RegistrationOrderField,
    /// Which way.
    #[graphql(default)]
    direction: OrderDirection,
}

/// By what registrations are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "roster::Field")]
pub enum RegistrationOrderField {
    /// By when they were begun.
    StartedAt,
    /// By the learner's name, whatever its case and accents; by the e-mail address where no name is known.
    LearnerName,
    /// By code.
    Code,
    /// By when they were confirmed; those that are not count as latest.
    ConfirmedAt,
}

impl RegistrationOrder {
    /// The same, without the API's own words.
    pub fn read(&self) -> roster::Order {
        let descending = match self.direction {
            OrderDirection::Asc => false,
            OrderDirection::Desc => true,
        };
        roster::Order { field: self.field.into(), descending }
    }
}
