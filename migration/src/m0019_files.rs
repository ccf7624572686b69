//! Files that staff send: who sent one and when, and its bytes in pieces, so that no statement carries a
//! whole one.

use crate::plain::Plain;

/// Makes the tables of files and of their pieces; takes them back.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table file (
    id {id} not null,
    learner_id {id} not null,
    size bigint not null,
    whole boolean not null,
    created_at {instant} not null,
    constraint file_pk primary key (id),
    constraint file_size_range check (size between 0 and 20971520),
    constraint file_learner_fk foreign key (learner_id) references learner (id) on delete cascade
);
create index file_by_learner on file (learner_id, created_at);
create index file_by_age on file (created_at);
create table file_piece (
    file_id {id} not null,
    position integer not null,
    bytes {bytes} not null,
    constraint file_piece_pk primary key (file_id, position),
    constraint file_piece_position_range check (position >= 1),
    constraint file_piece_file_fk foreign key (file_id) references file (id) on delete cascade
);
";

const DOWN: &str = r"
drop table file_piece;
drop table file;
";
