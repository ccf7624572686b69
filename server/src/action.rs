//! One use case per file: begin, rules, writes, commit last. No GraphQL types in here.

pub mod audit;
pub mod enter_learner;
pub mod grant_role;
pub mod request_sign_in_code;
pub mod sign_in;
pub mod sign_out;
pub mod turn;
pub mod update_profile;
