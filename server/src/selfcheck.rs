//! The invariants of the data as questions to the database: what must never be, and how many rows are so.
//!
//! Constraints hold most of them already. They are asked all the same, because a database can be restored,
//! repaired by hand or loaded without its constraints, and because what spans several tables no constraint
//! can hold.

mod course_days;
mod invariant;
mod words;

use entity::Instant;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use invariant::{INVARIANTS, Invariant, REFERENCES_POSTGRES, REFERENCES_SQLITE};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It must never be so.
    Broken,
    /// It can be meant, and is more often a mistake.
    Warning,
}

/// What one question found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Short, stable name.
    pub name: &'static str,
    /// What should be so, in a sentence.
    pub sentence: &'static str,
    /// How bad it is where it is not.
    pub severity: Severity,
    /// How many rows are not so; 0 is good.
    pub rows: u64,
}

impl Finding {
    /// Whether something is as it must never be.
    pub fn is_broken(&self) -> bool {
        self.rows > 0 && self.severity == Severity::Broken
    }
}

/// Asks every question, as of `now`. The answers are in the order of the questions; those with nothing to say
/// are there too.
pub async fn run(db: &impl ConnectionTrait, now: Instant) -> Result<Vec<Finding>, DbErr> {
    let references = match db.get_database_backend() {
        DbBackend::Postgres => &REFERENCES_POSTGRES,
        _ => &REFERENCES_SQLITE,
    };
    let mut findings = Vec::with_capacity(INVARIANTS.len() + 3);
    for invariant in INVARIANTS.iter().chain([references]) {
        findings.push(ask(db, invariant, now).await?);
    }
    findings.push(course_days::ask(db).await?);
    findings.push(words::ask(db).await?);
    Ok(findings)
}

async fn ask(db: &impl ConnectionTrait, invariant: &Invariant, now: Instant) -> Result<Finding, DbErr> {
    let Invariant { name, sentence, severity, offenders } = *invariant;
    // The moments are spliced in as parameters, so both databases compare them as they store them.
    let mut sql = format!("select count(*) as offending from ({offenders}) as found");
    let mut values = Vec::new();
    for (word, moment) in
        [("{now}", now), ("{soon}", now.plus_minutes(5)), ("{hour_ago}", now.plus_minutes(-60))]
    {
        if sql.contains(word) {
            values.push(moment.into());
            sql = sql.replace(word, &format!("${}", values.len()));
        }
    }
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let rows = row.map(|row| row.try_get::<i64>("", "offending")).transpose()?.unwrap_or(0);
    Ok(Finding { name, sentence, severity, rows: u64::try_from(rows).unwrap_or(0) })
}
