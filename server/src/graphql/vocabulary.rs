//! Vocabularies that belong to the office rather than to the language: professions, and types of credit. The
//! API knows their words by stable codes in lower case, the ones of course files, and not by enum values: a
//! word more is no other schema.

use std::sync::LazyLock;

use async_graphql::Object;
use entity::{Refusal, credit_offer, profession};
use sea_orm::{ActiveEnum, Iterable};

use super::course::CreditType;
use super::directive::list_size;
use super::profession::Profession;
use crate::write::mistakes::Mistakes;

/// A vocabulary.
pub trait Vocabulary: ActiveEnum<Value = String> {
    /// What its words are, for people.
    const WHAT: &'static str;
}

impl Vocabulary for profession::Profession {
    const WHAT: &'static str = "profession";
}

impl Vocabulary for credit_offer::Kind {
    const WHAT: &'static str = "type of credit";
}

/// The codes of a vocabulary.
fn all<V: Vocabulary>() -> Vec<String> {
    V::iter().map(|word| word.to_value()).collect()
}

/// The codes that a field of `Query` lists; none where it is no list of codes.
pub fn codes(listed_by: &str) -> Option<&'static [String]> {
    static PROFESSIONS: LazyLock<Vec<String>> = LazyLock::new(all::<profession::Profession>);
    static CREDIT_TYPES: LazyLock<Vec<String>> = LazyLock::new(all::<credit_offer::Kind>);
    match listed_by {
        "professions" => Some(&PROFESSIONS),
        "creditTypes" => Some(&CREDIT_TYPES),
        _ => None,
    }
}

/// The word of a code.
///
/// # Errors
/// A code that is none; the message names those that are.
pub fn word<V: Vocabulary>(code: &str) -> Result<V, String> {
    let found = V::iter().find(|word| word.to_value() == code);
    found.ok_or_else(|| format!("There is no such {}. Known are: {}.", V::WHAT, all::<V>().join(", ")))
}

/// The word of a code.
///
/// # Errors
/// A code that is none; the refusal is told at `path` and names those that are.
pub fn coded<V: Vocabulary>(code: &str, path: &[&str]) -> Result<V, Refusal> {
    word(code).map_err(|message| Refusal::invalid(message, path))
}

/// The words of a list of codes, which is told at `path`.
///
/// # Errors
/// Every code that is none, told at its place in the list.
pub fn coded_each<V: Vocabulary>(codes: &[String], path: &[&str]) -> Result<Vec<V>, Refusal> {
    let mut mistakes = Mistakes::default();
    let word =
        |(index, code): (usize, &String)| mistakes.note(coded(code, &[path, &[&index.to_string()]].concat()));
    let words = codes.iter().enumerate().filter_map(word).collect();
    mistakes.none()?;
    Ok(words)
}

/// Questions about vocabularies.
#[derive(Clone, Copy, Debug, Default)]
pub struct VocabularyQuery;

#[Object]
impl VocabularyQuery {
    /// The professions as which people can register, in the order in which they are offered.
    #[graphql(directive = list_size::apply(8))]
    async fn professions(&self) -> Vec<Profession> {
        profession::Profession::iter().map(Profession::from).collect()
    }

    /// The types of credit that a course can offer.
    #[graphql(directive = list_size::apply(12))]
    async fn credit_types(&self) -> Vec<CreditType> {
        credit_offer::Kind::iter().map(CreditType::from).collect()
    }
}
