//! The holds that are open, by their end: whoever looks for those that have ended reads no others.

use crate::plain::Plain;

/// Makes the index.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "create index registration_held on registration (hold_until, course_id) where status = 'started'",
    down: "drop index registration_held",
};
