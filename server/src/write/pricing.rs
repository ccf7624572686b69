//! Writing down what a registration costs, and what came in for it.

use entity::quote::{Draft, Receipt};
use entity::{Instant, Refusal, course, payment, price, quote, quote_line, registration};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;

/// What `registration` costs at `now`, for a seat held until `hold_until`.
pub async fn draft(
    txn: &Transaction,
    course: &course::Model,
    profession: entity::profession::Profession,
    hold_until: Instant,
    now: Instant,
) -> Result<Draft> {
    let prices = prices(txn, course.id).await?;
    let price = price::for_profession(&prices, profession).ok_or(Refusal::NoPrice)?;
    Ok(quote::draft(course, price, hold_until, now))
}

/// The prices of a course.
pub async fn prices(txn: &Transaction, course_id: Uuid) -> Result<Vec<price::Model>, DbErr> {
    price::Entity::find().filter(price::Column::CourseId.eq(course_id)).all(txn).await
}

/// Writes the quote of a registration, in the place of the one it may have had.
pub async fn write(
    txn: &Transaction,
    app: &AppState,
    registration: &registration::Model,
    course: &course::Model,
    draft: &Draft,
    now: Instant,
) -> Result<(), DbErr> {
    // A registration has one quote; the lines of the old one go with it.
    quote::Entity::delete_many().filter(quote::Column::RegistrationId.eq(registration.id)).exec(txn).await?;
    let (row, lines) = rows(app, registration.id, course, draft, now);
    quote::Entity::insert(row.into_active_model()).exec_without_returning(txn).await?;
    quote_line::Entity::insert_many(lines.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// The rows of a quote.
pub fn rows(
    app: &AppState,
    registration_id: Uuid,
    course: &course::Model,
    draft: &Draft,
    now: Instant,
) -> (quote::Model, Vec<quote_line::Model>) {
    draft.rows((app.nature.id(), registration_id), course, now, || app.nature.id())
}

/// What is paid does not lapse.
pub async fn settle(txn: &Transaction, registration_ids: &[Uuid]) -> Result<(), DbErr> {
    quote::Entity::update_many()
        .set(quote::ActiveModel { valid_until: Set(None), ..Default::default() })
        .filter(quote::Column::RegistrationId.is_in(registration_ids.iter().copied()))
        .exec(txn)
        .await?;
    Ok(())
}

/// What came in for a registration so far, in the smallest unit of its currency.
pub async fn paid(txn: &Transaction, registration_id: Uuid) -> Result<i64, DbErr> {
    let sum: Option<(Uuid, i64)> = payment::sums([registration_id]).into_tuple().one(txn).await?;
    Ok(sum.map_or(0, |(_, minor)| minor))
}

/// The same one by one, by when it was received.
pub async fn receipts(txn: &Transaction, registration_id: Uuid) -> Result<Vec<Receipt>, DbErr> {
    let rows =
        payment::Entity::find().filter(payment::Column::RegistrationId.eq(registration_id)).all(txn).await?;
    Ok(rows.iter().map(|row| Receipt { received_at: row.received_at, minor: row.amount_minor }).collect())
}
