//! What a letter told of the agenda, so that a change can be held against what somebody was last told.

use crate::plain::Plain;

/// Adds the column, and takes it away again. Of what was sent before, nothing is known.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "alter table notice add column told {json}",
    down: "alter table notice drop column told",
};
