//! What is taken away by its age is found by its age.

use crate::plain::Plain;

/// Makes the indexes; takes them back.
pub const STEP: Plain = Plain { module: module_path!(), up: UP, down: DOWN };

const UP: &str = r"
create index access_token_by_end on access_token (expires_at);
create index access_token_by_revocation on access_token (revoked_at) where revoked_at is not null;
create index access_token_by_use on access_token (last_used_at);
create index export_ticket_by_end on export_ticket (expires_at);
create index registration_import_by_age on registration_import (created_at);
";

const DOWN: &str = r"
drop index registration_import_by_age;
drop index export_ticket_by_end;
drop index access_token_by_use;
drop index access_token_by_revocation;
drop index access_token_by_end;
";
