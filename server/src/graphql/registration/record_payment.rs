//! Recording a payment.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use entity::Refusal as Refused;

use super::object::Registration;
use crate::action::record_payment::{RecordPayment, record_payment};
use crate::app::AppState;
use crate::error;
use crate::graphql::directive::{cost, of_act};
use crate::graphql::global_id::{Kind, must};
use crate::graphql::input::OnceInput;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::viewer::Viewer;

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
    /// So that a request sent twice acts once.
    #[graphql(flatten)]
    once: OnceInput,
}

payload! {
    /// What came of recording a payment.
    RecordPaymentPayload {
        /// The registration: confirmed where it is now paid in full. Null where refused.
        registration: Registration,
    }
}

impl RecordPaymentInput {
    fn read(self) -> std::result::Result<RecordPayment, Refused> {
        let Self { registration_id, amount, currency, method, reference, received_at, beyond_due, once } =
            self;
        Ok(RecordPayment {
            registration_id: must(Kind::Registration, &registration_id)?,
            amount: amount.0,
            currency: currency.map(|currency| currency.0),
            method: method.into(),
            reference,
            received_at: received_at.map(|received| received.0),
            beyond_due,
            idempotency_key: once.key(),
        })
    }
}

/// Recording a payment.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordPaymentMutation;

#[Object]
impl RecordPaymentMutation {
    /// Records a payment for a registration of a course that the viewer runs. What is paid in full is
    /// confirmed. What counts is when the money was received: a quote that had lapsed by then is priced anew
    /// first. A hold that has ended is taken up again while seats are free; where none is, the payment is on
    /// record all the same, and the registration stays as it is.
    #[graphql(directive = cost::apply(of_act()))]
    async fn record_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came in, and for which registration.")] input: RecordPaymentInput,
    ) -> Result<RecordPaymentPayload> {
        answer(record(ctx.data()?, ctx.data()?, input).await)
    }
}

async fn record(app: &AppState, viewer: &Viewer, input: RecordPaymentInput) -> error::Result<Registration> {
    viewer.signed_in()?;
    record_payment(app, viewer, &input.read()?).await.map(Registration::from)
}
