//! What came of each try to send a letter.

use async_graphql::SimpleObject;
use entity::notice::Try;

use crate::graphql::scalar::DateTime;

/// A try to send a letter, and what came of it.
#[derive(Clone, Debug, SimpleObject)]
pub struct NoticeTry {
    /// When it was over.
    at: DateTime,
    /// The step of SMTP at which it ended, such as `RCPT` or `final dot`; null where the letter was accepted,
    /// and where the worker died over it.
    step: Option<String>,
    /// The code of the mail server's reply, such as 250; null where none came.
    reply_code: Option<i32>,
    /// The enhanced status code of the reply (RFC 3463), such as `5.1.1`; null where it had none.
    status_code: Option<String>,
    /// The name under which the mail server has taken the letter, by which its log is searched; null where it
    /// did not take it, or told none.
    queue_id: Option<String>,
    /// What the mail server said, or what went wrong.
    said: String,
}

impl From<&Try> for NoticeTry {
    fn from(tried: &Try) -> Self {
        Self {
            at: DateTime(tried.at),
            step: tried.step.clone(),
            reply_code: tried.code.map(i32::from),
            status_code: tried.status.clone(),
            queue_id: tried.queue_id.clone(),
            said: tried.said.clone(),
        }
    }
}
