//! How far a document reaches once its fragments are expanded, before anything walks through them: how many
//! fields it names, how deep they go, and how deep a walk through fields and fragments goes. Each fragment is
//! measured once.
//!
//! The validator expands fragments as it walks, and descends from each into the next. A kilobyte of fragments
//! that each use the next twice names more fields than there are atoms, and thousands of fragments that each
//! use the next are as many calls within calls; both are refused here.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, Selection};

use super::fault::{RequestError, VALIDATION_FAILED, quoted};
use super::limits::{TooMuch, within};
use super::place::Lines;
use crate::limits::document::Limits;

/// How far a set of selections reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Fields, those of a fragment counted wherever it is used.
    pub fields: u64,
    /// Fields within fields.
    pub depth: usize,
    /// Fields, fragments and links to fragments within each other.
    pub nesting: usize,
}

/// A definition without what its fragments add.
#[derive(Debug, Default)]
struct Part<'d> {
    own: Extent,
    links: Vec<Link<'d>>,
}

/// A fragment that is used, and where: under how many fields, and under how many selections of any kind.
#[derive(Debug)]
struct Link<'d> {
    name: &'d Name,
    depth: usize,
    nesting: usize,
}

/// How far the operations of a document reach together.
///
/// # Errors
/// A fragment that contains itself, or what exceeds a limit.
pub fn measure(document: &Document, lines: &Lines<'_>, limits: &Limits) -> Result<Extent, RequestError> {
    let fragments: Vec<_> =
        document.definitions.iter().filter_map(Definition::as_fragment_definition).collect();
    within(fragments.len(), limits.fragments, |found, most| TooMuch::Fragments { found, most })?;
    // Where a name is given twice the first counts here, as it does for the validator, which refuses the
    // second.
    let mut names: HashMap<&Name, usize> = HashMap::new();
    for (place, fragment) in fragments.iter().enumerate() {
        names.entry(&fragment.name).or_insert(place);
    }
    let parts: Vec<Part<'_>> = fragments.iter().map(|fragment| Part::of(&fragment.selection_set)).collect();
    let wholes = expand(&parts, &names, lines)?;
    let mut sum = Extent::default();
    for operation in document.definitions.iter().filter_map(Definition::as_operation_definition) {
        let whole = Part::of(&operation.selection_set).with(&names, &wholes);
        sum.fields = sum.fields.saturating_add(whole.fields);
        sum.depth = sum.depth.max(whole.depth);
        sum.nesting = sum.nesting.max(whole.nesting);
    }
    within(sum.depth, limits.depth, |found, most| TooMuch::Depth { found, most })?;
    within(sum.nesting, limits.nesting(), |found, most| TooMuch::Nesting { found, most })?;
    within(sum.fields, limits.fields, |found, most| TooMuch::Fields { found, most })?;
    Ok(sum)
}

impl<'d> Part<'d> {
    fn of(selections: &'d [Selection]) -> Self {
        let mut part = Self::default();
        part.walk(selections, 0, 0);
        part
    }

    /// Descends as deep as the brackets of the text go, which are bounded.
    fn walk(&mut self, selections: &'d [Selection], depth: usize, nesting: usize) {
        for selection in selections {
            self.own.nesting = self.own.nesting.max(nesting + 1);
            match selection {
                Selection::Field(field) => {
                    self.own.fields += 1;
                    self.own.depth = self.own.depth.max(depth + 1);
                    self.walk(&field.selection_set, depth + 1, nesting + 1);
                }
                Selection::InlineFragment(inline) => self.walk(&inline.selection_set, depth, nesting + 1),
                Selection::FragmentSpread(spread) => {
                    self.links.push(Link { name: &spread.fragment_name, depth, nesting: nesting + 1 });
                }
            }
        }
    }

    /// The whole reach, where that of every fragment is known. One that is not defined adds nothing; the
    /// validator says that it is missing.
    fn with(&self, names: &HashMap<&Name, usize>, wholes: &[Option<Extent>]) -> Extent {
        let mut whole = self.own;
        for link in &self.links {
            let Some(fragment) = names.get(link.name).and_then(|place| wholes.get(*place).copied().flatten())
            else {
                continue;
            };
            whole.fields = whole.fields.saturating_add(fragment.fields);
            whole.depth = whole.depth.max(link.depth.saturating_add(fragment.depth));
            whole.nesting = whole.nesting.max(link.nesting.saturating_add(fragment.nesting));
        }
        whole
    }
}

