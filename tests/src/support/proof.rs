//! Proofs of work, as clients make them.

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The proof that a client makes of a challenge in JSON.
pub fn solved(challenge: &str) -> String {
    let challenge: Challenge = serde_json::from_str(challenge).expect("a challenge");
    let solution = solve_challenge(SolveChallengeOptions::new(&challenge))
        .expect("a sound challenge")
        .expect("a solution");
    sealed(&Payload { challenge, solution })
}

/// A solution as it is handed in.
pub fn sealed(payload: &Payload) -> String {
    STANDARD.encode(serde_json::to_string(payload).expect("JSON"))
}
