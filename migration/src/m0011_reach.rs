//! What lists reach for without reading rows. The courses that everybody may see are in an index of their
//! own, with all that says whether one can register, so they are counted, and gone through for what is open,
//! by that index alone. By how many days registration outlasts the start of a course says from where on a
//! list of open courses has to be read.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds and takes away the indexes and the column.
#[derive(DeriveMigrationName)]
pub struct Step;

/// How a generated column can be added, as in the step before.
const GENERATED: [&str; 2] = ["virtual", "stored"];
/// The last day of registration less the day of the start in UTC, in days; null where one of them is missing.
/// SQLite keeps instants as text in UTC.
const LAG: [&str; 2] = [
    "cast(julianday(registration_deadline_on) - julianday(substr(starts_at, 1, 10)) as integer)",
    "registration_deadline_on - (starts_at at time zone 'UTC')::date",
];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let place = usize::from(!ground::is_sqlite(manager));
        ground::run(manager, &UP.replace("{lag}", LAG[place]).replace("{generated}", GENERATED[place])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await
    }
}

const UP: &str = r"
alter table course add column registration_lag integer generated always as ({lag}) {generated};
create index course_by_lag on course (registration_lag);
create index course_seen_by_all on course (
    starts_key, id, status, published_at, registration_opens_at, registration_deadline_on, time_zone, starts_at, starts_on
) where status <> 'draft' and published_at is not null;
";

const DOWN: &str = r"
drop index course_seen_by_all;
drop index course_by_lag;
alter table course drop column registration_lag;
";
