//! Two accounts of one person are put together: everything is under one of them from then on, and signing in
//! with the address of the other leads there, unless staff of one organization do it.
//!
//! The merged row stays, so that whatever names it goes on to name somebody, and so does the ledger of
//! letters, which the server never writes: a registration that moves is known to it as whose it was
//! ([`registration::Model::known_as`]). What becomes of each column that names a learner stands in [`NAMED`];
//! a test holds it against the schema.

use std::collections::BTreeSet;

use entity::email_change::Cause;
use entity::registration;
use entity::{Instant, Refusal, course, idempotency, learner, staff_role};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::listing::index;
use crate::store::Transaction;
use crate::viewer::{Reach, Viewer};
use crate::wake::Change;
use crate::write::audit::{self, Act, Actor};
use crate::write::turn::{self, Over};
use crate::write::{give_address, may_correct, once, seats, sign_ins};

/// What becomes of a column that names the merged learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It names the kept one from then on.
    Moves,
    /// What it belongs to ends.
    Ends,
    /// It goes on to name the merged row: it says who did something, or who it was.
    Stays,
}

/// Every column that names a learner: its table, its name, and what becomes of it.
pub const NAMED: &[(&str, &str, Fate)] = &[
    ("access_token", "learner_id", Fate::Ends),
    ("announcement", "written_by", Fate::Stays),
    ("audit", "actor_id", Fate::Stays),
    ("email_change", "changed_by", Fate::Stays),
    ("email_change", "learner_id", Fate::Moves),
    ("enquiry", "answered_by", Fate::Stays),
    ("export_ticket", "learner_id", Fate::Ends),
    // A file is found by who has sent it.
    ("file", "learner_id", Fate::Moves),
    ("idempotency", "learner_id", Fate::Moves),
    ("learner", "merged_into", Fate::Moves),
    // Its words are made anew: whoever looks for the merged one finds the kept one.
    ("learner_word", "learner_id", Fate::Ends),
    ("letter_instruction", "said_by", Fate::Stays),
    ("payment", "recorded_by", Fate::Stays),
    ("registration", "entered_by", Fate::Stays),
    ("registration", "known_as", Fate::Stays),
    ("registration", "learner_id", Fate::Moves),
    ("registration_import", "learner_id", Fate::Stays),
    ("sign_in_code", "learner_id", Fate::Ends),
    // None that the kept one does not have as well.
    ("staff_role", "learner_id", Fate::Ends),
];

/// Which of two accounts is kept.
#[derive(Clone, Debug)]
pub struct MergeLearners {
    /// The one that is kept.
    pub keep_id: Uuid,
    /// The one that is merged into it.
    pub merge_id: Uuid,
}

/// Puts two accounts of one person together; gives the kept one. Both must be ones whose address the viewer
/// may change, because the address of either opens the other's from then on. Both addresses are told.
///
/// Whoever runs the courses of one organization merges accounts that they have entered and that nobody has
/// opened yet, so nobody has shown that both addresses are one person's. The other address is let go then: it
/// could otherwise be anybody's, who waits for the person to come and open the account.
///
/// # Errors
/// Refused to whoever may not, where both are the same, where the merged one has a role that the kept one has
/// not, and where both have a live registration for one course.
pub async fn merge_learners(
    app: &AppState,
    viewer: &Viewer,
    input: &MergeLearners,
) -> Result<learner::Model> {
    let (kept, moved) = once::tried("mergeLearners", || attempt(app, viewer, input)).await?;
    app.wake.ring(&app.db).await;
    for (id, course_id) in moved {
        app.wake.changed(&app.db, Change::Registration { id, course_id }).await;
    }
    Ok(kept)
}

