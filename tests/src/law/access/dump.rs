//! Everything that is stored, for a comparison.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::TestApp;

async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let db = app.db();
    let asked = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(asked).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.iter()
        .map(|row| row.try_get_by_index::<Option<String>>(0).expect("a text").unwrap_or_default())
        .collect()
}

/// The names of all tables.
pub async fn tables(app: &TestApp) -> Vec<String> {
    let sql = match app.db().get_database_backend() {
        DbBackend::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name"
        }
        _ => {
            "select table_name::text from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1"
        }
    };
    texts(app, sql).await
}

/// Every table with all of its rows, in words; when tokens were last used is left out.
pub async fn dump(app: &TestApp) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for table in tables(app).await {
        let row = if app.db().get_database_backend() == DbBackend::Sqlite {
            let columns = format!(
                "select name from pragma_table_info('{table}') where name <> 'last_used_at' order by cid"
            );
            let columns: Vec<String> =
                texts(app, &columns).await.iter().map(|column| format!("quote(\"{column}\")")).collect();
            format!("select {} from \"{table}\" order by 1", columns.join(" || ',' || "))
        } else {
            format!("select (to_jsonb(t) - 'last_used_at')::text from \"{table}\" t order by 1")
        };
        all.push((table, texts(app, &row).await.join("\n")));
    }
    all
}
