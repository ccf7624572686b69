//! The write model of the catalogue: everything that changes a course, an organization, a person or a series goes through here.
//!
//! A [`Draft`] is a course as somebody wants it. Its values check themselves on the way in ([`text`], [`number`]), what must hold between them is
//! checked in one place ([`mod@check`]), and mistakes stand at typed paths ([`Path`]) that a course file tells by its lines and an edit by the fields
//! of its input. [`Open`] is the only way in, for imports, edits, copies and moves alike: it locks, reads, is changed, and is saved: checked,
//! compared with what is stored, written, put on record and told.

pub mod agenda;
pub mod alone;
mod apply;
pub mod arrange;
pub mod check;
mod course;
mod diff;
mod field;
mod import;
mod mistake;
pub mod number;
mod offer;
mod open;
mod patch;
mod path;
mod ready;
mod save;
mod scope;
mod shared;
mod shift;
mod shipped;
pub mod showing;
mod stored;
pub mod text;
mod thing;
mod warn;

pub use course::{Audience, Course, Day, Draft, KIND, PAYMENT_DAYS, Registration, Session, Speaker, Track};
pub use diff::{Change, Changes};
pub use field::Field;
pub use import::{find, import, import_by, plan};
pub use mistake::{Mistake, Mistakes, Scope, Telling, Wrong};
pub use offer::{CompetencyGroup, Credit, CreditPart, Fees, Price, Requirement, Rule, Statement, default_rules};
pub use open::{Edit, Name, Needs, Open};
pub use patch::Patch;
pub(crate) use path::at;
pub use path::{Path, Segment};
pub use ready::publishable;
pub use save::{Removed, Saved, changing};
pub use shared::{FacultyMember, FacultyMemberChange, Organization, OrganizationChange, Part, Run, Series, SeriesChange, Standing};
pub use shift::{move_by_days, move_sessions, moved_to_open};
pub use shipped::give_rules;
pub use warn::{Warning, warnings};
