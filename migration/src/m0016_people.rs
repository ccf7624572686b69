//! What staff do about people: who entered a registration, when it was corrected, and addresses that were
//! changed, which both the old and the new one are told of.

use crate::plain::Plain;

/// Adds and takes away what correcting people needs.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
alter table registration add column entered_by {id} constraint registration_entered_by_fk references learner (id);
alter table registration add column corrected_at {instant};
create table email_change (
    id {id} not null,
    learner_id {id} not null,
    old_email text not null,
    old_email_key text not null,
    new_email text not null,
    new_email_key text not null,
    cause text not null,
    changed_by {id},
    changed_at {instant} not null,
    constraint email_change_pk primary key (id),
    constraint email_change_differs check (old_email_key <> new_email_key),
    constraint email_change_by_somebody check (cause = 'own' or changed_by is not null),
    constraint email_change_learner_fk foreign key (learner_id) references learner (id) on delete cascade,
    constraint email_change_changed_by_fk foreign key (changed_by) references learner (id)
);
create index email_change_by_learner on email_change (learner_id, changed_at);
create index email_change_by_old on email_change (old_email_key, learner_id);
create index email_change_by_moment on email_change (changed_at, id);
alter table notice add column email_change_id {id} constraint notice_email_change_fk references email_change (id) on delete cascade;
create index notice_by_email_change on notice (email_change_id) where email_change_id is not null;
";

/// The releases of before know no such letters.
const DOWN: &str = r"
delete from notice where letter in ('email_changed', 'registration_corrected');
drop index notice_by_email_change;
alter table notice drop column email_change_id;
drop table email_change;
alter table registration drop column corrected_at;
alter table registration drop column entered_by;
";
