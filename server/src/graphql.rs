//! The API, cut by noun: objects are thin wrappers around rows and pages, loaders read what a level needs in one statement.

pub mod announcement;
pub mod course;
pub mod evaluation;
pub mod faculty;
pub mod global_id;
pub mod keyset;
pub mod learner;
pub mod letter;
pub mod node;
pub mod notice;
pub mod organization;
pub mod owned;
pub mod profession;
pub mod refusal;
pub mod registration;
pub mod scalar;
pub mod schema;
pub mod series;
pub mod session;
pub mod sign_in;
pub mod track;
pub mod viewer;
