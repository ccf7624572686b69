//! One use case per file: begin, rules, writes, commit last. No GraphQL types in here.

pub mod audited;
pub mod cancel_registration;
pub mod evaluation_form;
pub mod free_text;
pub mod idempotent;
pub mod pricing;
pub mod record_payment;
pub mod register;
pub mod seats;
pub mod submit_evaluation;
