//! What came of each try to send a letter, so that staff can follow it into a mail server's log.

use crate::plain::Plain;

/// Adds the column, and takes it away again. Of the tries of before, nothing is known but the last answer.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "alter table notice add column tries {json}",
    down: "alter table notice drop column tries",
};
