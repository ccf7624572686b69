//! Everything that is stored, for a comparison.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::House;

/// Every table with all of its rows, in words; when tokens were last used is left out.
pub async fn dump(house: &House) -> Vec<(String, String)> {
    let db = house.db();
    let backend = db.get_database_backend();
    let texts = async |sql: &str| -> Vec<String> {
        let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).expect("a text").unwrap_or_default()).collect()
    };
    let sqlite = backend == DbBackend::Sqlite;
    let tables = if sqlite {
        "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name"
    } else {
        "select table_name::text from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1"
    };
    let mut all = Vec::new();
    for table in texts(tables).await {
        let row = if sqlite {
            let columns = texts(&format!("select name from pragma_table_info('{table}') where name <> 'last_used_at' order by cid")).await;
            let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            format!("select {} from \"{table}\" order by 1", columns.join(" || ',' || "))
        } else {
            format!("select (to_jsonb(t) - 'last_used_at')::text from \"{table}\" t order by 1")
        };
        all.push((table, texts(&row).await.join("\n")));
    }
    all
}
