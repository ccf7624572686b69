//! The letters, each of them one row: what is true of a letter whoever gets it, and whenever. When a course
//! sends it is said by its rules ([`crate::reminder_rule`]), and to whom in particular by the facts; that is
//! judged by the mailing plan. This room lies below the rows, so that a row can name a letter without knowing
//! any policy.
//!
//! A new letter is a variant, a row of [`Letter::spec`], and what it says (`worker/src/letter/`).

mod reason;

pub use reason::NotSentReason;
use sea_orm::Iterable;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Every letter that Lectern writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// To an address that asked to sign in.
    SignInCode,
    /// To an address that somebody who is signed in wants to have from now on.
    EmailChangeCode,
    /// To somebody who has started to register and not paid.
    RegistrationStarted,
    /// To the confirmed, on receipt of payment (at once where the course is free), with the calendar of the
    /// course days.
    RegistrationConfirmed,
    /// To somebody whose registration was cancelled.
    RegistrationCancelled,
    /// To the started, before the seat is let go.
    PaymentDue,
    /// To somebody whose seat was let go because it was not paid for: what was paid, and what becomes of it.
    RegistrationExpired,
    /// To the started at an early price, before the early deadline.
    EarlyFeeEnding,
    /// To the started, before the registration deadline.
    RegistrationClosing,
    /// To the confirmed, before the first session.
    CourseStarting,
    /// To the confirmed, before each course day.
    DayStarting,
    /// To the confirmed, before each teaching session; off by default.
    SessionStarting,
    /// To the confirmed, after the last session.
    EvaluationOpen,
    /// To the confirmed who have not evaluated, before the evaluation deadline.
    EvaluationClosing,
    /// To everybody with a live registration whom a change to the agenda concerns.
    ScheduleChanged,
    /// To everybody with a live registration, when the course is cancelled.
    CourseCancelled,
    /// To those registrants whom staff write to.
    Announcement,
    /// To whom the office has corrected a registration: another profession, another track, and what that
    /// costs.
    RegistrationCorrected,
    /// To the old and to the new address of somebody whose address was changed.
    EmailChanged,
    /// To somebody who asked about a course.
    InformationRequested,
    /// To the same, when staff have answered.
    EnquiryAnswered,
}

/// What is true of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Which goes first when many are ready.
    pub urgency: Urgency,
    /// What calls for it.
    pub trigger: Trigger,
    /// To whom it goes.
    pub audience: Audience,
    /// The topic under which one can unsubscribe from it; none where it belongs to what was asked for or
    /// bought.
    pub topic: Option<Topic>,
    /// What is done when the mail server's answer to it was lost.
    pub answer_lost: AnswerLost,
    /// Which calendar goes with it.
    pub calendar: Calendar,
    /// Why its reader gets it, as far as the name of the course, or of the office, which follows.
    pub because: &'static str,
}

/// Which goes first when many are ready, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody is waiting for it in front of a screen.
    Awaited,
    /// It follows what somebody has just done.
    Prompt,
    /// It is about today.
    Today,
    /// All others.
    Ordinary,
}

/// What calls for a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A rule of the course, counted from what the person does; so it cannot come too late to be entitled to.
    Act(PersonalAnchor),
    /// A rule of the course, counted from one of its dates.
    Date(CourseAnchor),
    /// A rule of the course, counted from the last day on which the person's seat is held.
    HoldEnd,
    /// What the person asks for. Nobody can switch it off, so there is no rule; where nobody has asked, staff
    /// are told this.
    Request(&'static str),
    /// What happens to the course. Nobody can switch it off, so there is no rule; where nothing has happened,
    /// staff are told this.
    News(&'static str),
}

/// What a person does, from which a rule counts its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonalAnchor {
    /// The moment at which somebody begins to register.
    RegistrationStart,
    /// The receipt of the payment; the registration itself where the course is free.
    Confirmation,
    /// The moment at which a registration is given up.
    Cancellation,
    /// The end of a hold that was not paid for.
    Expiry,
}

