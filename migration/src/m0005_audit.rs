//! Who did what: rows that can be added and read, and by nobody changed or removed.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Creates and drops the audit trail and the triggers that guard it.
#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, TABLE).await?;
        ground::run(manager, if ground::is_sqlite(manager) { GUARD_SQLITE } else { GUARD_POSTGRES }).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::drop_tables(manager, &["audit"]).await?;
        if !ground::is_sqlite(manager) {
            ground::run(manager, "drop function audit_is_append_only();\n").await?;
        }
        Ok(())
    }
}

const TABLE: &str = r"
create table audit (
    id {id} not null,
    at {instant} not null,
    actor_id {id},
    actor text not null,
    act text not null,
    subject_type text not null,
    subject_id {id} not null,
    course_id {id},
    before {json},
    after {json},
    constraint audit_pk primary key (id)
);
create index audit_by_course on audit (course_id, at, id);
create index audit_by_moment on audit (at, id);
";

const GUARD_SQLITE: &str = r"
create trigger audit_no_update before update on audit begin select raise(abort, 'audit rows cannot be changed'); end;
create trigger audit_no_delete before delete on audit begin select raise(abort, 'audit rows cannot be removed'); end;
";

const GUARD_POSTGRES: &str = r"
create function audit_is_append_only() returns trigger language plpgsql as $$ begin raise exception 'audit rows cannot be changed or removed'; end $$;
create trigger audit_no_change before update or delete on audit for each row execute function audit_is_append_only();
";
