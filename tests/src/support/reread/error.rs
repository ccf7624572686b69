//! What an error must stand for: a null at its path or around it, and a field of the document.

use apollo_compiler::ast::Type;
use apollo_compiler::executable::Field;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::{Reader, Reread, SCHEMA};
use crate::support::ordered::Ordered;

impl Reader<'_> {
    /// An error stands for a null at its path, or around it where nothing on the way may be null. Its place
    /// is that of the field that the path leads to.
    pub(super) fn error(
        &self,
        data: &Ordered,
        path: &[Ordered],
        place: Option<&Ordered>,
        found: &mut Reread,
    ) {
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
                    found.breaches.push(format!(
                        "an error at {path:?} made more null than it had to, {steps} steps before {kind}"
                    ));
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
                let of = |name: &str, number: usize| {
                    place.and_then(|place| place.get(name)) == Some(&Ordered::Number(number.into()))
                };
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
