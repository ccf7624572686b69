//! The reasons for which a letter is not sent.

use sea_orm::entity::prelude::*;

/// Why a letter is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum NotSentReason {
    /// Its moment lies before the person became entitled to it; an earlier letter has said it.
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
    /// What it is about was put at its present time when the letter's moment had passed already.
    MomentPassed,
    /// It came too late to be of use.
    Pointless,
    /// Another letter says the same.
    Superseded,
    /// The sign-in code was used already.
    CodeUsed,
    /// The mail server refused it permanently.
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
    /// Nothing, or nothing of this kind, is sent to the address at the moment.
    AddressSuppressed,
    /// The database was restored, and staff have said that it counts as sent.
    CountedAsSent,
}

impl NotSentReason {
    /// The reason as a full sentence, for the staff who ask why somebody was not written to.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::LateRegistration => {
                "It was due before the person was among those who receive it, or soon after; an earlier e-mail said it."
            }
            Self::Cancelled => "The registration was canceled.",
            Self::Expired => "Without payment, the seat is not held until then.",
            Self::CourseCancelled => "The course was canceled.",
            Self::CourseNotRunning => "The course is not published or was archived.",
            Self::AlreadyConfirmed => "The registration is confirmed, so there is nothing left to do.",
            Self::NotConfirmed => {
                "Only people with a confirmed registration receive it, and this registration is not confirmed."
            }
            Self::AlreadyEvaluated => "The evaluation has been submitted.",
            Self::NotConcerned => "It does not concern this person.",
            Self::RuleOff => "The rule is switched off.",
            Self::RuleTooNew => "It was due before the rule was added or switched on.",
            Self::Moved => "What it is about was moved to another day or removed.",
            Self::MomentPassed => "The dates it depends on were set after it would have been due.",
            Self::Pointless => "It would have arrived too late to be useful.",
            Self::Superseded => "Another e-mail says the same.",
            Self::CodeUsed => "The sign-in code has been used.",
            Self::RefusedByServer => "The mail server refused it permanently.",
            Self::AddressRefused => "The mail server says that the address does not exist.",
            Self::AddressInvalid => "The address on record is not a valid e-mail address.",
            Self::GaveUp => "The mail server deferred it for 4 days, so we stopped trying.",
            Self::OutcomeUnknown => {
                "It was sent, and the mail server's answer was lost. It may have arrived, so it is not sent again."
            }
            Self::CannotBeWritten => "It could not be written because of an error on our side.",
            Self::CrashedWorker => "Sending it failed three times because of an error on our side.",
            Self::StoppedByStaff => "A member of staff stopped it.",
            Self::Unsubscribed => "The person has unsubscribed from e-mails of this kind.",
            Self::NoConsent => {
                "The person asked about the course without agreeing to e-mails about its deadlines."
            }
            Self::HasRegistered => {
                "The person has registered since and gets the e-mails of that registration."
            }
            Self::AddressSuppressed => {
                "E-mails to this address are suspended: earlier ones came back, one was reported as spam, or staff said so."
            }
            Self::CountedAsSent => {
                "It fell due before the database was restored from a backup, and counts as sent: whether it was is not on record."
            }
        }
    }
}
