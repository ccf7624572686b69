//! The desk: learners, sign-in, registrations, quotes, payments and evaluations.

use crate::plain::Plain;

/// Creates and drops the desk's tables.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table learner (
    id {id} not null,
    email text not null,
    email_key text not null,
    name text,
    credentials text,
    profession text,
    time_zone text,
    created_at {instant} not null,
    updated_at {instant} not null,
    constraint learner_pk primary key (id),
    constraint learner_email_unique unique (email_key),
    constraint learner_email_form check (length(email) between 3 and 320),
    constraint learner_name_form check (name is null or length(name) between 1 and 200),
    constraint learner_profession_known check (profession is null or profession in ('physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other'))
);
create table sign_in_code (
    id {id} not null,
    email text not null,
    email_key text not null,
    client_key text not null,
    code_hash text not null,
    tries smallint not null,
    created_at {instant} not null,
    expires_at {instant} not null,
    used_at {instant},
    constraint sign_in_code_pk primary key (id),
    constraint sign_in_code_tries_range check (tries between 0 and 5),
    constraint sign_in_code_expires_after_creation check (expires_at > created_at)
);
create index sign_in_code_by_email on sign_in_code (email_key, created_at);
create index sign_in_code_by_client on sign_in_code (client_key, created_at);
create index sign_in_code_by_creation on sign_in_code (created_at);
create table access_token (
    id {id} not null,
    learner_id {id} not null,
    token_hash text not null,
    created_at {instant} not null,
    last_used_at {instant} not null,
    expires_at {instant} not null,
    revoked_at {instant},
    constraint access_token_pk primary key (id),
    constraint access_token_hash_unique unique (token_hash),
    constraint access_token_expires_after_creation check (expires_at > created_at),
    constraint access_token_learner_fk foreign key (learner_id) references learner (id) on delete cascade
);
create index access_token_by_learner on access_token (learner_id);
create table staff_role (
    id {id} not null,
    learner_id {id} not null,
    role text not null,
    organization_id {id},
    created_at {instant} not null,
    constraint staff_role_pk primary key (id),
    constraint staff_role_known check (role in ('staff', 'admin')),
    constraint staff_role_admin_everywhere check (role <> 'admin' or organization_id is null),
    constraint staff_role_learner_fk foreign key (learner_id) references learner (id) on delete cascade,
    constraint staff_role_organization_fk foreign key (organization_id) references organization (id)
);
create unique index staff_role_once_everywhere on staff_role (learner_id, role) where organization_id is null;
create unique index staff_role_once_per_organization on staff_role (learner_id, role, organization_id) where organization_id is not null;
create table registration (
    id {id} not null,
    code text not null,
    course_id {id} not null,
    learner_id {id} not null,
    profession text not null,
    track_id {id},
    status text not null,
    started_at {instant} not null,
    hold_until {instant},
    confirmed_at {instant},
    cancelled_at {instant},
    expired_at {instant},
    updated_at {instant} not null,
    constraint registration_pk primary key (id),
    constraint registration_code_unique unique (code),
    constraint registration_code_form check (length(code) between 6 and 20),
    constraint registration_status_known check (status in ('started', 'confirmed', 'waitlisted', 'cancelled', 'expired')),
    constraint registration_profession_known check (profession in ('physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other')),
    constraint registration_started_has_hold check (status <> 'started' or hold_until is not null),
    constraint registration_confirmed_has_moment check (status <> 'confirmed' or confirmed_at is not null),
    constraint registration_cancelled_has_moment check ((status = 'cancelled') = (cancelled_at is not null)),
    constraint registration_expired_has_moment check ((status = 'expired') = (expired_at is not null)),
    constraint registration_hold_after_start check (hold_until is null or hold_until > started_at),
    constraint registration_confirmed_after_start check (confirmed_at is null or confirmed_at >= started_at),
    constraint registration_course_fk foreign key (course_id) references course (id),
    constraint registration_learner_fk foreign key (learner_id) references learner (id),
    constraint registration_track_fk foreign key (track_id) references track (id)
);
create unique index registration_one_live on registration (course_id, learner_id) where status in ('started', 'confirmed', 'waitlisted');
create index registration_by_course on registration (course_id, status, started_at, id);
create index registration_by_learner on registration (learner_id, started_at, id);
create index registration_by_change on registration (updated_at, id);
create index registration_walk on registration (course_id, id);
create table quote (
    id {id} not null,
    registration_id {id} not null,
    currency text not null,
    basis text not null,
    total_cents bigint not null,
    valid_until {instant},
    created_at {instant} not null,
    constraint quote_pk primary key (id),
    constraint quote_registration_unique unique (registration_id),
    constraint quote_basis_known check (basis in ('early', 'regular')),
    constraint quote_currency_form check (length(currency) = 3),
    constraint quote_total_range check (total_cents between 0 and 1000000000),
    constraint quote_registration_fk foreign key (registration_id) references registration (id) on delete cascade
);
create table quote_line (
    id {id} not null,
    quote_id {id} not null,
    position smallint not null,
    kind text not null,
    label text not null,
    amount_cents bigint not null,
    constraint quote_line_pk primary key (id),
    constraint quote_line_position_unique unique (quote_id, position),
    constraint quote_line_kind_known check (kind in ('tuition', 'processing_fee', 'discount')),
    constraint quote_line_sign check ((kind = 'discount' and amount_cents <= 0) or (kind <> 'discount' and amount_cents >= 0)),
    constraint quote_line_quote_fk foreign key (quote_id) references quote (id) on delete cascade
);
create table payment (
    id {id} not null,
    registration_id {id} not null,
    amount_cents bigint not null,
    currency text not null,
    method text not null,
    reference text,
    received_at {instant} not null,
    recorded_at {instant} not null,
    recorded_by {id} not null,
    constraint payment_pk primary key (id),
    constraint payment_amount_range check (amount_cents between 1 and 1000000000),
    constraint payment_currency_form check (length(currency) = 3),
    constraint payment_method_known check (method in ('card', 'check', 'bank_transfer', 'cash', 'other')),
    constraint payment_registration_fk foreign key (registration_id) references registration (id),
    constraint payment_recorded_by_fk foreign key (recorded_by) references learner (id)
);
create index payment_by_registration on payment (registration_id);
create table evaluation (
    id {id} not null,
    registration_id {id} not null,
    submitted_at {instant} not null,
    bias_perceived boolean not null,
    bias_comment text,
    comments text,
    constraint evaluation_pk primary key (id),
    constraint evaluation_once unique (registration_id),
    constraint evaluation_comments_form check (comments is null or length(comments) <= 10000),
    constraint evaluation_bias_comment_form check (bias_comment is null or length(bias_comment) <= 10000),
    constraint evaluation_registration_fk foreign key (registration_id) references registration (id)
);
create table evaluation_rating (
    id {id} not null,
    evaluation_id {id} not null,
    objective_id {id},
    session_id {id},
    faculty_member_id {id},
    rating smallint not null,
    constraint evaluation_rating_pk primary key (id),
    constraint evaluation_rating_range check (rating between 1 and 5),
    constraint evaluation_rating_one_subject check ((objective_id is not null and session_id is null and faculty_member_id is null) or (objective_id is null and session_id is not null)),
    constraint evaluation_rating_evaluation_fk foreign key (evaluation_id) references evaluation (id) on delete cascade,
    constraint evaluation_rating_objective_fk foreign key (objective_id) references objective (id),
    constraint evaluation_rating_session_fk foreign key (session_id) references session (id),
    constraint evaluation_rating_member_fk foreign key (faculty_member_id) references faculty_member (id)
);
create unique index evaluation_rating_objective_once on evaluation_rating (evaluation_id, objective_id) where objective_id is not null;
create unique index evaluation_rating_session_once on evaluation_rating (evaluation_id, session_id) where session_id is not null and faculty_member_id is null;
create unique index evaluation_rating_speaker_once on evaluation_rating (evaluation_id, session_id, faculty_member_id) where faculty_member_id is not null;
create table idempotency (
    id {id} not null,
    learner_id {id} not null,
    idempotency_key text not null,
    operation text not null,
    input_hash text not null,
    answer {json} not null,
    created_at {instant} not null,
    constraint idempotency_pk primary key (id),
    constraint idempotency_key_unique unique (learner_id, idempotency_key),
    constraint idempotency_key_form check (length(idempotency_key) between 1 and 255),
    constraint idempotency_learner_fk foreign key (learner_id) references learner (id) on delete cascade
);
create index idempotency_by_creation on idempotency (created_at);
";

const DOWN: &str = r"
drop table idempotency;
drop table evaluation_rating;
drop table evaluation;
drop table payment;
drop table quote_line;
drop table quote;
drop table registration;
drop table staff_role;
drop table access_token;
drop table sign_in_code;
drop table learner;
";
