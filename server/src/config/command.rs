//! What the binary can be asked to do.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use entity::LocalDate;

use crate::preview::script::{Move, Role};

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API, and run the worker in the same process (the default)
    Serve {
        /// Leave the letters to `lectern work` in processes of their own
        #[arg(long)]
        no_worker: bool,
    },
    /// Run the worker alone; with --listen ADDRESS:PORT it says there how it fares (/healthz, /readyz,
    /// /metrics)
    Work,
    /// Bring the database's schema up to date, once, under a lock
    Migrate,
    /// Read a course from a file, or say what is wrong with it
    Import {
        /// The course file (TOML); see server/sample/README.md
        file: PathBuf,
        /// Only say what would change
        #[arg(long)]
        check: bool,
        /// Sessions of a published course that are still to come may move to where they would have begun
        #[arg(long)]
        into_the_past: bool,
    },
    /// Write a course to standard output, in the format that `import` reads
    Export {
        /// The course's slug
        slug: String,
    },
    /// Live through a whole course on a moved clock, and tell every letter of it; nothing is stored and
    /// nothing is sent
    Rehearse {
        /// The course's slug
        slug: String,
        /// Who takes part: confirmed, started, enquirer, or late:DATE, who registers and pays at noon of that
        /// day [default: confirmed, started and enquirer, one after the other]
        #[arg(long = "as", value_name = "ROLE")]
        role: Option<Role>,
        /// A course day that is moved, such as 1:+7d or 2026-05-13:-1d, perhaps with the day on which that is
        /// done, such as 2:+1d@2026-05-10 [default: three days before]. May be given several times
        #[arg(long = "move", value_name = "DAY:+1d[@DATE]")]
        moves: Vec<Move>,
        /// The course is cancelled at noon of this day, such as 2026-05-01
        #[arg(long = "cancel", value_name = "DATE")]
        cancelled_on: Option<LocalDate>,
        /// The track that the person takes, by its slug [default: the first]
        #[arg(long)]
        track: Option<String>,
    },
    /// Read a message that came back, or a complaint, from standard input, as mail servers hand them to
    /// programs; the exit code is 0, 65 where it is no message, or 75 where it is to be brought again
    Bounce {
        /// The address that the message came to, where the mail server knows it [default: that in its head]
        #[arg(long)]
        recipient: Option<String>,
    },
    /// Write a backup of the database to a file, while it is in use
    Backup {
        /// The file, which must not exist
        file: PathBuf,
    },
    /// After a backup was put in place: hold e-mails, list what fell due, and say what becomes of it
    Restored {
        /// Kinds of e-mails to send, such as course_starting, between commas; or all
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        send: Vec<String>,
        /// Kinds of e-mails that count as sent, between commas; or all that are not named
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        count_as_sent: Vec<String>,
    },
    /// E-mails and those who take them
    Mail {
        /// What to do
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Staff and their roles
    Staff {
        /// What to do
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// Sign-ins
    SignIns {
        /// What to do
        #[command(subcommand)]
        command: SignInsCommand,
    },
    /// Print the GraphQL schema
    Schema,
    /// Print who sees and does what
    Access,
    /// Check the invariants of the data; the exit code is 1 when one is broken
    Selfcheck,
}

/// What can be asked about mail.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Look at SPF, DKIM and DMARC of the domains that e-mails are from, and tell what large providers do with
    /// much mail of this set-up; the exit code is 1 where something is to be mended
    Check {
        /// A domain that e-mails are from [default: those of MAIL_FROM and MAIL_FROM_NEWS]
        #[arg(long)]
        domain: Option<String>,
        /// The domain to which bounces go, where the relay puts in one of its own [default: the same]
        #[arg(long)]
        envelope: Option<String>,
        /// A file with the records, a line for each as in a zone's file [default: they are asked by DNS]
        #[arg(long)]
        records: Option<PathBuf>,
        /// The selector of a DKIM key, such as s1, or s1@example.org where another domain signs. May be given
        /// several times
        #[arg(long)]
        selector: Vec<String>,
        /// An address from which mail comes to others. May be given several times
        #[arg(long)]
        ip: Vec<IpAddr>,
    },
}

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
