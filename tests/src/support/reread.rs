//! Answers, read again by what they must be: GraphQL's section 6.3, "Executing Selection Sets", and section 6.4.4, "Handling Execution Errors",
//! once more and on their own, over the printed schema and the bytes of an answer.
//!
//! No key is missing or too many, keys stand in the order of the document, nothing is null that must not be, every leaf is what its type says,
//! and an error says at which field it happened, and stands for a null: the nearest one that may be null.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::executable::{Directive, Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};
use lectern::graphql::scalar::FORMATS;
use lectern::graphql::schema;
use serde_json::Value;

use super::ordered::Ordered;

/// The schema as clients have it.
pub static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let printed = schema::print(&schema::build());
    Schema::parse_and_validate(printed, "schema.graphql").unwrap_or_else(|invalid| panic!("{}", invalid.errors))
});

/// The object types that a value of an interface may have.
static POSSIBLE: LazyLock<HashMap<Name, Vec<Name>>> = LazyLock::new(|| {
    let all = SCHEMA.implementers_map().into_iter();
    all.map(|(name, implementers)| (name, implementers.objects.into_iter().collect())).collect()
});

/// Documents of many stories are the same.
static READ: LazyLock<Mutex<HashMap<String, Option<Arc<ExecutableDocument>>>>> = LazyLock::new(Mutex::default);

/// What an answer was found to be.
#[derive(Clone, Debug, Default)]
pub struct Reread {
    /// Where it breaks the schema's word.
    pub breaches: Vec<String>,
    /// The fields that were answered, such as `Course.title`.
    pub told: BTreeSet<String>,
    /// How many values between an error and the null that stands for it were taken along, at most; none where there was no error.
    pub fallen: Option<usize>,
}

/// Reads an answer to the only operation of a document again. What this reader cannot read (a description before an operation is newer than
/// its parser) is left to stories of its own.
pub fn reread(document: &str, variables: &Value, answer: &str) -> Reread {
    let mut found = Reread::default();
    let answer = match Ordered::read(answer) {
        Ok(answer) => answer,
        Err(error) => {
            found.breaches.push(format!("{error}: {answer}"));
            return found;
        }
    };
    let errors = answer.get("errors").map(Ordered::items);
    if answer.get("errors").is_some() && errors.is_none_or(<[Ordered]>::is_empty) {
        found.breaches.push("`errors` is no list with something in it".to_owned());
    }
    for error in errors.unwrap_or_default() {
        let told = error.get("message").and_then(Ordered::text).is_some_and(|message| !message.is_empty());
        let code = error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Ordered::text);
        if !told || code.is_none() {
            found.breaches.push(format!("an error without a message or a code: {error:?}"));
        }
    }
    let Some(data) = answer.get("data") else {
        if errors.is_none() {
            found.breaches.push("neither data nor errors".to_owned());
        }
        return found;
    };
    let Some(document) = read(document) else { return found };
    let Ok(operation) = document.operations.get(None) else { return found };
    let reader = Reader { document: &document, operation, variables };
    reader.object("data", data, operation.object_type(), &[&operation.selection_set], &mut found);
    for error in errors.unwrap_or_default() {
        match error.get("path") {
            Some(path) => {
                let place = error.get("locations").and_then(|places| places.item(0));
                reader.error(data, path.items(), place, &mut found);
            }
            None => found.breaches.push(format!("data, and an error without a path: {error:?}")),
        }
    }
    found
}

fn read(text: &str) -> Option<Arc<ExecutableDocument>> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(document) = read.get(text) {
        return document.clone();
    }
    let document = ExecutableDocument::parse(&SCHEMA, text, "document.graphql").ok().map(Arc::new);
    read.insert(text.to_owned(), document.clone());
    document
}

struct Reader<'a> {
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    variables: &'a Value,
}

/// The fields of one response key.
struct Group<'a> {
    key: &'a Name,
    fields: Vec<&'a Node<Field>>,
}

impl<'a> Group<'a> {
    fn kind(&self) -> &'a Type {
        self.fields[0].ty()
    }

    fn sets(&self) -> Vec<&'a SelectionSet> {
        self.fields.iter().map(|field| &field.selection_set).collect()
    }
}

