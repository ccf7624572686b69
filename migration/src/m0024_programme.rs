//! The rooms of a course, and what its sessions say of themselves.

use crate::plain::Plain;

/// Makes the table and adds the columns, and takes them away again.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table room (
    id {id} not null,
    course_id {id} not null,
    slug text not null,
    position smallint not null,
    name text not null,
    capacity integer,
    constraint room_pk primary key (id),
    constraint room_slug_unique unique (course_id, slug),
    constraint room_name_form check (length(name) between 1 and 300),
    constraint room_capacity_range check (capacity is null or capacity >= 0),
    constraint room_course_fk foreign key (course_id) references course (id) on delete cascade
);
alter table session add column room_id {id} constraint session_room_fk references room (id) on delete set null;
create index session_by_room on session (room_id) where room_id is not null;
alter table session add column description text constraint session_description_form check (description is null or length(description) between 1 and 20000);
alter table session add column level text constraint session_level_form check (level is null or length(level) between 1 and 300);
alter table session add column language text constraint session_language_form check (language is null or length(language) between 2 and 35);
alter table session add column themes {json};
";

const DOWN: &str = r"
alter table session drop column themes;
alter table session drop column language;
alter table session drop column level;
alter table session drop column description;
drop index session_by_room;
alter table session drop column room_id;
drop table room;
";
