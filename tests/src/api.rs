//! What people ask of the API.

mod browser;
mod budget;
mod catalogue;
mod document;
mod email_change;
mod evaluation;
mod front_door;
mod graphiql;
pub mod kept;
mod live;
mod names;
mod operation;
mod payment;
mod persisted;
mod purged;
mod registration;
mod running;
mod secret_key;
mod sign_in;
mod statuses;
mod steward;
mod unsubscribe;
mod vocabulary;
