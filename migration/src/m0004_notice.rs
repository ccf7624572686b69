//! The ledger of letters, which is also the queue, and how far the sweep has come.

use crate::plain::Plain;

/// Creates and drops the ledger's tables.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table notice (
    id {id} not null,
    rule text not null,
    recipient text not null,
    subject text not null,
    occurrence text not null,
    letter text not null,
    course_id {id},
    registration_id {id},
    sign_in_code_id {id},
    status text not null,
    reason text,
    priority smallint not null,
    due_at {instant} not null,
    pointless_at {instant},
    ready_at {instant},
    attempts smallint not null,
    crashes smallint not null,
    fence bigint not null,
    claimed_by text,
    message_id text not null,
    dated_at {instant},
    sent_to text,
    smtp_reply text,
    created_at {instant} not null,
    updated_at {instant} not null,
    sent_at {instant},
    constraint notice_pk primary key (id),
    constraint notice_said_once unique (rule, recipient, subject, occurrence),
    constraint notice_message_id_unique unique (message_id),
    constraint notice_status_known check (status in ('planned', 'claimed', 'sending', 'sent', 'retry', 'failed', 'unknown', 'lapsed', 'cancelled', 'quarantined')),
    constraint notice_attempts_range check (attempts >= 0 and crashes >= 0 and fence >= 0),
    constraint notice_sent_has_moment check ((status = 'sent') = (sent_at is not null)),
    constraint notice_lapsed_has_reason check (status not in ('lapsed', 'failed', 'quarantined', 'cancelled') or reason is not null),
    constraint notice_ready_while_open check (status = 'unknown' or ((status in ('planned', 'claimed', 'sending', 'retry')) = (ready_at is not null))),
    constraint notice_course_fk foreign key (course_id) references course (id) on delete cascade,
    constraint notice_registration_fk foreign key (registration_id) references registration (id) on delete cascade,
    constraint notice_sign_in_code_fk foreign key (sign_in_code_id) references sign_in_code (id) on delete cascade
);
create index notice_ready on notice (priority, ready_at) where ready_at is not null;
create index notice_by_registration on notice (registration_id, due_at, id);
create index notice_by_course on notice (course_id, due_at, id);
create index notice_by_code on notice (sign_in_code_id);
create table sweep_mark (
    id smallint not null,
    swept_to {instant} not null,
    constraint sweep_mark_pk primary key (id),
    constraint sweep_mark_single check (id = 1)
);
";

const DOWN: &str = r"
drop table sweep_mark;
drop table notice;
";
