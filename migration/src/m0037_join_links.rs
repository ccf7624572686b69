//! A changed link to join a session is a change that people are told of who have been told the old one.

use crate::plain::Plain;

/// Adds the column, and takes it away again.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "alter table schedule_change add column link_changed boolean not null default false",
    down: "alter table schedule_change drop column link_changed",
};