/// Merges, in one transaction; gives the kept account, and the registrations that moved with their courses.
async fn attempt(
    app: &AppState,
    viewer: &Viewer,
    input: &MergeLearners,
) -> Result<(learner::Model, Vec<(Uuid, Uuid)>)> {
    let staff = viewer.signed_in()?;
    let unknown = || Refusal::not_found("learner");
    let mine = viewer.run_learners().ok_or_else(unknown)?;
    let (keep, merge) = both(&app.db, input, &mine).await?;
    if keep.id == merge.id {
        return Err(Refusal::invalid("These are one account already.", &["mergeId"]).into());
    }
    let mut keys = [keep.email_key.as_str(), merge.email_key.as_str()];
    keys.sort_unstable();
    let [one, other] = keys.map(Over::Address);
    let txn = turn::begin(app, &[one, other, Over::Roles]).await?;
    hold(&txn, input).await?;
    let before = [keep.email_key, merge.email_key];
    let (keep, merge) = both(&txn, input, &mine).await?;
    if before != [keep.email_key.as_str(), merge.email_key.as_str()] {
        return Err(give_address::moved().into());
    }
    for learner in [&keep, &merge] {
        may_correct::may_change_address(&txn, viewer, learner.id).await?;
    }
    let now = app.nature.now();
    let works_here = end_roles(&txn, keep.id, merge.id).await?;
    must_not_meet(&txn, [keep.id, merge.id], now).await?;

    let moved = move_registrations(&txn, keep.id, merge.id, now).await?;
    move_keys(&txn, keep.id, merge.id).await?;
    for (table, column) in
        [("email_change", "learner_id"), ("file", "learner_id"), ("learner", "merged_into")]
    {
        let moving = Query::update()
            .table(table)
            .value(column, keep.id)
            .and_where(Expr::col(column).eq(merge.id))
            .take();
        txn.execute(&moving).await?;
    }
    match viewer.reach() {
        Reach::Everything if !works_here => {
            let (old, new) = ((&merge.email, &merge.email_key), (&keep.email, &keep.email_key));
            give_address::tell(&txn, app, keep.id, [old, new], (Cause::Merged, Some(staff.id))).await?;
        }
        // A role is reached by the one address that it was given to.
        Reach::Everything | Reach::Organizations(_) | Reach::Nothing => {
            give_address::let_go(&txn, app, &keep, &merge, Some(staff.id)).await?;
        }
    }
    sign_ins::end_all(&txn, app, &merge).await?;
    end_confirmations(&txn, merge.id, now).await?;
    give_address::take_along(&txn, &merge.email_key, &keep.email_key).await?;
    let row =
        learner::ActiveModel { merged_into: Set(Some(keep.id)), updated_at: Set(now), ..Default::default() };
    learner::Entity::update_many().set(row).filter(learner::Column::Id.eq(merge.id)).exec(&txn).await?;
    // What the person has said in either account is the person's word; the kept one's comes first.
    let row = learner::ActiveModel {
        name: Set(keep.name.clone().or(merge.name)),
        credentials: Set(keep.credentials.clone().or(merge.credentials)),
        profession: Set(keep.profession.or(merge.profession)),
        time_zone: Set(keep.time_zone.clone().or(merge.time_zone)),
        signed_in_at: Set(keep.signed_in_at.into_iter().chain(merge.signed_in_at).min()),
        updated_at: Set(now),
        ..Default::default()
    };
    learner::Entity::update_many().set(row).filter(learner::Column::Id.eq(keep.id)).exec(&txn).await?;
    index::learners(&txn, &[keep.id, merge.id]).await?;
    let kept = learner::Entity::find_by_id(keep.id).one(&txn).await?;
    let kept = kept.ok_or_else(|| Fault::Stored(format!("learner {} has gone", keep.id)))?;
    let act = Act {
        name: "mergeLearners",
        subject_type: "learner",
        subject_id: kept.id,
        course_id: None,
        before: Some(json!({ "email": keep.email, "merged": merge.email, "merged_id": merge.id })),
        after: Some(json!({ "email": kept.email, "name": kept.name, "registrations": moved.len() })),
    };
    audit::record(&txn, app, Actor::Person(staff), act).await?;
    txn.commit().await?;
    Ok((kept, moved))
}

/// Holds both accounts: whoever is about to write a row that names one of them waits until they are one, and
/// sees it. Their courses and registrations come first, as they do for everybody ([`seats`]).
async fn hold(txn: &Transaction, input: &MergeLearners) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        let ids = [input.keep_id, input.merge_id];
        let theirs = registration::Entity::find().filter(registration::Column::LearnerId.is_in(ids));
        let courses: BTreeSet<Uuid> =
            theirs.clone().all(txn).await?.iter().map(|row| row.course_id).collect();
        for course_id in courses {
            seats::lock_course(txn, course_id).await?;
        }
        theirs.order_by_asc(registration::Column::Id).lock(LockType::NoKeyUpdate).all(txn).await?;
        learner::Entity::find()
            .filter(learner::Column::Id.is_in(ids))
            .order_by_asc(learner::Column::Id)
            .lock_exclusive()
            .all(txn)
            .await?;
    }
    Ok(())
}

/// Both accounts, where they are ones of `mine`. One that is merged already is none any more.
async fn both(
    db: &impl ConnectionTrait,
    input: &MergeLearners,
    mine: &Condition,
) -> Result<(learner::Model, learner::Model)> {
    let one = async |id| learner::Entity::find_by_id(id).filter(mine.clone()).one(db).await;
    match (one(input.keep_id).await?, one(input.merge_id).await?) {
        (Some(keep), Some(merge)) => Ok((keep, merge)),
        (_, _) => Err(Refusal::not_found("learner").into()),
    }
}