/// A date of the course, from which a rule counts its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CourseAnchor {
    /// The end of the last day of the early price.
    EarlyDeadline,
    /// The end of the last day of registration.
    RegistrationDeadline,
    /// The start of the first session in which the person takes part.
    CourseStart,
    /// The start of the first session of each course day.
    DayStart,
    /// The start of each teaching session.
    SessionStart,
    /// The end of the last session.
    CourseEnd,
    /// The end of the last day of the evaluation.
    EvaluationDeadline,
}

/// To whom a letter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Who has begun to register and not paid.
    Started,
    /// The same, at the early price; and who asked about the course and agreed to letters about its
    /// deadlines.
    StartedEarlyOrEnquirer,
    /// Who has begun to register and not paid; and who asked about the course and agreed to letters about its
    /// deadlines.
    StartedOrEnquirer,
    /// The confirmed.
    Confirmed,
    /// The confirmed who have not evaluated.
    NotEvaluated,
    /// Who has given up a registration.
    Cancelled,
    /// Who has not paid in time.
    Expired,
    /// The registrants whom the news concerns; no rule says who.
    Concerned,
    /// Who asked about a course without registering.
    Enquirer,
    /// An address that is about somebody's account.
    Address,
}

/// What one can have enough of: kinds of letters that people may unsubscribe from. All others are part of
/// what was asked for or bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Letters about deadlines of a course that one is not registered for.
    Deadlines,
    /// Reminders of what one is registered for.
    Reminders,
    /// Letters about the evaluation.
    Evaluations,
}

/// What is done when the mail server's answer to a letter was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerLost {
    /// It is sent once more.
    SendAgain,
    /// It is left at that: a second one would only confuse.
    Leave,
}

/// Which calendar goes with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// None.
    Nothing,
    /// The course days.
    Days,
    /// The course days, to be taken out by whoever has them, for this reason.
    NoDays(&'static str),
}

const REGISTERED: &str = "you are registered for";
const STARTED: &str = "you have a registration in progress for";
const WERE_REGISTERED: &str = "you had a registration for";
const HAVE_REGISTRATION: &str = "you have a registration for";
const HAD_SEAT: &str = "you had a seat in";
const ASKED: &str = "you asked about";

