//! Holds follow the dates that they came from: when a deadline is moved, or the course with it, seats are held for as long as they would have been,
//! had the dates been those from the beginning.

use entity::quote::Basis;
use entity::registration::{self, Status};
use entity::{Instant, course, quote};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::store::Transaction;

/// Moves the holds of the locked course which have not ended by `now`, and how long their quotes are good for.
pub async fn follow(txn: &Transaction, old: &course::Model, new: &course::Model, now: Instant) -> Result<(), DbErr> {
    let dates = |course: &course::Model| (course.registration_closes_at(), course.early_ends_at(), course.payment_days);
    if dates(old) == dates(new) {
        return Ok(());
    }
    let held = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(new.id))
        .filter(registration::Column::Status.eq(Status::Started))
        .filter(registration::Column::HoldUntil.gt(now))
        .all(txn)
        .await?;
    for row in held {
        let Some(hold_until) = row.hold_until else { continue };
        let moved = registration::held_anew(&row, hold_until, old, new);
        if moved != hold_until {
            let change = registration::ActiveModel {
                id: Set(row.id),
                hold_until: Set(Some(moved)),
                updated_at: Set(row.changed_at(now)),
                ..Default::default()
            };
            registration::Entity::update(change).exec(txn).await?;
        }
        for (basis, valid_until) in [(Basis::Early, new.early_ends_at().map_or(moved, |ends| moved.min(ends))), (Basis::Regular, moved)] {
            quote::Entity::update_many()
                .set(quote::ActiveModel { valid_until: Set(Some(valid_until)), ..Default::default() })
                .filter(quote::Column::RegistrationId.eq(row.id))
                .filter(quote::Column::Basis.eq(basis))
                .filter(quote::Column::ValidUntil.is_not_null())
                .exec(txn)
                .await?;
        }
    }
    Ok(())
}
