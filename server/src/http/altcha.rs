//! Challenges for the human check, as the ALTCHA widget fetches them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use entity::enquiry;

use super::client::ClientApp;
use super::internal;
use super::negotiate::Dialect;
use super::refused::Refused;
use crate::error::Fault;
use crate::human_check::{self, Purpose};

/// `GET /altcha/{course}`: a challenge for asking about the course of this slug, the same as
/// `Query.enquiryChallenge`.
pub async fn challenge(ClientApp(app): ClientApp, Path(slug): Path<String>) -> Response {
    let unknown = || {
        Refused::before(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "There is no such course, or it takes no enquiries.",
        )
        .answer(Dialect::Legacy)
    };
    let app = &app;
    let page = match app.catalogue.page_by_slug(&app.db, &slug).await {
        Ok(Some(page)) => page,
        Ok(None) => return unknown(),
        Err(error) => return internal(&Fault::from(error)),
    };
    // Nobody is signed in here, so drafts do not exist; `taken_for` says so, too.
    if enquiry::taken_for(&page.course, app.nature.now()).is_err() {
        return unknown();
    }
    match human_check::issue(app, Purpose::Enquiry(page.course.id)).and_then(|issued| issued.json()) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], json)
            .into_response(),
        Err(fault) => internal(&fault),
    }
}