/// The whole reach of each fragment, those that it uses first. Links are followed with a list of our own, not
/// by calls.
fn expand<'d>(
    parts: &[Part<'d>],
    names: &HashMap<&'d Name, usize>,
    lines: &Lines<'_>,
) -> Result<Vec<Option<Extent>>, RequestError> {
    let mut wholes: Vec<Option<Extent>> = vec![None; parts.len()];
    let mut entered = vec![false; parts.len()];
    for begin in 0..parts.len() {
        // Each fragment on the way, and which of its links comes next.
        let mut way = vec![(begin, 0)];
        while let Some((place, next)) = way.pop() {
            let Some(part) = parts.get(place).filter(|_| wholes[place].is_none()) else { continue };
            entered[place] = true;
            let Some(link) = part.links.get(next) else {
                wholes[place] = Some(part.with(names, &wholes));
                continue;
            };
            way.push((place, next + 1));
            match names.get(link.name).copied() {
                Some(other) if wholes[other].is_some() => {}
                Some(other) if entered[other] => {
                    let message = format!("The fragment {} contains itself.", quoted(link.name));
                    return Err(
                        RequestError::new(VALIDATION_FAILED, message).at(lines.begin(link.name.location()))
                    );
                }
                Some(other) => way.push((other, 0)),
                None => {}
            }
        }
    }
    Ok(wholes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> Result<Extent, RequestError> {
        let document = Document::parse(text, "document").expect("a document");
        measure(&document, &Lines::of(text), &Limits::default())
    }

    fn refused(text: &str) -> String {
        measured(text).expect_err(text).message
    }

    #[test]
    fn fragments_count_wherever_they_are_used() {
        let text =
            "{ a { ...f } b ... on Query { ...f } } fragment f on X { c { d } ...g } fragment g on X { e }";
        assert_eq!(measured(text), Ok(Extent { fields: 8, depth: 3, nesting: 4 }));
        assert_eq!(
            measured("query A { a } query B { b { c } } { ...missing }"),
            Ok(Extent { fields: 3, depth: 2, nesting: 2 })
        );
    }

    #[test]
    fn fragments_that_double_are_counted_without_being_expanded() {
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..40 {
            text.push_str(&format!(" fragment f{level} on Query {{ ...f{0} ...f{0} }}", level + 1));
        }
        text.push_str(" fragment f40 on Query { viewer { id } }");
        assert!(refused(&text).contains(&format!("names {} fields", 2_u64 << 40)), "{}", refused(&text));
    }

    #[test]
    fn a_chain_of_fragments_is_followed_without_recursion_and_bounded_in_links() {
        let chain = |links: usize| {
            let mut text = "{ ...f0 }".to_owned();
            (0..links).for_each(|link| {
                text.push_str(&format!(" fragment f{link} on Query {{ ...f{} }}", link + 1))
            });
            text + &format!(" fragment f{links} on Query {{ a }}")
        };
        assert_eq!(measured(&chain(58)).map(|extent| extent.nesting), Ok(60));
        assert_eq!(
            refused(&chain(59)),
            "The document nests fields and fragments 61 deep; at most 60 are allowed."
        );
        let limits = Limits { fragments: 10_000, ..Limits::default() };
        let text = chain(5_000);
        let document = Document::parse(&text, "document").expect("a document");
        assert!(measure(&document, &Lines::of(&text), &limits).is_err());
    }

    #[test]
    fn a_fragment_that_contains_itself_is_refused() {
        assert_eq!(
            refused("{ ...a } fragment a on Query { b { ...a } }"),
            "The fragment `a` contains itself."
        );
        assert!(
            refused("{ c } fragment a on Query { ...b } fragment b on Query { ...a }")
                .ends_with("contains itself.")
        );
        // Twice the same is not within itself.
        assert!(
            measured("{ ...a ...a } fragment a on Query { ...b ...b } fragment b on Query { c }").is_ok()
        );
    }

    #[test]
    fn each_limit_has_an_edge() {
        let nested = |depth: usize| format!("{{{} a {}}}", " a {".repeat(depth - 1), "}".repeat(depth - 1));
        assert_eq!(measured(&nested(24)).map(|extent| extent.depth), Ok(24));
        assert_eq!(refused(&nested(25)), "The document goes 25 fields deep; at most 24 are allowed.");
        assert_eq!(measured(&format!("{{{}}}", " a".repeat(3_000))).map(|extent| extent.fields), Ok(3_000));
        assert!(refused(&format!("{{{}}}", " a".repeat(3_001))).contains("names 3001 fields"));
        let fragments = |count: usize| {
            let all: String =
                (0..count).map(|place| format!(" fragment f{place} on Query {{ a }}")).collect();
            format!("{{ a }}{all}")
        };
        assert!(measured(&fragments(100)).is_ok());
        assert_eq!(refused(&fragments(101)), "The document defines 101 fragments; at most 100 are allowed.");
    }

    #[test]
    fn many_operations_reach_as_far_as_all_together() {
        let text: String = (0..31).map(|place| format!("query q{place} {{{}}} ", " a".repeat(100))).collect();
        assert!(refused(&text).contains("names 3100 fields"));
    }
}
