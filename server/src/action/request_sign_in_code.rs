//! Somebody asks for a sign-in code.
//!
//! Whether the address belongs to a learner is never looked at, so neither the answer nor the time it takes
//! can tell.

use crate::app::AppState;
use crate::error::Result;
pub use crate::write::code::Requested;
use crate::write::code::request_code;

/// Makes a code for the address `email`, asked for by the client `client_key`. `proof` is a solved challenge;
/// it is looked at, and spent, only where one is needed.
///
/// # Errors
/// Refused where the text is no address; where this client has asked too often within the last hour, for this
/// address or at all; and where so many codes were asked for, for this address or by this client, that a
/// proof of work is needed and is not there or not good. The limits are exact: requests for one address, and
/// requests from one client, wait for one another.
pub async fn request_sign_in_code(
    app: &AppState,
    client_key: &str,
    email: &str,
    proof: Option<&str>,
) -> Result<Requested> {
    request_code(app, client_key, email, proof, None).await
}
