//! A learner asks for another address: a code goes to the new one, and nothing changes until it has come back
//! ([`super::change_email`]).
//!
//! The code is a sign-in code in all but what it is good for: the same limits, the same proof of work, the
//! same five tries, bound to the request that it was sent for, and to the learner who asked. Whether an
//! account has the new address is told to nobody who has not read its mail.

use entity::Refusal;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
pub use crate::write::code::Requested;
use crate::write::code::request_code;
use crate::write::give_address::{may_change_own, read_address};

/// Sends a code to the address that is to become the viewer's; `proof` as for a sign-in code.
///
/// # Errors
/// Refused where nobody is signed in, to who works here, where the text is no address or the viewer's own,
/// and as asking for a sign-in code is.
pub async fn request_email_change(
    app: &AppState,
    viewer: &Viewer,
    email: &str,
    proof: Option<&str>,
) -> Result<Requested> {
    let learner = may_change_own(viewer)?;
    if read_address(email)?.key() == learner.email_key {
        return Err(Refusal::invalid("This is your address already.", &["email"]).into());
    }
    request_code(app, &viewer.client_key(&app.key), email, proof, Some(learner.id)).await
}
