//! What a careful person would write by hand instead of a GraphQL server: one route a page, one SQL statement
//! a route that makes the JSON, an answer passed on as it came. The yardstick of `tests/load/run`, and
//! nothing else; it is compiled with the tests so that it cannot rot.
#![allow(clippy::expect_used, reason = "a yardstick ends where something is wrong")]

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, PgPool};
use serde_json::Value;

/// The statements, one a page.
const COURSE: &str = include_str!("sql/course.sql");
const CATALOGUE: &str = include_str!("sql/catalogue.sql");
const FACULTY: &str = include_str!("sql/faculty.sql");
const PERSONAL: &str = include_str!("sql/personal.sql");

/// Connections to the database, as many as Lectern has by default.
const CONNECTIONS: u32 = 10;

type Pool = Arc<PgPool>;

fn respond(found: Result<String, sqlx::Error>) -> Response {
    match found {
        Ok(data) => {
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"data\":{data}}}")).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn variable<'a>(body: &'a Value, name: &str) -> &'a str {
    body["variables"][name].as_str().unwrap_or_default()
}

async fn course(State(pool): State<Pool>, Json(body): Json<Value>) -> Response {
    respond(sqlx::query_scalar(COURSE).bind(variable(&body, "slug")).fetch_one(&*pool).await)
}

async fn catalogue(State(pool): State<Pool>, Json(body): Json<Value>) -> Response {
    let first = body["variables"]["first"].as_i64().unwrap_or(20);
    respond(sqlx::query_scalar(CATALOGUE).bind(first).fetch_one(&*pool).await)
}

async fn faculty(State(pool): State<Pool>, Json(body): Json<Value>) -> Response {
    respond(sqlx::query_scalar(FACULTY).bind(variable(&body, "slug")).fetch_one(&*pool).await)
}

async fn personal(State(pool): State<Pool>, headers: HeaderMap, Json(_): Json<Value>) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let now = entity::Nature::now(&entity::nature::RealNature);
    let statement = sqlx::query_scalar(PERSONAL)
        .bind(entity::secret::token_hash(token.unwrap_or_default()))
        .bind(now.as_micros());
    respond(statement.fetch_one(&*pool).await)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (listen, database) =
        arguments.next().zip(arguments.next()).expect("load_handler ADDRESS DATABASE_URL");
    let options: PgConnectOptions = database.parse().expect("the database's address");
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options.options([("timezone", "UTC")]))
        .await
        .expect("the database answers");
    let router = Router::new()
        .route("/course", post(course))
        .route("/catalogue", post(catalogue))
        .route("/faculty", post(faculty))
        .route("/personal", post(personal))
        .with_state(Arc::new(pool));
    let listener = tokio::net::TcpListener::bind(listen).await.expect("an address to listen on");
    axum::serve(listener, router).await.expect("it serves");
}
