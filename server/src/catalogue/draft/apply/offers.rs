//! What a course offers and says: prices, credit, statements and reminder rules.

use std::collections::HashMap;

use entity::announcement::Professions;
use entity::{credit_offer, credit_part, credit_requirement, price, reminder_rule, statement};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Ids, Writing, add, place, save};
use crate::catalogue::draft::thing::Sort;
use crate::catalogue::draft::{Rule, default_rules};

/// Writes all of it, as far as it differs.
pub async fn write(writing: &Writing<'_>, ids: &Ids) -> Result<(), DbErr> {
    if writing.changes.touch(Sort::Price, &["order_of_prices"]) {
        prices(writing).await?;
    }
    if writing.changes.touch(Sort::Credit, &["order_of_credits"]) {
        credits(writing).await?;
    }
    if writing.changes.touch(Sort::Statement, &["order_of_statements"]) {
        statements(writing).await?;
    }
    if writing.changes.touch(Sort::Rule, &["order_of_rules"]) {
        match (&writing.draft.reminder_rules, writing.page) {
            (Some(wanted), _) => rules(writing, ids, wanted).await?,
            (None, None) => rules(writing, ids, &default_rules()).await?,
            (None, Some(_)) => {}
        }
    }
    Ok(())
}

async fn prices(writing: &Writing<'_>) -> Result<(), DbErr> {
    let stored = writing.rows(|page| &page.prices);
    let wanted = &writing.draft.fees.prices;
    let gone = stored
        .iter()
        .filter(|old| !wanted.iter().any(|row| row.profession == old.profession))
        .map(|old| old.id);
    price::Entity::delete_many().filter(price::Column::Id.is_in(gone)).exec(writing.txn).await?;
    for (index, row) in wanted.iter().enumerate() {
        let old = stored.iter().find(|old| old.profession == row.profession);
        let new = price::Model {
            id: old.map_or_else(|| writing.nature.id(), |old| old.id),
            course_id: writing.course_id,
            position: place(index),
            profession: row.profession,
            label: row.label.to_string(),
            regular_minor: row.regular,
            early_minor: row.early,
        };
        save::<price::Entity>(writing.txn, old, new).await?;
    }
    Ok(())
}

async fn credits(writing: &Writing<'_>) -> Result<(), DbErr> {
    let stored = writing.rows(|page| &page.credits);
    let wanted = &writing.draft.credits;
    let gone = stored
        .iter()
        .map(|row| &row.offer)
        .filter(|old| !wanted.iter().any(|row| row.kind == old.kind))
        .map(|old| old.id);
    credit_offer::Entity::delete_many()
        .filter(credit_offer::Column::Id.is_in(gone))
        .exec(writing.txn)
        .await?;
    let known = || stored.iter().map(|row| row.offer.id);
    // Nothing points at parts and requirements, so they are written anew.
    credit_part::Entity::delete_many()
        .filter(credit_part::Column::CreditOfferId.is_in(known()))
        .exec(writing.txn)
        .await?;
    credit_requirement::Entity::delete_many()
        .filter(credit_requirement::Column::CreditOfferId.is_in(known()))
        .exec(writing.txn)
        .await?;
    let (mut parts, mut requirements) = (Vec::new(), Vec::new());
    for (index, row) in wanted.iter().enumerate() {
        let old = stored.iter().map(|row| &row.offer).find(|old| old.kind == row.kind);
        let credit_offer_id = old.map_or_else(|| writing.nature.id(), |old| old.id);
        let new = credit_offer::Model {
            id: credit_offer_id,
            course_id: writing.course_id,
            position: place(index),
            kind: row.kind,
            label: row.label.to_string(),
            amount_hundredths: row.amount,
            statement: row.statement.clone().map(Into::into),
        };
        save::<credit_offer::Entity>(writing.txn, old, new).await?;
        parts.extend(row.parts.iter().enumerate().map(|(index, part)| credit_part::Model {
            id: writing.nature.id(),
            credit_offer_id,
            position: place(index),
            label: part.label.to_string(),
            amount_hundredths: part.amount,
        }));
        requirements.extend(row.requirements.iter().enumerate().map(|(index, row)| {
            credit_requirement::Model {
                id: writing.nature.id(),
                credit_offer_id,
                position: place(index),
                kind: row.kind,
                text: row.text.clone().map(Into::into),
            }
        }));
    }
    add::<credit_part::Entity>(writing.txn, parts).await?;
    add::<credit_requirement::Entity>(writing.txn, requirements).await
}

