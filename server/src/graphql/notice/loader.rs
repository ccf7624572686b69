//! What staff said about letters, and as what they were sent again, for many letters at once.

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use entity::{letter_instruction, notice};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::AppState;
use crate::graphql::refusal::OrOpaque;

/// Puts what letters load through into a request, for this request alone. Whose letters may be seen has been
/// decided where they were found.
pub fn loaders(request: async_graphql::Request, app: &AppState) -> async_graphql::Request {
    request
        .data(DataLoader::new(Instructions { app: app.clone() }, tokio::spawn))
        .data(DataLoader::new(SentAgain { app: app.clone() }, tokio::spawn))
}

/// What staff said, oldest first, by the registration or the enquiry that it is about.
#[derive(Debug)]
pub struct Instructions {
    app: AppState,
}

impl Loader<Uuid> for Instructions {
    type Value = Vec<letter_instruction::Model>;
    type Error = async_graphql::Error;

    async fn load(&self, subjects: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, Self::Value>> {
        let rows = letter_instruction::about(subjects.iter().copied()).all(&self.app.db).await.or_opaque()?;
        let mut found: HashMap<Uuid, Self::Value> = HashMap::new();
        for row in rows {
            found.entry(row.subject_id).or_default().push(row);
        }
        Ok(found)
    }
}

/// Letters that were sent again, oldest first, by the registration or the enquiry that they are about.
#[derive(Debug)]
pub struct SentAgain {
    app: AppState,
}

impl Loader<Uuid> for SentAgain {
    type Value = Vec<notice::Model>;
    type Error = async_graphql::Error;

    async fn load(&self, subjects: &[Uuid]) -> async_graphql::Result<HashMap<Uuid, Self::Value>> {
        let whose = Condition::any()
            .add(notice::Column::RegistrationId.is_in(subjects.iter().copied()))
            .add(notice::Column::EnquiryId.is_in(subjects.iter().copied()));
        let rows = notice::Entity::find()
            .filter(whose)
            .filter(notice::readable())
            .filter(notice::Column::Occurrence.contains(entity::mailing::instructed::AGAIN))
            .order_by_asc(notice::Column::Id)
            .all(&self.app.db)
            .await
            .or_opaque()?;
        let mut found: HashMap<Uuid, Self::Value> = HashMap::new();
        for row in rows {
            if let Some(subject) = row.registration_id.or(row.enquiry_id) {
                found.entry(subject).or_default().push(row);
            }
        }
        Ok(found)
    }
}
