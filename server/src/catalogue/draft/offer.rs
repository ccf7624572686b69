//! What a course offers and says: prices, credit, statements and reminder rules.

use entity::credit_amount::CreditAmount;
use entity::decimal::Decimal;
use entity::mailing::{Letter, Offset};
use entity::money::Money;
use entity::profession::Profession;
use entity::{credit_offer, credit_requirement, money, statement};

use super::text::{Currency, Paragraph, Prose, Slug, Title};

/// What a course costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fees {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Added to every paid registration, in the currency's smallest unit.
    pub processing_fee: Option<i64>,
    /// A price for each profession.
    pub prices: Vec<Price>,
}

impl Fees {
    /// An amount as it is written in this currency.
    pub fn written(&self, amount: i64) -> String {
        Money::new(amount, &*self.currency).decimal().to_string()
    }

    /// The same numbers in another currency, which may have more places or fewer; false where an amount cannot be said in it. `fee` and `prices`
    /// are whether those are still what they were, and not about to be said anew.
    pub fn exchange(&mut self, currency: Currency, fee: bool, prices: bool) -> bool {
        let (old, new) = (money::places(&self.currency), money::places(&currency));
        let mut sayable = true;
        let mut exchange = |amount: &mut i64| match Decimal::new(*amount, old).units(new) {
            Ok(units) => *amount = units,
            Err(_) => sayable = false,
        };
        if fee {
            self.processing_fee.iter_mut().for_each(&mut exchange);
        }
        if prices {
            self.prices.iter_mut().flat_map(|price| std::iter::once(&mut price.regular).chain(&mut price.early)).for_each(&mut exchange);
        }
        if sayable {
            self.currency = currency;
        }
        sayable
    }
}

/// What one profession pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Who pays it.
    pub profession: Profession,
    /// The profession as the course page names it.
    pub label: Title,
    /// In the currency's smallest unit.
    pub regular: i64,
    /// In the currency's smallest unit.
    pub early: Option<i64>,
}

/// An offer of credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The kind.
    pub kind: credit_offer::Kind,
    /// The kind as the course page names it.
    pub label: Title,
    /// The most one can claim; none for a recognition.
    pub amount: Option<CreditAmount>,
    /// What else a learner should know. Plain text.
    pub statement: Option<Paragraph>,
    /// Parts; they may overlap.
    pub parts: Vec<CreditPart>,
    /// What must be done.
    pub requirements: Vec<Requirement>,
}

/// A part of an offer of credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditPart {
    /// What it is for.
    pub label: Title,
    /// How much.
    pub amount: CreditAmount,
}

/// What must be done for a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The kind of duty.
    pub kind: credit_requirement::Kind,
    /// The same for the learner to read.
    pub text: Option<Paragraph>,
}

/// Competencies as one body defines them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompetencyGroup {
    /// The body that defines them.
    pub group: Title,
    /// The competencies.
    pub names: Vec<Title>,
}

/// A statement that the course page carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub kind: statement::Kind,
    /// Markdown.
    pub text: Prose,
}

/// A reminder rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name within the course.
    pub slug: Slug,
    /// Which letter.
    pub letter: Letter,
    /// When.
    pub offset: Offset,
    /// Whether it is on.
    pub enabled: bool,
    /// A subject line of the office's own.
    pub subject: Option<Title>,
    /// An opening paragraph of the office's own. Markdown.
    pub opening: Option<Prose>,
    /// To these professions alone; none: to all that the letter goes to.
    pub professions: Vec<Profession>,
    /// To people in this track, by its slug, and those who have chosen none; none: to all.
    pub track: Option<Slug>,
}

/// The rules that every course starts with.
pub fn default_rules() -> Vec<Rule> {
    entity::mailing::DEFAULT_RULES
        .iter()
        .map(|rule| Rule {
            slug: Slug::stored(rule.slug),
            letter: rule.letter,
            offset: rule.offset,
            enabled: rule.enabled,
            subject: None,
            opening: None,
            professions: Vec::new(),
            track: None,
        })
        .collect()
}
