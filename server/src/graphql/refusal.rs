//! Refusals and faults as clients see them.

use async_graphql::{Context, Enum, ErrorExtensions, Object, SimpleObject};
use entity::Refusal as Refused;
use entity::refusal::{Detail, Versioned};

use super::fault;
use super::global_id::Kind;
use super::human_check::HumanCheckChallenge;
use super::node::{self, Node};
use crate::app::AppState;
use crate::error::{Fault, away};
use crate::graphql::directive::list_size;
use crate::graphql::fault::{Nullable, nullable};
use crate::human_check::{self, Purpose};
use crate::listing::search::Words;
use crate::store::{is_away, is_crowded, is_newer, is_stopped};
use crate::viewer::Viewer;

/// The most mistakes that a refusal tells one by one: more than anybody mends before trying again.
const MOST_DETAILS: usize = 50;

/// A "no" that a person can understand and a client can switch on. Nothing was changed.
#[derive(Clone, Debug)]
pub struct Refusal(Refused);

/// One mistake of several, or one part that is missing.
#[derive(Clone, Debug, SimpleObject)]
pub struct RefusalDetail {
    /// Where: names of input fields from the outermost in, or of the fields of a course file; a place in a
    /// list is a number from 0.
    #[graphql(directive = list_size::apply(3))]
    path: Vec<String>,
    /// What is wrong or missing, for the person to read, in English.
    message: String,
    /// The line of the course file, from 1; null where the input is not a file.
    line: Option<u32>,
}

/// A "no" that a person can understand and a client can switch on. Nothing was changed.
#[Object]
impl Refusal {
    /// What kind of no it is.
    async fn code(&self) -> RefusalCode {
        code(&self.0)
    }

    /// The same for the person to read, in English.
    async fn message(&self) -> String {
        self.0.to_string()
    }

    /// Which field of the input is at fault: names from the outermost in; empty where none is.
    #[graphql(directive = list_size::apply(3))]
    async fn path(&self) -> Vec<String> {
        self.0.path()
    }

    /// Every mistake, where there may be several, and for `NOT_READY` every part that is missing; empty where
    /// `message` says all. Of very many mistakes the first 50, and in a last entry without a path how many
    /// more there are.
    #[graphql(directive = list_size::apply(5))]
    async fn details(&self) -> Vec<RefusalDetail> {
        let detail = |Detail { path, message, line }: &Detail| RefusalDetail {
            path: path.clone(),
            message: message.clone(),
            line: *line,
        };
        let all = self.0.details();
        let mut told: Vec<_> = all.iter().take(MOST_DETAILS).map(detail).collect();
        let more = all.len() - told.len();
        if more > 0 {
            let message =
                if more == 1 { "There is one more.".to_owned() } else { format!("There are {more} more.") };
            told.push(RefusalDetail { path: Vec::new(), message, line: None });
        }
        told
    }

    /// For `STALE`: the thing as it stands now, so that a client can show both and try again; null otherwise.
    async fn current(&self, ctx: &Context<'_>) -> Nullable<Node> {
        nullable(async {
            let Refused::Stale { thing, id } = &self.0 else { return Ok(None) };
            let kind = match thing {
                Versioned::Course => Kind::Course,
                Versioned::FacultyMember => Kind::FacultyMember,
                Versioned::Organization => Kind::Organization,
                Versioned::Series => Kind::Series,
            };
            let found = node::find(ctx.data::<AppState>()?, ctx.data::<Viewer>()?, &[Some((kind, *id))])
                .await
                .or_opaque()?;
            Ok(found.into_values().next())
        })
        .await
    }

    /// For `HUMAN_CHECK_REQUIRED`: the proof of work to be done; the input takes it as `proof`. Null
    /// otherwise.
    async fn challenge(&self, ctx: &Context<'_>) -> Nullable<HumanCheckChallenge> {
        nullable(async {
            let Refused::HumanCheckRequired { email_key } = &self.0 else { return Ok(None) };
            let issued =
                human_check::issue(ctx.data::<AppState>()?, Purpose::SignInCode(email_key)).or_opaque()?;
            HumanCheckChallenge::try_from(issued).map(Some).or_opaque()
        })
        .await
    }
}

/// Declares the codes, one for each variant of our refusals.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident => $pattern:pat),+ $(,)?) => {
        /// The kinds of refusal. More may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub enum RefusalCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        fn code(no: &Refused) -> RefusalCode {
            match no {
                $($pattern => RefusalCode::$variant,)+
            }
        }
    };
}

