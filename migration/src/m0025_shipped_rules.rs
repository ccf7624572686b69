//! Which of the rules that every course starts with the courses already have, so that one shipped later is
//! given to each of them once.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Makes the table, with the rules that every course was given when it was made.
#[derive(DeriveMigrationName)]
pub struct Step;

const UP: &str = "
create table shipped_rule (
    slug text not null constraint shipped_rule_pkey primary key,
    since {instant} not null
);
insert into shipped_rule (slug, since)
select slug, '1970-01-01T00:00:00+00:00'
from (
    select 'registration_started' as slug union all select 'registration_confirmed' union all select 'registration_cancelled'
    union all select 'early_fee_ending_7d' union all select 'early_fee_ending_1d'
    union all select 'registration_closing_7d' union all select 'registration_closing_1d'
    union all select 'course_starting_7d' union all select 'course_starting_1d' union all select 'day_starting_1h'
    union all select 'session_starting_10min'
    union all select 'evaluation_open_1h' union all select 'evaluation_closing_7d' union all select 'evaluation_closing_1d'
) as first;
";

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // PostgreSQL takes a literal for an instant only where it stands for itself.
        let instant = if ground::is_sqlite(manager) {
            "'1970-01-01T00:00:00+00:00'"
        } else {
            "timestamptz '1970-01-01T00:00:00Z'"
        };
        ground::run(manager, &UP.replace("'1970-01-01T00:00:00+00:00'", instant)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The releases of before know no such letters.
        ground::run(
            manager,
            "delete from notice where letter in ('payment_due', 'registration_expired');
delete from reminder_rule where letter in ('payment_due', 'registration_expired');
",
        )
        .await?;
        ground::drop_tables(manager, &["shipped_rule"]).await
    }
}
