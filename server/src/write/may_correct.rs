//! Whose name and address somebody may correct.

use std::collections::HashSet;

use entity::{Refusal, learner, registration, staff_role};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::give_address;
use crate::error::Result;
use crate::viewer::{Reach, Viewer};

/// How long after an account a registration was begun that came with it, in minutes.
const WITH_IT_MINUTES: i64 = 1;

/// Those of `learners` whose names are not the viewer's to correct: of who works here, administrators correct
/// it; of who is registered for courses of others, too, those who run everything.
pub async fn known_elsewhere(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    learners: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let mut known = HashSet::new();
    if !viewer.is_administrator() {
        let roles = staff_role::Entity::find()
            .select_only()
            .column(staff_role::Column::LearnerId)
            .filter(staff_role::Column::LearnerId.is_in(learners.iter().copied()));
        known.extend(roles.into_tuple::<Uuid>().all(db).await?);
    }
    match viewer.reach() {
        Reach::Everything => {}
        Reach::Nothing => known.extend(learners),
        Reach::Organizations(_) => {
            let mine = viewer.run_registrations().ok_or(Refusal::Forbidden)?;
            let of_others = registration::Entity::find()
                .select_only()
                .column(registration::Column::LearnerId)
                .distinct()
                .filter(registration::Column::LearnerId.is_in(learners.iter().copied()))
                .filter(mine.not());
            known.extend(of_others.into_tuple::<Uuid>().all(db).await?);
        }
    }
    Ok(known)
}

/// Refuses to correct the name of somebody who is known elsewhere.
pub async fn may_change_name(db: &impl ConnectionTrait, viewer: &Viewer, learner_id: Uuid) -> Result<()> {
    let known = known_elsewhere(db, viewer, &[learner_id]).await?;
    if known.is_empty() { Ok(()) } else { Err(Refusal::OfAdministrators.into()) }
}

/// Refuses to change the address of whoever is known elsewhere. Whoever runs the courses of one organization
/// changes the address of those alone whom they have entered themselves and who have never signed in: an
/// address opens an account, and staff could otherwise enter anybody and take the account over. Nor is one of
/// two addresses that open an account theirs to change, because whoever has the other may sign in meanwhile.
pub async fn may_change_address(db: &impl ConnectionTrait, viewer: &Viewer, learner_id: Uuid) -> Result<()> {
    may_change_name(db, viewer, learner_id).await?;
    match viewer.reach() {
        Reach::Everything => Ok(()),
        Reach::Nothing => Err(Refusal::OfAdministrators.into()),
        Reach::Organizations(_) => {
            let alone = give_address::others(db, learner_id).await?.is_empty();
            if alone && was_entered(db, learner_id).await? {
                Ok(())
            } else {
                Err(Refusal::OfAdministrators.into())
            }
        }
    }
}

/// Whether the account came with a registration that staff entered, and nobody has signed in to it.
async fn was_entered(db: &impl ConnectionTrait, learner_id: Uuid) -> Result<bool> {
    use entity::registration::{Column, Entity};
    let Some(learner) = learner::Entity::find_by_id(learner_id).one(db).await? else { return Ok(false) };
    let with_it = Column::StartedAt.lte(learner.created_at.plus_minutes(WITH_IT_MINUTES));
    let entered = Entity::find()
        .filter(Column::LearnerId.eq(learner_id))
        .filter(Column::EnteredBy.is_not_null())
        .filter(with_it);
    Ok(learner.signed_in_at.is_none() && entered.count(db).await? > 0)
}
