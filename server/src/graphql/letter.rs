//! The letters, as the API names them.

use async_graphql::Enum;

/// A letter that Lectern sends; it says to whom it goes, and from what its moment is counted. More may be
/// added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::mailing::Letter")]
pub enum Letter {
    /// To an address that asked to sign in, at once.
    SignInCode,
    /// To an address that somebody who is signed in wants to have from now on, at once.
    EmailChangeCode,
    /// To somebody who has started to register and not paid, at once.
    RegistrationStarted,
    /// To the confirmed, on receipt of payment (at once where the course is free), with the calendar of the
    /// course days.
    RegistrationConfirmed,
    /// To somebody whose registration was cancelled, at once.
    RegistrationCancelled,
    /// To those who have started and not paid; counted from the last day on which the seat is held.
    PaymentDue,
    /// To somebody whose seat was let go because it was not paid for, at the end of the hold.
    RegistrationExpired,
    /// To those who have started at an early price and not paid; counted from the early deadline.
    EarlyFeeEnding,
    /// To those who have started and not paid; counted from the registration deadline.
    RegistrationClosing,
    /// To the confirmed; counted from the first session.
    CourseStarting,
    /// To the confirmed; counted from the first session of each course day.
    DayStarting,
    /// To the confirmed; counted from each teaching session.
    SessionStarting,
    /// To the confirmed; counted from the end of the last session.
    EvaluationOpen,
    /// To the confirmed who have not evaluated; counted from the evaluation deadline.
    EvaluationClosing,
    /// To everybody with a live registration whom a change to the agenda concerns, ten minutes after the
    /// first change, or sooner where that would be too late; no rule calls for it.
    ScheduleChanged,
    /// To everybody with a live registration, when the course is cancelled; no rule calls for it.
    CourseCancelled,
    /// To the registrants whom staff write to, ten minutes after it was confirmed; no rule calls for it.
    Announcement,
    /// To whom the office has corrected a registration, at once; no rule calls for it.
    RegistrationCorrected,
    /// To the old and to the new address of somebody whose address was changed, at once; no rule calls for
    /// it.
    EmailChanged,
    /// To somebody who asked about a course, at once; no rule calls for it.
    InformationRequested,
    /// To somebody who asked about a course, when staff have answered; no rule calls for it.
    EnquiryAnswered,
}
