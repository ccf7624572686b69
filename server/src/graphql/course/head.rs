//! Lists of courses that say no more of each than its own row holds: a page of titles and dates.

use async_graphql::SelectionField;

/// The fields of a course that are answered from its row alone. What is missing here costs the whole page of
/// each course that is not in memory, and is right all the same; what stands here and needs more would be
/// answered from an empty page, so a test asks for each of them.
pub const FIELDS: [&str; 29] = [
    "__typename",
    "id",
    "slug",
    "title",
    "version",
    "kind",
    "summary",
    "overview",
    "status",
    "cancelledAt",
    "cancellationNote",
    "format",
    "lengthLabel",
    "timeZone",
    "startsOn",
    "endsOn",
    "startsAt",
    "endsAt",
    "evaluationDeadline",
    "centre",
    "contactEmail",
    "registrationSite",
    "creditHeadline",
    "venueName",
    "venueAddress",
    "venueMapUrl",
    "venueDirections",
    "registrationWindow",
    "processingFee",
];

/// Whether of the courses of this connection nothing is asked but what their rows hold.
pub fn is_of_heads(connection: SelectionField<'_>) -> bool {
    let is_head =
        |course: SelectionField<'_>| course.selection_set().all(|field| FIELDS.contains(&field.name()));
    connection.selection_set().all(|field| match field.name() {
        "nodes" => is_head(field),
        "edges" => field.selection_set().filter(|field| field.name() == "node").all(is_head),
        _ => true,
    })
}
