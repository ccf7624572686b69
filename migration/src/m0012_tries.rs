//! No table of tries at signing in: each is counted by the request that it is about, and no client is locked
//! out for those of others.

use crate::m0009_sign_in_try::TRIES;
use crate::plain::Plain;

/// Drops the table; takes that back, without the tries of the last hour.
pub const STEP: Plain = Plain { module: module_path!(), up: "drop table sign_in_try", down: TRIES };
