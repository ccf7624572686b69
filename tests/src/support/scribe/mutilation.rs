//! Text is spoiled as careless and hostile clients would: pieces are lost, moved, said twice, and put where
//! they do not belong.

use rand::RngExt;

use super::Scribe;

/// What is put where it does not belong.
const NASTY: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "\\\"\"\"",
    "#",
    "\r",
    "\n",
    "$",
    "@",
    "!",
    "...",
    "... on ",
    " on ",
    "|",
    "&",
    ":",
    "=",
    "-",
    "0",
    "1e",
    "\\",
    "\u{feff}",
    "é",
    "\u{0}",
    " null ",
    " true ",
    " fragment ",
    " query ",
    " mutation ",
    "subscription",
    " type X{a:Int}",
    "[[[[",
    "{a{a",
    "((((",
    "[$]",
    "[}",
    "\\uD800",
    "$a:[[[",
    "\"d\" query",
];

impl Scribe {
    /// The same text after something has happened to it.
    pub fn mutilated(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..self.rng.random_range(1..=4) {
            let (from, to) = self.slice(&letters);
            match self.rng.random_range(0..8) {
                0 => {
                    letters.drain(from..to);
                }
                1 => {
                    let again = letters[from..to].to_vec();
                    letters.splice(to..to, again);
                }
                2 | 3 => {
                    let nasty = self.one_of(&NASTY).chars();
                    letters.splice(from..from, nasty);
                }
                4 => {
                    let nasty = self.one_of(&NASTY).repeat(self.rng.random_range(2..200));
                    letters.splice(from..from, nasty.chars());
                }
                5 => letters.truncate(from),
                6 => {
                    let moved: Vec<char> = letters.drain(from..to).collect();
                    let place = self.rng.random_range(0..=letters.len());
                    letters.splice(place..place, moved);
                }
                _ => {
                    let nasty = self.one_of(&NASTY).chars();
                    letters.splice(from..to, nasty);
                }
            }
        }
        letters.into_iter().collect()
    }

    fn slice(&mut self, letters: &[char]) -> (usize, usize) {
        let from = self.rng.random_range(0..=letters.len());
        (from, self.rng.random_range(from..=letters.len().min(from + 40)))
    }
}
