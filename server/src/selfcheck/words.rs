//! Stored words that no type knows: the schema does not list those of which there will be more, so that a new
//! one needs no step.

use entity::letter::{Letter, NotSentReason, Topic};
use entity::profession::Profession;
use entity::{
    course_faculty, course_organization, course_tag, credit_offer, credit_requirement, email_change, payment,
    quote_line, session, session_faculty, statement, suppression,
};
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, Iterable, Statement, Value};

use super::{Finding, Severity};

/// A column and the words that its type knows.
struct Column {
    table: &'static str,
    column: &'static str,
    words: Vec<Value>,
}

fn column<E: ActiveEnum + Iterable>(table: &'static str, column: &'static str) -> Column
where
    E::Value: Into<Value>,
{
    Column { table, column, words: E::iter().map(|word| word.to_value().into()).collect() }
}

/// Every column that holds one word of an open list.
fn columns() -> Vec<Column> {
    vec![
        column::<Profession>("audience", "profession"),
        column::<Profession>("enquiry", "profession"),
        column::<Profession>("learner", "profession"),
        column::<Profession>("price", "profession"),
        column::<Profession>("registration", "profession"),
        column::<email_change::Cause>("email_change", "cause"),
        column::<Letter>("notice", "letter"),
        column::<Letter>("reminder_rule", "letter"),
        column::<NotSentReason>("notice", "reason"),
        column::<Topic>("unsubscription", "topic"),
        column::<course_faculty::Role>("course_faculty", "role"),
        column::<course_organization::Role>("course_organization", "role"),
        column::<course_tag::Kind>("course_tag", "kind"),
        column::<credit_offer::Kind>("credit_offer", "kind"),
        column::<credit_requirement::Kind>("credit_requirement", "kind"),
        column::<payment::Method>("payment", "method"),
        column::<quote_line::Kind>("quote_line", "kind"),
        column::<suppression::Reason>("suppression", "reason"),
        column::<suppression::Scope>("suppression", "scope"),
        column::<suppression::Source>("suppression", "source"),
        column::<session::Kind>("session", "kind"),
        column::<session_faculty::Role>("session_faculty", "role"),
        column::<statement::Kind>("statement", "kind"),
    ]
}

/// How many rows hold a word that this version does not know.
pub(super) async fn ask(db: &impl ConnectionTrait) -> Result<Finding, DbErr> {
    let mut rows = 0;
    for Column { table, column, words } in columns() {
        let places: Vec<String> = (1..=words.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select count(*) as offending from {table} where {column} not in ({})",
            places.join(", ")
        );
        let row =
            db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, words)).await?;
        rows += row.map(|row| row.try_get::<i64>("", "offending")).transpose()?.unwrap_or(0);
    }
    Ok(Finding {
        name: "unknown_word",
        sentence: "Every stored kind, role, profession, letter and reason is one that this version knows.",
        severity: Severity::Broken,
        rows: u64::try_from(rows).unwrap_or(0),
    })
}
