//! Which letters a learner wants.

mod set_subscription;

use async_graphql::Enum;
use entity::mailing::Topic;

pub use set_subscription::SetSubscriptionMutation;

/// Kinds of letters that one can have enough of. All others belong to what was asked for or bought. More may
/// be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Topic")]
pub enum LetterTopic {
    /// Letters about the deadlines of a course that one is not, or not finally, registered for.
    Deadlines,
    /// Reminders of what one is registered for.
    Reminders,
    /// Letters about evaluations.
    Evaluations,
}
