//! What a course offers and says: prices, credit, statements and reminder rules.

use entity::credit_amount::CreditAmount;
use entity::mailing::{Letter, Offset};
use entity::profession::Profession;
use entity::{credit_offer, credit_requirement, statement};

/// `[fees]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fees {
    /// ISO 4217 code.
    pub currency: String,
    /// Added to every paid registration, in cents.
    pub processing_fee: Option<i64>,
    /// A price for each profession.
    pub prices: Vec<Price>,
}

/// One row of `fees.prices`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Who pays it.
    pub profession: Profession,
    /// The profession as the course page names it.
    pub label: String,
    /// In cents.
    pub regular: i64,
    /// In cents.
    pub early: Option<i64>,
}

/// One `[[credits]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The kind.
    pub kind: credit_offer::Kind,
    /// The kind as the course page names it.
    pub label: String,
    /// The most one can claim; none for a recognition.
    pub amount: Option<CreditAmount>,
    /// What else a learner should know. Plain text.
    pub statement: Option<String>,
    /// Parts; they may overlap.
    pub parts: Vec<CreditPart>,
    /// What must be done.
    pub requirements: Vec<Requirement>,
}

/// A part of an offer of credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditPart {
    /// What it is for.
    pub label: String,
    /// How much.
    pub amount: CreditAmount,
}

/// What must be done for a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The kind of duty.
    pub kind: credit_requirement::Kind,
    /// The same for the learner to read.
    pub text: Option<String>,
}

/// One `[[competencies]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompetencyGroup {
    /// The body that defines them.
    pub group: String,
    /// The competencies.
    pub names: Vec<String>,
}

/// One `[[statements]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub kind: statement::Kind,
    /// Markdown.
    pub text: String,
}

/// One `[[reminder_rules]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name within the course.
    pub slug: String,
    /// Which letter.
    pub letter: Letter,
    /// When.
    pub offset: Offset,
    /// Whether it is on.
    pub enabled: bool,
    /// A subject line of the office's own.
    pub subject: Option<String>,
    /// An opening paragraph of the office's own. Markdown.
    pub opening: Option<String>,
    /// To these professions alone; none: to all that the letter goes to.
    pub professions: Vec<Profession>,
    /// To people in this track, by its slug, and those who have chosen none; none: to all.
    pub track: Option<String>,
}

/// The rules that every course starts with.
pub fn default_rules() -> Vec<Rule> {
    entity::mailing::DEFAULT_RULES
        .iter()
        .map(|rule| Rule {
            slug: rule.slug.to_owned(),
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
