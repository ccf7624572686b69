//! On paper: the letter as bytes, with everything that stands on the outside of it.

use entity::email::Address;
use entity::{Instant, notice};

use super::standing::Owed;
use crate::Worker;
use crate::post::{Message, Sender, compose};

/// Who the letter is from: what invites people to buy has a sender of its own, so that whoever refuses it
/// refuses nothing else.
pub(super) fn sender<'a, D>(worker: &'a Worker<D>, owed: &Owed) -> &'a Sender {
    if owed.matter.is_commercial() { &worker.news_sender } else { &worker.sender }
}

/// Where the letter comes back to, if it cannot be delivered: to an address of its own, which says which letter
/// it was, or to its sender.
pub(super) fn comes_back_to<D>(worker: &Worker<D>, notice: &notice::Model, owed: &Owed) -> Address {
    let own = worker.return_path.as_ref().and_then(|path| path.of(&worker.key, notice.id).ok());
    own.unwrap_or_else(|| sender(worker, owed).address().clone())
}

/// The letter as bytes, or why it cannot be written.
pub(super) fn written<D>(
    worker: &Worker<D>,
    notice: &notice::Model,
    owed: &Owed,
    dated_at: Instant,
) -> Result<Vec<u8>, String> {
    let token = owed.matter.unsubscribe().map(|link| worker.key.unsubscribe_token(link));
    let written =
        worker.writer.write_stoppable(&owed.matter, token.as_deref()).map_err(|error| error.to_string())?;
    let sender = sender(worker, owed);
    let list_id = owed.matter.is_commercial().then(|| format!("deadlines.{}", sender.domain()));
    compose(&Message {
        sender,
        reader_name: owed.name.as_deref(),
        reader: &owed.address,
        message_id: &notice.message_id,
        dated_at,
        list_id: list_id.as_deref(),
        written: &written,
    })
    .map_err(|error| error.to_string())
}
