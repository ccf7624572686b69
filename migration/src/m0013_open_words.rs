//! Words of which there will be more are no longer listed in the schema: the types hold them, and a new one
//! needs no step.
//!
//! What has a fixed life stays listed: the states of courses, registrations and notices, what a quote rests
//! on, and the like.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::constraint::{rewrite, with, without};
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
    (
        "credit_requirement",
        "credit_requirement_kind_known",
        "kind in",
        "'participation', 'evaluation', 'assessment_with_feedback'",
    ),
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
    (
        "session",
        "session_kind_known",
        "kind in",
        "'talk', 'practice', 'small_group', 'plenary', 'break', 'meal', 'transition'",
    ),
    (
        "session_faculty",
        "session_faculty_role_known",
        "role in",
        "'speaker', 'moderator', 'facilitator', 'panelist'",
    ),
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
                    return Err(DbErr::Migration(format!(
                        "{table} holds words that {constraint} does not list"
                    )));
                }
                rewrite(manager, table, |sql| Some(with(sql, &check))).await?;
            } else {
                manager
                    .get_connection()
                    .execute_unprepared(&format!("alter table {table} add {check}"))
                    .await?;
            }
        }
        Ok(())
    }
}
