//! Words of which there will be more are no longer listed in the schema: the types hold them, and a new one needs no step.
//!
//! What has a fixed life stays listed: the states of courses, registrations and notices, what a quote rests on, and the like.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::ground::is_sqlite;

const PROFESSIONS: &str = "'physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other'";

/// Table, constraint, what is listed, and the words.
const LISTS: &[(&str, &str, &str, &str)] = &[
    ("audience", "audience_profession_known", "profession in", PROFESSIONS),
    ("learner", "learner_profession_known", "profession is null or profession in", PROFESSIONS),
    ("registration", "registration_profession_known", "profession in", PROFESSIONS),
    ("price", "price_profession_known", "profession in", PROFESSIONS),
    ("enquiry", "enquiry_profession_known", "profession is null or profession in", PROFESSIONS),
    (
        "credit_offer",
        "credit_offer_kind_known",
        "kind in",
        "'ama_pra_category_1', 'nursing_contact_hours', 'nccpa_recognition', 'abim_moc', 'abp_moc', 'massachusetts_risk_management', 'uems_recognition', 'rcpsc_recognition'",
    ),
    ("credit_requirement", "credit_requirement_kind_known", "kind in", "'participation', 'evaluation', 'assessment_with_feedback'"),
    (
        "statement",
        "statement_kind_known",
        "kind in",
        "'accreditation', 'disclosure', 'disclaimer', 'cancellation_policy', 'export_control', 'registration_site', 'eligibility', 'group_discount', 'credit_claim', 'materials'",
    ),
    (
        "reminder_rule",
        "reminder_rule_letter_known",
        "letter in",
        "'registration_started', 'registration_confirmed', 'registration_cancelled', 'early_fee_ending', 'registration_closing', 'course_starting', 'day_starting', 'session_starting', 'evaluation_open', 'evaluation_closing'",
    ),
    ("unsubscription", "unsubscription_topic_known", "topic in", "'deadlines', 'reminders', 'evaluations'"),
    ("session", "session_kind_known", "kind in", "'talk', 'practice', 'small_group', 'plenary', 'break', 'meal', 'transition'"),
    ("session_faculty", "session_faculty_role_known", "role in", "'speaker', 'moderator', 'facilitator', 'panelist'"),
    ("course_faculty", "course_faculty_role_known", "role in", "'director', 'faculty'"),
    ("payment", "payment_method_known", "method in", "'card', 'check', 'bank_transfer', 'cash', 'other'"),
    ("quote_line", "quote_line_kind_known", "kind in", "'tuition', 'processing_fee', 'discount'"),
    ("course_tag", "course_tag_kind_known", "kind in", "'domain', 'topic'"),
    ("course_organization", "course_organization_role_known", "role in", "'offered_by', 'accredited_by'"),
];

/// Takes the lists out of the schema; takes that back, as long as there are no other words.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, constraint, _, _) in LISTS {
            if is_sqlite(manager) {
                rewrite(manager, table, |sql| without(sql, constraint)).await?;
            } else {
                let drop = format!("alter table {table} drop constraint {constraint}");
                manager.get_connection().execute_unprepared(&drop).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, constraint, listed, words) in LISTS {
            let check = format!("constraint {constraint} check ({listed} ({words}))");
            if is_sqlite(manager) {
                let others = format!("select 1 from {table} where not ({listed} ({words})) limit 1");
                let statement = Statement::from_string(DbBackend::Sqlite, others);
                if manager.get_connection().query_one_raw(statement).await?.is_some() {
                    return Err(DbErr::Migration(format!("{table} holds words that {constraint} does not list")));
                }
                rewrite(manager, table, |sql| Some(with(sql, &check))).await?;
            } else {
                manager.get_connection().execute_unprepared(&format!("alter table {table} add {check}")).await?;
            }
        }
        Ok(())
    }
}

/// Rewrites how SQLite remembers that `table` is made. It has no statement that drops a constraint; this is the way that its documentation gives
/// for changes which do not touch what is stored (<https://www.sqlite.org/lang_altertable.html>, section 7). It is part of the transaction.
async fn rewrite(manager: &SchemaManager<'_>, table: &str, change: impl Fn(&str) -> Option<String>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let read = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let unknown = || DbErr::Migration(format!("the table {table} is not made as expected"));
    let made = db.query_one_raw(read(&format!("select sql from sqlite_schema where type = 'table' and name = '{table}'"))).await?;
    let made: String = made.ok_or_else(unknown)?.try_get("", "sql")?;
    let changed = change(&made).ok_or_else(unknown)?;
    let version = db.query_one_raw(read("pragma schema_version")).await?;
    let version: i32 = version.ok_or_else(unknown)?.try_get("", "schema_version")?;
    db.execute_unprepared("pragma writable_schema = on").await?;
    let sql = "update sqlite_schema set sql = $1 where type = 'table' and name = $2";
    let written = db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [changed.into(), table.into()])).await;
    // Connections, this one included, read the schema anew.
    db.execute_unprepared(&format!("pragma schema_version = {}", version.wrapping_add(1))).await?;
    db.execute_unprepared("pragma writable_schema = off").await?;
    written.map(drop)
}

/// The statement without the constraint and the comma before it; none where it has no such constraint.
fn without(sql: &str, constraint: &str) -> Option<String> {
    let start = sql.find(&format!("constraint {constraint} check ("))?;
    let mut depth = 0;
    let length = sql.get(start..)?.char_indices().find_map(|(place, char)| {
        depth += match char {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (char == ')' && depth == 0).then_some(place + 1)
    })?;
    let (before, after) = (sql.get(..start)?, sql.get(start + length..)?);
    let before = before.trim_end().strip_suffix(',')?;
    Some(format!("{before}{after}"))
}

/// The statement with the constraint at its end.
fn with(sql: &str, check: &str) -> String {
    match sql.rsplit_once(')') {
        Some((columns, end)) => format!("{},\n    {check}\n){end}", columns.trim_end()),
        None => sql.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{with, without};

    #[test]
    fn a_constraint_goes_and_comes() {
        let made = "create table t (\n    a text,\n    constraint a_known check (a is null or a in ('x', 'y')),\n    constraint t_pk primary key (a)\n)";
        let open = without(made, "a_known").expect("the constraint");
        assert_eq!(open, "create table t (\n    a text,\n    constraint t_pk primary key (a)\n)");
        assert_eq!(without(&open, "a_known"), None);
        let again = with(&open, "constraint a_known check (a in ('x'))");
        assert_eq!(
            again,
            "create table t (\n    a text,\n    constraint t_pk primary key (a),\n    constraint a_known check (a in ('x'))\n)"
        );
    }
}
