//! Letters that came back after they were sent, and complaints about them: each once, so that several can be
//! counted.

use crate::plain::Plain;

/// Creates the table, and drops it.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table bounce (
    id {id} not null,
    notice_id {id} not null,
    email_key text not null,
    kind text not null,
    status text not null,
    at {instant} not null,
    constraint bounce_pk primary key (id),
    constraint bounce_once unique (notice_id, kind),
    constraint bounce_status_form check (length(status) between 1 and 100)
);
create index bounce_by_address on bounce (email_key, at);
create index bounce_by_age on bounce (at);
";

const DOWN: &str = r"
drop table bounce;
";
