//! What Lectern says besides its reminders: changes to the agenda, announcements, enquiries; and what people
//! say to that: no more of it, not this one, once more.

use crate::plain::Plain;

/// Creates and drops the tables of outreach.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table schedule_change (
    id {id} not null,
    course_id {id} not null,
    session_id {id} not null,
    title text not null,
    track_ids {json} not null,
    at {instant} not null,
    old_starts_at {instant},
    old_ends_at {instant},
    new_starts_at {instant},
    new_ends_at {instant},
    constraint schedule_change_pk primary key (id),
    constraint schedule_change_old_whole check ((old_starts_at is null) = (old_ends_at is null)),
    constraint schedule_change_new_whole check ((new_starts_at is null) = (new_ends_at is null)),
    constraint schedule_change_changes check (old_starts_at is not null or new_starts_at is not null),
    constraint schedule_change_course_fk foreign key (course_id) references course (id) on delete cascade
);
create index schedule_change_by_course on schedule_change (course_id, at, id);
create table announcement (
    id {id} not null,
    course_id {id} not null,
    subject text not null,
    body text not null,
    statuses {json} not null,
    professions {json} not null,
    track_id {id},
    written_by {id} not null,
    created_at {instant} not null,
    confirmed_at {instant},
    due_at {instant},
    stopped_at {instant},
    constraint announcement_pk primary key (id),
    constraint announcement_subject_form check (length(subject) between 1 and 200),
    constraint announcement_body_form check (length(body) between 1 and 20000),
    constraint announcement_due_when_confirmed check ((confirmed_at is null) = (due_at is null)),
    constraint announcement_course_fk foreign key (course_id) references course (id) on delete cascade,
    constraint announcement_written_by_fk foreign key (written_by) references learner (id)
);
create index announcement_by_course on announcement (course_id, created_at, id);
create table enquiry (
    id {id} not null,
    course_id {id} not null,
    name text not null,
    email text not null,
    email_key text not null,
    profession text,
    question text,
    consent_version text,
    consented_at {instant},
    answer text,
    answered_by {id},
    answered_at {instant},
    created_at {instant} not null,
    updated_at {instant} not null,
    constraint enquiry_pk primary key (id),
    constraint enquiry_name_form check (length(name) between 1 and 200),
    constraint enquiry_email_form check (length(email) between 3 and 320),
    constraint enquiry_question_form check (question is null or length(question) between 1 and 5000),
    constraint enquiry_answer_form check (answer is null or length(answer) between 1 and 20000),
    constraint enquiry_consent_whole check ((consent_version is null) = (consented_at is null)),
    constraint enquiry_answer_whole check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
    constraint enquiry_profession_known check (profession is null or profession in ('physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other')),
    constraint enquiry_course_fk foreign key (course_id) references course (id) on delete cascade,
    constraint enquiry_answered_by_fk foreign key (answered_by) references learner (id)
);
create index enquiry_by_course on enquiry (course_id, created_at, id);
create index enquiry_walk on enquiry (course_id, id);
create index enquiry_by_change on enquiry (updated_at, id);
create index enquiry_by_address on enquiry (email_key, course_id);
create table spent_proof (
    challenge text not null,
    spent_at {instant} not null,
    client_key text not null,
    email_key text not null,
    idempotency_key text,
    input_hash text not null,
    constraint spent_proof_pk primary key (challenge),
    constraint spent_proof_key_unique unique (email_key, idempotency_key),
    constraint spent_proof_key_form check (idempotency_key is null or length(idempotency_key) between 1 and 255)
);
create index spent_proof_by_client on spent_proof (client_key, spent_at);
create index spent_proof_by_age on spent_proof (spent_at);
create table unsubscription (
    email_key text not null,
    topic text not null,
    at {instant} not null,
    constraint unsubscription_pk primary key (email_key, topic),
    constraint unsubscription_topic_known check (topic in ('deadlines', 'reminders', 'evaluations'))
);
create table letter_instruction (
    id {id} not null,
    subject_id {id} not null,
    rule text not null,
    occurrence text not null,
    kind text not null,
    at {instant} not null,
    said_by {id} not null,
    constraint letter_instruction_pk primary key (id),
    constraint letter_instruction_kind_known check (kind in ('stop', 'again')),
    constraint letter_instruction_said_by_fk foreign key (said_by) references learner (id)
);
create index letter_instruction_by_subject on letter_instruction (subject_id, at, id);
alter table notice add column enquiry_id {id} constraint notice_enquiry_fk references enquiry (id) on delete cascade;
create index notice_by_enquiry on notice (enquiry_id) where enquiry_id is not null;
alter table reminder_rule add column professions {json};
alter table reminder_rule add column track_id {id};
";

const DOWN: &str = r"
alter table reminder_rule drop column track_id;
alter table reminder_rule drop column professions;
drop index notice_by_enquiry;
alter table notice drop column enquiry_id;
drop table letter_instruction;
drop table unsubscription;
drop table spent_proof;
drop table enquiry;
drop table announcement;
drop table schedule_change;
";
