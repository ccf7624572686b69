//! What editing needs: versions of the things that courses share, the words of a cancellation, and the
//! statements a registration accepted.

use crate::plain::Plain;

/// Adds the columns and the table, and takes them away again.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

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
drop table registration_statement;
alter table course drop column cancellation_note;
alter table series drop column version;
alter table faculty_member drop column version;
alter table organization drop column version;
";