/// Refuses where both have a live registration for one course: which of the two is meant, and whose money
/// pays it, is for people to say. Holds that have ended are written down first.
async fn must_not_meet(txn: &Transaction, [one, other]: [Uuid; 2], now: Instant) -> Result<()> {
    let live = async || -> Result<BTreeSet<Uuid>> {
        let of = async |learner: Uuid| -> Result<BTreeSet<Uuid>> {
            let rows = registration::Entity::find()
                .filter(registration::Column::LearnerId.eq(learner))
                .filter(registration::live());
            Ok(rows.all(txn).await?.into_iter().map(|row| row.course_id).collect())
        };
        Ok(of(one).await?.intersection(&of(other).await?).copied().collect())
    };
    for course_id in live().await? {
        seats::lock_course(txn, course_id).await?;
        seats::expire_overdue(txn, course_id, now).await?;
    }
    let Some(course_id) = live().await?.into_iter().next() else { return Ok(()) };
    let course =
        course::Entity::find_by_id(course_id).one(txn).await?.ok_or_else(|| Refusal::not_found("course"))?;
    Err(Refusal::BothRegistered { course: course.title }.into())
}

/// Moves the registrations; gives each with its course.
async fn move_registrations(
    txn: &Transaction,
    keep: Uuid,
    merge: Uuid,
    now: Instant,
) -> Result<Vec<(Uuid, Uuid)>> {
    use registration::{Column, Entity};
    let rows = Entity::find().filter(Column::LearnerId.eq(merge)).all(txn).await?;
    let Some(changed_at) = rows.iter().map(|row| row.changed_at(now)).max() else { return Ok(Vec::new()) };
    let whose = Func::coalesce([Expr::col(Column::KnownAs), Expr::val(merge)]);
    Entity::update_many()
        .col_expr(Column::KnownAs, whose.into())
        .col_expr(Column::LearnerId, Expr::val(keep))
        .col_expr(Column::UpdatedAt, Expr::val(changed_at))
        .filter(Column::LearnerId.eq(merge))
        .exec(txn)
        .await
        .map_err(|error| match seats::second_live(&error) {
            // Somebody has registered this very moment.
            true => Refusal::BothRegistered { course: "one course".to_owned() }.into(),
            false => crate::error::Error::from(error),
        })?;
    Ok(rows.into_iter().map(|row| (row.id, row.course_id)).collect())
}

/// Ends the roles of the merged account, all of which the kept one has, too; tells whether it has any.
///
/// A role is reached by the address that it was given to: an account gets none by a merge, for whoever opens it,
/// or has an address that was merged into it before, would have it unseen.
///
/// # Errors
/// Refused where the merged one has a role that the kept one has not.
async fn end_roles(txn: &Transaction, keep: Uuid, merge: Uuid) -> Result<bool> {
    use staff_role::{Column, Entity};
    let of = async |learner: Uuid| Entity::find().filter(Column::LearnerId.eq(learner)).all(txn).await;
    let held = of(keep).await?;
    let has = |role: &staff_role::Model| {
        held.iter().any(|held| (held.role, held.organization_id) == (role.role, role.organization_id))
    };
    if of(merge).await?.iter().any(|role| !has(role)) {
        let message = "This account has a role that the other one does not have. Please keep this one and merge the other into it, or take the role away first.";
        return Err(Refusal::invalid(message, &["mergeId"]).into());
    }
    Entity::delete_many().filter(Column::LearnerId.eq(merge)).exec(txn).await?;
    Ok(!held.is_empty())
}

/// Moves what was done under keys of the merged one, so that what is sent again is not done again. A key that
/// both have used stays where it is.
async fn move_keys(txn: &Transaction, keep: Uuid, merge: Uuid) -> Result<()> {
    use idempotency::{Column, Entity};
    let used = Query::select()
        .column(Column::IdempotencyKey)
        .from(Entity)
        .and_where(Column::LearnerId.eq(keep))
        .take();
    Entity::update_many()
        .col_expr(Column::LearnerId, Expr::val(keep))
        .filter(Column::LearnerId.eq(merge))
        .filter(Column::IdempotencyKey.not_in_subquery(used))
        .exec(txn)
        .await?;
    Ok(())
}

/// Ends the codes by which the merged one was about to change its address.
async fn end_confirmations(txn: &Transaction, merge: Uuid, now: Instant) -> Result<()> {
    use entity::sign_in_code::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::val(now))
        .filter(Column::LearnerId.eq(merge))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(txn)
        .await?;
    Ok(())
}
