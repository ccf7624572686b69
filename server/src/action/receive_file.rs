//! Receiving a file from staff, piece by piece as it arrives. Each piece is a transaction of its own, so
//! however slowly a file comes, nobody waits for it. Until it is whole it is no file for anybody; what never
//! becomes whole, the steward takes away.

use entity::{Refusal, file, file_piece};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::turn::{self, Over};

/// A file on its way in.
#[derive(Debug)]
pub struct Incoming {
    app: AppState,
    row: file::Model,
    /// How many pieces are stored.
    pieces: i32,
}

/// Begins to receive a file from the viewer.
///
/// # Errors
/// Refused to whoever is not staff, and where as much of the viewer's is kept as may be.
pub async fn receive_file(app: &AppState, viewer: &Viewer) -> Result<Incoming> {
    viewer.must_be_staff()?;
    let staff = viewer.signed_in()?;
    let now = app.nature.now();
    let largest = i64::try_from(file::LARGEST).unwrap_or(i64::MAX);
    // One after another, so that no two find the same room.
    let txn = turn::begin(app, &[Over::Files(&staff.id.to_string())]).await?;
    // Of what is on its way nobody knows how large it will be.
    let taken = Expr::case(file::Column::Whole.into_expr(), file::Column::Size.into_expr()).finally(largest);
    let kept: Option<Option<i64>> = file::Entity::find()
        .select_only()
        .column_as(taken.sum().cast_as("bigint"), "kept")
        .filter(file::Column::LearnerId.eq(staff.id))
        .into_tuple()
        .one(&txn)
        .await?;
    if kept.flatten().unwrap_or(0) >= file::LARGEST_TOGETHER {
        txn.rollback().await?;
        return Err(Refusal::RateLimited.into());
    }
    let row =
        file::Model { id: app.nature.id(), learner_id: staff.id, size: 0, whole: false, created_at: now };
    file::Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(Incoming { app: app.clone(), row, pieces: 0 })
}

impl Incoming {
    /// Stores the next piece.
    ///
    /// # Errors
    /// A failing database.
    pub async fn store(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.pieces += 1;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let piece = file_piece::Model { file_id: self.row.id, position: self.pieces, bytes };
        let txn = self.app.begin().await?;
        file_piece::Entity::insert(piece.into_active_model()).exec_without_returning(&txn).await?;
        txn.commit().await?;
        self.row.size += size;
        Ok(())
    }

    /// The file has arrived whole, and can be named from now on.
    ///
    /// # Errors
    /// A failing database.
    pub async fn complete(self) -> Result<file::Model> {
        let whole = file::ActiveModel {
            id: Set(self.row.id),
            size: Set(self.row.size),
            whole: Set(true),
            ..Default::default()
        };
        let txn = self.app.begin().await?;
        let row = whole.update(&txn).await?;
        txn.commit().await?;
        Ok(row)
    }

    /// What has arrived is thrown away.
    ///
    /// # Errors
    /// A failing database; then the steward will do it.
    pub async fn give_up(self) -> Result<()> {
        let txn = self.app.begin().await?;
        file::Entity::delete_by_id(self.row.id).exec(&txn).await?;
        txn.commit().await?;
        Ok(())
    }
}
