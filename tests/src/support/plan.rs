//! How a database would run a statement.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::TestApp;

/// The steps, a line for each, as the database tells them.
pub async fn plan(app: &TestApp, statement: &Statement) -> Vec<String> {
    let backend = app.db().get_database_backend();
    let (explain, column) = if backend == DbBackend::Sqlite {
        ("explain query plan", "detail")
    } else {
        ("explain", "QUERY PLAN")
    };
    let mut asked = statement.clone();
    asked.sql = format!("{explain} {}", statement.sql);
    let rows = app.db().query_all_raw(asked).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a step")).collect()
}
