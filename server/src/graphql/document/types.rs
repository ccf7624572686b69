//! The schema as documents are read against it: types, what each may turn out to be, and what the fields say
//! of their size.

use std::collections::HashMap;
use std::sync::LazyLock;

use apollo_compiler::ast::{DirectiveList, FieldDefinition, InputValueDefinition, OperationType, Type};
use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema, name};

use crate::graphql::directive;
use crate::graphql::schema;

/// The schema, with what is asked of it again and again.
#[derive(Debug)]
pub struct Types {
    schema: Valid<Schema>,
    /// The object types that a value of an interface or a union may have.
    possible: HashMap<Name, IndexSet<Name>>,
}

/// How a list's size is known before anything runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many as a rule; see `@listSize` in the schema.
    Assumed(u64),
    /// As many as an argument, itself a list, has items.
    OfArgument(&'static str),
}

/// The argument that names what is asked for, one by one.
const IDS: &str = "ids";

/// The schema that is served. It follows from the code, so every server of a process has the same.
static SERVED: LazyLock<Result<Types, String>> = LazyLock::new(|| Types::read(schema::printed()));

impl Types {
    /// The schema that is served.
    ///
    /// # Errors
    /// What is wrong with it, where it breaks a rule of the specification; a test holds that it breaks none.
    pub fn served() -> Result<&'static Self, &'static str> {
        SERVED.as_ref().map_err(String::as_str)
    }

    /// A schema in its own language.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(sdl: &str) -> Result<Self, String> {
        let mut schema = Schema::parse(sdl, "schema.graphql").map_err(|failed| failed.errors.to_string())?;
        introspect_one_of(&mut schema);
        let schema = schema.validate().map_err(|failed| failed.errors.to_string())?;
        let mut possible: HashMap<Name, IndexSet<Name>> = schema
            .implementers_map()
            .into_iter()
            .map(|(name, implementers)| (name, implementers.objects))
            .collect();
        for (name, kind) in &schema.types {
            if let ExtendedType::Union(union) = kind {
                possible
                    .insert(name.clone(), union.members.iter().map(|member| member.name.clone()).collect());
            }
        }
        Ok(Self { schema, possible })
    }

    /// The whole schema.
    pub fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// A type by its name.
    pub fn get(&self, name: &str) -> Option<&ExtendedType> {
        self.schema.types.get(name)
    }

    /// Whether it is the type at which queries begin.
    pub fn is_query(&self, name: &str) -> bool {
        self.schema.root_operation(OperationType::Query).is_some_and(|root| root.as_str() == name)
    }

    /// Whether a type is an object type, so that what is selected of it is known without running anything.
    pub fn is_object(&self, name: &str) -> bool {
        matches!(self.get(name), Some(ExtendedType::Object(_)))
    }

    /// Whether a value of a type is a text; those of enums, numbers and truths are short.
    pub fn is_text(&self, name: &str) -> bool {
        matches!(self.get(name), Some(ExtendedType::Scalar(_)))
            && !matches!(name, "Boolean" | "Float" | "Int")
    }

    /// The object types that a value of an interface or a union may have, in the order of the schema.
    pub fn possible(&self, name: &str) -> impl Iterator<Item = &Name> {
        self.possible.get(name).into_iter().flatten()
    }

    /// Whether a fragment on `condition` is for objects of the type `object`.
    pub fn applies(&self, object: &Name, condition: &Name) -> bool {
        object == condition || self.possible.get(condition).is_some_and(|possible| possible.contains(object))
    }

    /// A field of a type, `__typename` and the like among them.
    pub fn field(&self, kind: &str, field: &str) -> Option<&Component<FieldDefinition>> {
        self.schema.type_field(kind, field).ok()
    }
}

/// Adds the field of introspection that the library serves and the validator does not know yet
/// (specification, September 2025, section 4.5.5).
fn introspect_one_of(schema: &mut Schema) {
    if let Some(ExtendedType::Object(kind)) = schema.types.get_mut("__Type") {
        let name = name!("isOneOf");
        let field = FieldDefinition {
            description: None,
            name: name.clone(),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: Default::default(),
        };
        kind.make_mut().fields.entry(name).or_insert_with(|| Component::new(field));
    }
}

/// Whether a type is a page of a list (Relay's connections): how many rows it has is said where it is asked
/// for.
pub fn is_connection(name: &str) -> bool {
    name.ends_with("Connection")
}

/// Whether a field of a connection holds its rows.
pub fn holds_rows(connection: &str, field: &str) -> bool {
    is_connection(connection) && matches!(field, "edges" | "nodes")
}

/// How long the list is that a field answers with, as its `@listSize` has it; a field that takes `ids` has a
/// value for each.
pub fn size(field: &FieldDefinition) -> Option<Size> {
    if field.argument_by_name(IDS).is_some_and(|ids| ids.ty.is_list()) {
        return Some(Size::OfArgument(IDS));
    }
    let directive = field.directives.get(directive::LIST_SIZE)?;
    let size = directive.specified_argument_by_name("assumedSize").and_then(|size| size.to_i32());
    size.and_then(|size| u64::try_from(size).ok()).map(Size::Assumed)
}

/// What a field costs beside its rows, as its `@cost` has it: 1 where there is none.
pub fn weight(field: &FieldDefinition) -> u64 {
    cost(&field.directives).unwrap_or(1)
}

/// What a field of an input costs where it is given: 0 where it has no `@cost`.
pub fn weight_given(field: &InputValueDefinition) -> u64 {
    cost(&field.directives).unwrap_or(0)
}

fn cost(directives: &DirectiveList) -> Option<u64> {
    let weight = directives
        .get(directive::COST)
        .and_then(|directive| directive.specified_argument_by_name("weight"))?;
    weight.as_str()?.parse().ok()
}
