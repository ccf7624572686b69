//! How a database would run a statement.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::House;

/// The steps, a line for each, as the database tells them.
pub async fn plan(house: &House, statement: &Statement) -> Vec<String> {
    let backend = house.db().get_database_backend();
    let (explain, column) = if backend == DbBackend::Sqlite { ("explain query plan", "detail") } else { ("explain", "QUERY PLAN") };
    let mut asked = statement.clone();
    asked.sql = format!("{explain} {}", statement.sql);
    let rows = house.db().query_all_raw(asked).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    rows.iter().map(|row| row.try_get::<String>("", column).expect("a step")).collect()
}
