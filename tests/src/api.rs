//! What people ask of the API.

mod catalogue;
mod document;
mod front_door;
mod registration;
mod sign_in;
mod unsubscribe;
mod vocabulary;
