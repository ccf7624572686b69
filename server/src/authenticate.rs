//! Authentication: from a bearer token to who is asking. What they may do is said by [`Viewer`].

use entity::network::Network;
use entity::secret::TOKEN_PREFIX;
use entity::{Instant, access_token, learner, secret, staff_role};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Fault;
use crate::store::{Database, must_write};
use crate::viewer::Viewer;

/// Length of a token in bytes: the prefix, and 256 bits in base64.
const TOKEN_LENGTH: usize = TOKEN_PREFIX.len() + 43;
/// How exactly the last use of a token is written down, in minutes; a question every second need not write
/// every second.
const LAST_USE_MINUTES: i64 = 60;

/// Why a token is no good.
#[derive(Debug, thiserror::Error)]
pub enum NotAuthenticated {
    /// It was never given out.
    #[error("the token is unknown")]
    Unknown,
    /// It was signed out, or is too old, or was not used for too long.
    #[error("the token has ended")]
    Ended,
    /// Nobody can say.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<DbErr> for NotAuthenticated {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

/// Who asks with the token `bearer` from the network `client`; without a token, nobody in particular.
///
/// Costs two statements with a token, a third at most once an hour and token, and none without. Each waits
/// for the client's turn.
///
/// # Errors
/// The token opens nothing.
pub async fn viewer(
    app: &AppState,
    bearer: Option<&str>,
    client: Network,
) -> Result<Viewer, NotAuthenticated> {
    let nobody = Viewer { client: Some(client), ..Viewer::default() };
    let Some(bearer) = bearer else { return Ok(nobody) };
    if bearer.len() != TOKEN_LENGTH || !bearer.starts_with(TOKEN_PREFIX) {
        return Err(NotAuthenticated::Unknown);
    }
    let (db, now) = (app.db.for_client(client), app.nature.now());
    let whose = access_token::Entity::belongs_to(learner::Entity)
        .from(access_token::Column::LearnerId)
        .to(learner::Column::Id);
    let found = access_token::Entity::find()
        .select_also(learner::Entity)
        .join(JoinType::InnerJoin, whose.into())
        .filter(access_token::Column::TokenHash.eq(secret::token_hash(bearer)))
        .one(&db)
        .await?;
    let Some((token, Some(learner))) = found else { return Err(NotAuthenticated::Unknown) };
    if !token.is_live(now) {
        return Err(NotAuthenticated::Ended);
    }
    let roles =
        staff_role::Entity::find().filter(staff_role::Column::LearnerId.eq(learner.id)).all(&db).await?;
    touch(&db, &token, now).await;
    Ok(Viewer { learner: Some(learner), roles, token_id: Some(token.id), ..nobody })
}

/// The person with this id as a viewer, with the roles of this moment; none where there is no such person.
/// For what a person was given before, and may use only as long as the person may.
pub async fn known(app: &AppState, learner_id: Uuid) -> Result<Option<Viewer>, Fault> {
    let Some(learner) = learner::Entity::find_by_id(learner_id).one(&app.db).await? else { return Ok(None) };
    let roles =
        staff_role::Entity::find().filter(staff_role::Column::LearnerId.eq(learner.id)).all(&app.db).await?;
    Ok(Some(Viewer { learner: Some(learner), roles, ..Viewer::default() }))
}

/// Writes down that the token was used, at most once an hour. Who only reads is not turned away because this
/// could not be written.
async fn touch(db: &Database, token: &access_token::Model, now: Instant) {
    use access_token::{Column, Entity};
    let long_ago = now.plus_minutes(-LAST_USE_MINUTES);
    if token.last_used_at > long_ago {
        return;
    }
    // Once a newer release has changed the schema nothing is written, and nobody is kept from reading for
    // that.
    if !matches!(must_write(db).await, Ok(())) {
        return;
    }
    let touched = Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::val(now))
        .filter(Column::Id.eq(token.id))
        .filter(Column::LastUsedAt.lte(long_ago))
        .exec(db)
        .await;
    if let Err(error) = touched {
        tracing::warn!(%error, "the last use of a token was not written down");
    }
}
