//! What a course costs, which credit it gives, and what its page must state.

use async_graphql::{InputObject, MaybeUndefined};
use entity::Refusal;
use entity::credit_amount::CreditAmount;
use entity::profession::Profession;

use super::describe::{read_list, set, set_list};
use crate::course_file::format::{self, CourseFile};
use crate::graphql::course::{CreditRequirementKind, StatementKind};
use crate::graphql::scalar::{Decimal, Markdown};
use crate::graphql::vocabulary::coded;

/// What a course costs and gives. What is left out stays as it is; null and an empty list take away; a list replaces the whole.
#[derive(Clone, Debug, InputObject)]
pub struct CourseOfferInput {
    /// Added to every paid registration and never paid back, in the course's currency; null: none.
    processing_fee: MaybeUndefined<Decimal>,
    /// What the course costs, in order; each profession once. A free course has prices of `"0.00"`.
    prices: MaybeUndefined<Vec<PriceInput>>,
    /// Credit that the course offers, in order; each type once.
    credits: MaybeUndefined<Vec<CreditOfferInput>>,
    /// What the course page must state, in order; each kind once. Another text is a new version; who registered before accepted the old one.
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
    /// Writes it into a course.
    pub fn write(self, file: &mut CourseFile) -> Result<(), Refusal> {
        let Self { processing_fee, prices, credits, statements } = self;
        set(&mut file.fees.processing_fee, processing_fee, |fee| fee.0);
        read_list(&mut file.fees.prices, prices, |index, row| row.read(index))?;
        read_list(&mut file.credits, credits, |index, row| row.read(index))?;
        set_list(&mut file.statements, statements, |row| format::Statement { kind: row.kind.into(), text: row.text.0 });
        Ok(())
    }
}

impl PriceInput {
    fn read(self, index: &str) -> Result<format::Price, Refusal> {
        let Self { profession_code, label, regular, early } = self;
        let profession: Profession = coded(&profession_code, &["prices", index, "professionCode"])?;
        let label = label.unwrap_or_else(|| profession.label().to_owned());
        Ok(format::Price { profession, label, regular: regular.0, early: early.map(|early| early.0) })
    }
}

impl CreditOfferInput {
    fn read(self, index: &str) -> Result<format::Credit, Refusal> {
        let Self { type_code, label, amount, parts, requirements, statement } = self;
        let amount = amount.map(|amount| credit(&amount, &["credits", index, "amount"])).transpose()?;
        let parts = parts.into_iter().enumerate().map(|(place, CreditPartInput { label, amount })| {
            let amount = credit(&amount, &["credits", index, "parts", &place.to_string(), "amount"])?;
            Ok(format::CreditPart { label, amount })
        });
        Ok(format::Credit {
            kind: coded(&type_code, &["credits", index, "typeCode"])?,
            label,
            amount,
            statement,
            parts: parts.collect::<Result<_, Refusal>>()?,
            requirements: requirements.into_iter().map(|row| format::Requirement { kind: row.kind.into(), text: row.text }).collect(),
        })
    }
}

fn credit(amount: &Decimal, path: &[&str]) -> Result<CreditAmount, Refusal> {
    i32::try_from(amount.0).map(CreditAmount).map_err(|_| Refusal::invalid("This is more credit than there can be.", path))
}
