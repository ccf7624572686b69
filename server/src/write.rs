//! What use cases share: whose turn it is, that a request acts once, seats and prices, accounts and their
//! addresses, the audit trail. Each is a part of some act and none a whole one: those are in
//! [`crate::action`], which this room does not know.

pub mod account;
pub mod announcing;
pub mod audit;
pub mod authority;
pub mod code;
pub mod free_text;
pub mod give_address;
pub mod holds;
pub mod instruction;
pub mod may_correct;
pub mod mistakes;
pub mod once;
pub mod pricing;
pub mod proof;
pub mod registering;
pub mod seats;
pub mod sign_ins;
pub mod suppressing;
pub mod turn;
