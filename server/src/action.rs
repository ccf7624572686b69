//! One use case per file: begin, rules, writes, commit last. No GraphQL types in here.

pub mod answer_enquiry;
pub mod audit;
pub mod cancel_registration;
pub mod course;
pub mod enter_learner;
pub mod evaluation_form;
pub mod export_registrations;
pub mod free_text;
pub mod grant_role;
pub mod idempotent;
pub mod import_registrations;
pub mod pricing;
pub mod record_payment;
pub mod register;
pub mod request_information;
pub mod request_sign_in_code;
pub mod rotate_calendar;
pub mod seats;
pub mod sign_in;
pub mod sign_out;
pub mod submit_evaluation;
pub mod subscription;
pub mod turn;
pub mod update_profile;
