//! What a course offers: prices, credit, statements, and the rules by which its letters are sent.

use crate::plain::Plain;

/// Creates and drops the tables of what is offered.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create table price (
    id {id} not null,
    course_id {id} not null,
    position smallint not null,
    profession text not null,
    label text not null,
    regular_cents bigint not null,
    early_cents bigint,
    constraint price_pk primary key (id),
    constraint price_profession_unique unique (course_id, profession),
    constraint price_profession_known check (profession in ('physician', 'nurse', 'physician_assistant', 'psychologist', 'resident_fellow', 'social_worker', 'pharmacist', 'chaplain', 'allied_health_other')),
    constraint price_regular_range check (regular_cents between 0 and 100000000),
    constraint price_early_range check (early_cents is null or early_cents between 0 and regular_cents),
    constraint price_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table credit_offer (
    id {id} not null,
    course_id {id} not null,
    position smallint not null,
    kind text not null,
    label text not null,
    amount_hundredths integer,
    statement text,
    constraint credit_offer_pk primary key (id),
    constraint credit_offer_kind_unique unique (course_id, kind),
    constraint credit_offer_kind_known check (kind in ('ama_pra_category_1', 'nursing_contact_hours', 'nccpa_recognition', 'abim_moc', 'abp_moc', 'massachusetts_risk_management', 'uems_recognition', 'rcpsc_recognition')),
    constraint credit_offer_amount_range check (amount_hundredths is null or amount_hundredths between 1 and 100000),
    constraint credit_offer_course_fk foreign key (course_id) references course (id) on delete cascade
);
create table credit_part (
    id {id} not null,
    credit_offer_id {id} not null,
    position smallint not null,
    label text not null,
    amount_hundredths integer not null,
    constraint credit_part_pk primary key (id),
    constraint credit_part_position_unique unique (credit_offer_id, position),
    constraint credit_part_amount_range check (amount_hundredths between 1 and 100000),
    constraint credit_part_offer_fk foreign key (credit_offer_id) references credit_offer (id) on delete cascade
);
create table credit_requirement (
    id {id} not null,
    credit_offer_id {id} not null,
    position smallint not null,
    kind text not null,
    text text,
    constraint credit_requirement_pk primary key (id),
    constraint credit_requirement_position_unique unique (credit_offer_id, position),
    constraint credit_requirement_kind_known check (kind in ('participation', 'evaluation', 'assessment_with_feedback')),
    constraint credit_requirement_offer_fk foreign key (credit_offer_id) references credit_offer (id) on delete cascade
);
create table statement (
    id {id} not null,
    course_id {id} not null,
    kind text not null,
    version integer not null,
    position smallint not null,
    text text not null,
    created_at {instant} not null,
    retired_at {instant},
    constraint statement_pk primary key (id),
    constraint statement_version_unique unique (course_id, kind, version),
    constraint statement_version_range check (version >= 1),
    constraint statement_kind_known check (kind in ('accreditation', 'disclosure', 'disclaimer', 'cancellation_policy', 'export_control', 'registration_site', 'eligibility', 'group_discount', 'credit_claim', 'materials')),
    constraint statement_text_form check (length(text) between 1 and 20000),
    constraint statement_course_fk foreign key (course_id) references course (id) on delete cascade
);
create unique index statement_one_current on statement (course_id, kind) where retired_at is null;
create table reminder_rule (
    id {id} not null,
    course_id {id} not null,
    slug text not null,
    position smallint not null,
    letter text not null,
    offset_days smallint,
    wall_time text,
    offset_minutes integer,
    enabled boolean not null,
    applies_from {instant} not null,
    subject text,
    opening text,
    constraint reminder_rule_pk primary key (id),
    constraint reminder_rule_slug_unique unique (course_id, slug),
    constraint reminder_rule_letter_known check (letter in ('registration_started', 'registration_confirmed', 'registration_cancelled', 'early_fee_ending', 'registration_closing', 'course_starting', 'day_starting', 'session_starting', 'evaluation_open', 'evaluation_closing')),
    constraint reminder_rule_days_range check (offset_days is null or offset_days between -365 and 365),
    constraint reminder_rule_minutes_range check (offset_minutes is null or offset_minutes between -525600 and 525600),
    constraint reminder_rule_one_offset check ((offset_days is not null and wall_time is not null and offset_minutes is null) or (offset_days is null and wall_time is null and offset_minutes is not null)),
    constraint reminder_rule_wall_time_form check (wall_time is null or length(wall_time) = 5),
    constraint reminder_rule_course_fk foreign key (course_id) references course (id) on delete cascade
);
";

const DOWN: &str = r"
drop table reminder_rule;
drop table statement;
drop table credit_requirement;
drop table credit_part;
drop table credit_offer;
drop table price;
";
