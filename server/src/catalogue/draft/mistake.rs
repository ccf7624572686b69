//! What is wrong with a draft: collected, each mistake at its place, instead of stopping at the first; and
//! told in the words of the asker.

use std::collections::HashSet;

use entity::Refusal;
use entity::refusal::Detail;

use super::field::Field;
use super::path::Path;

/// What is wrong at some place, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// In words that name no other place.
    Said(String),
    /// It is not there.
    Missing,
    /// The same stands at another place already.
    Twice(Path),
    /// It names something by a slug that is not among the things in this list.
    Unknown(String, Field),
    /// An organization that neither offers the course nor accredits it.
    Unnamed,
    /// A session's end that is not after its start, at this time; it may be meant to go over midnight.
    NotAfter(String),
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Said(words)
    }
}

impl From<&str> for Wrong {
    fn from(words: &str) -> Self {
        Self::Said(words.to_owned())
    }
}

/// A mistake in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is.
    pub path: Path,
    /// What it is.
    pub wrong: Wrong,
}

/// Mistakes found so far.
#[derive(Clone, Debug, Default)]
pub struct Mistakes {
    found: Vec<Mistake>,
    /// The places that have one.
    wrong: HashSet<Path>,
}

impl Mistakes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether the place, and everything around it, has no mistake so far.
    pub fn sound(&self, path: &Path) -> bool {
        self.wrong.is_empty() || !path.outward().any(|path| self.wrong.contains(&path))
    }

    /// Whether nothing is wrong at the place, around it, or within it.
    pub fn clean(&self, path: &Path) -> bool {
        self.sound(path) && self.found.iter().all(|mistake| mistake.path.within(path).is_none())
    }

    /// Adds a mistake at `path`, unless that place or something around it is known to be wrong: one thing is
    /// told once.
    pub fn add(&mut self, path: Path, wrong: impl Into<Wrong>) {
        if self.sound(&path) {
            self.wrong.insert(path.clone());
            self.found.push(Mistake { path, wrong: wrong.into() });
        }
    }

    /// A value that was read at `path`; none where it could not be, which is noted.
    pub fn note<T>(&mut self, path: Path, read: Result<T, String>) -> Option<T> {
        read.map_err(|message| self.add(path, message)).ok()
    }

    /// The value, or what stands in its place until the mistake is told: nothing is stored then.
    pub fn read<T: Default>(&mut self, path: Path, read: Result<T, String>) -> T {
        self.note(path, read).unwrap_or_default()
    }

    /// The same mistakes, seen from what `place` stands in.
    pub fn under(self, place: &Path) -> Self {
        let found: Vec<Mistake> = self
            .found
            .into_iter()
            .map(|Mistake { path, wrong }| Mistake { path: place.then(&path), wrong })
            .collect();
        let wrong = found.iter().map(|mistake| mistake.path.clone()).collect();
        Self { found, wrong }
    }

    /// Tells each of them otherwise.
    pub fn change(&mut self, tell: impl FnMut(&mut Mistake)) {
        self.found.iter_mut().for_each(tell);
    }

    /// Adds the mistakes of `others`.
    pub fn extend(&mut self, others: Self) {
        for Mistake { path, wrong } in others.found {
            self.add(path, wrong);
        }
    }

    /// The mistakes, in the order in which they were found.
    pub fn into_found(self) -> Vec<Mistake> {
        self.found
    }

    /// All of them as one refusal, in the order of a course file; nothing where there are none.
    ///
    /// # Errors
    /// That refusal.
    pub fn none(self, telling: &Telling) -> Result<(), Refusal> {
        if self.found.is_empty() {
            return Ok(());
        }
        let mut found = self.found;
        found.sort_by(|one, other| one.path.cmp(&other.path));
        let details = found.iter().map(|mistake| telling.detail(mistake)).collect();
        Err(Refusal::mistakes(details))
    }
}

/// In whose words mistakes are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// Those of a course file.
    #[default]
    File,
    /// Those of an input of the API.
    Input(Scope),
}

/// What an input speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The place of the thing whose fields are the input's own: none for a course, the place of a session for
    /// an edit of that session.
    pub part: Path,
    /// The one field of the input to which everything within the part belongs, where the input says no more
    /// of it.
    pub all_at: Option<&'static str>,
}

impl Telling {
    /// The words of an input that speaks of a whole course, or of a whole shared thing.
    pub fn input() -> Self {
        Self::Input(Scope::default())
    }

    /// The words of an input whose fields are those of the thing at `part`.
    pub fn input_of(part: Path) -> Self {
        Self::Input(Scope { part, all_at: None })
    }

    /// Whether the input speaks of the whole course, and of no part of it alone.
    pub fn is_of_course(&self) -> bool {
        matches!(self, Self::Input(Scope { part, all_at: None }) if *part == Path::default())
    }

    /// Whether the asker has a field for the place: whoever wrote a file has them all, and the input of a
    /// session those of that session and the date of its day.
    pub fn is_own(&self, path: &Path) -> bool {
        let Self::Input(Scope { part, all_at }) = self else { return true };
        let day = part.around().and_then(|sessions| sessions.around());
        let is_its_date = || day.and_then(|day| path.within(&day)) == Some(super::at![Date]);
        all_at.is_none() && *part != Path::default() && (path.within(part).is_some() || is_its_date())
    }

