//! The cells of the matrix: what is asked, and what it is answered with.

use axum::http::{Method, header};
use serde_json::json;

use super::{Kind, Row, as_method, asked, gets, partial, posted, row, streamed};
use crate::support::request::with;

/// Every row that needs no token, afresh: a body is sent once.
pub(super) fn rows() -> Vec<Row> {
    use Kind::{Graphql, Json};
    let query = json!({ "query": "{ __typename }" }).to_string();
    vec![
        row("data", asked("{ __typename }"), 200, "", Graphql),
        row("data by GET", gets(&[("query", "{ __typename }")]), 200, "", Graphql),
        row(
            "everything empty by GET",
            gets(&[
                ("query", "{ __typename }"),
                ("operationName", ""),
                ("variables", ""),
                ("extensions", ""),
            ]),
            200,
            "",
            Graphql,
        ),
        row(
            "null for what is optional",
            posted(
                "{\"query\":\"{ __typename }\",\"variables\":null,\"operationName\":null,\"extensions\":null}",
            ),
            200,
            "",
            Graphql,
        ),
        row("members that nobody knows", posted("{\"query\":\"{ __typename }\",\"id\":7}"), 200, "", Graphql),
        row(
            "a charset that is the one",
            with(posted(query.clone()), "content-type", "Application/JSON; Charset=\"UTF-8\""),
            200,
            "",
            Graphql,
        ),
        row("data with an error", asked(&partial()), 294, "BAD_USER_INPUT", Graphql),
        row("no JSON", posted("NONSENSE"), 400, "BAD_REQUEST", Json),
        row("half of JSON", posted("{\"query\":"), 400, "BAD_REQUEST", Json),
        row("no body", posted(""), 400, "BAD_REQUEST", Json),
        row(
            "no JSON in variables by GET",
            gets(&[("query", "{ __typename }"), ("variables", "{")]),
            400,
            "BAD_REQUEST",
            Json,
        ),
        row("a document that does not parse", asked("{"), 400, "GRAPHQL_PARSE_FAILED", Graphql),
        row("an empty document", asked(""), 400, "GRAPHQL_PARSE_FAILED", Graphql),
        row("no query", posted("{\"qeury\":\"{ __typename }\"}"), 422, "BAD_REQUEST", Graphql),
        row("no query by GET", gets(&[("operationName", "Q")]), 422, "BAD_REQUEST", Graphql),
        row("query of a wrong type", posted("{\"query\":7}"), 422, "BAD_REQUEST", Graphql),
        row(
            "variables of a wrong type",
            posted("{\"query\":\"{ __typename }\",\"variables\":[7]}"),
            422,
            "BAD_REQUEST",
            Graphql,
        ),
        row(
            "variables of a wrong type by GET",
            gets(&[("query", "{ __typename }"), ("variables", "[7]")]),
            422,
            "BAD_REQUEST",
            Graphql,
        ),
        row(
            "an operation's name of a wrong type",
            posted("{\"query\":\"{ __typename }\",\"operationName\":7}"),
            422,
            "BAD_REQUEST",
            Graphql,
        ),
        row(
            "extensions of a wrong type",
            posted("{\"query\":\"{ __typename }\",\"extensions\":\"x\"}"),
            422,
            "BAD_REQUEST",
            Graphql,
        ),
        row("JSON that is no object", posted("7"), 422, "BAD_REQUEST", Graphql),
        row("a batch", posted(format!("[{query},{query}]")), 422, "BAD_REQUEST", Graphql),
        row(
            "query said twice",
            gets(&[("query", "{ __typename }"), ("query", "{ __typename }")]),
            422,
            "BAD_REQUEST",
            Graphql,
        ),
        row(
            "a document that does not validate",
            asked("{ nothing }"),
            422,
            "GRAPHQL_VALIDATION_FAILED",
            Graphql,
        ),
        row(
            "no operation by that name",
            posted("{\"query\":\"query Q { __typename }\",\"operationName\":\"R\"}"),
            422,
            "OPERATION_RESOLUTION_FAILURE",
            Graphql,
        ),
        row(
            "several operations, none chosen",
            asked("query Q { __typename } query R { __typename }"),
            422,
            "OPERATION_RESOLUTION_FAILURE",
            Graphql,
        ),
        row(
            "variables that do not fit",
            posted(
                "{\"query\":\"query($slug: String!) { course(slug: $slug) { id } }\",\"variables\":{\"slug\":null}}",
            ),
            422,
            "BAD_USER_INPUT",
            Graphql,
        ),
        row(
            "a document that asks for too much",
            asked(
                "{ courses(first: 100) { nodes { sessions(first: 100) { nodes { title faculty { role } } } } } }",
            ),
            422,
            "QUERY_TOO_COMPLEX",
            Graphql,
        ),
        row(
            "a mutation by GET",
            gets(&[("query", "mutation { signOut(input: {}) { __typename } }")]),
            405,
            "METHOD_NOT_ALLOWED",
            Json,
        ),
        row(
            "another method",
            as_method(Method::PUT, asked("{ __typename }")),
            405,
            "METHOD_NOT_ALLOWED",
            Json,
        ),
        row(
            "a method that nobody knows",
            as_method(Method::from_bytes(b"BREW").expect("a method"), asked("{ __typename }")),
            405,
            "METHOD_NOT_ALLOWED",
            Json,
        ),
        row(
            "no content type",
            {
                let mut bare = posted(query.clone());
                bare.headers_mut().remove(header::CONTENT_TYPE);
                bare
            },
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row(
            "a form",
            with(posted(query.clone()), "content-type", "multipart/form-data; boundary=x"),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row(
            "text",
            with(posted(query.clone()), "content-type", "text/plain"),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row(
            "another charset",
            with(posted(query), "content-type", "application/json; charset=latin1"),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row(
            "a body that is too large",
            posted(format!("{{\"query\":\"{}\"}}", " ".repeat(300_000))),
            413,
            "TOO_LARGE",
            Json,
        ),
        row(
            "a body of too many values",
            posted(format!(
                "{{\"query\":\"{{ __typename }}\",\"variables\":{{\"x\":[{}]}}}}",
                ["0"; 20_000].join(",")
            )),
            413,
            "TOO_LARGE",
            Json,
        ),
        row("a body of unknown length that is too large", streamed(300_000), 413, "TOO_LARGE", Json),
        row("an address that is too long", gets(&[("query", &"{".repeat(8_000))]), 414, "URI_TOO_LONG", Json),
        row(
            "headers that are too large",
            with(asked("{ __typename }"), "cookie", &"x".repeat(17_000)),
            431,
            "HEADERS_TOO_LARGE",
            Json,
        ),
    ]
}
