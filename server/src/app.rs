//! What every action and every question is handed: the database, nature, the key, the catalogue and the wake.

use std::sync::Arc;

use entity::nature::SharedNature;
use entity::network::Network;
use entity::plain::PublicUrl;
use entity::return_path::ReturnPath;
use entity::secret::SecretKey;
use sea_orm::DbErr;

use crate::catalogue::{Catalogue, DEFAULT_MEMORY};
use crate::human_check::Effort;
use crate::store::{Database, Resting, Transaction, must_write};
use crate::wake::Wake;

/// The things a request needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The database.
    pub db: Database,
    /// Time, ids and chance.
    pub nature: SharedNature,
    /// The key behind codes and hashes.
    pub key: Arc<SecretKey>,
    /// Published course pages, in memory.
    pub catalogue: Arc<Catalogue>,
    /// Tells the worker that there is something to look at, and those who follow something that it has
    /// changed.
    pub wake: Wake,
    /// Who offers the courses, for addresses and calendars.
    pub office: Arc<Office>,
    /// Where letters come back to, if that is somewhere of its own.
    pub return_path: Option<ReturnPath>,
    /// How much work the human check asks of a client.
    pub effort: Effort,
}

/// The office that offers the courses, as people know it.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Where people reach it.
    pub public_url: PublicUrl,
    /// Its name.
    pub name: String,
    /// Where learners write.
    pub contact: String,
}

impl AppState {
    /// The state of a process over this database.
    pub fn new(db: Database, nature: SharedNature, key: SecretKey, wake: Wake) -> Self {
        let catalogue = Arc::new(Catalogue::new(Arc::clone(&nature), DEFAULT_MEMORY));
        let wake = wake.of(nature.id());
        Self {
            db,
            nature,
            key: Arc::new(key),
            catalogue,
            wake,
            office: Arc::default(),
            return_path: None,
            effort: Effort::default(),
        }
    }

    /// The same, of this office; without one it is reached on this machine alone.
    pub fn of_office(self, office: Office) -> Self {
        Self { office: Arc::new(office), ..self }
    }

    /// The same, whose letters come back to addresses of their own behind this one.
    pub fn returning_to(self, return_path: Option<ReturnPath>) -> Self {
        Self { return_path, ..self }
    }

    /// The same for what a client asks outside of the API: whoever asks much keeps nobody else waiting for
    /// the database.
    pub fn for_client(&self, client: Network) -> Self {
        Self { db: self.db.for_client(client), ..self.clone() }
    }

    /// The same for one operation of the API, of whoever asks from there: what it reads comes from one
    /// snapshot, it has one connection at most, and no statement is sent once `may_go_on` says no.
    pub fn for_operation(
        &self,
        client: Option<Network>,
        may_go_on: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let catalogue = Arc::clone(&self.catalogue);
        Self { db: self.db.for_operation(client, move || catalogue.mark(), may_go_on), ..self.clone() }
    }

    /// The same for an operation that weighs nothing while it waits for the database and as long as what
    /// `rest` returns lives.
    pub fn resting(self, rest: impl Fn() -> Option<Resting> + Send + Sync + 'static) -> Self {
        Self { db: self.db.resting(rest), ..self }
    }

    /// The same, with so many bytes of memory for course pages.
    pub fn with_memory(self, bytes: u64) -> Self {
        Self { catalogue: Arc::new(Catalogue::new(Arc::clone(&self.nature), bytes)), ..self }
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// Where no connection is to be had in time, the database does not answer, or a newer release has changed
    /// its schema.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let txn = self.db.begin().await?;
        must_write(&txn).await?;
        Ok(txn)
    }

    /// The same, once no other transaction of this process has one of these keys: see
    /// [`Database::begin_with`].
    ///
    /// # Errors
    /// As [`Self::begin`], and where the keys are not to be had in time.
    pub async fn begin_with(&self, keys: &[String]) -> Result<Transaction, DbErr> {
        let txn = self.db.begin_with(keys).await?;
        must_write(&txn).await?;
        Ok(txn)
    }
}
