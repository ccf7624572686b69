//! What is wrong with one input, told all at once: who mends a form should see every mistake in it, and not
//! one after another.

use entity::Refusal;
use entity::refusal::Detail;

use crate::error::{self, Error};

/// What was found wrong so far, in the order in which it was found.
#[derive(Clone, Debug, Default)]
pub struct Mistakes(Vec<Refusal>);

impl Mistakes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was read; none where it could not be, which is noted, unless that place is known to be wrong: one
    /// thing is told once.
    pub fn note<T>(&mut self, read: Result<T, Refusal>) -> Option<T> {
        let known =
            |no: &Refusal| self.0.iter().any(|other| !no.path().is_empty() && other.path() == no.path());
        match read {
            Ok(value) => return Some(value),
            Err(no) if known(&no) => {}
            Err(no) => self.0.push(no),
        }
        None
    }

    /// The same of what was asked of the database.
    ///
    /// # Errors
    /// A fault: that is no mistake of the input.
    pub fn asked<T>(&mut self, asked: error::Result<T>) -> error::Result<Option<T>> {
        match asked {
            Ok(value) => Ok(Some(value)),
            Err(Error::Refused(no)) => Ok(self.note(Err(no))),
            Err(fault @ Error::Fault(_)) => Err(fault),
        }
    }

    /// What was read, or what stands in its place until the mistake is told: nothing is stored then.
    pub fn read<T: Default>(&mut self, read: Result<T, Refusal>) -> T {
        self.note(read).unwrap_or_default()
    }

    /// Everything as one refusal: a single one stays what it is, several are a mistaken input with a detail
    /// for each.
    ///
    /// # Errors
    /// That refusal.
    pub fn none(self) -> Result<(), Refusal> {
        let mut found = self.0;
        if found.len() < 2 {
            return found.pop().map_or(Ok(()), Err);
        }
        Err(Refusal::mistakes(found.iter().flat_map(details).collect()))
    }

    /// The value, where nothing is wrong with the input.
    ///
    /// # Errors
    /// Everything that is wrong, as one refusal.
    pub fn settle<T>(self, value: Option<T>) -> Result<T, Refusal> {
        self.none()?;
        value.ok_or_else(|| Refusal::mistakes(Vec::new()))
    }
}

/// A refusal in its parts: what it tells one by one, or else itself.
fn details(no: &Refusal) -> Vec<Detail> {
    match no.details() {
        [] => vec![Detail { path: no.path(), message: no.to_string(), line: None }],
        all => all.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_as_it_is_and_several_with_a_detail_each() {
        let mut mistakes = Mistakes::default();
        assert_eq!(mistakes.clone().none(), Ok(()));
        assert_eq!(mistakes.read::<Option<u8>>(Err(Refusal::TrackRequired)), None);
        assert_eq!(mistakes.clone().none(), Err(Refusal::TrackRequired));
        let wrong = |message: &str, field| Refusal::invalid(message, &[field]);
        assert_eq!(mistakes.note::<u8>(Err(wrong("Please fill this in.", "name"))), None);
        assert_eq!(mistakes.note::<u8>(Err(wrong("Please keep this short.", "name"))), None);
        assert_eq!(mistakes.note(Ok(3)), Some(3));
        let no = mistakes.clone().settle(Some(3)).expect_err("two mistakes");
        assert_eq!(
            (no.to_string(), no.path()),
            ("Please choose one of the course's tracks. (and 1 more)".to_owned(), vec!["trackId".to_owned()]),
        );
        let told: Vec<_> = no.details().iter().map(|detail| detail.path.join(".")).collect();
        assert_eq!(told, ["trackId", "name"]);
        // What brings several of its own brings them all.
        let mut others = Mistakes::default();
        others.note::<u8>(Err(wrong("Please enter an e-mail address.", "email")));
        others.note::<u8>(Err(no));
        let no = others.none().expect_err("three mistakes");
        assert_eq!(no.details().len(), 3);
        assert!(no.to_string().ends_with("(and 2 more)"), "{no}");
    }
}
