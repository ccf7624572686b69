//! Whether somebody has ever signed in to an account: until then, and not after, those who entered the person
//! may correct the address. Tokens do not tell, because they are taken away once they have served their time.

use crate::plain::Plain;

/// Adds the column, and takes it away again. What the tokens of before have told is no longer whole, so of
/// every account that is there somebody may have signed in, and counts as having done so.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
alter table learner add column signed_in_at {instant};
update learner set signed_in_at = coalesce(
    (select min(t.created_at) from access_token t where t.learner_id = learner.id), learner.updated_at);
";

const DOWN: &str = r"
alter table learner drop column signed_in_at;
";
