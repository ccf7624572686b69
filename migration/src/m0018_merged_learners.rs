//! Two accounts of one person, put together: the row that was merged stays and says into which; a
//! registration that moved stays known to the ledger of letters as whose it was.

use crate::plain::Plain;

/// Adds and takes away what merging needs.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
alter table learner add column merged_into {id} constraint learner_merged_into_fk references learner (id);
create index learner_by_merged on learner (merged_into) where merged_into is not null;
alter table registration add column known_as {id} constraint registration_known_as_fk references learner (id);
";

const DOWN: &str = r"
alter table registration drop column known_as;
drop index learner_by_merged;
alter table learner drop column merged_into;
";
