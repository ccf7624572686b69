//! What lists are ordered and searched by: sort keys that are never null and folded, indexes that pages seek in, and words.
//!
//! The keys that are folded, and the words, are made by the server's own rule, which no database knows; so this step leaves them empty, and
//! whoever brings the schema up to date fills them right after it (`fold_mark` says by which rule they were made, 0: by none yet, and how often
//! somebody went over everything and found something to change). The new indexes have names of their own, because a second connection of
//! SQLite's may still believe in one that was just dropped, and refuse to make it again.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds and takes away keys, words and indexes.
#[derive(DeriveMigrationName)]
pub struct Step;

/// Sort key of what has no moment: later than any. As the server writes it on SQLite, and so that it reads it back on PostgreSQL.
const NO_MOMENT: [&str; 2] = ["'9999-12-30T22:00:00+00:00'", "timestamptz '9999-12-30 22:00:00+00'"];
/// Sort key of what has no day.
const NO_DAY: [&str; 2] = ["'9999-12-30'", "date '9999-12-30'"];
/// How a generated column can be added: SQLite adds only those that are computed when they are read (an index keeps them nevertheless),
/// PostgreSQL 15 knows only those that are kept.
const GENERATED: [&str; 2] = ["virtual", "stored"];
/// Text that is compared byte by byte.
const FOLDED: [&str; 2] = ["text collate binary", "text collate \"C\""];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let place = usize::from(!ground::is_sqlite(manager));
        let up = [("{no_moment}", NO_MOMENT), ("{no_day}", NO_DAY), ("{generated}", GENERATED), ("{folded}", FOLDED)]
            .into_iter()
            .fold(UP.to_owned(), |up, (placeholder, words)| up.replace(placeholder, words[place]));
        ground::run(manager, &up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await?;
        ground::drop_tables(
            manager,
            &["enquiry_word", "learner_word", "organization_word", "faculty_member_word", "course_word", "fold_mark"],
        )
        .await
    }
}

const UP: &str = r"
alter table course add column starts_key {instant} generated always as (coalesce(starts_at, {no_moment})) {generated};
alter table course add column deadline_key {date} generated always as (coalesce(registration_deadline_on, {no_day})) {generated};
alter table course add column title_key {folded} not null default '';
alter table faculty_member add column name_key {folded} not null default '';
alter table organization add column name_key {folded} not null default '';
alter table series add column title_key {folded} not null default '';
alter table learner add column name_key {folded} not null default '';
alter table registration add column confirmed_key {instant} generated always as (coalesce(confirmed_at, {no_moment})) {generated};
drop index course_by_title;
drop index course_by_deadline;
drop index faculty_member_name;
create index course_by_moment on course (starts_key, id);
create index course_by_title_key on course (title_key, id);
create index course_by_deadline_key on course (deadline_key, id);
create index course_by_zone on course (time_zone);
create index faculty_member_by_name on faculty_member (name_key, id);
create index organization_by_name on organization (name_key, id);
create index series_by_title on series (title_key, id);
create index registration_by_course_code on registration (course_id, code, id);
create index registration_by_course_confirmation on registration (course_id, confirmed_key, id);
create table course_word (
    course_id {id} not null,
    word {folded} not null,
    constraint course_word_pk primary key (word, course_id),
    constraint course_word_course_fk foreign key (course_id) references course (id) on delete cascade
);
create index course_word_by_course on course_word (course_id, word);
create table faculty_member_word (
    faculty_member_id {id} not null,
    word {folded} not null,
    constraint faculty_member_word_pk primary key (word, faculty_member_id),
    constraint faculty_member_word_member_fk foreign key (faculty_member_id) references faculty_member (id) on delete cascade
);
create index faculty_member_word_by_member on faculty_member_word (faculty_member_id, word);
create table organization_word (
    organization_id {id} not null,
    word {folded} not null,
    constraint organization_word_pk primary key (word, organization_id),
    constraint organization_word_organization_fk foreign key (organization_id) references organization (id) on delete cascade
);
create index organization_word_by_organization on organization_word (organization_id, word);
create table learner_word (
    learner_id {id} not null,
    word {folded} not null,
    constraint learner_word_pk primary key (word, learner_id),
    constraint learner_word_learner_fk foreign key (learner_id) references learner (id) on delete cascade
);
create index learner_word_by_learner on learner_word (learner_id, word);
create table enquiry_word (
    enquiry_id {id} not null,
    word {folded} not null,
    constraint enquiry_word_pk primary key (word, enquiry_id),
    constraint enquiry_word_enquiry_fk foreign key (enquiry_id) references enquiry (id) on delete cascade
);
create index enquiry_word_by_enquiry on enquiry_word (enquiry_id, word);
create table fold_mark (
    id smallint not null,
    rule integer not null,
    passes bigint not null,
    constraint fold_mark_pk primary key (id),
    constraint fold_mark_one check (id = 1)
);
insert into fold_mark (id, rule, passes) values (1, 0, 0);
";

const DOWN: &str = r"
drop index registration_by_course_confirmation;
drop index registration_by_course_code;
drop index series_by_title;
drop index organization_by_name;
drop index faculty_member_by_name;
drop index course_by_zone;
drop index course_by_deadline_key;
drop index course_by_title_key;
drop index course_by_moment;
create index course_by_title on course (title, id);
create index course_by_deadline on course (registration_deadline_on, id);
create index faculty_member_name on faculty_member (name, id);
alter table registration drop column confirmed_key;
alter table learner drop column name_key;
alter table series drop column title_key;
alter table organization drop column name_key;
alter table faculty_member drop column name_key;
alter table course drop column title_key;
alter table course drop column deadline_key;
alter table course drop column starts_key;
";
