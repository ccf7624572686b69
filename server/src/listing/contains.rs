//! Finding a text within a column without regard to case, alike on both databases, where no index of words is
//! kept (see [`super::search`]).
//!
//! `LIKE` would not do: SQLite and PostgreSQL disagree about what it does with case, and neither folds «É»
//! under every locale. So each letter is looked for as a class of its own cases, with `GLOB` on SQLite and
//! `~` on PostgreSQL; whatever means something to these is escaped.

use sea_orm::DbBackend;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait};

/// Whether `column` contains `word`, in whatever case.
pub fn contains(column: impl Into<Expr>, word: &str, backend: DbBackend) -> Expr {
    let column: Expr = column.into();
    if backend == DbBackend::Sqlite {
        column.binary(BinOper::Custom("GLOB"), Expr::val(format!("*{}*", pattern(word, glob))))
    } else {
        column.binary(BinOper::Custom("~"), Expr::val(pattern(word, regular)))
    }
}

fn pattern(word: &str, literal: impl Fn(char) -> String) -> String {
    // A zero character is in no text, and PostgreSQL does not take it as a parameter.
    word.chars()
        .map(|letter| if letter == '\0' { '\u{fffd}' } else { letter })
        .map(|letter| class(letter, &literal))
        .collect()
}

/// The letter in all its cases: `[Éé]`; what has but one is written as itself.
fn class(letter: char, literal: &impl Fn(char) -> String) -> String {
    let mut cases = vec![letter];
    let upper = single(letter.to_uppercase());
    for case in [single(letter.to_lowercase()), upper, upper.and_then(|upper| single(upper.to_lowercase()))]
        .into_iter()
        .flatten()
    {
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    match cases.as_slice() {
        [_] => literal(letter),
        several => format!("[{}]", several.iter().collect::<String>()),
    }
}

/// The only character of `cases`; a letter whose other case is two letters is left alone.
fn single(mut cases: impl Iterator<Item = char>) -> Option<char> {
    cases.next().filter(|_| cases.next().is_none())
}

fn glob(letter: char) -> String {
    if matches!(letter, '*' | '?' | '[') { format!("[{letter}]") } else { letter.to_string() }
}

fn regular(letter: char) -> String {
    if letter.is_ascii_punctuation() { format!("\\{letter}") } else { letter.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_classes_and_signs_are_escaped() {
        for (word, on_sqlite, on_postgres) in [
            ("Élan", "[Éé][lL][aA][nN]", "[Éé][lL][aA][nN]"),
            ("100%_", "100%_", "100\\%\\_"),
            ("*?[]^-", "[*][?][[]]^-", "\\*\\?\\[\\]\\^\\-"),
            ("ß7\\", "ß7\\", "ß7\\\\"),
        ] {
            assert_eq!(pattern(word, glob), on_sqlite);
            assert_eq!(pattern(word, regular), on_postgres);
        }
    }
}
