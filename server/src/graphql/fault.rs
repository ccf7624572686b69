//! Errors as clients see them: every one has a code, a place in the document where it has one, and a sentence
//! for people.
//!
//! Two kinds reach a client. A [`RequestError`] says why a request was not run at all; it is made by
//! [`super::document`]. What resolvers report while an operation runs is brought into the same form by
//! [`complete`], which the transport calls on every finished response; where a field may be null they say so
//! by answering [`Nullable`].

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use serde::{Serialize, Serializer};
use serde_json::json;

/// `extensions.code` of a document that does not follow the grammar.
pub const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// `extensions.code` of a document that breaks a rule of the specification's section 5, "Validation".
pub const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// `extensions.code` of a value that does not fit: a variable, the size of a page, a cursor.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// `extensions.code` of a document that is larger than a limit allows.
pub const TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
/// `extensions.code` where `operationName` does not say which operation of the document to run.
pub const OPERATION_UNRESOLVED: &str = "OPERATION_RESOLUTION_FAILURE";
/// `extensions.code` where no document is known by what stands for it.
pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
/// `extensions.code` where a document does not have the hash that it is said to have.
pub const PERSISTED_QUERY_MISMATCH: &str = "PERSISTED_QUERY_MISMATCH";
/// `extensions.code` of a document that is not trusted, where others are not run.
pub const DOCUMENT_NOT_TRUSTED: &str = "DOCUMENT_NOT_TRUSTED";
/// `extensions.code` of a fault on our side.
pub const INTERNAL: &str = "INTERNAL";
/// `extensions.code` of what could not be asked of the database, or was not answered in time.
pub const UNAVAILABLE: &str = "UNAVAILABLE";
/// `extensions.code` of what there was no room for at the moment.
pub const OVERLOADED: &str = "OVERLOADED";

/// The most errors that are answered for one request: enough to mend a document, too few to be worth
/// provoking.
pub const MAX_ERRORS: usize = 10;
/// The most characters of a message.
const MAX_MESSAGE: usize = 400;
/// The most characters of a client's own text within a message.
const MAX_QUOTE: usize = 60;

/// What people read when the database is away.
pub const AWAY: &str = "The database does not answer at the moment. Please try again shortly.";
/// What people read who want to change something of a database that a newer release has changed: whoever asks
/// again comes to a server of that one.
pub const NEWER: &str = "This server is about to be replaced by a newer one and saves nothing any more. Please try again shortly.";
/// What people read where too much is asked from their address at once.
pub const CROWDED: &str =
    "Very much is being asked from your network address at once. Please try again in a moment.";
/// What people read of a fault on our side.
pub const OPAQUE: &str = "Something went wrong on our side. Please try again.";

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters (Unicode scalar values).
    pub column: usize,
}

impl From<Location> for async_graphql::Pos {
    fn from(Location { line, column }: Location) -> Self {
        Self { line, column }
    }
}

/// Why a request was not run ("request error", specification section 7.1.6). As JSON it is a member of the
/// response's `errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// `extensions.code`.
    pub code: &'static str,
    /// What is wrong, for the person who wrote the document, in English.
    pub message: String,
    /// Where it lies in the document; empty where it lies nowhere in particular.
    pub locations: Vec<Location>,
}

impl RequestError {
    /// An error without a place. Its message is one line; one that is too long is cut.
    pub fn new(code: &'static str, message: impl AsRef<str>) -> Self {
        Self { code, message: cut(&line(message.as_ref()), MAX_MESSAGE), locations: Vec::new() }
    }

    /// The same error, at a place.
    #[must_use]
    pub fn at(mut self, location: impl Into<Option<Location>>) -> Self {
        self.locations.extend(location.into());
        self
    }
}

impl Serialize for RequestError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut error = json!({ "message": self.message, "extensions": { "code": self.code } });
        if !self.locations.is_empty() {
            error["locations"] = json!(self.locations);
        }
        error.serialize(serializer)
    }
}

/// A client's own text as it is quoted in a message: on one line, not too long.
pub fn quoted(text: &str) -> String {
    format!("`{}`", line(&cut(text, MAX_QUOTE)))
}

fn line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What a field answers with that may be null.
///
/// An error leaves null in its place, and everything around it stays (specification section 6.4.4). The
/// library has it so for errors within a value, and for those of the field's own resolver only where the type
/// is this one: of a `Result<Option<T>>` the error takes along whatever is around the field.
pub type Nullable<T> = Option<async_graphql::Result<T>>;

/// What is found, or the error, as the answer of a field that may be null.
///
/// What finds it is kept on the heap. The library sets aside, for each field of an object that it resolves,
/// as much as the largest field of the type needs, so one field that asks the database would cost ten
/// kilobytes for every title.
pub fn nullable<T>(
    found: impl Future<Output = async_graphql::Result<Option<T>>>,
) -> impl Future<Output = Nullable<T>> {
    let found = Box::pin(found);
    async move { found.await.transpose() }
}

