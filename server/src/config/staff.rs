//! Commands about people.

use clap::{Subcommand, ValueEnum};

/// What can be done about staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Tell who has which role, since when
    List {
        /// Slug of an organization: only the roles that are good for its courses alone
        #[arg(long)]
        organization: Option<String>,
    },
    /// Give a person a role; the person is entered if unknown
    Add {
        /// The person's address
        email: String,
        /// The role
        #[arg(long, value_enum)]
        role: StaffRole,
        /// Slug of the organization whose courses the role is good for; all where nothing is said
        #[arg(long)]
        organization: Option<String>,
    },
    /// Take a role away; it ends at once
    Remove {
        /// The person's address
        email: String,
        /// The role
        #[arg(long, value_enum)]
        role: StaffRole,
        /// Slug of the organization for which the role was given; a role for all where nothing is said
        #[arg(long)]
        organization: Option<String>,
    },
}

/// What can be done about sign-ins.
#[derive(Debug, Subcommand)]
pub enum SignInsCommand {
    /// Sign a person out everywhere, at once; the person can sign in anew
    End {
        /// The person's address
        email: String,
    },
}

/// Roles that can be given.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StaffRole {
    /// Runs courses
    Staff,
    /// Runs the office
    Admin,
}
