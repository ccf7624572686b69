//! Finding words, by indexes of folded words (see [`super::fold`]): alike on both databases, and without
//! reading whole tables.

use std::fmt;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, DbErr};

use super::fold;

/// The longest text that is looked for, in characters.
pub const MAX_LENGTH: usize = 200;
/// The most words that are looked for.
pub const MAX_WORDS: usize = 10;
/// Up to so many places at which a word stands are gone through; a word that stands at more is so common that
/// a page of the list itself is soon full of rows that have it.
const FEW: u64 = 1_000;

/// A text that is too long, or has too many words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`text` may have {MAX_WORDS} words and {MAX_LENGTH} characters at most")
    }
}

/// An index of words: a table with a row for each word of each owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    table: &'static str,
    owner: &'static str,
}

/// The words of courses: of title, summary, topics and domains, and of the names of everybody who teaches.
pub const COURSES: Index = Index { table: "course_word", owner: "course_id" };
/// The words of members of the faculty: of the name, the position, and where it is held.
pub const FACULTY: Index = Index { table: "faculty_member_word", owner: "faculty_member_id" };
/// The words of the names of organizations.
pub const ORGANIZATIONS: Index = Index { table: "organization_word", owner: "organization_id" };
/// The words of learners: of name and e-mail address.
pub const LEARNERS: Index = Index { table: "learner_word", owner: "learner_id" };
/// The words of enquiries: of name, e-mail address and question.
pub const ENQUIRIES: Index = Index { table: "enquiry_word", owner: "enquiry_id" };

impl Index {
    /// The table.
    pub(super) fn table(self) -> &'static str {
        self.table
    }

    /// The column that says whose word it is.
    pub(super) fn owner(self) -> &'static str {
        self.owner
    }

    /// Whether `owner` is among those who have a word that begins with `word`.
    fn has(self, owner: Expr, word: &str) -> Expr {
        owner.in_subquery(self.places(word).column(self.owner).take())
    }

    /// Places at which a word stands that begins with `word`.
    fn places(self, word: &str) -> SelectStatement {
        let column = || Expr::col((self.table, "word"));
        // No character comes after the last of Unicode, and no text has it.
        let end = format!("{word}\u{10ffff}");
        Query::select().from(self.table).and_where(column().gte(word)).and_where(column().lt(end)).take()
    }
}

/// The words of a text that is looked for. Each must be the beginning of a word; case, accents and signs do
/// not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Nothing was said, and everything is found.
    Nothing,
    /// These words, of which none begins another.
    Some(Vec<String>),
    /// Signs alone, which stand nowhere.
    Signs,
}

/// Conditions for rows that have all the words.
#[derive(Clone, Debug)]
pub struct Found {
    /// For a page of them.
    pub page: Condition,
    /// For how many there are.
    pub count: Condition,
}

impl Words {
    /// The words of a text.
    ///
    /// # Errors
    /// A text that is too long, or has too many words.
    pub fn read(text: &str) -> Result<Self, TooMuch> {
        if text.chars().nth(MAX_LENGTH).is_some() {
            return Err(TooMuch);
        }
        let mut words = fold::words(text);
        words.sort_unstable();
        let mut kept: Vec<String> = Vec::new();
        for word in words.into_iter().rev() {
            // Whatever begins with a longer word begins with a shorter one, too.
            if !kept.last().is_some_and(|longer| longer.starts_with(&word)) {
                kept.push(word);
            }
        }
        match kept.len() {
            0 if text.trim().is_empty() => Ok(Self::Nothing),
            0 => Ok(Self::Signs),
            1..=MAX_WORDS => Ok(Self::Some(kept)),
            _ => Err(TooMuch),
        }
    }

    /// Rows whose id is `owner` and that have all the words.
    pub fn all_of(&self, index: Index, owner: Expr) -> Condition {
        match self {
            Self::Nothing => Condition::all(),
            Self::Signs => Condition::any().add(Expr::val(1).eq(0)),
            Self::Some(words) => {
                words.iter().fold(Condition::all(), |all, word| all.add(index.has(owner.clone(), word)))
            }
        }
    }

    /// Conditions for rows whose id is `owner` and that have all the words. One small statement finds out
    /// which word is the rarest: rows that have a rare word are gone through, while for common words the list
    /// is walked along, because soon a page is full.
    pub async fn find<C: ConnectionTrait>(
        &self,
        db: &C,
        index: Index,
        owner: impl Into<Expr>,
    ) -> Result<Found, DbErr> {
        let owner: Expr = owner.into();
        let words = match self {
            Self::Nothing | Self::Signs => {
                let any = self.all_of(index, owner);
                return Ok(Found { page: any.clone(), count: any });
            }
            Self::Some(words) => words,
        };
        let places = places(db, index, words).await?;
        let rarest = places
            .iter()
            .enumerate()
            .min_by_key(|(_, places)| **places)
            .filter(|(_, places)| **places <= FEW)
            .map(|(word, _)| word);
        let gone_through = |word: &str| index.has(owner.clone(), word);
        let looked_up = |word: &str| {
            let of_the_row = Expr::col((index.table, index.owner)).eq(owner.clone());
            Expr::exists(index.places(word).expr(Expr::val(1)).and_where(of_the_row).take())
        };
        let mut found = Found { page: Condition::all(), count: Condition::all() };
        for (place, word) in words.iter().enumerate() {
            let through = rarest == Some(place);
            found.page = found.page.add(if through { gone_through(word) } else { looked_up(word) });
            // Without a rare word all rows are counted anyhow, and that is quicker through than up.
            found.count = found.count.add(if through || rarest.is_none() {
                gone_through(word)
            } else {
                looked_up(word)
            });
        }
        Ok(found)
    }
}

/// At how many places each word stands, as far as that is worth knowing.
async fn places<C: ConnectionTrait>(db: &C, index: Index, words: &[String]) -> Result<Vec<u64>, DbErr> {
    let name = |place: usize| format!("word_{place}");
    let mut counts = Query::select();
    for (place, word) in words.iter().enumerate() {
        let some = index.places(word).expr_as(Expr::val(1), "place").limit(FEW + 1).take();
        let count = Query::select().expr(Expr::cust("count(*)")).from_subquery(some, "places").take();
        counts.expr_as(Expr::SubQuery(None, Box::new(count.into())), name(place));
    }
    let Some(row) = db.query_one(&counts).await? else { return Ok(Vec::new()) };
    (0..words.len())
        .map(|place| Ok(u64::try_from(row.try_get::<i64>("", &name(place))?).unwrap_or(0)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_looked_for_once() {
        let words = |words: &[&str]| Ok(Words::Some(words.iter().map(ToString::to_string).collect()));
        assert_eq!(Words::read("Éthique of the ethics"), words(&["the", "of", "ethique", "ethics"]));
        assert_eq!(Words::read("pall Palliative PAL pal"), words(&["palliative"]));
        assert_eq!(Words::read(" \n "), Ok(Words::Nothing));
        assert_eq!(Words::read("%_*"), Ok(Words::Signs));
        assert_eq!(Words::read("a b c d e f g h i j k"), Err(TooMuch));
        assert_eq!(Words::read(&"x".repeat(201)), Err(TooMuch));
        assert!(Words::read(&"é ".repeat(100)).is_ok());
    }
}
