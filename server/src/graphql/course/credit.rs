//! Credit as the API shows it.

use async_graphql::{Enum, Object, SimpleObject};
use entity::credit_offer;
use sea_orm::ActiveEnum;

use crate::catalogue::CreditRow;
use crate::graphql::directive::list_size;
use crate::graphql::scalar::Decimal;

/// A type of credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditType(credit_offer::Kind);

impl From<credit_offer::Kind> for CreditType {
    fn from(kind: credit_offer::Kind) -> Self {
        Self(kind)
    }
}

/// A type of credit, as accreditors, boards and regulators tell them apart. A recognition has no amount of
/// its own: it says who accepts another type.
#[Object]
impl CreditType {
    /// Its stable name for programs, in lower case, such as `ama_pra_category_1`; inputs take it.
    async fn code(&self) -> String {
        self.0.to_value()
    }

    /// Its name for people, in English. What a course page calls it is told by `CreditOffer.label`.
    async fn name(&self) -> &str {
        self.0.label()
    }

    /// In what its amounts are counted; null for a recognition.
    async fn unit(&self) -> Option<CreditUnit> {
        self.0.unit().map(Into::into)
    }
}

/// In what credit is counted. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "credit_offer::Unit")]
pub enum CreditUnit {
    /// Hours of taking part.
    Hour,
    /// Points of a board.
    Point,
}

/// What a learner must have done to be given a credit. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit_requirement::Kind")]
pub enum CreditRequirementKind {
    /// Taking part in the course.
    Participation,
    /// Taking part in the evaluation of the course.
    Evaluation,
    /// An individual assessment of the learner, with feedback to the learner.
    AssessmentWithFeedback,
}

/// Credit of one type that a course offers.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditOffer {
    /// Which type of credit it is.
    r#type: CreditType,
    /// The type as the course page names it.
    label: String,
    /// The most a learner can claim, in the unit of the type; null for a recognition.
    amount: Option<Decimal>,
    /// Parts of the amount, in order. They may overlap: their sum may exceed the whole.
    #[graphql(directive = list_size::apply(3))]
    parts: Vec<CreditPart>,
    /// What a learner must have done, in order.
    #[graphql(directive = list_size::apply(4))]
    requirements: Vec<CreditRequirement>,
    /// What else a learner should know; null where there is nothing. Plain text.
    statement: Option<String>,
}

/// A part of an offer of credit, such as pharmacology within contact hours.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditPart {
    /// What the part is for.
    label: String,
    /// How much, in the unit of the whole.
    amount: Decimal,
}

/// A duty that goes with a credit.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditRequirement {
    /// What must be done.
    kind: CreditRequirementKind,
    /// The same for the learner to read; null where the kind says enough.
    text: Option<String>,
}

impl CreditOffer {
    /// The offer as stored.
    pub fn of(row: &CreditRow) -> Self {
        Self {
            r#type: row.offer.kind.into(),
            label: row.offer.label.clone(),
            amount: row.offer.amount_hundredths.map(|amount| Decimal(amount.decimal())),
            parts: row
                .parts
                .iter()
                .map(|part| CreditPart {
                    label: part.label.clone(),
                    amount: Decimal(part.amount_hundredths.decimal()),
                })
                .collect(),
            requirements: row
                .requirements
                .iter()
                .map(|duty| CreditRequirement { kind: duty.kind.into(), text: duty.text.clone() })
                .collect(),
            statement: row.offer.statement.clone(),
        }
    }
}
