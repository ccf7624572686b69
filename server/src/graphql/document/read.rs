//! Reading a document, once for each text: from its letters to what the library runs, with whatever variables
//! decide left open.

use std::sync::atomic::AtomicBool;

use apollo_compiler::Node;
use apollo_compiler::executable::{ExecutableDocument, Operation as Definition};

use super::collect::{Collector, Selected};
use super::convert::Template;
use super::cost::{Cost, Reckoner};
use super::fault::RequestError;
use super::limits::{AUTHENTICATING, TooMuch, within};
use super::place::Lines;
use super::rules::Open;
use super::variables::Values;
use super::{Document, Documents, NotRunnable, Operation, extent, lexical, parse, public, validate};

impl Documents {
    /// Reads a document that is not kept.
    ///
    /// # Errors
    /// As [`Documents::read`].
    pub(super) fn read_anew(&self, text: &str) -> Result<Document, NotRunnable> {
        within(text.chars().count(), self.limits.characters, |found, most| TooMuch::Characters {
            found,
            most,
        })?;
        let scan = lexical::scan(text);
        within(scan.brackets, self.limits.nesting(), |found, most| TooMuch::Brackets { found, most })?;
        let lines = Lines::of(text);
        let syntax = parse::parse(&scan, &lines, &self.limits)
            .map_err(|error| NotRunnable::Unparsable(vec![error]))?;
        extent::measure(&syntax, &lines, &self.limits)?;
        let (typed, open) = validate::validate(self.types, &syntax, &lines).map_err(NotRunnable::Invalid)?;
        let mut operations = Vec::with_capacity(open.len());
        for (definition, open) in typed.operations.iter().zip(open) {
            operations.push(self.operation(&typed, definition, open, &lines)?);
        }
        let depends = operations.iter().any(|operation| operation.template.is_none());
        Ok(Document {
            text: text.into(),
            operations,
            typed: depends.then(|| typed.into_inner()),
            is_reported: AtomicBool::new(false),
        })
    }

    fn operation(
        &self,
        typed: &ExecutableDocument,
        definition: &Node<Definition>,
        open: Open,
        lines: &Lines<'_>,
    ) -> Result<Operation, RequestError> {
        let mut collector = Collector::new(self.types, typed, None, self.limits.fields);
        let root = definition.object_type();
        let selected = collector.collect(root, &[&definition.selection_set], lines)?;
        one_authentication(definition, &selected, lines)?;
        let reckoner = Reckoner { types: self.types, lines, most: self.limits.cost };
        let introspected = reckoner.introspected(&selected)?;
        let searched = reckoner.searched(&selected);
        let mut cost = reckoner.cost(root, &selected, None);
        cost.add(Cost::fixed(introspected));
        // What no variable can change is refused at once.
        let least = cost.at(&Values::default());
        if open.variables.is_empty() {
            within(least, self.limits.cost, |found, most| TooMuch::Cost { found, most })?;
        }
        let template = self.template(definition, &selected, lines);
        Ok(Operation {
            name: definition.name.as_ref().map(ToString::to_string),
            kind: template.kind(),
            open,
            cost,
            introspected,
            searched,
            fields: template.fields,
            public: definition.is_query() && public::is_public(root, &selected),
            template: (!collector.is_open).then_some(template),
        })
    }

    /// What the library runs of what is selected.
    pub(super) fn template(
        &self,
        definition: &Node<Definition>,
        selected: &[Selected<'_>],
        lines: &Lines<'_>,
    ) -> Template {
        let place = lines.begin(definition.location()).map(Into::into);
        Template::of(self.types, definition.operation_type, place, selected, lines)
    }
}

/// Refuses a document that asks for several sign-in codes, or tries several.
fn one_authentication(
    definition: &Node<Definition>,
    selected: &[Selected<'_>],
    lines: &Lines<'_>,
) -> Result<(), RequestError> {
    let of = |selected: &&Selected<'_>| {
        definition.is_mutation() && AUTHENTICATING.contains(&selected.field.name.as_str())
    };
    let found = selected.iter().filter(of).count();
    match selected.iter().filter(of).nth(1) {
        Some(second) => {
            Err(RequestError::from(TooMuch::Authenticating { found })
                .at(lines.begin(second.field.location())))
        }
        None => Ok(()),
    }
}
