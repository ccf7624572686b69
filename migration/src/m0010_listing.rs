//! What lists are ordered and searched by: sort keys that are never null and folded, indexes that pages seek
//! in, and words.
//!
//! The keys that are folded, and the words, are made by the server's own rule, which no database knows; so
//! this step leaves them empty, and whoever brings the schema up to date fills them right after it
//! (`fold_mark` says by which rule they were made, 0: by none yet, and how often somebody went over
//! everything and found something to change). The new indexes have names of their own, because a second
//! connection of SQLite's may still believe in one that was just dropped, and refuse to make it again.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Adds and takes away keys, words and indexes.
#[derive(DeriveMigrationName)]
pub struct Step;

/// Sort key of what has no moment: later than any. As the server writes it on SQLite, and so that it reads it
/// back on PostgreSQL.
const NO_MOMENT: [&str; 2] = ["'9999-12-30T22:00:00+00:00'", "timestamptz '9999-12-30 22:00:00+00'"];
/// Sort key of what has no day.
const NO_DAY: [&str; 2] = ["'9999-12-30'", "date '9999-12-30'"];
/// How a generated column can be added: SQLite adds only those that are computed when they are read (an index
/// keeps them nevertheless), PostgreSQL 15 knows only those that are kept.
const GENERATED: [&str; 2] = ["virtual", "stored"];
/// Text that is compared byte by byte.
const FOLDED: [&str; 2] = ["text collate binary", "text collate \"C\""];
/// What is searched by words, and what it is called for short where its words refer to it.
const SEARCHED: [(&str, &str); 5] = [
    ("course", "course"),
    ("faculty_member", "member"),
    ("organization", "organization"),
    ("learner", "learner"),
    ("enquiry", "enquiry"),
];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let up = UP.replace("{words}", &SEARCHED.map(|(owner, short)| words_of(owner, short)).concat());
        let place = usize::from(!ground::is_sqlite(manager));
        let up = [
            ("{no_moment}", NO_MOMENT),
            ("{no_day}", NO_DAY),
            ("{generated}", GENERATED),
            ("{folded}", FOLDED),
        ]
        .into_iter()
        .fold(up, |up, (placeholder, words)| up.replace(placeholder, words[place]));
        ground::run(manager, &up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ground::run(manager, DOWN).await?;
        for (owner, _) in SEARCHED.iter().rev() {
            ground::drop_tables(manager, &[&format!("{owner}_word")]).await?;
        }
        ground::drop_tables(manager, &["fold_mark"]).await
    }
}

/// The words of one kind of thing.
fn words_of(owner: &str, short: &str) -> String {
    format!(
        r"create table {owner}_word (
    {owner}_id {{id}} not null,
    word {{folded}} not null,
    constraint {owner}_word_pk primary key (word, {owner}_id),
    constraint {owner}_word_{short}_fk foreign key ({owner}_id) references {owner} (id) on delete cascade
);
create index {owner}_word_by_{short} on {owner}_word ({owner}_id, word);
"
    )
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
{words}create table fold_mark (
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
