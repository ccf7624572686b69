//! The bell of PostgreSQL: other processes ring it with `NOTIFY lectern_bell` when there may be something to say. It is a hint; what is missed
//! while the line is down is found by the next tick of the sweep.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{self, PgPool, postgres::PgListener};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The channel's name.
const CHANNEL: &str = "lectern_bell";
/// How long to wait before listening again after the line broke.
const PAUSE: Duration = Duration::from_secs(5);

/// Passes every ring on to `bell` until `stop`.
pub(crate) async fn listen(pool: PgPool, bell: Arc<Notify>, stop: CancellationToken) {
    let listening = async {
        loop {
            if let Err(error) = pass_on(&pool, &bell).await {
                tracing::warn!(%error, "the bell cannot be heard; listening again soon");
            }
            #[expect(clippy::disallowed_methods, reason = "the pause before the line is taken up again")]
            tokio::time::sleep(PAUSE).await;
        }
    };
    // Nothing is written on this connection, so it can be cut off anywhere.
    tokio::select! {
        () = stop.cancelled() => {}
        () = listening => {}
    }
}

async fn pass_on(pool: &PgPool, bell: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was rung before we listened is not heard.
    bell.notify_one();
    loop {
        listener.recv().await?;
        bell.notify_one();
    }
}