codes! {
    /// Nobody is signed in.
    Unauthenticated => Refused::Unauthenticated,
    /// The account may not do this.
    Forbidden => Refused::Forbidden | Refused::OfAdministrators | Refused::EmailOfStaff,
    /// Nobody would be left who decides about roles.
    LastAdministrator => Refused::LastAdministrator,
    /// There is no such thing, or it is not the viewer's to see.
    NotFound => Refused::NotFound { what: _ },
    /// The input has a mistake; `path` says where.
    InvalidInput => Refused::InvalidInput { message: _, path: _, details: _ },
    /// The idempotency key was used with another input.
    IdempotencyKeyReused => Refused::IdempotencyKeyReused,
    /// Too much was asked for or tried within the hour: sign-in codes, or information about courses.
    RateLimited => Refused::RateLimited,
    /// The sign-in code is not the request's, or the request is unknown, used, too old or tried too often.
    SignInCodeInvalid => Refused::SignInCodeInvalid,
    /// Registration has not opened.
    RegistrationNotOpen => Refused::RegistrationNotOpen,
    /// Registration is over.
    RegistrationClosed => Refused::RegistrationClosed,
    /// The course will not take place.
    CourseCancelled => Refused::CourseCancelled,
    /// All seats are taken.
    CourseFull => Refused::CourseFull,
    /// The learner has a live registration for the course.
    AlreadyRegistered => Refused::AlreadyRegistered | Refused::LearnerRegistered,
    /// Two accounts that are to be put together both have a live registration for a course; the message says
    /// for which.
    BothRegistered => Refused::BothRegistered { course: _ },
    /// Another account has the address.
    EmailTaken => Refused::EmailTaken,
    /// The course has no price for the profession.
    NoPrice => Refused::NoPrice | Refused::NoPriceForLearner | Refused::NoPriceToPay,
    /// One of the course's tracks must be chosen.
    TrackRequired => Refused::TrackRequired,
    /// The registration was cancelled or has expired.
    RegistrationNotLive => Refused::RegistrationNotLive,
    /// The course has started.
    CourseStarted => Refused::CourseStarted,
    /// The registration is paid in full.
    AlreadyPaid => Refused::AlreadyPaid,
    /// The payment is larger than the amount due.
    PaymentTooLarge => Refused::PaymentTooLarge { due: _ },
    /// The course is paid in another currency.
    WrongCurrency => Refused::WrongCurrency { currency: _ },
    /// The registration is not confirmed.
    NotConfirmed => Refused::NotConfirmed,
    /// The evaluation has not opened.
    EvaluationNotOpen => Refused::EvaluationNotOpen,
    /// The evaluation is closed.
    EvaluationClosed => Refused::EvaluationClosed,
    /// The evaluation was handed in before.
    EvaluationAlreadySubmitted => Refused::EvaluationAlreadySubmitted,
    /// The proof of work is forged, wrong, used, too old, or was made for another form; ask for a new
    /// challenge.
    HumanCheckFailed => Refused::HumanCheckFailed,
    /// So much was asked for within the hour that a proof of work is needed: `challenge`.
    HumanCheckRequired => Refused::HumanCheckRequired { email_key: _ },
    /// The consent is to another wording than today's, or does not say to which.
    ConsentOutdated => Refused::ConsentOutdated,
    /// The enquiry has been answered before.
    EnquiryAlreadyAnswered => Refused::EnquiryAlreadyAnswered,
    /// Somebody has changed the thing since the version that the input names; `current` is the thing as it
    /// stands now.
    Stale => Refused::Stale { thing: _, id: _ },
    /// The course lacks what it needs before it is announced; `details` says what.
    NotReady => Refused::NotReady { missing: _ },
    /// The course was announced before.
    AlreadyPublished => Refused::AlreadyPublished,
    /// The course was never announced.
    NotPublished => Refused::NotPublished,
    /// The course is kept for reference and does not change any more.
    CourseArchived => Refused::CourseArchived,
    /// The course has taken place.
    CourseOver => Refused::CourseOver,
    /// People have registered for the course.
    HasRegistrations => Refused::HasRegistrations,
    /// The evaluation of the course is not closed yet; the message says when the course can be archived.
    TooEarlyToArchive => Refused::TooEarlyToArchive { from: _ },
    /// What the letter would be about has not happened, or has no date.
    LetterNotCalledFor => Refused::LetterNotCalledFor,
    /// Other people would get the announcement than its author has seen; the message says how many.
    AnnouncementChanged => Refused::AnnouncementChanged { count: _ },
    /// Nobody would get the announcement.
    NobodyToTell => Refused::NobodyToTell,
    /// The announcement was confirmed or stopped before, or has gone out.
    AnnouncementSettled => Refused::AnnouncementSettled { words: _ },
    /// The letter has come to its end, or is being handed over; it cannot be stopped.
    NoticeSettled => Refused::NoticeSettled { why: _ },
    /// The facts stand against sending the letter again, or it is on its way already.
    CannotResend => Refused::CannotResend { why: _ },
}

impl From<Refused> for Refusal {
    fn from(no: Refused) -> Self {
        Self(no)
    }
}

/// A fault as clients see it: opaque, but for whether it may be worth trying again. It is logged here, once,
/// where it leaves Lectern.
pub fn opaque(fault: &Fault) -> async_graphql::Error {
    let (message, code) = match fault {
        Fault::Database(error) if is_away(error) => {
            away::tell(error);
            (if is_newer(error) { fault::NEWER } else { fault::AWAY }, fault::UNAVAILABLE)
        }
        Fault::Database(error) if is_crowded(error) => (fault::CROWDED, fault::OVERLOADED),
        // What an operation answers that was told to stop is seen by nobody.
        Fault::Database(error) if is_stopped(error) => (fault::OPAQUE, fault::INTERNAL),
        Fault::Database(_) | Fault::Stored(_) | Fault::Task(_) => {
            tracing::error!(%fault, "a request met a fault");
            (fault::OPAQUE, fault::INTERNAL)
        }
    };
    async_graphql::Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// The same for a question, which can be refused only by a mistake in its arguments.
pub fn bad_argument(message: impl Into<String>) -> async_graphql::Error {
    async_graphql::Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}

/// The words of a text that is looked for.
///
/// # Errors
/// A text that is too long, or has too many words.
pub fn searched(text: Option<String>) -> async_graphql::Result<Words> {
    Words::read(text.as_deref().unwrap_or_default()).map_err(|no| bad_argument(no.to_string()))
}

/// Makes a failing question opaque.
pub trait OrOpaque<T> {
    /// The value, or the fault as clients see it.
    fn or_opaque(self) -> async_graphql::Result<T>;
}

impl<T, E: Into<Fault>> OrOpaque<T> for Result<T, E> {
    fn or_opaque(self) -> async_graphql::Result<T> {
        self.map_err(|error| opaque(&error.into()))
    }
}
