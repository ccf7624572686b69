//! Which letters somebody has had enough of, as it is read; it is changed by
//! [`crate::action::set_subscription`].

use entity::mailing::Topic;
use entity::secret::{Addressee, Unsubscribe};
use entity::{Instant, enquiry, learner, unsubscription};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, Iterable, QueryFilter};

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
    /// All topics of which letters may go to whoever got this one, and whether they are wanted. Of somebody who
    /// only asked it is the one, because a link says nothing of whether there is an account.
    pub choices: Vec<(Topic, bool)>,
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
    let rows = of_address(app, &email_key).await?;
    let said = |topic: Topic| rows.iter().find(|row| row.topic == topic);
    let topics: Vec<Topic> = match who {
        Addressee::Learner(_) => Topic::iter().collect(),
        Addressee::Enquiry(_) => vec![topic],
    };
    let choices = topics.into_iter().map(|topic| (topic, said(topic).is_none())).collect();
    let unsubscribed_at = said(topic).map(|row| row.at);
    Ok(Some(Subscription { email, email_key, topic, unsubscribed_at, choices }))
}

/// The topics that an address has had enough of, in the order in which they are declared.
///
/// # Errors
/// A failing database.
pub async fn unsubscribed_from(app: &AppState, email_key: &str) -> Result<Vec<Topic>, DbErr> {
    let rows = of_address(app, email_key).await?;
    Ok(Topic::iter().filter(|topic| rows.iter().any(|row| row.topic == *topic)).collect())
}

async fn of_address(app: &AppState, email_key: &str) -> Result<Vec<unsubscription::Model>, DbErr> {
    unsubscription::Entity::find().filter(unsubscription::Column::EmailKey.eq(email_key)).all(&app.db).await
}
