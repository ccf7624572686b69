//! Which operations ask for nothing but what anybody may see, by the table of who sees what
//! ([`crate::access`]). Only their answers can be kept for others who ask the same; whether one is, what was
//! read decides ([`crate::provenance`]).

use apollo_compiler::Name;

use super::collect::Selected;
use crate::access;

/// Whether everything that is selected of an object of the type `parent` is anybody's. Descends as deep as
/// the document's nesting, which is bounded.
pub fn is_public(parent: &Name, selected: &[Selected<'_>]) -> bool {
    selected.iter().all(|Selected { on, field, definition, parts }| {
        let kind = on.unwrap_or(parent).as_str();
        let open = if kind == "Query" {
            access::is_open_question(&field.name)
        } else {
            access::is_open_field(kind, &field.name)
        };
        open && is_public(definition.ty.inner_named_type(), parts)
    })
}
