//! Stories through the front door, on both databases, in one test binary, and the application that they live
//! in, which the benchmarks share.
//!
//! People act through GraphQL over HTTP, the clock is moved by hand, letters are read as a mail program reads
//! them. See [`support`].
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is nothing but tests, which end where something is wrong"
)]

pub mod support;

/// The allocator of the product. A tenth of the tests' time went into the system's.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(test)]
mod a_killed_worker;
#[cfg(test)]
mod api;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod hostile_documents;
#[cfg(test)]
mod law;
#[cfg(test)]
mod random_documents;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod reminder;
#[cfg(test)]
mod smoke;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod store;