impl<'a> Reader<'a> {
    /// What is selected of an object of this type, in order ("CollectFields").
    fn collect(&self, object: &str, sets: &[&'a SelectionSet]) -> Vec<Group<'a>> {
        let (mut groups, mut seen) = (Vec::new(), BTreeSet::new());
        for set in sets {
            self.gather(object, set, &mut groups, &mut seen);
        }
        groups
    }

    fn gather(&self, object: &str, set: &'a SelectionSet, groups: &mut Vec<Group<'a>>, seen: &mut BTreeSet<&'a Name>) {
        for selection in &set.selections {
            if !selection.directives().iter().all(|directive| self.lets_in(directive)) {
                continue;
            }
            let (condition, inner) = match selection {
                Selection::Field(field) => {
                    match groups.iter_mut().find(|group| group.key == field.response_key()) {
                        Some(group) => group.fields.push(field),
                        None => groups.push(Group { key: field.response_key(), fields: vec![field] }),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => (inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if !seen.insert(&spread.fragment_name) {
                        continue;
                    }
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    (Some(fragment.type_condition()), &fragment.selection_set)
                }
            };
            let applies = |condition: &Name| *condition == object || possible(condition).iter().any(|name| *name == object);
            if condition.is_none_or(applies) {
                self.gather(object, inner, groups, seen);
            }
        }
    }

    /// What `@skip` and `@include` say.
    fn lets_in(&self, directive: &Directive) -> bool {
        let wanted = match directive.name.as_str() {
            "include" => true,
            "skip" => false,
            _ => return true,
        };
        let default = |name: &Name| {
            let variable = self.operation.variables.iter().find(|variable| variable.name == *name);
            variable.and_then(|variable| variable.default_value.as_ref()).and_then(|value| value.to_bool())
        };
        let truth = match directive.specified_argument_by_name("if").map(|value| &**value) {
            Some(Literal::Boolean(truth)) => Some(*truth),
            Some(Literal::Variable(name)) => self.variables[name.as_str()].as_bool().or_else(|| default(name)),
            _ => None,
        };
        truth == Some(wanted)
    }

    fn object(&self, at: &str, value: &Ordered, object: &str, sets: &[&'a SelectionSet], found: &mut Reread) {
        let Ordered::Object(fields) = value else {
            // Only the whole of an answer comes here without having been asked for as something else.
            if *value != Ordered::Null {
                found.breaches.push(format!("{at} is no {object}: {value:?}"));
            }
            return;
        };
        let groups = self.collect(object, sets);
        let expected: Vec<&str> = groups.iter().map(|group| group.key.as_str()).collect();
        if value.keys() != expected {
            found.breaches.push(format!("{at} has the keys {:?}; a {object} must have {expected:?}", value.keys()));
            return;
        }
        for (group, (key, value)) in groups.iter().zip(fields) {
            found.told.insert(format!("{object}.{}", group.fields[0].name));
            if group.fields[0].name == "__typename" && value.text() != Some(object) {
                found.breaches.push(format!("{at}.{key} is {value:?}, and must be {object}"));
            }
            self.value(&format!("{at}.{key}"), value, group.kind(), &group.sets(), found);
        }
    }

    fn value(&self, at: &str, value: &Ordered, kind: &Type, sets: &[&'a SelectionSet], found: &mut Reread) {
        if *value == Ordered::Null {
            if kind.is_non_null() {
                found.breaches.push(format!("{at} is null, and of the type {kind}"));
            }
            return;
        }
        match kind {
            Type::List(item) | Type::NonNullList(item) => match value {
                Ordered::List(items) => {
                    for (place, value) in items.iter().enumerate() {
                        self.value(&format!("{at}.{place}"), value, item, sets, found);
                    }
                }
                _ => found.breaches.push(format!("{at} is no list: {value:?}")),
            },
            Type::Named(name) | Type::NonNullNamed(name) => match SCHEMA.types.get(name) {
                Some(ExtendedType::Object(_)) if matches!(value, Ordered::Object(_)) => self.object(at, value, name, sets, found),
                Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => self.one_of(at, value, name, sets, found),
                Some(ExtendedType::Enum(kind)) if value.text().is_some_and(|text| kind.values.contains_key(text)) => {}
                Some(ExtendedType::Scalar(_)) if is_scalar(name, value) => {}
                _ => found.breaches.push(format!("{at} is no {name}: {value:?}")),
            },
        }
    }

    /// A value of a type that is not known beforehand: that of its `__typename`, or else one of which it can be.
    fn one_of(&self, at: &str, value: &Ordered, kind: &Name, sets: &[&'a SelectionSet], found: &mut Reread) {
        let named = value.get("__typename").and_then(Ordered::text);
        let mut first = None;
        for object in possible(kind).iter().filter(|object| named.is_none_or(|named| **object == named)) {
            let mut tried = Reread::default();
            self.object(at, value, object, sets, &mut tried);
            if tried.breaches.is_empty() {
                // Which fields it told is known where its type is.
                found.told.extend(named.map(|_| tried.told).into_iter().flatten());
                return;
            }
            first = first.or(Some(tried.breaches));
        }
        found.breaches.extend(first.unwrap_or_else(|| vec![format!("{at} is no {kind}: {value:?}")]));
    }

    /// An error stands for a null at its path, or around it where nothing on the way may be null. Its place is that of the field that the path
    /// leads to.
    fn error(&self, data: &Ordered, path: &[Ordered], place: Option<&Ordered>, found: &mut Reread) {
        let mut fields: Vec<&Node<Field>> = Vec::new();
        let mut object = Some(self.operation.object_type().clone());
        let mut sets = vec![&self.operation.selection_set];
        let mut kind: Option<&Type> = None;
        let mut value = Some(data);
        // How many steps lie behind the null.
        let mut behind = (*data == Ordered::Null).then_some(0);
        for step in path {
            kind = match step {
                Ordered::Text(key) => {
                    // Of what type it is has not been asked.
                    let Some(known) = &object else { return };
                    let groups = self.collect(known, &sets);
                    let Some(group) = groups.into_iter().find(|group| group.key == key.as_str()) else {
                        found.breaches.push(format!("an error at {path:?}, where nothing was asked for"));
                        return;
                    };
                    sets = group.sets();
                    fields.clone_from(&group.fields);
                    value = value.and_then(|value| value.get(key));
                    Some(group.kind())
                }
                Ordered::Number(place) => {
                    let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
                    value = value.and_then(|value| value.item(place?));
                    match kind {
                        Some(Type::List(item) | Type::NonNullList(item)) => Some(&**item),
                        _ => None,
                    }
                }
                _ => None,
            };
            let Some(kind) = kind else {
                found.breaches.push(format!("an error at {path:?}, which leads nowhere"));
                return;
            };
            behind = match (behind, value) {
                (Some(steps), _) if !kind.is_non_null() => {
                    found.breaches.push(format!("an error at {path:?} made more null than it had to, {steps} steps before {kind}"));
                    return;
                }
                (Some(steps), _) => Some(steps + 1),
                (None, Some(Ordered::Null)) => Some(0),
                (None, Some(_)) => None,
                (None, None) => {
                    found.breaches.push(format!("an error at {path:?}, which is not there"));
                    return;
                }
            };
            let named = kind.inner_named_type();
            let is_object = matches!(SCHEMA.types.get(named), Some(ExtendedType::Object(_)));
            let told = value.and_then(|value| value.get("__typename")).and_then(Ordered::text);
            object = if is_object { Some(named.clone()) } else { told.and_then(|told| Name::new(told).ok()) };
        }
        let stands = |field: &Node<Field>| {
            let begin = field.line_column_range(&self.document.sources).map(|range| range.start);
            begin.is_some_and(|begin| {
                let of = |name: &str, number: usize| place.and_then(|place| place.get(name)) == Some(&Ordered::Number(number.into()));
                of("line", begin.line) && of("column", begin.column)
            })
        };
        if !fields.iter().any(|field| stands(field)) {
            found.breaches.push(format!("an error at {path:?} that is of the field at {place:?}"));
        }
        match behind {
            Some(steps) => found.fallen = found.fallen.max(Some(steps)),
            None => found.breaches.push(format!("an error at {path:?}, and there is a value")),
        }
    }
}

fn possible(kind: &str) -> &'static [Name] {
    POSSIBLE.get(kind).map_or(&[], Vec::as_slice)
}

fn is_scalar(name: &str, value: &Ordered) -> bool {
    match (name, value) {
        ("Int", Ordered::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Ordered::Number(_)) | ("Boolean", Ordered::Truth(_)) | ("ID" | "String", Ordered::Text(_)) | ("JSON", _) => true,
        (name, Ordered::Text(text)) => FORMATS.iter().any(|format| format.name == name && (format.reads)(text)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DOCUMENT: &str = "query($all: Boolean = true) { me: viewer { roles learner { __typename email ...more @include(if: $all) } }
        node(id: \"x\") { __typename ... on Course { title } ... on Session { course { __typename id } } } courses { edges { cursor } totalCount } }
        fragment more on Learner { id email }";

    fn breaches(document: &str, variables: Value, answer: &str) -> Vec<String> {
        reread(document, &variables, answer).breaches
    }

    fn with(me: &str, node: &str, courses: &str, errors: &str) -> Vec<String> {
        let errors = if errors.is_empty() { String::new() } else { format!(", \"errors\": [{errors}]") };
        let answer = format!("{{ \"data\": {{ \"me\": {me}, \"node\": {node}, \"courses\": {courses} }}{errors} }}");
        breaches(DOCUMENT, json!({}), &answer)
    }

    const ME: &str = r#"{ "roles": ["STAFF"], "learner": { "__typename": "Learner", "email": "ada@example.org", "id": "x" } }"#;
    const NODE: &str = r#"{ "__typename": "Session", "course": { "__typename": "Course", "id": "x" } }"#;
    const COURSES: &str = r#"{ "edges": [{ "cursor": "x" }], "totalCount": null }"#;
    const ERROR: &str = r#"{ "message": "No.", "extensions": { "code": "INTERNAL" }"#;

    #[test]
    fn what_fits_is_taken() {
        assert_eq!(with(ME, NODE, COURSES, ""), Vec::<String>::new());
        assert_eq!(with("null", "null", COURSES, ""), Vec::<String>::new());
        let less = r#"{ "roles": [], "learner": { "__typename": "Learner", "email": "ada@example.org" } }"#;
        let answer = format!("{{ \"data\": {{ \"me\": {less}, \"node\": null, \"courses\": {COURSES} }} }}");
        assert_eq!(breaches(DOCUMENT, json!({ "all": false }), &answer), Vec::<String>::new());
        assert_eq!(
            breaches("{ node(id: \"x\") { ... on Session { title } } }", json!({}), "{\"data\":{\"node\":{}}}"),
            Vec::<String>::new()
        );
        let fallen = |document: &str, data: &str, path: &str, column: usize| {
            let place = format!("\"locations\": [{{ \"line\": 1, \"column\": {column} }}]");
            let found =
                reread(document, &json!({}), &format!("{{ \"data\": {data}, \"errors\": [{ERROR}, \"path\": {path}, {place} }}] }}"));
            assert_eq!(found.breaches, Vec::<String>::new());
            found.fallen
        };
        assert_eq!(fallen("{ viewer { learner { id } } }", "{ \"viewer\": null }", "[\"viewer\"]", 3), Some(0));
        assert_eq!(fallen("{ viewer { learner { id } } }", "{ \"viewer\": null }", "[\"viewer\", \"learner\", \"id\"]", 22), Some(2));
        assert_eq!(fallen("{ courses { edges { cursor } } }", "null", "[\"courses\", \"edges\", 3, \"cursor\"]", 21), Some(4));
    }

    #[test]
    fn what_does_not_fit_is_found() {
        for (me, node, courses, errors, word) in [
            (r#"{ "roles": ["STAFF"] }"#, NODE, COURSES, "", "data.me has the keys"),
            (r#"{ "learner": null, "roles": [] }"#, NODE, COURSES, "", "data.me has the keys"),
            (r#"{ "roles": [], "learner": null }"#, NODE, COURSES, "", "data.me.learner is null"),
            (&ME.replace("STAFF", "COOK"), NODE, COURSES, "", "data.me.roles.0 is no Role"),
            (&ME.replace("\"Learner\"", "\"Viewer\""), NODE, COURSES, "", "must be Learner"),
            (&ME.replace("\"ada@example.org\"", "7"), NODE, COURSES, "", "data.me.learner.email is no String"),
            ("{}", NODE, COURSES, "", "data.me has the keys"),
            (ME, r#"{ "__typename": "Course" }"#, COURSES, "", "data.node has the keys"),
            (ME, r#"{ "__typename": "Learner" }"#, COURSES, "", "data.node is no Node"),
            (ME, NODE, r#"{ "edges": [null], "totalCount": null }"#, "", "data.courses.edges.0 is null"),
            (ME, NODE, r#"{ "edges": {}, "totalCount": null }"#, "", "data.courses.edges is no list"),
            (ME, NODE, r#"{ "edges": [], "totalCount": 3000000000 }"#, "", "data.courses.totalCount is no Int"),
            (ME, NODE, "null", "", "data.courses is null"),
            (ME, NODE, COURSES, &format!("{ERROR}, \"path\": [\"me\"] }}"), "there is a value"),
            (ME, NODE, COURSES, &format!("{ERROR}, \"path\": [\"viewer\"] }}"), "nothing was asked for"),
            (ME, NODE, COURSES, &format!("{ERROR} }}"), "an error without a path"),
            (ME, NODE, COURSES, r#"{ "message": "No." }"#, "without a message or a code"),
        ] {
            let found = with(me, node, courses, errors);
            assert!(found.iter().any(|breach| breach.contains(word)), "{word}: {found:?}");
        }
        let wide = format!("{{ \"data\": null, \"errors\": [{ERROR}, \"path\": [\"me\", \"roles\"] }}] }}");
        assert!(breaches(DOCUMENT, json!({}), &wide)[0].contains("more null than it had to"));
        let deep = format!(
            "{{ \"data\": {{ \"viewer\": null }}, \"errors\": [{ERROR}, \"path\": [\"viewer\"], \"locations\": [{{ \"line\": 1, \"column\": 22 }}] }}] }}"
        );
        assert!(breaches("{ viewer { learner { id } } }", json!({}), &deep)[0].contains("that is of the field at"));
        assert!(breaches(DOCUMENT, json!({}), "{}")[0].contains("neither"));
        assert!(breaches(DOCUMENT, json!({}), "{\"errors\":[]}")[0].contains("`errors`"));
    }
}
