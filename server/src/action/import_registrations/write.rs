//! Writing what the verdicts say, many rows to a statement.

use std::collections::HashMap;

use entity::email::Address;
use entity::email_change::Cause;
use entity::payment::{self, Method};
use entity::quote::Draft;
use entity::{Instant, course, learner, quote, quote_line, registration};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::listing::index;
use crate::store::Transaction;
use crate::write::account::must_not_be_merged;
use crate::write::registering::spelled;
use crate::write::{give_address, pricing, sign_ins};

/// Rows to a statement; both databases bound the values of one.
const AT_ONCE: usize = 500;

/// What a payment that came with a file is called.
const REFERENCE: &str = "import";

/// What is to be written.
#[derive(Debug, Default)]
pub struct Writes {
    /// Learners who are new here.
    pub entered: Vec<learner::Model>,
    /// Learners whose addresses change, with the new ones.
    pub readdressed: Vec<(learner::Model, Address)>,
    /// Learners whose names are corrected, with the names.
    pub renamed: Vec<(learner::Model, String)>,
    /// The registrations of those whose names take the place of others, as they were: by them they are told.
    pub called: Vec<registration::Model>,
    /// New registrations with their quotes.
    pub begun: Vec<(registration::Model, Draft)>,
    /// Those among them who were known before, each with the key of the address that the account went by.
    pub known: Vec<(Uuid, String)>,
    /// Known registrations as they were and as they become.
    pub changed: Vec<(registration::Model, registration::Model)>,
    /// Quotes that take the place of those of known registrations.
    pub priced: Vec<(registration::Model, Draft)>,
    /// Quotes that were paid as they were told, by their registrations.
    pub settled: Vec<Uuid>,
    /// What came in, by registration, in the smallest unit of its currency.
    pub paid: Vec<(Uuid, i64)>,
}

impl Writes {
    /// What changes in known registrations: before and after, for the audit trail.
    pub fn changes(&self) -> Vec<(Value, Value)> {
        let told = |row: &registration::Model| json!({ "id": row.id, "status": spelled(row.status), "track_id": row.track_id, "external_id": row.external_id });
        let paid = |id: Uuid| {
            self.paid.iter().filter(|(whose, _)| *whose == id).map(|(_, minor)| minor).sum::<i64>()
        };
        let after = |row: &registration::Model| {
            let mut after = told(row);
            after["paid_minor"] = paid(row.id).into();
            after
        };
        let readdressed = self.readdressed.iter().map(|(learner, address)| {
            let reached = |email: &str| json!({ "learner": learner.id, "email": email });
            (reached(&learner.email), reached(&address.as_sent()))
        });
        let renamed = self.renamed.iter().map(|(learner, name)| {
            let called = |name: Option<&str>| json!({ "learner": learner.id, "name": name });
            (called(learner.name.as_deref()), called(Some(name)))
        });
        self.changed
            .iter()
            .map(|(before, becomes)| (told(before), after(becomes)))
            .chain(renamed)
            .chain(readdressed)
            .collect()
    }
}

/// Enters learners who are new. Where somebody has signed in for the first time meanwhile, that row counts,
/// and what is begun is theirs.
async fn enter(
    txn: &Transaction,
    mut entered: Vec<learner::Model>,
    mut begun: Vec<(registration::Model, Draft)>,
) -> Result<Vec<(registration::Model, Draft)>, DbErr> {
    if entered.is_empty() {
        return Ok(begun);
    }
    // In one order, so that two imports that enter the same people cannot wait for each other.
    entered.sort_by(|one, other| one.email_key.cmp(&other.email_key));
    for rows in entered.chunks(AT_ONCE) {
        learner::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict_do_nothing_on([learner::Column::EmailKey])
            .exec_without_returning(txn)
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        index::learners(txn, &ids).await?;
    }
    let keys = entered.iter().map(|row| row.email_key.clone());
    let stored = learner::Entity::find().filter(learner::Column::EmailKey.is_in(keys)).all(txn).await?;
    let stored: HashMap<String, Uuid> = stored.into_iter().map(|row| (row.email_key, row.id)).collect();
    let others: HashMap<Uuid, Uuid> =
        entered.iter().filter_map(|row| Some((row.id, *stored.get(&row.email_key)?))).collect();
    for (row, _) in &mut begun {
        row.learner_id = others.get(&row.learner_id).copied().unwrap_or(row.learner_id);
    }
    Ok(begun)
}

