//! Series with their parts and runs.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{series, series_part, series_run};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

use super::{by, evened};
use crate::catalogue::page::row::SeriesRow;

/// Series by id, with their parts and runs; two statements, or none where there are none.
pub async fn serieses<C: ConnectionTrait>(
    db: &C,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Arc<SeriesRow>>, DbErr> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = evened(ids);
    let rows = series::Entity::find().filter(series::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    let runs: RelationDef = series_part::Entity::belongs_to(series_run::Entity)
        .from(series_part::Column::Id)
        .to(series_run::Column::SeriesPartId)
        .into();
    let parts_and_runs = series_part::Entity::find()
        .select_also(series_run::Entity)
        .join(JoinType::LeftJoin, runs)
        .filter(series_part::Column::SeriesId.is_in(ids))
        .order_by_asc(Expr::col((series_part::Entity, series_part::Column::SeriesId)))
        .order_by_asc(Expr::col((series_part::Entity, series_part::Column::Position)))
        .order_by_asc(Expr::col((series_run::Entity, series_run::Column::Position)))
        .all(db)
        .await?;
    let mut parts: Vec<(series_part::Model, Vec<series_run::Model>)> = Vec::new();
    for (part, run) in parts_and_runs {
        match parts.last_mut().filter(|(last, _)| last.id == part.id) {
            Some((_, runs)) => runs.extend(run),
            None => parts.push((part, run.into_iter().collect())),
        }
    }
    let mut parts = by(parts, |(part, _)| part.series_id);
    let whole = |series: series::Model| {
        (series.id, Arc::new(SeriesRow { parts: parts.remove(&series.id).unwrap_or_default(), series }))
    };
    Ok(rows.into_iter().map(whole).collect())
}
