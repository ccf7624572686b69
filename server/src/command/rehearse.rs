//! Rehearsing a course on the command line.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use entity::LocalDate;
use lectern::config::Config;
use lectern::preview::rehearsal::{Entry, Rehearsal};
use lectern::preview::script::{Move, Role, Script};

use super::{CommandError, existing_app, say, serve};

/// Rehearses the course called `slug`, and prints every letter of its life.
pub async fn rehearse(
    config: &Config,
    slug: String,
    role: Option<Role>,
    moves: Vec<Move>,
    cancelled_on: Option<LocalDate>,
    track: Option<String>,
) -> Result<ExitCode, CommandError> {
    let app = existing_app(config).await?;
    let preview = serve::preview(config)?;
    let page = app.catalogue.page_by_slug(&app.db, &slug).await?.ok_or(CommandError::NoCourse(slug))?;
    for warning in config.warnings() {
        say::warn(format_args!("{} {}", warning.name, warning.message));
    }
    let started = Instant::now();
    let mut rehearsals = Vec::new();
    for role in role.map_or_else(|| Role::CAST.to_vec(), |role| vec![role]) {
        let script = Script { role, moves: moves.clone(), cancelled_on, track: track.clone() };
        rehearsals.push(preview.rehearse(&app, Arc::clone(&page), script).await?);
    }
    let mut lines = vec![format!("{}, rehearsed. Nothing is stored and nothing is sent.", page.course.title)];
    lines.extend(rehearsals.iter().flat_map(told));
    lines.push(String::new());
    say::hand_over(&lines.join("\n"))?;
    say::warn(format_args!("rehearsed in {:.2} s", started.elapsed().as_secs_f64()));
    Ok(ExitCode::SUCCESS)
}

/// The rehearsal, line by line.
fn told(rehearsal: &Rehearsal) -> Vec<String> {
    let mut lines = Vec::new();
    let track = rehearsal.track.as_ref().map(|track| format!(", in the track {track}")).unwrap_or_default();
    lines.push(format!("\nTo {}{track}.", rehearsal.role));
    lines.push(format!("The course is published at {}.\n", rehearsal.local(rehearsal.starts_at)));
    let width = rehearsal.entries.iter().map(|entry| entry.rule.chars().count()).max().unwrap_or(0);
    for entry in rehearsal.entries.iter().filter(|entry| entry.unsent.is_none()) {
        let subject = entry.subject.as_deref().unwrap_or_default();
        lines.push(format!("  {}  {:width$}  {subject}", rehearsal.local(entry.at), entry.rule));
    }
    let unsent = together(&rehearsal.entries);
    if !unsent.is_empty() {
        lines.push("\nNot sent:\n".to_owned());
    }
    for (words, entries) in unsent {
        let Some((first, last)) = entries.first().zip(entries.last()) else { continue };
        let when = match entries.len() {
            1 => rehearsal.local(first.at),
            times => format!(
                "{}, and {} more until {}",
                rehearsal.local(first.at),
                times - 1,
                rehearsal.local(last.at)
            ),
        };
        lines.push(format!("  {when}  {}", first.rule));
        lines.push(format!("      {words}"));
    }
    lines
}

/// What is not sent, in the order of its first moment; what one rule does not say for one reason is told
/// together.
fn together(entries: &[Entry]) -> Vec<(&'static str, Vec<&Entry>)> {
    let mut told: Vec<(&'static str, Vec<&Entry>)> = Vec::new();
    for entry in entries {
        let Some(words) = entry.unsent_in_words() else { continue };
        let same = |(known, others): &&mut (&'static str, Vec<&Entry>)| {
            *known == words && others.iter().any(|other| other.rule == entry.rule)
        };
        match told.iter_mut().find(same) {
            Some((_, others)) => others.push(entry),
            None => told.push((words, vec![entry])),
        }
    }
    told
}
