//! What people ask: the GraphQL API over HTTP, sign-in, and the actions that write facts.
//!
//! The server never writes a letter and never touches the ledger of notices; it writes facts, and wakes the
//! worker. The exceptions to «no line of the server names the worker» are the binary, which may run it in its
//! own process, the preview of a letter, the store that the worker is handed, and the facts that letters go
//! by, which have one reader.

pub mod access;
pub mod action;
pub mod app;
pub mod authenticate;
pub mod bounce;
pub mod calendar;
pub mod catalogue;
pub mod census;
pub mod config;
pub mod course_file;
pub mod error;
pub mod files;
pub mod graphql;
pub mod home;
pub mod http;
pub mod human_check;
pub mod json;
pub mod limits;
pub mod listing;
pub mod mail_check;
pub mod preview;
pub mod provenance;
pub mod roster;
pub mod selfcheck;
pub mod sheet;
pub mod steward;
pub mod store;
pub mod subscription;
pub mod turns;
pub mod viewer;
pub mod wake;
pub mod write;
