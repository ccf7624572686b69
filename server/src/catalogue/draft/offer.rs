//! What a course offers and says: prices, credit, statements and reminder rules.

use entity::course::Status;
use entity::credit_amount::CreditAmount;
use entity::decimal::Decimal;
use entity::mailing::{Letter, Offset};
use entity::money::Money;
use entity::profession::Profession;
use entity::{credit_offer, credit_requirement, money, statement};

use super::number;
use super::open::Open;
use super::patch::{Patch, replace};
use super::path::{Path, at};
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

    /// The same numbers in another currency, which may have more places or fewer; false where an amount
    /// cannot be said in it. `fee` and `prices` are whether those are still what they were, and not about to
    /// be said anew.
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
            self.prices
                .iter_mut()
                .flat_map(|price| std::iter::once(&mut price.regular).chain(&mut price.early))
                .for_each(&mut exchange);
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

/// A group of people who should take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The group as the course page names it.
    pub name: Title,
    /// As what its members register.
    pub profession: Profession,
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

/// What one profession is to pay. How the amounts are read is known only with the currency.
#[derive(Clone, Debug)]
pub struct PriceWanted {
    /// Who pays it.
    pub profession: Profession,
    /// The profession as the course page names it.
    pub label: Title,
    /// The price.
    pub regular: Decimal,
    /// The early price.
    pub early: Option<Decimal>,
}

/// What is to be different about what a course offers and says.
#[derive(Clone, Debug, Default)]
pub struct OfferChange {
    /// Another currency of all prices.
    pub currency: Option<Currency>,
    /// Added to every paid registration.
    pub processing_fee: Patch<Decimal>,
    /// All prices.
    pub prices: Option<Vec<PriceWanted>>,
    /// All kinds of credit.
    pub credits: Option<Vec<Credit>>,
    /// All groups of competencies.
    pub competencies: Option<Vec<CompetencyGroup>>,
    /// All statements.
    pub statements: Option<Vec<Statement>>,
}

impl OfferChange {
    /// Writes it into a course. The currency of a course stays once it is published.
    pub fn write(self, open: &mut Open<'_>) {
        let Self { currency, processing_fee, prices, credits, competencies, statements } = self;
        let is_draft = open.draft.course.status == Status::Draft;
        let (fees, mistakes) = (&mut open.draft.fees, &mut open.mistakes);
        if let Some(currency) = currency.filter(|currency| *currency != fees.currency) {
            let kept = (matches!(processing_fee, Patch::Keep), prices.is_none());
            if !is_draft {
                mistakes.add(
                    at![Fees, Currency],
                    "People have been told prices in the old currency, so it stays.",
                );
            } else if !fees.exchange(currency, kept.0, kept.1) {
                let message = "There are prices with more places than this currency has; give them again together with it.";
                mistakes.add(at![Fees, Currency], message);
            }
        }
        let currency = fees.currency.clone();
        let mut money = |amount: Decimal, path: Path| mistakes.note(path, number::money(amount, &currency));
        match processing_fee {
            Patch::Keep => {}
            Patch::Clear => fees.processing_fee = None,
            Patch::Set(fee) => fees.processing_fee = money(fee, at![Fees, ProcessingFee]),
        }
        if let Some(prices) = prices {
            let mut price =
                |(index, PriceWanted { profession, label, regular, early }): (usize, PriceWanted)| Price {
                    profession,
                    label,
                    regular: money(regular, at![Fees, Prices, index, Regular]).unwrap_or_default(),
                    early: early.and_then(|early| money(early, at![Fees, Prices, index, Early])),
                };
            fees.prices = prices.into_iter().enumerate().map(&mut price).collect();
        }
        replace(credits, &mut open.draft.credits);
        replace(competencies, &mut open.draft.competencies);
        replace(statements, &mut open.draft.statements);
    }
}
