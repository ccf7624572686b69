//! The language of Lectern: what things are, and every rule that the server and the worker share.
//!
//! Rows, relations and named query scopes live beside plain functions of rows and `now`. Nothing here waits,
//! reads a clock, talks to a network or knows GraphQL: time and chance come in through [`nature`], and
//! answers are values. The one outside thing is the database's vocabulary (sea-orm), because a row is what a
//! fact looks like.

pub mod access_token;
pub mod announcement;
pub mod audience;
pub mod audit;
pub mod bounce;
pub mod calendar;
pub mod civil;
pub mod competency;
pub mod course;
pub mod course_faculty;
pub mod course_organization;
pub mod course_tag;
pub mod credit_amount;
pub mod credit_offer;
pub mod credit_part;
pub mod credit_requirement;
pub mod deadline;
pub mod decimal;
pub mod email;
pub mod email_change;
pub mod enquiry;
pub mod evaluation;
pub mod evaluation_rating;
pub mod export_ticket;
pub mod faculty_member;
pub mod file;
pub mod file_piece;
pub mod home;
pub mod idempotency;
pub mod learner;
pub mod letter;
pub mod letter_instruction;
pub mod mailing;
pub mod money;
pub mod nature;
pub mod network;
pub mod notice;
pub mod objective;
pub mod organization;
pub mod payment;
pub mod plain;
pub mod price;
pub mod profession;
pub mod quote;
pub mod quote_line;
pub mod recipient;
pub mod refusal;
pub mod registration;
pub mod registration_import;
pub mod registration_statement;
pub mod reminder_rule;
pub mod return_path;
pub mod room;
pub mod schedule_change;
pub mod secret;
pub mod series;
pub mod series_part;
pub mod series_run;
pub mod session;
pub mod session_faculty;
pub mod session_track;
pub mod shipped_rule;
pub mod sign_in_code;
pub mod spent_proof;
pub mod staff_role;
pub mod statement;
pub mod suppression;
pub mod sweep_mark;
pub mod track;
pub mod unsubscription;

pub use civil::{Instant, LocalDate, WallTime, Zone};
pub use nature::Nature;
pub use refusal::Refusal;
