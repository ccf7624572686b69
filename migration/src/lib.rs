//! Reversible steps of the schema, nothing else.
//!
//! Each step is plain SQL with a handful of placeholders for the column types on which SQLite and PostgreSQL
//! differ (see `ground.rs`), because named constraints, partial indexes and triggers are easier to read, and
//! to trust, in the language of the database. This crate must never import `entity`: a step describes the
//! tables of its own day, not those of today.

mod constraint;
mod ground;
mod m0001_catalogue;
mod m0002_offer;
mod m0003_desk;
mod m0004_notice;
mod m0005_audit;
mod m0006_editing;
mod m0007_roster;
mod m0008_outreach;
mod m0009_sign_in_try;
mod m0010_listing;
mod m0011_reach;
mod m0012_tries;
mod m0013_open_words;
mod m0014_course_end;
mod m0015_holds;
mod m0016_people;
mod m0017_email_codes;
mod m0018_merged_learners;
mod m0019_files;
mod m0020_minor_units;
mod m0021_purging;
mod m0022_night;
mod m0023_venue;
mod m0024_programme;
mod m0025_shipped_rules;
mod m0026_minor_names;
mod m0034_signed_in;
mod m0035_operators;
mod m0036_told;
mod m0037_join_links;
mod m0038_suppressions;
mod m0039_bounces;
mod m0040_tries;
mod m0041_home;
mod m0042_expiries;
mod plain;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let steps: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m0001_catalogue::STEP),
            Box::new(m0002_offer::STEP),
            Box::new(m0003_desk::STEP),
            Box::new(m0004_notice::STEP),
            Box::new(m0005_audit::Step),
            Box::new(m0006_editing::STEP),
            Box::new(m0007_roster::STEP),
            Box::new(m0008_outreach::STEP),
            Box::new(m0009_sign_in_try::Step),
            Box::new(m0010_listing::Step),
            Box::new(m0011_reach::Step),
            Box::new(m0012_tries::STEP),
            Box::new(m0013_open_words::Step),
            Box::new(m0014_course_end::Step),
            Box::new(m0015_holds::STEP),
            Box::new(m0016_people::STEP),
            Box::new(m0017_email_codes::STEP),
            Box::new(m0018_merged_learners::STEP),
            Box::new(m0019_files::STEP),
            Box::new(m0020_minor_units::Step),
            Box::new(m0021_purging::STEP),
            Box::new(m0022_night::STEP),
            Box::new(m0023_venue::STEP),
            Box::new(m0024_programme::STEP),
            Box::new(m0025_shipped_rules::Step),
            Box::new(m0026_minor_names::Step),
            Box::new(m0034_signed_in::STEP),
            Box::new(m0035_operators::Step),
            Box::new(m0036_told::STEP),
            Box::new(m0037_join_links::STEP),
            Box::new(m0038_suppressions::STEP),
            Box::new(m0039_bounces::STEP),
            Box::new(m0040_tries::STEP),
            Box::new(m0041_home::STEP),
            Box::new(m0042_expiries::Expiries),
        ];
        steps.into_iter().map(|step| Box::new(Whole(step)) as Box<dyn MigrationTrait>).collect()
    }
}

/// A step that is written together with its record or not at all, on both databases. The library does so on
/// PostgreSQL alone; a process that is killed in the middle of a step on SQLite would find half of it at
/// every later start, and never start again.
struct Whole(Box<dyn MigrationTrait>);

impl MigrationName for Whole {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
