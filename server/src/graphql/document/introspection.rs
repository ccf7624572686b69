//! What introspection costs. The library answers it from memory and asks nobody, so what it would answer is
//! counted here, over the same schema, before anything runs.
//!
//! A schema leads back into itself by way of its fields' types, so a few nested lists come to more than there
//! is memory. Two bounds hold: the values are counted one by one, and lists of a type's parts may be nested
//! no deeper than in the reference implementation (graphql-js, `MaxIntrospectionDepthRule`).

use apollo_compiler::ast::{
    DirectiveDefinition, FieldDefinition, InputValueDefinition, Type, Value as Literal,
};
use apollo_compiler::schema::ExtendedType;

use super::collect::Selected;
use super::cost::Reckoner;
use super::fault::{RequestError, VALIDATION_FAILED};
use super::types::Types;

/// How many introspected values cost as much as one value of ours: they are a copy of what is in memory.
const VALUES_PER_COST: u64 = 2;
/// How deep lists of a type's parts may be nested; from graphql-js.
const MAX_LISTS: usize = 2;

/// Whether a field of the root asks about the schema.
pub fn is_asked(selected: &Selected<'_>) -> bool {
    matches!(selected.field.name.as_str(), "__schema" | "__type")
}

/// What `__schema` or `__type` costs. What is far beyond the most that a document may cost is not counted to
/// the end.
///
/// # Errors
/// Lists nested too deeply.
pub fn cost(reckoner: &Reckoner<'_>, selected: &Selected<'_>) -> Result<u64, RequestError> {
    lists(reckoner, &selected.parts, 0)?;
    let most = reckoner.most.saturating_add(1).saturating_mul(VALUES_PER_COST);
    let mut count = Count { types: reckoner.types, values: 0, most };
    match selected.field.specified_argument_by_name("name").map(|name| &**name) {
        None => count.add(&selected.parts, Thing::Schema),
        Some(Literal::String(name)) => {
            if let Some(kind) = reckoner.types.get(name) {
                count.add(&selected.parts, Thing::Type(kind));
            }
        }
        // Which type is known later; it costs no more than all of them.
        Some(_) => count.each(&selected.parts, reckoner.types.schema().types.values().map(Thing::Type)),
    }
    Ok(count.values.div_ceil(VALUES_PER_COST))
}

/// Descends as deep as the document's fields go, which is bounded.
fn lists(reckoner: &Reckoner<'_>, parts: &[Selected<'_>], depth: usize) -> Result<(), RequestError> {
    for part in parts {
        let list =
            matches!(part.field.name.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
        let depth = depth + usize::from(list);
        if depth > MAX_LISTS {
            let message =
                format!("Introspection nests lists of fields, inputs and types more than {MAX_LISTS} deep.");
            return Err(
                RequestError::new(VALIDATION_FAILED, message).at(reckoner.lines.begin(part.field.location()))
            );
        }
        lists(reckoner, &part.parts, depth)?;
    }
    Ok(())
}

/// What is introspected.
#[derive(Clone, Copy)]
enum Thing<'s> {
    Schema,
    Type(&'s ExtendedType),
    /// A reference to a type, exclamation mark and all.
    Reference(&'s Type),
    /// The same without its exclamation mark.
    Nullable(&'s Type),
    Field(&'s FieldDefinition),
    Input(&'s InputValueDefinition),
    Directive(&'s DirectiveDefinition),
    /// Something without lists, such as the value of an enum.
    Plain,
}

struct Count<'s> {
    types: &'s Types,
    values: u64,
    /// Where counting stops.
    most: u64,
}

impl<'s> Count<'s> {
    fn each(&mut self, parts: &[Selected<'_>], things: impl IntoIterator<Item = Thing<'s>>) {
        for thing in things {
            if self.values > self.most {
                return;
            }
            self.add(parts, thing);
        }
    }

    fn add(&mut self, parts: &[Selected<'_>], thing: Thing<'s>) {
        for part in parts {
            if self.values > self.most {
                return;
            }
            self.values += 1;
            self.within(&part.parts, part.field.name.as_str(), thing);
        }
    }

    fn within(&mut self, parts: &[Selected<'_>], name: &str, thing: Thing<'s>) {
        let schema = self.types.schema();
        match (thing, name) {
            (Thing::Schema, "types") => self.each(parts, schema.types.values().map(Thing::Type)),
            (Thing::Schema, "directives") => {
                self.each(parts, schema.directive_definitions.values().map(|known| Thing::Directive(known)))
            }
            (Thing::Schema, "queryType" | "mutationType" | "subscriptionType") => {
                let root = &schema.schema_definition;
                let root = match name {
                    "queryType" => &root.query,
                    "mutationType" => &root.mutation,
                    _ => &root.subscription,
                };
                self.each(
                    parts,
                    root.iter().filter_map(|root| schema.types.get(&root.name)).map(Thing::Type),
                );
            }
            (Thing::Type(kind), _) => self.within_type(parts, name, kind),
            (Thing::Reference(reference), "ofType") if reference.is_non_null() => {
                self.add(parts, Thing::Nullable(reference))
            }
            (Thing::Reference(reference) | Thing::Nullable(reference), _) => match reference {
                Type::List(item) | Type::NonNullList(item) if name == "ofType" => {
                    self.add(parts, Thing::Reference(item))
                }
                Type::Named(named) | Type::NonNullNamed(named) => {
                    if let Some(kind) = schema.types.get(named) {
                        self.within_type(parts, name, kind);
                    }
                }
                Type::List(_) | Type::NonNullList(_) => {}
            },
            (Thing::Field(field), "args") => {
                self.each(parts, field.arguments.iter().map(|input| Thing::Input(input)))
            }
            (Thing::Field(field), "type") => self.add(parts, Thing::Reference(&field.ty)),
            (Thing::Input(input), "type") => self.add(parts, Thing::Reference(&input.ty)),
            (Thing::Directive(directive), "args") => {
                self.each(parts, directive.arguments.iter().map(|input| Thing::Input(input)))
            }
            (Thing::Directive(directive), "locations") => {
                self.values =
                    self.values.saturating_add(u64::try_from(directive.locations.len()).unwrap_or(u64::MAX));
            }
            (Thing::Schema | Thing::Field(_) | Thing::Input(_) | Thing::Directive(_) | Thing::Plain, _) => {}
        }
    }

    fn within_type(&mut self, parts: &[Selected<'_>], name: &str, kind: &'s ExtendedType) {
        let types = self.types;
        match (name, kind) {
            ("fields", ExtendedType::Object(kind)) => {
                self.each(parts, kind.fields.values().map(|field| Thing::Field(field)))
            }
            ("fields", ExtendedType::Interface(kind)) => {
                self.each(parts, kind.fields.values().map(|field| Thing::Field(field)))
            }
            ("interfaces", ExtendedType::Object(kind)) => {
                self.each(
                    parts,
                    kind.implements_interfaces.iter().filter_map(|name| types.get(name)).map(Thing::Type),
                );
            }
            ("possibleTypes", ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                self.each(
                    parts,
                    types.possible(kind.name()).filter_map(|name| types.get(name)).map(Thing::Type),
                );
            }
            ("enumValues", ExtendedType::Enum(kind)) => {
                self.each(parts, kind.values.iter().map(|_| Thing::Plain))
            }
            ("inputFields", ExtendedType::InputObject(kind)) => {
                self.each(parts, kind.fields.values().map(|input| Thing::Input(input)))
            }
            _ => {}
        }
    }
}
