//! Stories through the front door, on both databases, in one test binary.
//!
//! People act through GraphQL over HTTP, the clock is moved by hand, letters are read as a mail program reads them. See `support` for the house
//! that the stories live in.
#![cfg(test)]

mod a_killed_worker;
mod api;
mod bench;
mod desk;
mod hostile_documents;
mod law;
mod random_documents;
mod reminder;
mod smoke;
mod support;
