//! The API, cut by noun: objects are thin wrappers around rows and pages, loaders read what a level needs in one statement.

pub mod evaluation;
pub mod global_id;
pub mod keyset;
pub mod learner;
pub mod letter;
pub mod notice;
pub mod profession;
pub mod refusal;
pub mod registration;
pub mod scalar;
pub mod sign_in;
pub mod viewer;
