//! What clients say to sign in, to sign out, and to change a profile.

use async_graphql::{ID, InputObject};
use entity::Refusal;

use crate::action::update_profile::Changes;
use crate::graphql::vocabulary::coded;

/// Where to send a sign-in code.
#[derive(Clone, Debug, InputObject)]
pub struct RequestSignInCodeInput {
    /// The person's e-mail address.
    pub email: String,
    /// A solved challenge in base64, as the ALTCHA widget gives it: where an earlier try was refused with
    /// `HUMAN_CHECK_REQUIRED` and a `challenge`. Each counts once.
    pub proof: Option<String>,
}

/// A sign-in code, as it came by mail.
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// The request that the code was sent for: `SignInRequest.id`.
    pub request_id: ID,
    /// The code: eight letters and digits. Lower case, spaces and dashes do not matter.
    pub code: String,
}

impl std::fmt::Debug for SignInInput {
    /// The code stays out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInInput").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// Where to sign out.
#[derive(Clone, Debug, InputObject)]
pub struct SignOutInput {
    /// Whether to end all tokens of the person, on every device; otherwise only the one that this request
    /// came with.
    #[graphql(default)]
    pub everywhere: bool,
}

/// What to change in the profile. A field that is absent or null stays as it is.
#[derive(Clone, Debug, InputObject)]
pub struct UpdateProfileInput {
    /// The name as it should stand on letters and certificates: one line, at most 200 characters. An empty
    /// text clears it.
    pub name: Option<String>,
    /// Degrees and licences: one line, at most 200 characters. An empty text clears them.
    pub credentials: Option<String>,
    /// The code of the profession, such as `nurse`. It can be changed, not cleared.
    pub profession_code: Option<String>,
    /// The person's own time zone, an IANA name such as `Asia/Tokyo`. An empty text clears it.
    pub time_zone: Option<String>,
}

impl UpdateProfileInput {
    /// The same, for the action.
    ///
    /// # Errors
    /// A code that is no profession's.
    pub fn read(self) -> Result<Changes, Refusal> {
        let Self { name, credentials, profession_code, time_zone } = self;
        let profession = profession_code.map(|code| coded(&code, &["professionCode"])).transpose()?;
        Ok(Changes { name, credentials, profession, time_zone })
    }
}