/// A registration remembers the statements it was made under, so a changed text is a new version and the old
/// one is only retired.
async fn statements(writing: &Writing<'_>) -> Result<(), DbErr> {
    let stored = writing.rows(|page| &page.statements);
    let changed: Vec<&str> = writing.changes.names(Sort::Statement).collect();
    let is_changed = |kind: statement::Kind| changed.contains(&sea_orm::ActiveEnum::to_value(&kind).as_str());
    let retired = stored.iter().filter(|old| is_changed(old.kind)).map(|old| old.id);
    statement::Entity::update_many()
        .col_expr(statement::Column::RetiredAt, Expr::value(Some(writing.now)))
        .filter(statement::Column::Id.is_in(retired))
        .exec(writing.txn)
        .await?;
    let versions: HashMap<statement::Kind, i32> = statement::Entity::find()
        .select_only()
        .column(statement::Column::Kind)
        .column_as(statement::Column::Version.max(), "version")
        .filter(statement::Column::CourseId.eq(writing.course_id))
        .group_by(statement::Column::Kind)
        .into_tuple::<(statement::Kind, i32)>()
        .all(writing.txn)
        .await?
        .into_iter()
        .collect();
    let mut fresh = Vec::new();
    for (index, row) in writing.draft.statements.iter().enumerate() {
        match stored.iter().find(|old| old.kind == row.kind && !is_changed(old.kind)) {
            Some(old) => {
                let new = statement::Model { position: place(index), ..old.clone() };
                save::<statement::Entity>(writing.txn, Some(old), new).await?;
            }
            None => fresh.push(statement::Model {
                id: writing.nature.id(),
                course_id: writing.course_id,
                kind: row.kind,
                version: versions.get(&row.kind).map_or(1, |last| last + 1),
                position: place(index),
                text: row.text.to_string(),
                created_at: writing.now,
                retired_at: None,
            }),
        }
    }
    add::<statement::Entity>(writing.txn, fresh).await
}

/// For whom a rule is meant, as it is stored.
fn meant_for(rule: &Rule, ids: &Ids) -> (Option<Professions>, Option<Uuid>) {
    let professions = (!rule.professions.is_empty()).then(|| Professions(rule.professions.clone()));
    (professions, rule.track.as_ref().and_then(|slug| ids.tracks.get(slug).copied()))
}

/// A rule that is new, switched on, or speaks of something else, at another time or to others, looks forward
/// only.
async fn rules(writing: &Writing<'_>, ids: &Ids, wanted: &[Rule]) -> Result<(), DbErr> {
    let stored = writing.rows(|page| &page.rules);
    let gone: Vec<Uuid> = stored
        .iter()
        .filter(|old| !wanted.iter().any(|row| row.slug == old.slug))
        .map(|old| old.id)
        .collect();
    reminder_rule::Entity::delete_many()
        .filter(reminder_rule::Column::Id.is_in(gone))
        .exec(writing.txn)
        .await?;
    for (index, row) in wanted.iter().enumerate() {
        let old = stored.iter().find(|old| row.slug == old.slug);
        let (professions, track_id) = meant_for(row, ids);
        let (offset_days, wall_time, offset_minutes) = row.offset.columns();
        let mut new = reminder_rule::Model {
            id: old.map_or_else(|| writing.nature.id(), |old| old.id),
            course_id: writing.course_id,
            slug: row.slug.to_string(),
            position: place(index),
            letter: row.letter,
            offset_days,
            wall_time,
            offset_minutes,
            enabled: row.enabled,
            applies_from: writing.now,
            subject: row.subject.clone().map(Into::into),
            opening: row.opening.clone().map(Into::into),
            professions,
            track_id,
        };
        if let Some(old) = old.filter(|old| !new.speaks_anew(old)) {
            new.applies_from = old.applies_from;
        }
        save::<reminder_rule::Entity>(writing.txn, old, new).await?;
    }
    Ok(())
}