/// Writes corrected names, and what they are found by.
async fn rename(txn: &Transaction, renamed: &[(learner::Model, String)], now: Instant) -> Result<(), DbErr> {
    for some in renamed.chunks(AT_ONCE) {
        let mut by_id = CaseStatement::new().finally(Expr::col(learner::Column::Name));
        for (learner, name) in some {
            by_id = by_id.case(Expr::col(learner::Column::Id).eq(learner.id), name.as_str());
        }
        let ids: Vec<Uuid> = some.iter().map(|(learner, _)| learner.id).collect();
        learner::Entity::update_many()
            .col_expr(learner::Column::Name, by_id.into())
            .col_expr(learner::Column::UpdatedAt, Expr::val(now))
            .filter(learner::Column::Id.is_in(ids.iter().copied()))
            .exec(txn)
            .await?;
        index::learners(txn, &ids).await?;
    }
    Ok(())
}

/// Corrects the registrations of those who were given another name, so that they are told.
async fn tell_names(txn: &Transaction, called: &[registration::Model], now: Instant) -> Result<(), DbErr> {
    use registration::{Column, Entity};
    for some in called.chunks(AT_ONCE) {
        let Some(changed_at) = some.iter().map(|row| row.changed_at(now)).max() else { continue };
        Entity::update_many()
            .col_expr(Column::CorrectedAt, Expr::val(now))
            .col_expr(Column::UpdatedAt, Expr::val(changed_at))
            .filter(Column::Id.is_in(some.iter().map(|row| row.id)))
            .exec(txn)
            .await?;
    }
    Ok(())
}

/// Writes everything. Rows of a kind come in the order of the file.
pub async fn all(
    txn: &Transaction,
    app: &AppState,
    staff_id: Uuid,
    course: &course::Model,
    writes: Writes,
    now: Instant,
) -> Result<()> {
    let Writes { entered, readdressed, renamed, called, begun, known, changed, priced, settled, paid } =
        writes;
    let begun = enter(txn, entered, begun).await?;
    let (mut quotes, mut lines) = (Vec::new(), Vec::new());
    for (row, draft) in &begun {
        let (quote, its_lines) = pricing::rows(app, row.id, course, draft, now);
        quotes.push(quote);
        lines.extend(its_lines);
    }
    for rows in begun.chunks(AT_ONCE) {
        let entered =
            |row: &registration::Model| registration::Model { entered_by: Some(staff_id), ..row.clone() };
        let rows = rows.iter().map(|(row, _)| entered(row).into_active_model());
        registration::Entity::insert_many(rows).exec_without_returning(txn).await?;
    }
    must_not_be_merged(txn, &begun.iter().map(|(row, _)| row.learner_id).collect::<Vec<_>>()).await?;
    give_address::must_not_have_moved(txn, &known).await?;
    for rows in quotes.chunks(AT_ONCE) {
        quote::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(txn)
            .await?;
    }
    for rows in lines.chunks(AT_ONCE) {
        quote_line::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(txn)
            .await?;
    }
    for (_, becomes) in changed {
        becomes.into_active_model().reset_all().update(txn).await?;
    }
    tell_names(txn, &called, now).await?;
    // Learners come after registrations, as they do for everybody.
    rename(txn, &renamed, now).await?;
    for (learner, address) in &readdressed {
        sign_ins::end_all(txn, app, learner).await?;
        give_address::give_address(txn, app, learner, address, (Cause::Corrected, Some(staff_id))).await?;
    }
    for (row, draft) in &priced {
        pricing::write(txn, app, row, course, draft, now).await?;
    }
    for ids in settled.chunks(AT_ONCE) {
        pricing::settle(txn, ids).await?;
    }
    let payment = |(registration_id, amount_minor): &(Uuid, i64)| payment::Model {
        id: app.nature.id(),
        registration_id: *registration_id,
        amount_minor: *amount_minor,
        currency: course.currency.clone(),
        method: Method::Other,
        reference: Some(REFERENCE.to_owned()),
        received_at: now,
        recorded_at: now,
        recorded_by: staff_id,
    };
    for rows in paid.chunks(AT_ONCE) {
        payment::Entity::insert_many(rows.iter().map(payment).map(IntoActiveModel::into_active_model))
            .exec_without_returning(txn)
            .await?;
    }
    Ok(())
}
