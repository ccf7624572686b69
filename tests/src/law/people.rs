//! Whoever is merged into somebody else is forgotten nowhere.

use std::collections::BTreeSet;

use lectern::action::merge_learners::NAMED;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::access::dump;
use crate::support::{TestApp, stories};

/// Columns that name a learner without the database knowing it.
const UNTOLD: [(&str, &str); 1] = [("audit", "actor_id")];

/// Every column that refers to a learner, as the database knows it.
async fn references(app: &TestApp) -> BTreeSet<(String, String)> {
    let db = app.db();
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let mut found = BTreeSet::new();
    for table in dump::tables(app).await {
        let asked = match sqlite {
            true => format!("select \"from\" as name from pragma_foreign_key_list('{table}') where \"table\" = 'learner'"),
            false => format!(
                "select a.attname::text as name from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
                 where c.contype = 'f' and c.conrelid = '\"{table}\"'::regclass and c.confrelid = 'learner'::regclass"
            ),
        };
        for row in db
            .query_all_raw(Statement::from_string(db.get_database_backend(), asked))
            .await
            .expect("the schema")
        {
            found.insert((table.clone(), row.try_get("", "name").expect("a name")));
        }
    }
    found
}

stories! {
    /// A table with a learner that nobody has thought of would keep naming an account that is nobody's any
    /// more.
    async fn every_column_that_names_a_learner_has_its_fate_when_two_are_merged(app at "2026-04-01T12:00-04:00") {
        let named: BTreeSet<(String, String)> =
            NAMED.iter().map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned())).collect();
        assert_eq!(named.len(), NAMED.len(), "each once");
        let mut known = references(&app).await;
        assert!(known.len() > 15, "{known:?}");
        known.extend(UNTOLD.map(|(table, column)| (table.to_owned(), column.to_owned())));
        assert_eq!(named, known, "see server/src/action/merge_learners.rs");
    }
}
