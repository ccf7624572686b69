//! The course day of a session that begins after midnight and belongs to the evening before.

use crate::plain::Plain;

/// Adds the column, and takes it away again.
pub const STEP: Plain = Plain {
    module: module_path!(),
    up: "alter table session add column day_on {date}",
    down: "alter table session drop column day_on",
};
