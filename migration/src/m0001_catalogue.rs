//! The catalogue: courses with their sessions, faculty, organizations and series. What a course offers is in
//! the next step.

use crate::plain::Plain;

/// Creates and drops the catalogue's tables.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table organization (
    id {id} not null,
    slug text not null,
    name text not null,
    url text,
    constraint organization_pk primary key (id),
    constraint organization_slug_unique unique (slug),
    constraint organization_slug_form check (length(slug) between 1 and 100),
    constraint organization_name_form check (length(name) between 1 and 300)
);
create table faculty_member (
    id {id} not null,
    slug text not null,
    name text not null,
    credentials text,
    title text,
    affiliation text,
    bio text,
    constraint faculty_member_pk primary key (id),
    constraint faculty_member_slug_unique unique (slug),
    constraint faculty_member_slug_form check (length(slug) between 1 and 100),
    constraint faculty_member_name_form check (length(name) between 1 and 300)
);
create index faculty_member_name on faculty_member (name, id);
create table series (
    id {id} not null,
    slug text not null,
    title text not null,
    summary text,
    legacy_title text,
    length smallint not null,
    constraint series_pk primary key (id),
    constraint series_slug_unique unique (slug),
    constraint series_slug_form check (length(slug) between 1 and 100),
    constraint series_title_form check (length(title) between 1 and 300),
    constraint series_length_range check (length between 1 and 50)
);
create table series_part (
    id {id} not null,
    series_id {id} not null,
    position smallint not null,
    title text not null,
    constraint series_part_pk primary key (id),
    constraint series_part_position_unique unique (series_id, position),
    constraint series_part_position_range check (position between 1 and 50),
    constraint series_part_title_form check (length(title) between 1 and 300),
    constraint series_part_series_fk foreign key (series_id) references series (id) on delete cascade
);
create table series_run (
    id {id} not null,
    series_part_id {id} not null,
    position smallint not null,
    month text not null,
    format text not null,
    constraint series_run_pk primary key (id),
    constraint series_run_position_unique unique (series_part_id, position),
    constraint series_run_month_form check (length(month) = 7),
    constraint series_run_format_known check (format in ('live_online', 'in_person', 'hybrid')),
    constraint series_run_part_fk foreign key (series_part_id) references series_part (id) on delete cascade
);
create table course (
    id {id} not null,
    slug text not null,
    version integer not null,
    status text not null,
    title text not null,
    kind text not null,
    length_label text,
    summary text,
    overview text,
    format text not null,
    time_zone text not null,
    starts_on {date} not null,
    ends_on {date} not null,
    starts_at {instant},
    ends_at {instant},
    registration_opens_at {instant},
    early_deadline_on {date},
    registration_deadline_on {date},
    evaluation_deadline_on {date},
    payment_days smallint not null,
    currency text not null,
    processing_fee_cents bigint,
    capacity integer,
    series_id {id},
    series_position smallint,
    centre text,
    contact_email text,
    registration_site text,
    credit_headline text,
    created_at {instant} not null,
    updated_at {instant} not null,
    published_at {instant},
    cancelled_at {instant},
    constraint course_pk primary key (id),
    constraint course_slug_unique unique (slug),
    constraint course_slug_form check (length(slug) between 1 and 100),
    constraint course_version_range check (version >= 1),
    constraint course_status_known check (status in ('draft', 'published', 'cancelled', 'archived')),
    constraint course_format_known check (format in ('live_online', 'in_person', 'hybrid')),
    constraint course_title_form check (length(title) between 1 and 300),
    constraint course_ends_after_start check (ends_on >= starts_on),
    constraint course_instants_ordered check (starts_at is null or ends_at is null or ends_at > starts_at),
    constraint course_instants_together check ((starts_at is null) = (ends_at is null)),
    constraint course_early_before_deadline check (early_deadline_on is null or registration_deadline_on is null or early_deadline_on <= registration_deadline_on),
    constraint course_evaluation_after_end check (evaluation_deadline_on is null or evaluation_deadline_on >= ends_on),
    constraint course_payment_days_range check (payment_days between 1 and 365),
    constraint course_currency_form check (length(currency) = 3),
    constraint course_fee_range check (processing_fee_cents is null or processing_fee_cents between 0 and 100000000),
    constraint course_capacity_range check (capacity is null or capacity between 0 and 1000000),
    constraint course_series_together check ((series_id is null) = (series_position is null)),
    constraint course_series_fk foreign key (series_id) references series (id)
);
create index course_by_start on course (status, starts_on, id);
create index course_by_end on course (status, ends_at, id, version, updated_at);
create index course_by_title on course (title, id);
create index course_by_deadline on course (registration_deadline_on, id);
create index course_by_series on course (series_id, series_position);
create table objective (
    id {id} not null,
    course_id {id} not null,
    position smallint not null,
    text text not null,
    constraint objective_pk primary key (id),
    constraint objective_position_unique unique (course_id, position),
    constraint objective_text_form check (length(text) between 1 and 2000),
    constraint objective_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table course_tag (
    id {id} not null,
    course_id {id} not null,
    kind text not null,
    position smallint not null,
    name text not null,
    constraint course_tag_pk primary key (id),
    constraint course_tag_position_unique unique (course_id, kind, position),
    constraint course_tag_kind_known check (kind in ('domain', 'topic')),
    constraint course_tag_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table audience (
    id {id} not null,
    course_id {id} not null,
    position smallint not null,
    name text not null,
    profession text not null,
    constraint audience_pk primary key (id),
    constraint audience_position_unique unique (course_id, position),
    constraint audience_profession_known check (profession in ('physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other')),
    constraint audience_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table competency (
    id {id} not null,
    course_id {id} not null,
    group_position smallint not null,
    group_name text not null,
    position smallint not null,
    name text not null,
    constraint competency_pk primary key (id),
    constraint competency_position_unique unique (course_id, group_position, position),
    constraint competency_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table course_organization (
    course_id {id} not null,
    organization_id {id} not null,
    role text not null,
    position smallint not null,
    constraint course_organization_pk primary key (course_id, organization_id, role),
    constraint course_organization_role_known check (role in ('offered_by', 'accredited_by')),
    constraint course_organization_course_fk foreign key (course_id) references course (id) on delete cascade,
    constraint course_organization_organization_fk foreign key (organization_id) references organization (id)
);
create index course_organization_by_organization on course_organization (organization_id);
create table course_faculty (
    course_id {id} not null,
    faculty_member_id {id} not null,
    role text not null,
    position smallint not null,
    constraint course_faculty_pk primary key (course_id, faculty_member_id),
    constraint course_faculty_role_known check (role in ('director', 'faculty')),
    constraint course_faculty_course_fk foreign key (course_id) references course (id) on delete cascade,
    constraint course_faculty_member_fk foreign key (faculty_member_id) references faculty_member (id)
);
create index course_faculty_by_member on course_faculty (faculty_member_id);
create table track (
    id {id} not null,
    course_id {id} not null,
    slug text not null,
    position smallint not null,
    name text not null,
    constraint track_pk primary key (id),
    constraint track_slug_unique unique (course_id, slug),
    constraint track_position_unique unique (course_id, position),
    constraint track_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table session (
    id {id} not null,
    course_id {id} not null,
    slug text not null,
    title text not null,
    kind text not null,
    starts_at {instant} not null,
    ends_at {instant} not null,
    position smallint not null,
    join_url text,
    constraint session_pk primary key (id),
    constraint session_slug_unique unique (course_id, slug),
    constraint session_kind_known check (kind in ('talk', 'practice', 'small_group', 'plenary', 'break', 'meal', 'transition')),
    constraint session_title_form check (length(title) between 1 and 300),
    constraint session_ends_after_start check (ends_at > starts_at),
    constraint session_course_fk foreign key (course_id) references course (id) on delete cascade
);
create index session_by_course on session (course_id, starts_at, position);
create index session_by_start on session (starts_at, id);
create table session_track (
    session_id {id} not null,
    track_id {id} not null,
    constraint session_track_pk primary key (session_id, track_id),
    constraint session_track_session_fk foreign key (session_id) references session (id) on delete cascade,
    constraint session_track_track_fk foreign key (track_id) references track (id) on delete cascade
);
create index session_track_by_track on session_track (track_id);
create table session_faculty (
    session_id {id} not null,
    faculty_member_id {id} not null,
    role text not null,
    position smallint not null,
    constraint session_faculty_pk primary key (session_id, faculty_member_id),
    constraint session_faculty_role_known check (role in ('speaker', 'moderator', 'facilitator', 'panelist')),
    constraint session_faculty_position_unique unique (session_id, position),
    constraint session_faculty_session_fk foreign key (session_id) references session (id) on delete cascade,
    constraint session_faculty_member_fk foreign key (faculty_member_id) references faculty_member (id)
);
create index session_faculty_by_member on session_faculty (faculty_member_id);
";

const DOWN: &str = r"
drop table session_faculty;
drop table session_track;
drop table session;
drop table track;
drop table course_faculty;
drop table course_organization;
drop table competency;
drop table audience;
drop table course_tag;
drop table objective;
drop table course;
drop table series_run;
drop table series_part;
drop table series;
drop table faculty_member;
drop table organization;
";
