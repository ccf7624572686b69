//! Letters that came back, and complaints about letters: what each one means for its address, and when several
//! mean something together.

use sea_orm::entity::prelude::*;

use crate::Instant;
use crate::suppression::{HARD_DAYS, Reason, Scope};

/// How many letters have to come back for reasons that may pass until nothing more is sent for a while. A
/// course writes three times in its last week; a mailbox that was full then is looked at again after it, and one
/// that has taken none of five letters is nobody's.
pub const SOFT_BOUNCES: u64 = 5;
/// Within how many days they have to come back.
pub const SOFT_SPAN_DAYS: i64 = 30;
/// For how many days nothing is sent then: as long as people are away at a stretch.
pub const SOFT_DAYS: i64 = 14;
/// Days after which nothing that is told of a letter counts any more. Mail servers try for five days at most,
/// reports of abuse come within weeks.
pub const LETTER_DAYS: i64 = 45;
/// Days for which it is remembered that a letter has come back: longer than it counts.
pub const KEPT_DAYS: i64 = 60;

/// What a mail server told of a letter after it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// Its address does not exist, or takes no mail.
    Hard,
    /// It could not be delivered, which may pass.
    Soft,
    /// Its reader reported it as spam.
    Complaint,
}

/// One letter that came back, or was reported; each once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bounce")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The letter's notice.
    pub notice_id: Uuid,
    /// The address that the letter went to, in lower case.
    pub email_key: String,
    /// What was told.
    pub kind: Kind,
    /// The status (RFC 3463), or the type of the report.
    pub status: String,
    /// When it was told.
    pub at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What an address is suppressed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Why.
    pub reason: Reason,
    /// Which letters are kept back.
    pub scope: Scope,
    /// Until when.
    pub expires_at: Option<Instant>,
}

/// What follows for an address of which that was told at `now`, with so many soft bounces in the span, this one
/// among them.
pub fn consequence(kind: Kind, soft_bounces: u64, now: Instant) -> Option<Consequence> {
    let days = |days: i64| Some(now.plus_seconds(days * 86_400));
    let consequence = |reason, scope, expires_at| Some(Consequence { reason, scope, expires_at });
    match kind {
        Kind::Hard => consequence(Reason::HardBounce, Scope::All, days(HARD_DAYS)),
        // Whoever complains still wants to know that a course they have paid for is canceled.
        Kind::Complaint => consequence(Reason::Complaint, Scope::Optional, None),
        Kind::Soft if soft_bounces >= SOFT_BOUNCES => {
            consequence(Reason::SoftBounces, Scope::All, days(SOFT_DAYS))
        }
        Kind::Soft => None,
    }
}

/// What a delivery status (RFC 3464) means for the address: its action, its status, and the diagnostic code,
/// which many mail servers alone say the truth in. None where it means nothing: it was delivered, or put off,
/// or what was refused is the letter, or we.
pub fn of_delivery(action: &str, status: &str, diagnostic: &str) -> Option<Kind> {
    if !action.trim().eq_ignore_ascii_case("failed") {
        return None;
    }
    let told = enhanced(status)?;
    // Exim and others say 5.0.0 for whatever they were told, and what that was in the diagnostic.
    let told = match told {
        (class, 0, 0) => {
            let words = diagnostic.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
            words.filter_map(enhanced).find(|(of, ..)| *of == class).unwrap_or(told)
        }
        _ => told,
    };
    match told {
        // The sender's address, our system's (RFC 3463, 3.2).
        (5, 1, 7 | 8) => None,
        (5, 1, _) | (5, 2, 1) => Some(Kind::Hard),
        // Too long for the mailbox; of another form than is wanted; against a policy: the letter, or we.
        (5, 2 | 3, 3 | 4) | (5, 6 | 7, _) => None,
        (4 | 5, _, _) => Some(Kind::Soft),
        (_, _, _) => None,
    }
}