    /// A place, step by step.
    pub fn path(&self, path: &Path) -> Vec<String> {
        let Self::Input(Scope { part, all_at }) = self else { return path.in_file() };
        if let (Some(field), Some(_)) = (all_at, path.within(part)) {
            return vec![(*field).to_owned()];
        }
        let day_of_part = || {
            // The date of a session is that of its day, and a field of the session in inputs.
            let day = part.around().and_then(|sessions| sessions.around())?;
            path.within(&day).filter(|inner| *inner == super::at![Date])
        };
        path.within(part).or_else(day_of_part).unwrap_or_else(|| path.clone()).in_input()
    }

    /// What is wrong: behind its place and its line in a file, and as a sentence in an input, whose place stands
    /// in a field of its own.
    pub fn words(&self, wrong: &Wrong) -> String {
        let words = self.behind_its_place(wrong);
        match self {
            Self::File => words,
            Self::Input(_) => sentence(&words),
        }
    }

    /// The same without a full stop.
    pub fn behind_its_place(&self, wrong: &Wrong) -> String {
        match (wrong, self) {
            (Wrong::Said(words), _) => words.clone(),
            (Wrong::Missing, _) => "is missing".to_owned(),
            (Wrong::Twice(path), Self::File) => format!("is there already, as {path}"),
            (Wrong::Twice(path), Self::Input(_)) => {
                format!("is there already, as {}", self.path(path).join("."))
            }
            (Wrong::Unknown(slug, list), Self::File) => {
                format!("the file has no {slug:?} among its [[{}]]", list.in_file())
            }
            (Wrong::Unknown(slug, list), Self::Input(_)) => {
                format!("the course has no {slug:?} among its {}", list.in_input())
            }
            (Wrong::Unnamed, Self::File) => {
                "is neither in course.offered_by nor in course.accredited_by".to_owned()
            }
            (Wrong::Unnamed, Self::Input(_)) => "is neither in offeredBy nor in accreditedBy".to_owned(),
            (Wrong::NotAfter(start), _) => {
                let name = match self {
                    Self::File => Field::EndsOn.in_file(),
                    Self::Input(_) => Field::EndsOn.in_input(),
                };
                format!(
                    "is not after the start ({start}); a session that goes over midnight says `{name}` too"
                )
            }
        }
    }

    /// A mistake as a refusal tells it, whose place stands beside it; its line is that of a file, and not known
    /// here.
    pub fn detail(&self, Mistake { path, wrong }: &Mistake) -> Detail {
        Detail { path: self.path(path), message: sentence(&self.words(wrong)), line: None }
    }

    /// A refusal of one thing, in whole sentences.
    pub fn refusal(&self, path: &Path, message: impl Into<String>) -> Refusal {
        Refusal::InvalidInput { message: message.into(), path: self.path(path), details: Vec::new() }
    }
}

/// Whether the words say something of a thing that they do not name, such as `is missing`.
pub fn says_of_a_thing(words: &str) -> bool {
    const SAYS: [&str; 5] = ["is ", "lies ", "must ", "belongs ", "has "];
    SAYS.iter().any(|says| words.starts_with(says))
}

/// What is said of a thing, such as `is missing`, as a sentence by itself.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let mut sentence = match chars.next() {
        Some(_) if says_of_a_thing(words) => format!("This {words}"),
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    };
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::super::at;
    use super::*;

    #[test]
    fn what_is_wrong_is_told_once_and_hides_what_follows_from_it() {
        let mut mistakes = Mistakes::default();
        mistakes.add(at![Days, 0], "is no table");
        mistakes.add(at![Days, 0, Date], "is no day");
        mistakes.add(at![Course, Title], Wrong::Missing);
        assert!(!mistakes.sound(&at![Days, 0, Sessions, 1]) && mistakes.sound(&at![Days, 1]));
        let no = mistakes.none(&Telling::input()).expect_err("two mistakes");
        let paths: Vec<_> = no.details().iter().map(|detail| detail.path.join(".")).collect();
        assert_eq!(paths, ["title", "days.0"]);
    }

    #[test]
    fn an_edit_of_a_session_is_told_by_its_own_fields() {
        let telling = Telling::input_of(at![Days, 1, Sessions, 2]);
        for (path, told) in [
            (at![Days, 1, Sessions, 2, Start], "startTime"),
            (at![Days, 1, Sessions, 2, Faculty, 0, Member], "faculty.0.memberId"),
            (at![Days, 1, Date], "date"),
            (at![Days, 0, Date], "days.0.date"),
            (at![Days, 1, Sessions, 3, End], "days.1.sessions.3.endTime"),
            (at![Course, EndsOn], "endsOn"),
        ] {
            assert_eq!(telling.path(&path).join("."), told);
        }
        let gone = Telling::Input(Scope { part: at![Days], all_at: Some("sessionId") });
        assert_eq!(gone.path(&at![Days]), ["sessionId"]);
        assert_eq!(
            telling.words(&Wrong::Twice(at![Days, 1, Sessions, 2, Faculty, 0, Member])),
            "This is there already, as faculty.0.memberId."
        );
        assert_eq!(Telling::File.words(&Wrong::Missing), "is missing");
        assert_eq!(gone.words(&"there is no such day".into()), "There is no such day.");
        assert_eq!(gone.words(&"\"x\" is no slug".into()), "\"x\" is no slug.");
        assert_eq!(gone.words(&"Please give one line.".into()), "Please give one line.");
    }
}
