//! After a backup was put in place: e-mails are held, what fell due is listed, and somebody says what becomes
//! of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::ExitCode;

use entity::letter::Letter;
use lectern::config::Config;
use lectern::home;
use sea_orm::{ActiveEnum, Iterable};
use worker::restored::{Fallen, count_as_sent, fallen_due};
use worker::{post, sweep};

use super::{CommandError, existing_app, say};

/// Every kind.
const ALL: &str = "all";

/// What somebody has said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Kinds that are sent.
    pub(super) send: Vec<String>,
    /// Kinds that count as sent.
    pub(super) count_as_sent: Vec<String>,
}

/// Holds e-mails and lists what fell due; or, where somebody has said what becomes of all that fell due, does
/// that and lets e-mails go again.
pub(super) async fn restored(config: &Config, said: Said) -> Result<ExitCode, CommandError> {
    let app = existing_app(config).await?;
    let now = app.nature.now();
    let held = home::hold(&app.db, now).await?;
    // What falls due from then on nobody has sent.
    let until = held.held_at.unwrap_or(now);
    let sender = config.mail_from.parse::<post::Sender>();
    let sender = sender.map_err(|error| CommandError::Mail(error.to_string()))?;
    // What fell due while nobody worked has no notice yet.
    sweep::sweep(&app.db, &app.nature, &sender.domain()).await?;
    let fallen = fallen_due(&app.db, until, now).await?;
    let since = held.backed_up_at.map(|at| format!(" The backup was made at {at}.")).unwrap_or_default();
    if said.send.is_empty() && said.count_as_sent.is_empty() {
        say::hand_over(&listed(&fallen, &since))?;
        return Ok(ExitCode::SUCCESS);
    }
    let counted = decided(&said, &fallen).map_err(CommandError::Restored)?;
    let txn = app.db.begin().await?;
    let count = count_as_sent(&txn, &counted, until, now).await?;
    home::release(&txn, now).await?;
    txn.commit().await?;
    tracing::warn!(counted_as_sent = count, "e-mails are no longer held");
    let word = if count == 1 { "1 e-mail counts".to_owned() } else { format!("{count} e-mails count") };
    say::tell(format_args!("{word} as sent; all others go out while they are of use."));
    Ok(ExitCode::SUCCESS)
}

/// What fell due, as a list, and what can be done about it.
fn listed(fallen: &BTreeMap<String, Fallen>, since: &str) -> String {
    let mut text = format!("E-mails are held: none is sent.{since}\n");
    if fallen.is_empty() {
        text.push_str("\nNothing fell due. To let e-mails go again:\n\n  lectern restored --send all\n");
        return text;
    }
    text.push_str("\nThese fell due, and whether they were sent is not on record:\n\n");
    let width = fallen.keys().map(String::len).max().unwrap_or(0);
    for (kind, Fallen { count, first, last }) in fallen {
        let _ = writeln!(text, "  {kind:width$}  {count:>7}  from {first} to {last}");
    }
    text.push_str(
        "\nSay of each kind, or of all, whether they are sent (again) or count as sent:\n\n  \
         lectern restored --count-as-sent all\n  \
         lectern restored --send registration_confirmed,schedule_changed --count-as-sent all\n",
    );
    text
}

/// The kinds that count as sent, where what was said is about all that fell due.
fn decided(said: &Said, fallen: &BTreeMap<String, Fallen>) -> Result<Vec<Letter>, String> {
    let known: BTreeMap<String, Letter> = Letter::iter().map(|letter| (letter.to_value(), letter)).collect();
    let unknown =
        said.send.iter().chain(&said.count_as_sent).find(|kind| *kind != ALL && !known.contains_key(*kind));
    if let Some(kind) = unknown {
        return Err(format!(
            "there is no e-mail called {kind}; `lectern restored` lists those that fell due"
        ));
    }
    let (send, counted): (BTreeSet<&String>, BTreeSet<&String>) =
        (said.send.iter().collect(), said.count_as_sent.iter().collect());
    if let Some(kind) = send.intersection(&counted).next() {
        return Err(format!("{kind} cannot both be sent and count as sent"));
    }
    let has = |kinds: &BTreeSet<&String>, kind: &str| kinds.iter().any(|named| *named == kind);
    let rest = has(&send, ALL) || has(&counted, ALL);
    let open: Vec<&str> = fallen
        .keys()
        .filter(|kind| !rest && !has(&send, kind) && !has(&counted, kind))
        .map(String::as_str)
        .collect();
    if !open.is_empty() {
        return Err(format!("nothing was done: nothing is said of {}", open.join(", ")));
    }
    let counts = |kind: &str| has(&counted, kind) || has(&counted, ALL) && !has(&send, kind);
    Ok(known.iter().filter(|(kind, _)| counts(kind)).map(|(_, letter)| *letter).collect())
}

#[cfg(test)]
mod tests {
    use entity::Instant;

    use super::*;

    fn said(send: &[&str], count_as_sent: &[&str]) -> Said {
        let owned = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
        Said { send: owned(send), count_as_sent: owned(count_as_sent) }
    }

    #[test]
    fn every_kind_that_fell_due_must_be_spoken_of() {
        let moment = Instant::from_micros(0);
        let fallen = Fallen { count: 1, first: moment, last: moment };
        let fallen: BTreeMap<String, Fallen> =
            ["course_starting", "schedule_changed"].map(|kind| (kind.to_owned(), fallen)).into();
        let decides = |send: &[&str], counted: &[&str]| decided(&said(send, counted), &fallen);
        assert_eq!(decides(&["all"], &[]), Ok(Vec::new()));
        let all: Vec<Letter> = Letter::iter().collect();
        assert_eq!(decides(&[], &["all"]).map(|letters| letters.len()), Ok(all.len()));
        assert_eq!(decides(&["schedule_changed"], &["course_starting"]), Ok(vec![Letter::CourseStarting]));
        let but_one = decides(&["schedule_changed"], &["all"]).expect("decided");
        assert!(but_one.len() == all.len() - 1 && !but_one.contains(&Letter::ScheduleChanged));
        for (send, counted, wrong) in [
            (&["schedule_changed"][..], &[][..], "nothing was done: nothing is said of course_starting"),
            (&["all"], &["all"], "all cannot both be sent and count as sent"),
            (
                &["course_started"],
                &["all"],
                "there is no e-mail called course_started; `lectern restored` lists those that fell due",
            ),
        ] {
            assert_eq!(decides(send, counted), Err(wrong.to_owned()));
        }
    }
}
