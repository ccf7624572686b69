//! Credit as the API shows it.

use async_graphql::{Enum, SimpleObject};

use crate::catalogue::CreditRow;
use crate::graphql::scalar::Decimal;

/// Kinds of credit. A recognition has no amount of its own: it says who accepts another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::credit_offer::Kind")]
pub enum CreditKind {
    /// AMA PRA Category 1 Credit, for physicians. In hours.
    #[graphql(name = "AMA_PRA_CATEGORY_1")]
    AmaPraCategory1,
    /// Contact hours for nurses (ANCC).
    NursingContactHours,
    /// The NCCPA's acceptance of AMA PRA Category 1 for the recertification of physician assistants.
    NccpaRecognition,
    /// Maintenance of Certification points of the American Board of Internal Medicine.
    AbimMoc,
    /// Maintenance of Certification points of the American Board of Pediatrics.
    AbpMoc,
    /// Risk management study as the Massachusetts Board of Registration in Medicine defines it. In hours.
    MassachusettsRiskManagement,
    /// Mutual recognition between the European Union of Medical Specialists and the American Medical Association.
    UemsRecognition,
    /// Recognition by the Royal College of Physicians and Surgeons of Canada.
    RcpscRecognition,
}

/// What a learner must have done to be given a credit.
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

/// One kind of credit that a course offers.
#[derive(Clone, Debug, SimpleObject)]
pub struct CreditOffer {
    /// The kind.
    kind: CreditKind,
    /// The kind as the course page names it.
    label: String,
    /// The most a learner can claim, in hours or points of the kind; null for a recognition.
    amount: Option<Decimal>,
    /// Parts of the amount, in order. They may overlap: their sum may exceed the whole.
    parts: Vec<CreditPart>,
    /// What a learner must have done, in order.
    requirements: Vec<CreditRequirement>,
    /// What else a learner should know. Plain text.
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
    /// The same for the learner to read, where the kind does not say enough.
    text: Option<String>,
}

impl CreditOffer {
    /// The offer as stored.
    pub fn of(row: &CreditRow) -> Self {
        Self {
            kind: row.offer.kind.into(),
            label: row.offer.label.clone(),
            amount: row.offer.amount_hundredths.map(|amount| Decimal(amount.0.into())),
            parts: row
                .parts
                .iter()
                .map(|part| CreditPart { label: part.label.clone(), amount: Decimal(part.amount_hundredths.0.into()) })
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
