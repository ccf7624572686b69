//! What a course costs, which credit it gives, and what its page must state.

use async_graphql::{InputObject, MaybeUndefined};
use entity::credit_amount::CreditAmount;
use entity::credit_offer;
use entity::profession::Profession;

use crate::catalogue::draft::text::Title;
use crate::catalogue::draft::{
    Credit, CreditPart, Field, Mistakes, OfferChange, PriceWanted, Requirement, Statement, at, number,
};
use crate::graphql::course::{CreditRequirementKind, StatementKind};
use crate::graphql::input::Reader;
use crate::graphql::scalar::{Decimal, Markdown};
use crate::graphql::vocabulary;

/// What a course costs and gives. What is left out stays as it is; null and an empty list take away; a list
/// replaces the whole.
#[derive(Clone, Debug, InputObject)]
pub struct CourseOfferInput {
    /// Added to every paid registration and never paid back, in the course's currency; null: none.
    processing_fee: MaybeUndefined<Decimal>,
    /// What the course costs, in order; each profession once. A free course has prices of `"0.00"`.
    prices: MaybeUndefined<Vec<PriceInput>>,
    /// Credit that the course offers, in order; each type once.
    credits: MaybeUndefined<Vec<CreditOfferInput>>,
    /// What the course page must state, in order; each kind once. Another text is a new version; who
    /// registered before accepted the old one.
    statements: MaybeUndefined<Vec<StatementInput>>,
}

/// What one profession pays.
#[derive(Clone, Debug, InputObject)]
pub struct PriceInput {
    /// The code of the profession, such as `nurse`.
    profession_code: String,
    /// The profession as the course page names it, up to 300 characters; left out: as it is always named.
    label: Option<String>,
    /// The price, in the course's currency.
    regular: Decimal,
    /// The price until the early deadline, not above the other; left out: the same.
    early: Option<Decimal>,
}

/// Credit of one type.
#[derive(Clone, Debug, InputObject)]
pub struct CreditOfferInput {
    /// The code of the type, such as `ama_pra_category_1`. `Query.creditTypes` has them all.
    type_code: String,
    /// The type as the course page names it; up to 300 characters.
    label: String,
    /// The most a learner can claim, in the unit of the type; left out for a recognition.
    amount: Option<Decimal>,
    /// Parts of the amount, in order. They may overlap.
    #[graphql(default)]
    parts: Vec<CreditPartInput>,
    /// What a learner must have done, in order.
    #[graphql(default)]
    requirements: Vec<CreditRequirementInput>,
    /// What else a learner should know. Plain text, up to 2,000 characters.
    statement: Option<String>,
}

/// A part of an offer of credit.
#[derive(Clone, Debug, InputObject)]
pub struct CreditPartInput {
    /// What the part is for; up to 300 characters.
    label: String,
    /// How much, in the unit of the whole.
    amount: Decimal,
}

/// A duty that goes with a credit.
#[derive(Clone, Debug, InputObject)]
pub struct CreditRequirementInput {
    /// What must be done.
    kind: CreditRequirementKind,
    /// The same for the learner to read, up to 2,000 characters, where the kind does not say enough.
    text: Option<String>,
}

/// One statement.
#[derive(Clone, Debug, InputObject)]
pub struct StatementInput {
    /// What it is about.
    kind: StatementKind,
    /// What it says; up to 20,000 characters.
    text: Markdown,
}

impl CourseOfferInput {
    /// What is to be different.
    pub fn read(self, mistakes: &mut Mistakes) -> OfferChange {
        let Self { processing_fee, prices, credits, statements } = self;
        let mut read = Reader::at(at![Fees], mistakes);
        let processing_fee = read.patch(Field::ProcessingFee, processing_fee, |fee| Ok(fee.0));
        let prices = read.list(Field::Prices, prices, PriceInput::read);
        let mut read = Reader::at(at![], mistakes);
        OfferChange {
            processing_fee,
            prices,
            credits: read.list(Field::Credits, credits, CreditOfferInput::read),
            statements: read.list(Field::Statements, statements, StatementInput::read),
            ..OfferChange::default()
        }
    }
}

impl PriceInput {
    fn read(mut read: Reader<'_>, said: Self) -> PriceWanted {
        let Self { profession_code, label, regular, early } = said;
        let profession = read
            .value(Field::Profession, vocabulary::word(&profession_code))
            .unwrap_or(Profession::AlliedHealthOther);
        PriceWanted {
            profession,
            label: read.some_text(Field::Label, label).unwrap_or_else(|| Title::stored(profession.label())),
            regular: regular.0,
            early: early.map(|early| early.0),
        }
    }
}

impl CreditOfferInput {
    fn read(mut read: Reader<'_>, said: Self) -> Credit {
        let Self { type_code, label, amount, parts, requirements, statement } = said;
        let kind = read
            .value(Field::CreditKind, vocabulary::word(&type_code))
            .unwrap_or(credit_offer::Kind::AmaPraCategory1);
        Credit {
            kind,
            label: read.text(Field::Label, &label),
            amount: amount.and_then(|amount| read.value(Field::Amount, number::credit(amount.0))),
            statement: read.some_text(Field::Statement, statement),
            parts: read
                .list(Field::Parts, MaybeUndefined::Value(parts), CreditPartInput::read)
                .unwrap_or_default(),
            requirements: read
                .list(Field::Requirements, MaybeUndefined::Value(requirements), CreditRequirementInput::read)
                .unwrap_or_default(),
        }
    }
}

impl CreditPartInput {
    fn read(mut read: Reader<'_>, said: Self) -> CreditPart {
        let Self { label, amount } = said;
        let amount = read.value(Field::Amount, number::credit(amount.0)).unwrap_or(CreditAmount(1));
        CreditPart { label: read.text(Field::Label, &label), amount }
    }
}

impl CreditRequirementInput {
    fn read(mut read: Reader<'_>, said: Self) -> Requirement {
        let Self { kind, text } = said;
        Requirement { kind: kind.into(), text: read.some_text(Field::Text, text) }
    }
}

impl StatementInput {
    fn read(mut read: Reader<'_>, said: Self) -> Statement {
        let Self { kind, text } = said;
        Statement { kind: kind.into(), text: read.text(Field::Text, &text.0) }
    }
}
