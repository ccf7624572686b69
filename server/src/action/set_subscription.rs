//! Somebody says whether they want letters of a kind: by the link in a letter, without signing in, or signed
//! in.

use entity::mailing::Topic;
use entity::unsubscription;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait, IntoActiveModel};

use crate::app::AppState;

/// Says for an address whether it wants letters of a topic. Said again, it holds from the later moment:
/// between the two, the person may have agreed to letters anew.
///
/// # Errors
/// A failing database.
pub async fn set_subscription(
    app: &AppState,
    email_key: &str,
    topic: Topic,
    wanted: bool,
) -> Result<(), DbErr> {
    set_subscriptions(app, email_key, &[(topic, wanted)]).await
}

/// The same for several topics at once.
///
/// # Errors
/// A failing database.
pub async fn set_subscriptions(
    app: &AppState,
    email_key: &str,
    choices: &[(Topic, bool)],
) -> Result<(), DbErr> {
    use unsubscription::{Column, Entity, Model};
    let txn = app.begin().await?;
    for (topic, wanted) in choices.iter().copied() {
        if wanted {
            Entity::delete_by_id((email_key.to_owned(), topic)).exec(&txn).await?;
        } else {
            let row = Model { email_key: email_key.to_owned(), topic, at: app.nature.now() };
            let renewed =
                OnConflict::columns([Column::EmailKey, Column::Topic]).update_column(Column::At).to_owned();
            Entity::insert(row.into_active_model()).on_conflict(renewed).exec_without_returning(&txn).await?;
        }
    }
    txn.commit().await
}