/// What the type of a report (RFC 5965, section 7.3) means for the address. None where its reader does not
/// complain.
pub fn of_feedback(kind: &str) -> Option<Kind> {
    let complains = ["abuse", "fraud", "opt-out"].iter().any(|known| kind.trim().eq_ignore_ascii_case(known));
    complains.then_some(Kind::Complaint)
}

/// The parts of an enhanced status code (RFC 3463); none where it is none.
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.').map(|part| {
        let number = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        number.then(|| part.parse::<u16>().ok()).flatten()
    });
    let (class, subject, detail) = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && [2, 4, 5].contains(&class)).then_some((class, subject, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::sample::at;

    #[test]
    fn the_status_says_whether_it_is_the_address() {
        for (action, status, diagnostic, kind) in [
            ("failed", "5.1.1", "", Some(Kind::Hard)),
            ("Failed", "5.1.10 (null MX)", "", Some(Kind::Hard)),
            ("failed", "5.2.1", "", Some(Kind::Hard)),
            ("failed", "5.2.2", "", Some(Kind::Soft)),
            ("failed", "4.4.7", "", Some(Kind::Soft)),
            ("failed", "5.4.1", "", Some(Kind::Soft)),
            ("failed", "5.0.0", "smtp; 550 5.1.1 no such user", Some(Kind::Hard)),
            ("failed", "5.0.0", "smtp; 550-5.1.1 no such user", Some(Kind::Hard)),
            ("failed", "5.0.0", "smtp; 554 4.4.7 expired on 10.1.1.1", Some(Kind::Soft)),
            ("failed", "5.0.0", "smtp; 550 host 5.1.1.1 says no", Some(Kind::Soft)),
            ("failed", "5.0.0", "", Some(Kind::Soft)),
            // We, or the letter.
            ("failed", "5.1.8", "", None),
            ("failed", "5.7.1", "smtp; 550 5.1.1 pretended", None),
            ("failed", "5.3.4", "", None),
            ("failed", "5.2.3", "", None),
            ("failed", "5.6.1", "", None),
            ("failed", "5.0.0", "smtp; 550 5.7.1 spam", None),
            // Nothing has failed, or nobody says how.
            ("delayed", "4.4.1", "", None),
            ("delayed", "5.1.1", "", None),
            ("delivered", "2.0.0", "", None),
            ("relayed", "2.0.0", "", None),
            ("expanded", "2.0.0", "", None),
            ("failed", "2.0.0", "", None),
            ("failed", "3.1.1", "", None),
            ("failed", "5.1", "", None),
            ("failed", "5.1.1.1", "", None),
            ("failed", "5.1.1000", "", None),
            ("failed", "five", "", None),
            ("failed", "", "smtp; 550 5.1.1", None),
            ("", "5.1.1", "", None),
        ] {
            assert_eq!(of_delivery(action, status, diagnostic), kind, "{action} {status} {diagnostic}");
        }
        assert_eq!(of_feedback(" Abuse "), Some(Kind::Complaint));
        for other in ["not-spam", "auth-failure", "virus", "dmarc", ""] {
            assert_eq!(of_feedback(other), None, "{other}");
        }
    }

    #[test]
    fn soft_ones_mean_something_together() {
        let now = at("2026-04-01T12:00Z");
        assert_eq!(consequence(Kind::Soft, SOFT_BOUNCES - 1, now), None);
        let soft = consequence(Kind::Soft, SOFT_BOUNCES, now).expect("a consequence");
        assert_eq!((soft.reason, soft.scope), (Reason::SoftBounces, Scope::All));
        assert_eq!(soft.expires_at, Some(at("2026-04-15T12:00Z")));
        let hard = consequence(Kind::Hard, 0, now).expect("a consequence");
        assert_eq!((hard.scope, hard.expires_at), (Scope::All, Some(at("2026-09-28T12:00Z"))));
        let complaint = consequence(Kind::Complaint, 0, now).expect("a consequence");
        assert_eq!((complaint.scope, complaint.expires_at), (Scope::Optional, None));
    }
}
