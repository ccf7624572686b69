//! What editing needs: versions of the things that courses share, the words of a cancellation, and the statements a registration accepted.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds the columns and the table, and takes them away again.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::drop_tables(manager, &["registration_statement"]).await?;
        ground::run(manager, DOWN).await
    }
}

const UP: &str = r"
alter table organization add column version integer not null default 1 constraint organization_version_range check (version >= 1);
alter table faculty_member add column version integer not null default 1 constraint faculty_member_version_range check (version >= 1);
alter table series add column version integer not null default 1 constraint series_version_range check (version >= 1);
alter table course add column cancellation_note text constraint course_cancellation_note_form check (cancellation_note is null or length(cancellation_note) between 1 and 20000);
create table registration_statement (
    registration_id {id} not null,
    statement_id {id} not null,
    constraint registration_statement_pk primary key (registration_id, statement_id),
    constraint registration_statement_registration_fk foreign key (registration_id) references registration (id),
    constraint registration_statement_statement_fk foreign key (statement_id) references statement (id)
);
create index registration_statement_by_statement on registration_statement (statement_id);
";

const DOWN: &str = r"
alter table course drop column cancellation_note;
alter table series drop column version;
alter table faculty_member drop column version;
alter table organization drop column version;
";
