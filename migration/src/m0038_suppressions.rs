//! Addresses to which nothing, or less, is sent: because letters to them came back, because their owner
//! reported one as spam, or because staff said so.

use crate::plain::Plain;

/// Creates the table, and drops it.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table suppression (
    id {id} not null,
    email text not null,
    email_key text not null,
    scope text not null,
    reason text not null,
    source text not null,
    diagnostic text,
    note text,
    notice_id {id},
    suppressed_at {instant} not null,
    expires_at {instant},
    lifted_at {instant},
    constraint suppression_pk primary key (id),
    constraint suppression_diagnostic_form check (diagnostic is null or length(diagnostic) between 1 and 500),
    constraint suppression_note_form check (note is null or length(note) between 1 and 500),
    constraint suppression_expires_later check (expires_at is null or expires_at > suppressed_at)
);
create unique index suppression_once on suppression (email_key, reason) where lifted_at is null;
create index suppression_by_address on suppression (email_key, id);
";

const DOWN: &str = r"
drop table suppression;
";
