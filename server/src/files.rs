//! Files that staff have sent ([`crate::action::receive_file`]), as those who name one read it.
//!
//! They are kept in the database, in pieces: every server of a deployment can read what came to another, a
//! backup has them with everything else, and there is no second store to keep in step. Seven days later the
//! steward takes them away.

use entity::{Instant, Refusal, file, file_piece};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::error::{Fault, Result};
use crate::store::Database;

/// The bytes of the file `id` of `learner_id`, of at most `largest`.
///
/// # Errors
/// Refused where there is no such file of theirs, or none any more, and where it is larger.
pub async fn bytes(
    db: &Database,
    learner_id: Uuid,
    id: Uuid,
    largest: usize,
    now: Instant,
) -> Result<Vec<u8>> {
    let row = file::Entity::find_by_id(id).filter(file::of(learner_id, now)).one(db).await?;
    let row = row.ok_or_else(|| Refusal::not_found("file"))?;
    let size = usize::try_from(row.size).unwrap_or(usize::MAX);
    if size > largest {
        let message = format!("The file has {size} bytes; for this it can have at most {largest}.");
        return Err(Refusal::invalid(message, &["fileId"]).into());
    }
    let pieces = file_piece::Entity::find()
        .filter(file_piece::Column::FileId.eq(id))
        .order_by_asc(file_piece::Column::Position)
        .all(db)
        .await?;
    let mut bytes = Vec::with_capacity(size);
    for piece in pieces {
        bytes.extend_from_slice(&piece.bytes);
    }
    if bytes.len() != size {
        return Err(Fault::Stored(format!("file {id} has {} of {size} bytes", bytes.len())).into());
    }
    Ok(bytes)
}
