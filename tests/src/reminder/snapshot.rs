//! What a letter is judged by and written from is of one moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use entity::nature::{Nature, SharedNature};
use entity::notice::About;
use entity::registration;
use lectern::store::Database;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExecResult, QueryFilter, QueryResult,
    Statement,
};
use serde_json::Value;
use worker::Worker;
use worker::facts::{self, Dossier};

use crate::support::overheard::Overheard;
use crate::support::{Person, TestApp, stories};

/// A database in which a payment comes after the statement of this number.
#[derive(Clone)]
struct Paid<'a> {
    db: Database,
    app: &'a TestApp,
    registration: &'a Value,
    staff: &'a Person,
    left: Arc<AtomicUsize>,
}

impl Paid<'_> {
    async fn goes_by(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.staff.records_payment(self.app, self.registration).await;
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Paid<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let found = self.db.query_one_raw(statement).await;
        self.goes_by().await;
        found
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let found = self.db.query_all_raw(statement).await;
        self.goes_by().await;
        found
    }
}

/// Reads the dossier of somebody who pays after the statement of this number; says whether it knows all of
/// the payment, or nothing.
async fn is_whole(
    app: &TestApp,
    staff: &Person,
    name: &str,
    statement: usize,
    read_from: impl Fn(&Database) -> Database,
) -> bool {
    let registration =
        app.signs_in(&format!("{name}{statement}@example.org")).await.registers(app, "nurse").await;
    let code = registration["code"].as_str().expect("a code");
    let stored = registration::Entity::find()
        .filter(registration::Column::Code.eq(code))
        .one(app.db())
        .await
        .expect("an answer");
    let id = stored.expect("a registration").id;
    let left = Arc::new(AtomicUsize::new(statement));
    let db = Paid { db: read_from(app.db()), app, registration: &registration, staff, left };
    let dossier =
        facts::of_notice(&db, About::Registration(id)).await.expect("the facts").expect("a dossier");
    let Dossier::Registrant(dossier) = dossier else { panic!("somebody who has registered") };
    let confirmed = dossier.registration.registration.confirmed_at.is_some();
    let total = dossier.quote.expect("a quote").total_minor;
    dossier.paid_minor == if confirmed { total } else { 0 }
}

/// More statements than a dossier takes.
const STATEMENTS: usize = 20;

stories! {
    /// Whenever the payment comes, the dossier knows all of it or nothing: a letter says of a seat that it is
    /// held, or what was paid for it.
    async fn a_payment_that_comes_while_a_letter_is_judged_is_seen_whole_or_not_at_all(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff("staff@example.org").await;
        let mut torn = 0;
        for statement in 0..STATEMENTS {
            assert!(
                is_whole(&app, &staff, "ada", statement, worker::Store::at_one_moment).await,
                "after statement {statement}"
            );
            torn += usize::from(!is_whole(&app, &staff, "ben", statement, Database::clone).await);
        }
        assert!(torn > 0, "what is read at several moments is torn, or this proves nothing");
    }

    /// Sweep and delivery read the facts of a person in a snapshot, and nothing of them apart from it.
    async fn whoever_judges_does_so_by_one_snapshot(app with the course at "2026-04-20T12:00-04:00") {
        app.works().await;
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        app.staff("staff@example.org").await.records_payment(&app, &started).await;
        let db = Overheard::new(app.db());
        let facts = [
            "quote",
            "quote_line",
            "payment",
            "evaluation",
            "unsubscription",
            "letter_instruction",
            "registration",
        ];
        let of_people = |statements: Vec<Statement>| {
            let reads = |sql: &str| facts.iter().any(|table| sql.contains(&format!("FROM \"{table}\"")));
            statements.into_iter().map(|statement| statement.sql).filter(|sql| reads(sql)).collect::<Vec<_>>()
        };
        app.nature.move_to(app.nature.now().plus_minutes(1));
        let nature: SharedNature = app.nature.clone();
        let swept = worker::sweep::sweep(&db, &nature, "stories.example.org").await.expect("a sweep");
        assert!(swept.judged > 0 && of_people(db.statements()).len() > 2);
        // Who has changed, and who is in a course, is found apart: ids alone, by which the facts are then
        // read.
        let apart = of_people(db.apart());
        assert!(
            apart.iter().all(|sql| !sql.contains("\"hold_until\"") && sql.contains("FROM \"registration\"")),
            "{apart:#?}"
        );

        let Worker { nature, key, writer, post, sender, news_sender, name, .. } = app.worker.clone();
        let worker = Worker::new(db.clone(), nature, key, writer, post, sender, name);
        let worker = worker.with_news_sender(news_sender);
        let claimed = worker::claim::claim(&db, &worker.name, 50, app.nature.now()).await.expect("a claim");
        assert!(!claimed.is_empty());
        let (_, _) = (db.statements(), db.apart());
        worker::deliver::deliver_each(&worker, claimed).await;
        assert!(of_people(db.statements()).len() > 5);
        assert_eq!(of_people(db.apart()), Vec::<String>::new());
    }
}
