//! Calendars over HTTP, for programs that come back every hour: each answer has a tag, and whoever has seen
//! it gets no second copy.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sea_orm::DbErr;

use super::client::ClientApp;
use super::negotiate::Dialect;
use super::refused::Refused;
use super::{Front, etag, in_time};
use crate::calendar;

/// `GET /calendar/courses/{slug}.ics`
pub async fn of_course(
    State(front): State<Arc<Front>>,
    ClientApp(app): ClientApp,
    UrlPath(file): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let Some(slug) = file.strip_suffix(".ics") else { return nowhere() };
    answer(&headers, in_time(&front, calendar::of_course(&app, slug)).await, "public, max-age=300")
}

/// `GET /calendar/{token}.ics`
pub async fn of_learner(
    State(front): State<Arc<Front>>,
    ClientApp(app): ClientApp,
    UrlPath(file): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let Some(token) = file.strip_suffix(".ics") else { return nowhere() };
    // An address that was given up must be dead at once, so nobody may answer in our place.
    answer(&headers, in_time(&front, calendar::of_learner(&app, token)).await, "private, no-cache")
}

fn nowhere() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "There is no such calendar.\n")
        .into_response()
}

fn answer(
    headers: &HeaderMap,
    found: Result<Result<Option<String>, DbErr>, Refused>,
    keep: &'static str,
) -> Response {
    let text = match found {
        Ok(Ok(Some(text))) => text,
        Ok(Ok(None)) => return nowhere(),
        Ok(Err(error)) => return super::internal(&error.into()),
        Err(no) => return no.answer(Dialect::Legacy),
    };
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let tag = etag::of(&text);
    ([(header::CACHE_CONTROL, keep)], etag::answer(headers, tag, || (kind, text).into_response()))
        .into_response()
}
