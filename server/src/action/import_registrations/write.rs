//! Writing what the verdicts say, many rows to a statement.

use entity::payment::{self, Method};
use entity::quote::Draft;
use entity::{Instant, course, quote, quote_line, registration};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::action::pricing;
use crate::action::record_payment::spelled;
use crate::app::AppState;
use crate::store::Transaction;

/// Rows to a statement; both databases bound the values of one.
const AT_ONCE: usize = 500;

/// What a payment that came with a file is called.
const REFERENCE: &str = "import";

/// What is to be written.
#[derive(Debug, Default)]
pub struct Writes {
    /// New registrations with their quotes.
    pub begun: Vec<(registration::Model, Draft)>,
    /// Known registrations as they were and as they become.
    pub changed: Vec<(registration::Model, registration::Model)>,
    /// Quotes that take the place of those of known registrations.
    pub priced: Vec<(registration::Model, Draft)>,
    /// Quotes that were paid as they were told, by their registrations.
    pub settled: Vec<Uuid>,
    /// What came in, by registration, in cents.
    pub paid: Vec<(Uuid, i64)>,
}

impl Writes {
    /// What changes in known registrations: before and after, for the audit trail.
    pub fn changes(&self) -> Vec<(Value, Value)> {
        let told = |row: &registration::Model| json!({ "id": row.id, "status": spelled(row.status), "track_id": row.track_id, "external_id": row.external_id });
        let paid = |id: Uuid| self.paid.iter().filter(|(whose, _)| *whose == id).map(|(_, cents)| cents).sum::<i64>();
        let after = |row: &registration::Model| {
            let mut after = told(row);
            after["paid_cents"] = paid(row.id).into();
            after
        };
        self.changed.iter().map(|(before, becomes)| (told(before), after(becomes))).collect()
    }
}

/// Writes everything. Rows of a kind come in the order of the file.
pub async fn all(
    txn: &Transaction,
    app: &AppState,
    staff_id: Uuid,
    course: &course::Model,
    writes: Writes,
    now: Instant,
) -> Result<(), DbErr> {
    let Writes { begun, changed, priced, settled, paid } = writes;
    let (mut quotes, mut lines) = (Vec::new(), Vec::new());
    for (row, draft) in &begun {
        let (quote, its_lines) = pricing::rows(app, row.id, course, draft, now);
        quotes.push(quote);
        lines.extend(its_lines);
    }
    for rows in begun.chunks(AT_ONCE) {
        let rows = rows.iter().map(|(row, _)| row.clone().into_active_model());
        registration::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    for rows in quotes.chunks(AT_ONCE) {
        quote::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model)).exec_without_returning(txn).await?;
    }
    for rows in lines.chunks(AT_ONCE) {
        quote_line::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model)).exec_without_returning(txn).await?;
    }
    for (_, becomes) in changed {
        becomes.into_active_model().reset_all().update(txn).await?;
    }
    for (row, draft) in &priced {
        pricing::write(txn, app, row, course, draft, now).await?;
    }
    for ids in settled.chunks(AT_ONCE) {
        pricing::settle(txn, ids).await?;
    }
    let payment = |(registration_id, amount_cents): &(Uuid, i64)| payment::Model {
        id: app.nature.id(),
        registration_id: *registration_id,
        amount_cents: *amount_cents,
        currency: course.currency.clone(),
        method: Method::Other,
        reference: Some(REFERENCE.to_owned()),
        received_at: now,
        recorded_at: now,
        recorded_by: staff_id,
    };
    for rows in paid.chunks(AT_ONCE) {
        payment::Entity::insert_many(rows.iter().map(payment).map(IntoActiveModel::into_active_model)).exec_without_returning(txn).await?;
    }
    Ok(())
}
