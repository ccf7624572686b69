//! A message comes back: what it tells of a letter of ours is written down, and less is sent to the address
//! from then on where that follows.
//!
//! Which letter it is says the address to which the message came back, where it bears our tag; else the
//! Message-ID of the letter, which is made of ids that nobody but its reader has seen. A tag that is none of ours
//! says that somebody makes things up: then nothing that the message says counts. The address that is suppressed
//! is always the one in our ledger, never one that the message names.

use std::collections::HashSet;

use entity::bounce::{self, Kind, consequence};
use entity::letter::Urgency;
use entity::return_path::Claim;
use entity::suppression::{self, Source};
use entity::{Instant, notice};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::AppState;
use crate::bounce::{Arrived, Report, Told};
use crate::error::Result;
use crate::store::Transaction;
use crate::write::turn::{self, Over};

/// The longest status that is kept, in characters.
const LONGEST_STATUS: usize = 100;
/// The most Message-IDs that are looked for.
const MOST_IDS: usize = 5;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing, and why.
    Nothing(&'static str),
    /// It is written down, and whether less is sent to the address from now on.
    Noted {
        /// What was told.
        kind: Kind,
        /// Whether the address is suppressed for it.
        suppressed: bool,
    },
}

/// A letter of which a message tells.
#[derive(Debug)]
struct Meant {
    notice: notice::Model,
    /// Where it went to, as it was sent and in lower case.
    address: (String, String),
    /// Whether the message came back to the letter's own address.
    known: bool,
}

/// Takes in a message that has come to `recipient`, where the mail server says so, else to whom its head says.
///
/// # Errors
/// A failing database.
pub async fn receive_bounce(app: &AppState, arrived: Arrived, recipient: Option<&str>) -> Result<Received> {
    let Arrived { to, report } = arrived;
    let Some(report) = report else { return Ok(Received::Nothing("it is no report about a letter")) };
    let to = match recipient {
        Some(recipient) => vec![recipient.to_owned()],
        None => to,
    };
    let meant = match meant(app, &to, &report).await? {
        Ok(meant) => meant,
        Err(why) => return Ok(Received::Nothing(why)),
    };
    if meant.notice.letter.spec().urgency == Urgency::Awaited {
        return Ok(Received::Nothing("a code says nothing of an address that anybody may have typed"));
    }
    let Some((kind, status, diagnostic)) = report.of(&meant.address.1, meant.known) else {
        return Ok(Received::Nothing("it says nothing against the address"));
    };
    let now = app.nature.now();
    let sent_at = meant.notice.sent_at.unwrap_or(meant.notice.updated_at);
    if sent_at.plus_seconds(bounce::LETTER_DAYS * 86_400) < now {
        return Ok(Received::Nothing("the letter was sent too long ago"));
    }
    let txn = turn::begin(app, &[Over::Address(&meant.address.1)]).await?;
    let lifted_at = last_lifted(&txn, &meant.address.1).await?;
    if lifted_at.is_some_and(|lifted_at| sent_at <= lifted_at) {
        txn.rollback().await?;
        return Ok(Received::Nothing("the letter was sent before the address was written to again"));
    }
    if !note(&txn, app.nature.id(), &meant, kind, &status, now).await? {
        txn.rollback().await?;
        return Ok(Received::Nothing("it was told before"));
    }
    let since = now.plus_seconds(-bounce::SOFT_SPAN_DAYS * 86_400);
    let soft = soft_bounces(&txn, &meant.address.1, lifted_at.map_or(since, |at| at.max(since))).await?;
    let follows = consequence(kind, soft, now);
    if let Some(follows) = follows {
        let source = match report.told {
            Told::Deliveries(_) => Source::Dsn,
            Told::Feedback(_) => Source::Arf,
        };
        let row = suppression::Model {
            id: app.nature.id(),
            email: meant.address.0,
            email_key: meant.address.1,
            scope: follows.scope,
            reason: follows.reason,
            source,
            diagnostic: suppression::text(&format!("{status} {diagnostic}")),
            note: None,
            notice_id: Some(meant.notice.id),
            suppressed_at: now,
            expires_at: follows.expires_at,
            lifted_at: None,
        };
        row.entered().exec_without_returning(&txn).await?;
    }
    txn.commit().await?;
    Ok(Received::Noted { kind, suppressed: follows.is_some() })
}

/// The letter of which the report tells, or why it tells of none.
async fn meant(app: &AppState, to: &[String], report: &Report) -> Result<Result<Meant, &'static str>> {
    let mut signed: HashSet<Uuid> = HashSet::new();
    if let Some(return_path) = &app.return_path {
        for address in to.iter().chain(&report.return_paths) {
            match return_path.claim(&app.key, address) {
                Claim::Nothing => {}
                Claim::Letter(id) => {
                    signed.insert(id);
                }
                Claim::Forged => return Ok(Err("it came to an address with a tag that is none of ours")),
            }
        }
    }
    let known = !signed.is_empty();
    let find = notice::Entity::find().filter(notice::readable());
    let found = if known {
        find.filter(notice::Column::Id.is_in(signed)).all(&app.db).await?
    } else {
        let ids = report.message_ids.iter().take(MOST_IDS).map(String::as_str);
        find.filter(notice::Column::MessageId.is_in(ids)).all(&app.db).await?
    };
    let mut found = found.into_iter();
    let (Some(notice), None) = (found.next(), found.next()) else {
        return Ok(Err("it names no letter of ours, or several"));
    };
    let Some(email) = notice.sent_to.clone() else { return Ok(Err("the letter has not been sent")) };
    let key = email.to_lowercase();
    Ok(Ok(Meant { notice, address: (email, key), known }))
}

/// Writes it down; false where it was told of this letter before.
async fn note(
    txn: &Transaction,
    id: Uuid,
    meant: &Meant,
    kind: Kind,
    status: &str,
    now: Instant,
) -> Result<bool> {
    use bounce::{Column, Entity, Model};
    let status = suppression::text(status).unwrap_or_else(|| "unknown".to_owned());
    let row = Model {
        id,
        notice_id: meant.notice.id,
        email_key: meant.address.1.clone(),
        kind,
        status: status.chars().take(LONGEST_STATUS).collect(),
        at: now,
    };
    let once = OnConflict::columns([Column::NoticeId, Column::Kind]).do_nothing().to_owned();
    let entered =
        Entity::insert_many([row.into_active_model()]).on_conflict(once).exec_without_returning(txn).await?;
    Ok(entered > 0)
}

/// When the address was last written to again.
async fn last_lifted(txn: &Transaction, email_key: &str) -> Result<Option<Instant>> {
    use suppression::{Column, Entity};
    let last = Entity::find()
        .filter(Column::EmailKey.eq(email_key))
        .filter(Column::LiftedAt.is_not_null())
        .order_by_desc(Column::LiftedAt)
        .one(txn)
        .await?;
    Ok(last.and_then(|row| row.lifted_at))
}

/// How many letters have come back from the address since then for reasons that may pass.
async fn soft_bounces(txn: &Transaction, email_key: &str, since: Instant) -> Result<u64> {
    use bounce::{Column, Entity};
    let soft = Entity::find().filter(Column::EmailKey.eq(email_key)).filter(Column::Kind.eq(Kind::Soft));
    Ok(soft.filter(Column::At.gt(since)).count(txn).await?)
}