impl Letter {
    /// What is true of the letter.
    #[rustfmt::skip]
    pub const fn spec(self) -> Spec {
        use AnswerLost::{Leave, SendAgain};
        use Audience::{Address, Cancelled, Concerned, Confirmed, Enquirer, Expired, NotEvaluated, Started, StartedEarlyOrEnquirer, StartedOrEnquirer};
        use Calendar::{Days, NoDays, Nothing};
        use CourseAnchor::{CourseEnd, CourseStart, DayStart, EarlyDeadline, EvaluationDeadline, RegistrationDeadline, SessionStart};
        use PersonalAnchor::{Cancellation, Confirmation, Expiry, RegistrationStart};
        use Topic::{Deadlines, Evaluations, Reminders};
        use Trigger::{Act, Date, HoldEnd, News, Request};
        use Urgency::{Awaited, Ordinary, Prompt, Today};

        let (urgency, trigger, audience, topic, answer_lost, calendar, because) = match self {
            Self::SignInCode => (Awaited, Request("It goes to anyone who asks to sign in and does not depend on a registration."), Address, None, Leave, Nothing, "someone asked to sign in with this address at"),
            Self::EmailChangeCode => (Awaited, Request("It goes to an address that someone wants to use and does not depend on a registration."), Address, None, Leave, Nothing, "someone asked to use this address for an account with"),
            Self::EmailChanged => (Prompt, Request("It goes to the old and the new address of anyone whose address was changed and does not depend on a registration."), Address, None, SendAgain, Nothing, "this address is or was used for an account with"),
            Self::RegistrationStarted   => (Prompt,   Act(RegistrationStart),     Started,                None,              SendAgain, Nothing, STARTED),
            Self::RegistrationConfirmed => (Prompt,   Act(Confirmation),          Confirmed,              None,              SendAgain, Days,    REGISTERED),
            Self::RegistrationCancelled => (Prompt,   Act(Cancellation),          Cancelled,              None,              SendAgain, NoDays("Your registration was canceled."), WERE_REGISTERED),
            Self::PaymentDue            => (Ordinary, HoldEnd,                    Started,                None,              SendAgain, Nothing, STARTED),
            Self::RegistrationExpired   => (Prompt,   Act(Expiry),                Expired,                None,              SendAgain, Nothing, HAD_SEAT),
            Self::EarlyFeeEnding        => (Ordinary, Date(EarlyDeadline),        StartedEarlyOrEnquirer, Some(Deadlines),   SendAgain, Nothing, STARTED),
            Self::RegistrationClosing   => (Ordinary, Date(RegistrationDeadline), StartedOrEnquirer,      Some(Deadlines),   SendAgain, Nothing, STARTED),
            Self::CourseStarting        => (Ordinary, Date(CourseStart),          Confirmed,              Some(Reminders),   SendAgain, Nothing, REGISTERED),
            Self::DayStarting           => (Today,    Date(DayStart),             Confirmed,              Some(Reminders),   SendAgain, Nothing, REGISTERED),
            Self::SessionStarting       => (Today,    Date(SessionStart),         Confirmed,              Some(Reminders),   SendAgain, Nothing, REGISTERED),
            Self::EvaluationOpen        => (Ordinary, Date(CourseEnd),            NotEvaluated,           Some(Evaluations), SendAgain, Nothing, REGISTERED),
            Self::EvaluationClosing     => (Ordinary, Date(EvaluationDeadline),   NotEvaluated,           Some(Evaluations), SendAgain, Nothing, REGISTERED),
            Self::ScheduleChanged => (Prompt, News("Nothing in the agenda of this person has changed since the last e-mail that said how it stands."), Concerned, None, SendAgain, Days, HAVE_REGISTRATION),
            Self::CourseCancelled => (Prompt, News("The course has not been canceled."), Concerned, None, SendAgain, NoDays("The course will not take place."), WERE_REGISTERED),
            Self::RegistrationCorrected => (Prompt, News("The course office has not corrected anything in this registration that was told before."), Concerned, None, SendAgain, Days, HAVE_REGISTRATION),
            Self::Announcement => (Ordinary, News("No announcement has been sent to the people registered for this course."), Concerned, None, SendAgain, Nothing, HAVE_REGISTRATION),
            Self::InformationRequested | Self::EnquiryAnswered => (Prompt, Request("It goes to people who ask about a course without registering."), Enquirer, None, SendAgain, Nothing, ASKED),
        };
        Spec { urgency, trigger, audience, topic, answer_lost, calendar, because }
    }

    /// Its place among many that are ready: lower goes first.
    pub fn priority(self) -> i16 {
        match self.spec().urgency {
            Urgency::Awaited => 0,
            Urgency::Prompt => 1,
            Urgency::Today => 2,
            Urgency::Ordinary => 3,
        }
    }

    /// Whether the letter follows what the person does, at once, rather than reminding of a date; only
    /// reminders can come too late to be entitled to.
    pub fn follows_an_act(self) -> bool {
        matches!(self.spec().trigger, Trigger::Act(_) | Trigger::Request(_))
    }

    /// The topic under which one can unsubscribe from the letter; none where it belongs to what was asked for
    /// or bought.
    pub fn topic(self) -> Option<Topic> {
        self.spec().topic
    }

    /// The name under which the ledger remembers a letter that no rule of the course calls for, because
    /// nobody can switch it off: its own.
    pub fn without_rule(self) -> Option<String> {
        match self.spec().trigger {
            Trigger::Act(_) | Trigger::Date(_) | Trigger::HoldEnd => None,
            Trigger::Request(_) | Trigger::News(_) => Some(self.to_value()),
        }
    }

    /// The letter that the ledger remembers under this name although no rule calls for it.
    pub fn named_without_rule(name: &str) -> Option<Self> {
        Self::iter().find(|letter| letter.without_rule().as_deref() == Some(name))
    }
}

impl Audience {
    /// Whether people who only asked about the course are among them, and are invited to register before a
    /// deadline.
    pub fn invites_enquirers(self) -> bool {
        match self {
            Self::StartedEarlyOrEnquirer | Self::StartedOrEnquirer => true,
            Self::Started
            | Self::Confirmed
            | Self::NotEvaluated
            | Self::Cancelled
            | Self::Expired
            | Self::Concerned
            | Self::Enquirer
            | Self::Address => false,
        }
    }
}
