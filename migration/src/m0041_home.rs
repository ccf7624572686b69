//! Where a database lives, so that one that was restored is known as such, and whether e-mails are held until
//! somebody has said what becomes of those that fell due meanwhile.

use crate::plain::Plain;

/// Creates and drops the table.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: "drop table home" };

const UP: &str = r"
create table home (
    id smallint not null,
    system_identifier text,
    timeline bigint,
    database_oid bigint,
    held_at {instant},
    held_for text,
    backed_up_at {instant},
    updated_at {instant} not null,
    constraint home_pk primary key (id),
    constraint home_single check (id = 1),
    constraint home_held_for_known check (held_for in ('moved', 'backup', 'command')),
    constraint home_held_for_something check ((held_at is null) = (held_for is null))
);
";
