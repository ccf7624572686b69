//! Where in a draft something stands. Whoever reads a draft in (a course file, an input of the API) marks
//! mistakes by these paths, and whoever tells them says them in the words of the asker: every field knows its
//! name in a course file and its name in inputs.

use std::fmt::{self, Write as _};

use super::field::Field;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A field.
    Field(Field),
    /// A place in a list, from 0.
    Index(usize),
    /// The key of a field that a course file has and a draft does not know.
    Key(String),
}

impl From<Field> for Segment {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// A place in a draft, from the outermost in; written as a course file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(Vec<Segment>);

/// A path of fields and places: `at![Days, day, Date]`.
macro_rules! at {
    ($($segment:expr),* $(,)?) => {{
        #[allow(unused_imports, reason = "a path may be made of nothing but places")]
        use $crate::catalogue::draft::Field::*;
        $crate::catalogue::draft::Path::new([$($crate::catalogue::draft::Segment::from($segment)),*])
    }};
}
pub(crate) use at;

impl Path {
    /// A path of these steps.
    pub fn new(segments: impl IntoIterator<Item = Segment>) -> Self {
        Self(segments.into_iter().collect())
    }

    /// The place `segment` within this one.
    pub fn at(&self, segment: impl Into<Segment>) -> Self {
        Self(self.0.iter().cloned().chain([segment.into()]).collect())
    }

    /// The place `inner`, seen from what this one stands in.
    pub fn then(&self, inner: &Self) -> Self {
        Self(self.0.iter().chain(&inner.0).cloned().collect())
    }

    /// What is left of the path behind `outer`; none where it does not lie within.
    pub fn within(&self, outer: &Self) -> Option<Self> {
        self.0.strip_prefix(outer.0.as_slice()).map(|inner| Self(inner.to_vec()))
    }

    /// What is around the place; none around the draft itself.
    pub fn around(&self) -> Option<Self> {
        self.0.split_last().map(|(_, outer)| Self(outer.to_vec()))
    }

    /// The place itself and all that is around it, inside out, without the draft itself.
    pub fn outward(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::around).filter(|path| !path.0.is_empty())
    }

    /// Which of the days, and which of its sessions, the place is of or in; none outside of the agenda.
    pub fn in_agenda(&self) -> Option<(usize, Option<usize>)> {
        let [Segment::Field(Field::Days), Segment::Index(day), inner @ ..] = self.0.as_slice() else {
            return None;
        };
        let session = match inner {
            [Segment::Field(Field::Sessions), Segment::Index(session), ..] => Some(*session),
            [..] => None,
        };
        Some((*day, session))
    }

    /// The path as a course file has it, step by step.
    pub fn in_file(&self) -> Vec<String> {
        let word = |segment: &Segment| match segment {
            Segment::Field(field) => field.in_file().to_owned(),
            Segment::Index(index) => index.to_string(),
            Segment::Key(key) => key.clone(),
        };
        self.0.iter().map(word).collect()
    }

    /// The path as the API has it, step by step.
    pub fn in_input(&self) -> Vec<String> {
        let word = |segment: &Segment| match segment {
            Segment::Field(field) => Some(field.in_input().to_owned()).filter(|name| !name.is_empty()),
            Segment::Index(index) => Some(index.to_string()),
            Segment::Key(key) => Some(key.clone()),
        };
        self.0.iter().filter_map(word).collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Field(_) | Segment::Key(_) if place > 0 => f.write_char('.')?,
                Segment::Field(_) | Segment::Key(_) => {}
            }
            match segment {
                Segment::Index(_) => {}
                Segment::Field(field) => f.write_str(field.in_file())?,
                Segment::Key(key) => f.write_str(key)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_told_in_the_words_of_who_asks() {
        for (path, file, input) in [
            (at![Course, EndsOn], "course.ends_on", "endsOn"),
            (at![Course, LengthLabel], "course.length", "lengthLabel"),
            (
                at![Course, Audiences, 2, Profession],
                "course.audiences[2].profession",
                "audiences.2.professionCode",
            ),
            (at![Registration, Deadline], "registration.deadline", "registrationDeadline"),
            (at![Fees, Prices, 0, Regular], "fees.prices[0].regular", "prices.0.regular"),
            (at![Credits, 2, CreditKind], "credits[2].kind", "credits.2.typeCode"),
            (at![Competencies, 1, Names, 0], "competencies[1].names[0]", "competencies.1.competencies.0"),
            (at![Days, 0, Sessions, 3, JoinUrl], "days[0].sessions[3].join_url", "days.0.sessions.3.joinUrl"),
            (at![ReminderRules, 3, At], "reminder_rules[3].at", "rules.3.time"),
            (at![Course, "titel"], "course.titel", "titel"),
        ] {
            assert_eq!((path.to_string().as_str(), path.in_input().join(".").as_str()), (file, input));
        }
    }

    #[test]
    fn what_is_around_a_place_is_told_inside_out() {
        let around: Vec<String> = at![Days, 0, Date].outward().map(|path| path.to_string()).collect();
        assert_eq!(around, ["days[0].date", "days[0]", "days"]);
        assert_eq!(at![Days, 0, Date].within(&at![Days, 0]), Some(at![Date]));
        assert_eq!(at![Days, 0, Date].within(&at![Days, 1]), None);
        assert_eq!(at![Days, 2, Date].in_agenda(), Some((2, None)));
        assert_eq!(at![Days, 2, Sessions, 3, Start].in_agenda(), Some((2, Some(3))));
        assert_eq!(at![Course, StartsOn].in_agenda(), None);
    }
}
