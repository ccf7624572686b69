//! The reasons for which a letter is not sent.

use sea_orm::entity::prelude::*;

/// Why a letter is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum NotSentReason {
    /// Its moment lies before the person became entitled to it; the confirmation has said it.
    LateRegistration,
    /// The registration was cancelled.
    Cancelled,
    /// The seat was not paid for in time.
    Expired,
    /// The course will not take place.
    CourseCancelled,
    /// The course is not published, or was archived.
    CourseNotRunning,
    /// The registration is confirmed already, so there is nothing left to do.
    AlreadyConfirmed,
    /// The registration is not confirmed.
    NotConfirmed,
    /// The evaluation was handed in.
    AlreadyEvaluated,
    /// It would be about something that does not touch the person, such as an early price that the person
    /// does not have.
    NotConcerned,
    /// The rule is switched off.
    RuleOff,
    /// The rule is younger than the moment.
    RuleTooNew,
    /// What it is about was moved.
    Moved,
    /// It came too late to be of use.
    Pointless,
    /// A newer letter says the same.
    Superseded,
    /// The sign-in code was used already.
    CodeUsed,
    /// The mail server refused the message for good.
    RefusedByServer,
    /// The mail server says the address does not exist.
    AddressRefused,
    /// The stored address cannot be written to.
    AddressInvalid,
    /// The mail server deferred it for four days.
    GaveUp,
    /// It was handed over, no answer came, and this kind is not sent again.
    OutcomeUnknown,
    /// It could not be written.
    CannotBeWritten,
    /// It crashed its worker three times.
    CrashedWorker,
    /// Staff stopped it.
    StoppedByStaff,
    /// The person does not want letters of this topic.
    Unsubscribed,
    /// The person did not agree to letters about deadlines.
    NoConsent,
    /// Who asked has registered since.
    HasRegistered,
}

impl NotSentReason {
    /// The reason as a full sentence, for the staff who ask why somebody was not written to.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::LateRegistration => {
                "Its moment had passed before the person came to be one of those to whom it goes; the confirmation says what it would have said."
            }
            Self::Cancelled => "The registration has been cancelled.",
            Self::Expired => "The seat was not paid for in time, so it is no longer held.",
            Self::CourseCancelled => "The course has been cancelled.",
            Self::CourseNotRunning => "The course is not published, or has been archived.",
            Self::AlreadyConfirmed => "The registration is confirmed, so there is nothing left to do.",
            Self::NotConfirmed => {
                "It goes to confirmed learners only, and this registration is not confirmed."
            }
            Self::AlreadyEvaluated => "The evaluation has been handed in.",
            Self::NotConcerned => "It is about something that does not touch this person.",
            Self::RuleOff => "The rule is switched off.",
            Self::RuleTooNew => "Its moment had passed before the rule was made or switched on.",
            Self::Moved => "What it is about was moved to another day or taken away.",
            Self::Pointless => "It would have come too late to be of use.",
            Self::Superseded => "A later e-mail says the same.",
            Self::CodeUsed => "The sign-in code has been used.",
            Self::RefusedByServer => "The mail server refused the message for good.",
            Self::AddressRefused => "The mail server says that the address does not exist.",
            Self::AddressInvalid => "The address on record cannot be written to.",
            Self::GaveUp => "The mail server put it off for four days, so it was given up.",
            Self::OutcomeUnknown => {
                "It was handed over and the mail server's answer was lost; it may have arrived, and is not sent again."
            }
            Self::CannotBeWritten => "The e-mail could not be written; this is a mistake of ours.",
            Self::CrashedWorker => "It brought its worker down three times and was set aside.",
            Self::StoppedByStaff => "A member of staff stopped it.",
            Self::Unsubscribed => "The person has unsubscribed from e-mails of this kind.",
            Self::NoConsent => {
                "The person asked about the course and did not agree to e-mails about its deadlines."
            }
            Self::HasRegistered => "The person has registered since, and is written to as a registrant.",
        }
    }
}
