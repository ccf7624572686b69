//! What is read through a transaction: on its own connection, and kept only as far as everybody sees the
//! same.

use entity::course;
use lectern::app::AppState;
use lectern::catalogue::{Mark, Sight, Source};
use lectern::store::Transaction;
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, ExecResult,
    IsolationLevel, QueryFilter, QueryResult, Statement, TransactionTrait,
};
use serde_json::json;

use crate::support::{Backend, SAMPLE, SAMPLE_SLUG, TestApp, stories};

const TITLE: &str = "Core Practice of Palliative Care";

/// The title of the sample as it is read through this connection.
async fn title<S: Source>(state: &AppState, db: &S) -> String {
    let page =
        state.catalogue.page_by_slug(db, SAMPLE_SLUG).await.expect("the database answers").expect("a course");
    page.course.title.clone()
}

/// Gives the sample a title, as an edit does: with a new version.
async fn entitle(txn: &Transaction, title: &str) {
    use sea_orm::sea_query::{Expr, ExprTrait};
    course::Entity::update_many()
        .col_expr(course::Column::Title, Expr::val(title))
        .col_expr(course::Column::Version, Expr::col(course::Column::Version).add(1))
        .filter(course::Column::Slug.eq(SAMPLE_SLUG))
        .exec(txn)
        .await
        .expect("a change");
}

/// A read-only transaction that sees what was committed when it began.
#[derive(Debug)]
struct Snapshot {
    txn: DatabaseTransaction,
    opened: Mark,
}

impl Snapshot {
    async fn open(app: &TestApp) -> Self {
        let opened = app.state.catalogue.mark();
        // SQLite's transactions are snapshots whatever they are called.
        let level = (app.backend == Backend::Postgres).then_some(IsolationLevel::RepeatableRead);
        let txn = app
            .db()
            .for_migrations()
            .begin_with_config(level, Some(AccessMode::ReadOnly))
            .await
            .expect("a transaction");
        // The snapshot is taken by the first statement.
        course::Entity::find().one(&txn).await.expect("the database answers");
        Self { txn, opened }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        self.txn.get_database_backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.txn.execute_raw(statement).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.txn.execute_unprepared(sql).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.txn.query_one_raw(statement).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.txn.query_all_raw(statement).await
    }
}

impl Source for Snapshot {
    fn sight(&self) -> Sight {
        Sight::AsOf(self.opened)
    }
}

stories! {
    async fn a_page_that_is_taken_back_is_not_kept(app with the course at "2026-04-01T12:00-04:00") {
        for known in [false, true] {
            if known {
                assert_eq!(title(&app.state, app.db()).await, TITLE);
            } else {
                app.state.catalogue.forget_all();
            }
            let txn = app.state.begin().await.expect("a transaction");
            entitle(&txn, "Never").await;
            assert_eq!(title(&app.state, &txn).await, "Never", "the transaction sees what it wrote");
            assert_eq!(title(&app.state, &txn).await, "Never", "and does so again");
            assert_eq!(title(&app.state, app.db()).await, TITLE, "nobody else does");
            txn.rollback().await.expect("it is taken back");
            assert_eq!(title(&app.state, app.db()).await, TITLE);
        }
    }

    async fn what_an_old_snapshot_shows_is_not_taken_for_the_present(app with the course at "2026-04-01T12:00-04:00") {
        let old = Snapshot::open(&app).await;
        app.imports(&SAMPLE.replace(&format!("title = \"{TITLE}\"\nkind"), "title = \"Changed\"\nkind"))
            .await;
        assert_eq!(title(&app.state, &old).await, TITLE, "a snapshot shows what was");
        assert_eq!(title(&app.state, app.db()).await, "Changed", "the present is not what it showed");
        app.state.catalogue.forget_all();
        assert_eq!(title(&app.state, app.db()).await, "Changed");
        title(&app.state, &old).await;
        assert_eq!(title(&app.state, app.db()).await, "Changed", "nor does it replace what is known");
        old.txn.rollback().await.expect("the snapshot ends");

        // What a snapshot of now shows is kept.
        app.state.catalogue.forget_all();
        let new = Snapshot::open(&app).await;
        assert_eq!(title(&app.state, &new).await, "Changed");
        new.txn.rollback().await.expect("the snapshot ends");
        let before = app.statements();
        assert_eq!(title(&app.state, app.db()).await, "Changed");
        assert_eq!(app.statements(), before, "nothing is read again");
    }

    async fn letters_are_steered_on_a_single_connection(app with the course at "2026-04-20T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let hers = ada.takes_part(&app, "nurse").await;
        let staff = app.staff("staff@example.org").await;
        app.works().await;
        let query = "query($code: String!) { registration(code: $code) { upcomingLetters { rule occurrence } notices { nodes { id rule } } } }";
        let known = staff.asks(&app, query, json!({ "code": hers["code"] })).await;
        let sent = known["registration"]["notices"]["nodes"].as_array().expect("notices");
        let sent =
            sent.iter().find(|notice| notice["rule"] == "registration_confirmed").expect("a confirmation");
        let narrow = app.on_connections(1).await;
        let letters = known["registration"]["upcomingLetters"].as_array().expect("letters");
        let letter =
            letters.iter().find(|letter| letter["rule"] == "course_starting_7d").expect("a reminder");
        let stop = json!({ "registrationId": hers["id"], "rule": letter["rule"], "occurrence": letter["occurrence"] });
        let stopped = staff
            .does(&narrow, "cancelNotice", stop, "notice { __typename } plannedLetter { __typename }")
            .await;
        assert_eq!(stopped["__typename"], "PlannedLetter", "{stopped}");
        let again = staff
            .does(&narrow, "resendNotice", json!({ "noticeId": sent["id"] }), "notice { __typename }")
            .await;
        assert_eq!(again["__typename"], "Notice", "{again}");
    }
}
