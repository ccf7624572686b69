//! Directives of the schema that say beforehand what a field costs, so that clients can reckon with it:
//! `@listSize` and `@cost`, named as in the cost specification that GraphQL gateways share (IBM's, section
//! 4); and those that say what a text must be beyond its type: `@code` and `@maxLength`. [`super::document`]
//! reads them back from the printed schema.

#![expect(missing_docs, reason = "the macro writes items and does not hand their comments on")]

use async_graphql::TypeDirective;

/// The name of [`list_size`] in the schema.
pub const LIST_SIZE: &str = "listSize";
/// The name of [`cost`] in the schema.
pub const COST: &str = "cost";
/// The name of [`code`] in the schema.
pub const CODE: &str = "code";
/// The name of [`max_length`] in the schema.
pub const MAX_LENGTH: &str = "maxLength";

/// How long the list is that the field answers with, for the cost of a document. It is what a large course
/// has, not a bound. A field that takes `ids` has a value for each of them, whatever is said here.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(assumed_size: i32) {}

/// What the field costs beside what is selected of it, in values; 1 where nothing is said. What a field of an
/// input costs where it is given; 0 where nothing is said.
#[TypeDirective(name = "cost", location = "FieldDefinition", location = "InputFieldDefinition")]
pub fn cost(weight: String) {}

/// What a list costs that is read from the database, beside its rows: a statement takes as long as so many
/// values from memory. Measured, as the next three, with PostgreSQL and a hundred courses on the same
/// machine: a value takes one or two microseconds.
pub fn of_list() -> String {
    "100".to_owned()
}

/// What a mutation costs beside what it answers: its transaction, with half a dozen statements and a commit
/// that waits for the disk.
pub fn of_act() -> String {
    "1000".to_owned()
}

/// What it costs to count the rows of a list.
pub fn of_count() -> String {
    "100".to_owned()
}

/// What it costs to look for words, however many they are.
pub fn of_search() -> String {
    "1000".to_owned()
}

/// Each text is one of the codes that this field of `Query` lists. A document with another one is not run.
#[TypeDirective(name = "code", location = "InputFieldDefinition", location = "ArgumentDefinition")]
pub fn code(listed_by: String) {}

/// Each text has at most so many characters and, where it is said, words. A document with a longer one is not
/// run.
#[TypeDirective(name = "maxLength", location = "InputFieldDefinition", location = "ArgumentDefinition")]
pub fn max_length(characters: i32, words: Option<i32>) {}
