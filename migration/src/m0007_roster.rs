//! The roster: ids that other systems give to registrations, tickets to files that leave Lectern, what
//! imports did, and the number in a learner's calendar address.

use crate::plain::Plain;

/// Adds and takes away what the roster needs.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
alter table registration add column external_id text constraint registration_external_id_form check (external_id is null or length(external_id) between 1 and 200);
create unique index registration_external_id_once on registration (course_id, external_id) where external_id is not null;
create index registration_by_course_start on registration (course_id, started_at, id);
create index registration_by_start on registration (started_at, id);
alter table learner add column calendar_rotation integer not null default 0;
create table export_ticket (
    id {id} not null,
    token_hash text not null,
    learner_id {id} not null,
    course_id {id} not null,
    filter {json} not null,
    created_at {instant} not null,
    expires_at {instant} not null,
    constraint export_ticket_pk primary key (id),
    constraint export_ticket_token_unique unique (token_hash),
    constraint export_ticket_expires_after_creation check (expires_at > created_at),
    constraint export_ticket_learner_fk foreign key (learner_id) references learner (id) on delete cascade,
    constraint export_ticket_course_fk foreign key (course_id) references course (id) on delete cascade
);
create index export_ticket_by_learner on export_ticket (learner_id, expires_at);
create table registration_import (
    id {id} not null,
    course_id {id} not null,
    learner_id {id} not null,
    applied boolean not null,
    rows {json} not null,
    created_at {instant} not null,
    constraint registration_import_pk primary key (id),
    constraint registration_import_learner_fk foreign key (learner_id) references learner (id),
    constraint registration_import_course_fk foreign key (course_id) references course (id)
);
create index registration_import_by_course on registration_import (course_id, created_at);
";

const DOWN: &str = r"
drop table registration_import;
drop table export_ticket;
alter table learner drop column calendar_rotation;
drop index registration_by_start;
drop index registration_by_course_start;
drop index registration_external_id_once;
alter table registration drop column external_id;
";
