//! Codes by which somebody who is signed in shows that a new address is theirs: a sign-in code that says
//! whose address it is to become.

use crate::plain::Plain;

/// Adds and takes away whose address it is to become.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "alter table sign_in_code add column learner_id {id} constraint sign_in_code_learner_fk references learner (id) on delete cascade",
    // The releases of before know no such letter.
    down: "delete from notice where letter = 'email_change_code';
delete from sign_in_code where learner_id is not null;
alter table sign_in_code drop column learner_id;
",
};
