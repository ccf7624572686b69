//! One use case per file: begin, rules, writes, commit last. No GraphQL types in here.

pub mod announce;
pub mod audit;
pub mod cancel_registration;
pub mod enter_learner;
pub mod evaluation_form;
pub mod free_text;
pub mod grant_role;
pub mod idempotent;
pub mod instruct;
pub mod pricing;
pub mod record_payment;
pub mod register;
pub mod request_sign_in_code;
pub mod seats;
pub mod set_reminder_rules;
pub mod sign_in;
pub mod sign_out;
pub mod submit_evaluation;
pub mod turn;
pub mod update_profile;
