//! The human check: a proof of work (ALTCHA, version 2) that whoever asks without an account hands in with
//! the form.
//!
//! A challenge is signed, so none has to be stored; it says for which form and which subject it was made, and
//! when it ends. Its nonce and its salt are drawn from [`entity::Nature`], and its end is judged by our
//! clock: the library is given a copy without an end, because it would ask the machine's. That each proof
//! counts once is seen to by `spent_proof`.

use std::collections::BTreeMap;

use altcha::{
    Challenge, ChallengeParameters, HmacAlgorithm, Payload, VerifySolutionOptions, sign_challenge,
    verify_solution,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::{Instant, Refusal, secret};
use serde_json::Value;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Fault;

/// For how long a challenge is good, in seconds: long enough to fill in the form.
pub const LIFE_SECONDS: i64 = 600;
/// The longest proof that is looked at, in bytes; the widget's has some 700.
const LONGEST_PROOF: usize = 4096;

/// What a challenge is made for. A proof of it is good for that alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Asking about the course with this id.
    Enquiry(Uuid),
    /// Asking for a sign-in code for the address of this key.
    SignInCode(&'a str),
}

impl Purpose<'_> {
    /// What is signed along with the challenge.
    fn bound(self) -> BTreeMap<String, Value> {
        let (form, subject) = match self {
            Self::Enquiry(course_id) => ("requestInformation", course_id.simple().to_string()),
            Self::SignInCode(email_key) => ("requestSignInCode", secret::fingerprint(email_key)),
        };
        [("form", form.to_owned()), ("subject", subject)]
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .into()
    }
}

/// How much work a proof is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Rounds of PBKDF2 for each guess; checking a proof costs one guess.
    pub rounds: u32,
    /// Hexadecimal digits with which the guessed key must begin; each makes for sixteen times as many
    /// guesses.
    pub prefix: &'static str,
}

impl Default for Effort {
    /// 4096 guesses on average, eight million rounds in all: about three seconds of one core of a server of
    /// 2026, and less by as many cores as a browser takes, in the background while the form is being filled
    /// in. Checking costs 2000 rounds, less than a millisecond.
    fn default() -> Self {
        Self { rounds: 2000, prefix: "000" }
    }
}

/// A challenge as it is given out.
#[derive(Clone, Debug)]
pub struct Issued {
    /// What the widget solves.
    pub challenge: Challenge,
    /// From when on a proof of it is refused.
    pub expires_at: Instant,
}

impl Issued {
    /// The challenge in JSON, as the widget takes it and as it comes back in a proof.
    ///
    /// # Errors
    /// None that can be met: plain texts and numbers are always written.
    pub fn json(&self) -> Result<String, Fault> {
        serde_json::to_string(&self.challenge).map_err(|error| Fault::Stored(error.to_string()))
    }
}

/// Makes a challenge.
///
/// # Errors
/// None that can be met: the library refuses only what is not written by us.
pub fn issue(app: &AppState, purpose: Purpose<'_>) -> Result<Issued, Fault> {
    let ends = app.nature.now().as_micros().div_euclid(1_000_000) + LIFE_SECONDS;
    let mut parameters = ChallengeParameters {
        algorithm: "PBKDF2/SHA-256".to_owned(),
        cost: app.effort.rounds,
        data: Some(purpose.bound()),
        expires_at: Some(ends),
        key_length: 32,
        key_prefix: app.effort.prefix.to_owned(),
        key_signature: None,
        memory_cost: None,
        nonce: chance(app),
        parallelism: None,
        salt: chance(app),
    };
    let challenge = signed(&mut parameters, &app.key.human_check_key())?;
    Ok(Issued { challenge, expires_at: Instant::from_micros(ends.saturating_mul(1_000_000)) })
}

/// Checks the proof that was handed in; gives the name of its challenge, under which it is to be spent.
///
/// # Errors
/// Refused where it is no proof, where the challenge is not ours, is for something else or has ended, and
/// where it is not solved.
pub fn check(app: &AppState, purpose: Purpose<'_>, proof: &str, now: Instant) -> Result<String, Refusal> {
    let no = || Refusal::HumanCheckFailed;
    let proof = proof.trim();
    if proof.len() > LONGEST_PROOF {
        return Err(no());
    }
    let json = STANDARD.decode(proof).map_err(|_| no())?;
    let Payload { challenge, solution } = crate::json::read(&json).map_err(|_| no())?;
    let mut parameters = challenge.parameters;
    let signature = challenge.signature.ok_or_else(no)?;
    // A challenge of before the key was changed is still good.
    let signer = |key: &String| {
        signed(&mut parameters.clone(), key)
            .is_ok_and(|ours| ours.signature.is_some_and(|ours| secret::same(&signature, &ours)))
    };
    let key = app.key.human_check_keys().into_iter().find(signer).ok_or_else(no)?;
    let ends = parameters.expires_at.map(|seconds| Instant::from_micros(seconds.saturating_mul(1_000_000)));
    if parameters.data != Some(purpose.bound()) || ends.is_none_or(|ends| now >= ends) {
        return Err(no());
    }
    parameters.expires_at = None;
    let timeless = signed(&mut parameters, &key).map_err(|_| no())?;
    let verified =
        verify_solution(VerifySolutionOptions::new(&timeless, &solution, &key)).map_err(|_| no())?.verified;
    if verified { Ok(signature) } else { Err(no()) }
}

/// The challenge of these parameters, signed with one of our keys.
fn signed(parameters: &mut ChallengeParameters, key: &str) -> Result<Challenge, Fault> {
    sign_challenge(&HmacAlgorithm::Sha256, parameters, None, key, None)
        .map_err(|error| Fault::Stored(error.to_string()))
}

/// Sixteen bytes of chance in hexadecimal digits.
fn chance(app: &AppState) -> String {
    let mut bytes = [0; 16];
    app.nature.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
