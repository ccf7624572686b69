//! Signing in, bound to whoever asked: tries are counted for a client, and a proof of work is spent on
//! sign-in codes, too.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Creates the table of tries, and says of each spent proof what it was handed in with; takes both back.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, TRIES).await?;
        ground::run(manager, FORM).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await
    }
}

/// The table of tries.
pub(crate) const TRIES: &str = r"
create table sign_in_try (
    id {id} not null,
    client_key text not null,
    tried_at {instant} not null,
    constraint sign_in_try_pk primary key (id)
);
create index sign_in_try_by_client on sign_in_try (client_key, tried_at);
create index sign_in_try_by_age on sign_in_try (tried_at);
";

const FORM: &str = r"
alter table spent_proof add column form text not null default 'enquiry';
";

const DOWN: &str = r"
delete from spent_proof where form <> 'enquiry';
alter table spent_proof drop column form;
drop table sign_in_try;
";
