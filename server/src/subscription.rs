//! Which letters somebody has had enough of, as it is read; it is changed by
//! [`crate::action::set_subscription`].

use entity::mailing::Topic;
use entity::secret::{Addressee, Unsubscribe};
use entity::{Instant, enquiry, learner, unsubscription};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::app::AppState;
use crate::write::account;

/// What a link in a letter is about.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The address that the letter went to.
    pub email: String,
    /// The same in lower case: it holds for whoever has the address.
    pub email_key: String,
    /// Which letters.
    pub topic: Topic,
    /// Since when the address has had enough of them; none: they are sent.
    pub unsubscribed_at: Option<Instant>,
}

/// What the link with this token is about; none where it is not one of ours, or nobody stands behind it any
/// more.
///
/// # Errors
/// A failing database.
pub async fn behind(app: &AppState, token: &str) -> Result<Option<Subscription>, DbErr> {
    let Some(Unsubscribe { who, topic }) = app.key.read_unsubscribe_token(token) else { return Ok(None) };
    let whose = match who {
        Addressee::Learner(id) => {
            let found = learner::Entity::find_by_id(id).one(&app.db).await?;
            account::kept(&app.db, found).await?.map(|row| (row.email, row.email_key))
        }
        Addressee::Enquiry(id) => {
            enquiry::Entity::find_by_id(id).one(&app.db).await?.map(|row| (row.email, row.email_key))
        }
    };
    let Some((email, email_key)) = whose else { return Ok(None) };
    let row = unsubscription::Entity::find_by_id((email_key.clone(), topic)).one(&app.db).await?;
    Ok(Some(Subscription { email, email_key, topic, unsubscribed_at: row.map(|row| row.at) }))
}

/// The topics that an address has had enough of, in the order in which they are declared.
///
/// # Errors
/// A failing database.
pub async fn unsubscribed_from(app: &AppState, email_key: &str) -> Result<Vec<Topic>, DbErr> {
    use sea_orm::Iterable;
    let rows = unsubscription::Entity::find()
        .filter(unsubscription::Column::EmailKey.eq(email_key))
        .all(&app.db)
        .await?;
    Ok(Topic::iter().filter(|topic| rows.iter().any(|row| row.topic == *topic)).collect())
}
