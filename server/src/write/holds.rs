//! Holds follow the dates that they came from: when a deadline is moved, or the course with it, seats are
//! held for as long as they would have been, had the dates been those from the beginning. Whose hold becomes
//! shorter by it is told: with the change to the agenda where there is one, else as of any correction.

use std::collections::BTreeMap;

use entity::quote::Basis;
use entity::registration::{self, Status};
use entity::{Instant, course, quote, schedule_change};
use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::store::Transaction;

/// Moves the holds of the locked course which have not ended by `now`, and how long their quotes are good
/// for. `told` are the changes to the agenda that are put down with the same edit.
pub async fn follow(
    txn: &Transaction,
    (old, new): (&course::Model, &course::Model),
    told: &[schedule_change::Model],
    now: Instant,
) -> Result<(), DbErr> {
    let dates = |course: &course::Model| {
        (course.registration_closes_at(), course.early_ends_at(), course.payment_days)
    };
    if dates(old) == dates(new) {
        return Ok(());
    }
    let held = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(new.id))
        .filter(registration::Column::Status.eq(Status::Started))
        .filter(registration::Column::HoldUntil.gt(now))
        .all(txn)
        .await?;
    let early_moved = old.early_ends_at() != new.early_ends_at();
    // Most holds of a course end with one of a few days, so those that come to end alike are moved together.
    // Beside the new end: whether it is to be told by itself.
    let mut moves: BTreeMap<(Instant, bool), Vec<registration::Model>> = BTreeMap::new();
    for row in held {
        let Some(hold_until) = row.hold_until else { continue };
        let moved = registration::held_anew(&row, hold_until, (old, new), now);
        if moved != hold_until || early_moved {
            let is_told = told.iter().any(|change| change.is_moved() && change.concerns(row.track_id));
            moves.entry((moved, moved < hold_until && !is_told)).or_default().push(row);
        }
    }
    for ((moved, untold), rows) in moves {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let changed_at = rows.iter().map(|row| row.changed_at(now)).max().unwrap_or(now);
        registration::Entity::update_many()
            .set(registration::ActiveModel {
                hold_until: Set(Some(moved)),
                updated_at: Set(changed_at),
                corrected_at: if untold { Set(Some(now)) } else { NotSet },
                ..Default::default()
            })
            .filter(registration::Column::Id.is_in(ids.iter().copied()))
            .exec(txn)
            .await?;
        for basis in [Basis::Early, Basis::Regular] {
            let valid_until = Some(quote::valid_until(new, basis, moved));
            quote::Entity::update_many()
                .set(quote::ActiveModel { valid_until: Set(valid_until), ..Default::default() })
                .filter(quote::Column::RegistrationId.is_in(ids.iter().copied()))
                .filter(quote::Column::Basis.eq(basis))
                .filter(quote::Column::ValidUntil.is_not_null())
                .exec(txn)
                .await?;
        }
    }
    Ok(())
}