/// Gives every error of a finished response its code. What has none comes from the library: a value that it
/// could not read is the client's mistake, and everything else is a fault of ours, which is logged here and
/// told as nothing but that.
pub fn complete(response: &mut Response) {
    response.errors.iter_mut().filter(|error| code(error).is_none()).for_each(classify);
}

/// Whether an operation met a database that was away, or that it could not ask for want of room.
pub fn is_unavailable(response: &Response) -> bool {
    response.errors.iter().any(|error| matches!(code(error), Some(UNAVAILABLE | OVERLOADED)))
}

/// Whether there was no room for an operation.
pub fn is_crowded(response: &Response) -> bool {
    response.errors.iter().any(|error| code(error) == Some(OVERLOADED))
}

/// Whether something was to be written to a database that a newer release has changed.
pub fn is_replaced(response: &Response) -> bool {
    response.errors.iter().any(|error| error.message == NEWER)
}

/// Whether a response tells nothing but faults of ours.
pub fn is_broken(response: &Response) -> bool {
    !response.errors.is_empty() && response.errors.iter().all(|error| code(error) == Some(INTERNAL))
}

/// `extensions.code` of an error.
fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code") {
        Some(Value::String(code)) => Some(code),
        _ => None,
    }
}

fn classify(error: &mut ServerError) {
    let code = match unreadable(&error.message) {
        Some(message) => {
            error.message = message;
            BAD_USER_INPUT
        }
        None => {
            tracing::error!(message = %error.message, path = ?error.path, "a resolver met a fault");
            OPAQUE.clone_into(&mut error.message);
            INTERNAL
        }
    };
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
}

/// What the library says of a value that it could not read, without its names for our types; none where it
/// says something else.
fn unreadable(message: &str) -> Option<String> {
    let known = ["Failed to parse \"", "Expected input type \"", "Invalid value for argument \""];
    known.iter().any(|beginning| message.starts_with(beginning)).then(|| {
        let plain = message.split(" (occurred while parsing").next().unwrap_or(message);
        cut(plain, MAX_MESSAGE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(error: ServerError) -> (String, Option<String>) {
        let mut response = Response::from_errors(vec![error]);
        complete(&mut response);
        let error = response.errors.remove(0);
        let code = code(&error).map(str::to_owned);
        (error.message, code)
    }

    #[test]
    fn an_error_with_a_code_stays_as_it_is() {
        let mut error = ServerError::new("No.", None);
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", "BAD_USER_INPUT");
        assert_eq!(completed(error), ("No.".to_owned(), Some("BAD_USER_INPUT".to_owned())));
    }

    #[test]
    fn what_the_library_says_of_itself_is_not_told() {
        let told = completed(ServerError::new("Data `lectern::app::AppState` does not exist.", None));
        assert_eq!(told, (OPAQUE.to_owned(), Some(INTERNAL.to_owned())));
    }

    #[test]
    fn a_value_that_the_library_cannot_read_is_the_clients_mistake() {
        let told = completed(ServerError::new(
            "Failed to parse \"Int\": too large (occurred while parsing \"CourseFilter\")",
            None,
        ));
        assert_eq!(told, ("Failed to parse \"Int\": too large".to_owned(), Some(BAD_USER_INPUT.to_owned())));
    }

    #[test]
    fn messages_and_quotes_have_an_end() {
        assert_eq!(
            RequestError::new(PARSE_FAILED, "é".repeat(1000)).message.chars().count(),
            MAX_MESSAGE + 1
        );
        assert_eq!(quoted("one\ntwo"), "`one two`");
        assert_eq!(quoted(&"x".repeat(100)).len(), "``".len() + MAX_QUOTE + '…'.len_utf8());
    }

    #[test]
    fn an_error_is_written_as_the_specification_has_it() {
        let error = RequestError::new(PARSE_FAILED, "No.").at(Location { line: 2, column: 3 });
        let expected = json!({ "message": "No.", "locations": [{ "line": 2, "column": 3 }], "extensions": { "code": "GRAPHQL_PARSE_FAILED" } });
        assert_eq!(serde_json::to_value(&error).expect("JSON"), expected);
        let bare = serde_json::to_value(RequestError::new(PARSE_FAILED, "No.")).expect("JSON");
        assert!(bare.get("locations").is_none(), "{bare}");
    }
}

#[cfg(test)]
mod sizes {
    use async_graphql::{ContainerType, Context};

    use crate::graphql::course::Course;
    use crate::graphql::faculty::FacultyMember;
    use crate::graphql::session::Session;

    /// What is set aside for a field of a type, in bytes.
    fn of<'a, T: 'a, F>(_: fn(&'a T, &'a Context<'a>) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_field_takes_little_while_it_is_resolved() {
        for (name, bytes, most) in [
            ("Course", of(Course::resolve_field), 1_500),
            ("Session", of(Session::resolve_field), 1_000),
            ("FacultyMember", of(FacultyMember::resolve_field), 1_000),
        ] {
            assert!(bytes < most, "{name}: {bytes} bytes");
        }
    }
}
